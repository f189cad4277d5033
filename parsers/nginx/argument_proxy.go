package nginx

import (
	"net"
	"slices"
	"strings"
)

// proxyPass is proxy_pass (ngx_http_proxy_pass).
func (k *checker) proxyPass(d Directive, _ *place) {
	url := d.Value(1)
	if strings.Contains(url, "$") {
		k.text(d, 1)
		return
	}
	folded := lower(url[:min(len(url), 8)])
	rest := ""
	switch {
	case strings.HasPrefix(folded, "http://"):
		rest = url[7:]
	case strings.HasPrefix(folded, "https://"):
		rest = url[8:]
	default:
		k.refused(d, "invalid URL prefix")
		return
	}
	if refusal := refusedAddress(rest, true); refusal != "" {
		k.refused(d, refusal+` in upstream "`+rest+`"`)
	}
	authority, _, _ := strings.Cut(rest, "/")
	if host, port := splitPort(authority); port != "" && slices.ContainsFunc(k.upstreams, func(u Directive) bool { return lower(u.Value(1)) == lower(host) }) {
		k.refused(d, `upstream "`+host+`" may not have port `+port)
	}
}

// handed is fastcgi_pass and its kin: an address, perhaps behind a scheme.
func (k *checker) handed(d Directive, _ *place) {
	address := d.Value(1)
	if strings.Contains(address, "$") {
		k.text(d, 1)
		return
	}
	for _, scheme := range schemes[d.Name()] {
		if rest, ok := strings.CutPrefix(lower(address), scheme); ok {
			address = address[len(address)-len(rest):]
			break
		}
	}
	refusal := refusedAddress(address, false)
	if _, port := splitPort(address); refusal == "" && port == "" && !strings.HasPrefix(lower(address), "unix:") && !k.isUpstream(address) {
		refusal = "no port"
	}
	if refusal != "" {
		k.refused(d, refusal+` in upstream "`+address+`"`)
	}
}

// isUpstream reports whether a name is, or may be, that of an upstream block.
func (k *checker) isUpstream(name string) bool {
	named := func(d Directive) bool { return lower(d.Value(1)) == lower(name) }
	return k.mayBeElsewhere() || slices.ContainsFunc(k.upstreams, named)
}

var schemes = map[string][]string{"grpc_pass": {"grpc://", "grpcs://"}, "uwsgi_pass": {"uwsgi://", "suwsgi://"}}

// memcached is memcached_pass, which reads a variable that somebody has to define.
func (k *checker) memcached(d Directive, p *place) {
	k.handed(d, p)
	k.variables = append(k.variables, variableUse{"memcached_key", d})
}

// redirects are proxy_redirect, proxy_cookie_domain and proxy_cookie_path: off alone, or what is replaced and by what.
func (k *checker) redirects(d Directive, p *place) {
	only := d.Value(1)
	if p.has(d.Name() + " off") {
		k.refused(d, `"`+d.Name()+`" directive is duplicate`)
	}
	switch {
	case d.Len() == 2 && only == "off":
		if p.seen[d.Name()] != d {
			k.refused(d, `"`+d.Name()+`" directive is duplicate`)
		}
		p.seen[d.Name()+" off"] = d
	case d.Len() == 2 && only == "default" && d.Name() == "proxy_redirect":
		k.redirectDefault(d, p)
	case d.Len() == 2:
		k.refused(d, `invalid parameter "`+only+`"`)
	case strings.HasPrefix(only, "~"):
		k.expression(d, strings.TrimPrefix(only[1:], "*"))
		k.text(d, 2)
	default:
		k.texts(d, 1)
	}
}

// redirectDefault is proxy_redirect default, which needs to know the proxy_pass of the same level.
func (k *checker) redirectDefault(d Directive, p *place) {
	pass, ok := p.seen["proxy_pass"]
	switch {
	case !ok:
		k.refused(d, `"proxy_redirect default" should be placed after the "proxy_pass" directive`)
	case strings.Contains(pass.Value(1), "$"):
		k.refused(d, `"proxy_redirect default" cannot be used with "proxy_pass" directive with variables`)
	}
}

func (k *checker) cookieFlags(d Directive, _ *place) {
	switch {
	case d.Len() == 2 && d.Value(1) != "off":
		k.refused(d, `invalid parameter "`+d.Value(1)+`"`)
		return
	case strings.HasPrefix(d.Value(1), "~"):
		k.expression(d, d.Value(1)[1:])
	default:
		k.text(d, 1)
	}
	k.texts(d, 2)
}

// sentHeader is a header or a parameter that is sent. NGINX compiles those of http{} only where they come to count: where a server has
// none of its own.
func (k *checker) sentHeader(d Directive, p *place) {
	inherits := func(s *server) bool { return len(k.own(s.scope, d.Name())) == 0 }
	if !p.in("http") || slices.ContainsFunc(k.servers, inherits) {
		k.text(d, 2)
	}
}

func (k *checker) bind(d Directive, _ *place) {
	address := d.Value(1)
	switch host, port := splitPort(address); {
	case address == "off" && d.Len() == 2:
	case strings.Contains(address, "$"):
		k.text(d, 1)
	case net.ParseIP(strings.Trim(host, "[]")) == nil || port != "" && !isCount(port):
		k.refused(d, `invalid address "`+address+`"`)
	}
}

func (k *checker) store(d Directive, p *place) {
	if cache, ok := p.seen["proxy_cache"]; ok && d.Value(1) != "off" && cache.Value(1) != "off" {
		k.refused(d, `"proxy_store" directive is incompatible with "proxy_cache"`)
	}
	k.text(d, 1)
}

// cacheValid is proxy_cache_valid (ngx_http_file_cache_valid_set_slot): statuses and a time.
func (k *checker) cacheValid(d Directive, _ *place) {
	if time := d.Value(d.Len() - 1); !isSeconds(time) {
		k.refused(d, `invalid time value "`+time+`"`)
		return
	}
	for _, status := range d.Args()[:d.Len()-2] {
		if status != "any" && (!isCount(status) || number(status) < 100 || number(status) > 599) {
			k.refused(d, `invalid status "`+status+`"`)
			return
		}
	}
}
