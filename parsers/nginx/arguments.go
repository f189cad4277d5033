package nginx

// arguments are what directives of http{} ask of their arguments beyond what directives.txt and optionsOf say, each as the function of
// NGINX that reads the directive (ngx_command_t.set).
var arguments map[string]func(k *checker, d Directive, p *place)

func init() { //nolint:gochecknoinits // the functions lead back to the table
	arguments = map[string]func(k *checker, d Directive, p *place){
		"access_log": (*checker).accessLog, "error_log": (*checker).errorLog, "log_format": (*checker).logFormat,
		"limit_req_zone": and((*checker).defineZone, textAt(1)), "limit_conn_zone": and((*checker).defineZone, textAt(1)), "limit_req": (*checker).usesZone,
		"limit_conn": (*checker).usesZone, "proxy_cache_path": (*checker).defineZone, "proxy_cache": (*checker).usesCache, "fastcgi_cache_path": (*checker).defineZone,
		"fastcgi_cache": (*checker).usesCache, "uwsgi_cache_path": (*checker).defineZone, "uwsgi_cache": (*checker).usesCache, "scgi_cache_path": (*checker).defineZone,
		"scgi_cache": (*checker).usesCache, "proxy_cache_valid": (*checker).cacheValid, "proxy_cache_key": textAt(1),
		"location": (*checker).location, "server_name": (*checker).serverName, "listen": (*checker).listen, "error_page": (*checker).errorPage,
		"root": (*checker).root, "alias": (*checker).root, "try_files": (*checker).tryFiles, "index": (*checker).index, "keepalive_timeout": (*checker).keepaliveTimeout,
		"return": (*checker).returns, "rewrite": (*checker).rewrite, "set": (*checker).set, "if": (*checker).ifs, "limit_except": (*checker).limitExcept,
		"map": (*checker).mapHead, "split_clients": (*checker).mapHead, "geo": (*checker).geoHead, "auth_request_set": (*checker).set,
		"add_header": textAt(2), "add_trailer": textAt(2), "expires": (*checker).expires, "allow": (*checker).network, "deny": (*checker).network,
		"proxy_pass": (*checker).proxyPass, "proxy_redirect": (*checker).redirects, "proxy_cookie_domain": (*checker).redirects, "proxy_cookie_path": (*checker).redirects,
		"proxy_cookie_flags": (*checker).cookieFlags, "proxy_set_header": (*checker).sentHeader, "proxy_bind": (*checker).bind, "proxy_store": (*checker).store,
		"resolver": (*checker).resolver, "open_file_cache": (*checker).openFiles, "set_real_ip_from": (*checker).trusted,
		"server": (*checker).member, "hash": textAt(1), "keepalive": (*checker).keepalive, "zone": (*checker).upstreamZone, "random": (*checker).random,
		"sub_filter": (*checker).subFilter, "charset": (*checker).charset, "fastcgi_param": (*checker).sentHeader, "grpc_set_header": (*checker).sentHeader,
		"fastcgi_pass": (*checker).handed, "uwsgi_pass": (*checker).handed, "scgi_pass": (*checker).handed, "grpc_pass": (*checker).handed, "memcached_pass": (*checker).memcached,
		"load_module":          (*checker).loadModule,
		"auth_basic_user_file": textAt(1), "ssl_certificate": textAt(1), "ssl_certificate_key": textAt(1),
		"map_hash_bucket_size": (*checker).beforeMaps, "map_hash_max_size": (*checker).beforeMaps,
		"directio": (*checker).directio, "aio": (*checker).aio, "valid_referers": (*checker).referers,
		"worker_processes": (*checker).workers, "worker_connections": (*checker).connectionsOfWorker, "worker_priority": (*checker).priority, "use": (*checker).use,
	}
}

func and(checks ...func(*checker, Directive, *place)) func(*checker, Directive, *place) {
	return func(k *checker, d Directive, p *place) {
		for _, check := range checks {
			check(k, d, p)
		}
	}
}

// streamArguments are the same for those of stream{}.
var streamArguments = map[string]func(k *checker, d Directive, p *place){
	"server": (*checker).streamMember, "proxy_pass": (*checker).streamPass, "error_log": (*checker).errorLog, "allow": (*checker).network, "deny": (*checker).network,
}

// textAt reads one argument as one that may hold variables.
func textAt(i int) func(*checker, Directive, *place) {
	return func(k *checker, d Directive, _ *place) { k.text(d, i) }
}
