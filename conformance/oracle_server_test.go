package conformance_test

import (
	"fmt"
	"strings"
)

// servers draws one server or several, which may share a socket, stand behind each other or be alike.
func (m *maker) servers() [][]string {
	var out [][]string
	for _, s := range m.listening() {
		if lines := m.server(s); !m.site(lines) {
			out = append(out, lines)
		}
	}
	return out
}

func (m *maker) listening() []string {
	out := []string{"listen 8080;"}
	for range m.upTo(2, "more servers") {
		out = append(out, m.pick("listen", "listen 8080;", "listen 127.0.0.1:8080;", "listen 8080 default_server;", "listen 8443 ssl;", m.since(26, "listen 8443 ssl; http2 on;", "listen 8443 ssl http2;"), "listen 127.0.0.1:9001;", "listen 8081; listen 8080;", "listen unix:/run/inner.sock;"))
	}
	return out
}

// server draws the lines of a server.
func (m *maker) server(listen string) []string {
	clear(m.taken)
	lines := []string{
		listen,
		"server_name " + m.pick("server name", "rt.example.com", ".rt.example.com", "*.rt.example.com rt.example.com", `~^(?<sub>[a-z]+)\.`, "_", "rt.*", "~example", `""`, "*.example.com") + ";",
		"set $own " + m.pick("own", "''", "one.service.signalr.net", "$arg_k", "pool", "$host") + ";",
	}
	if strings.Contains(listen, "ssl") {
		lines = append(lines, "ssl_certificate shown.pem; ssl_certificate_key shown.key;")
	}
	if m.maybe("a log of the server", 5) {
		lines = append(lines, m.log())
	}
	if m.maybe("header rules", 6) {
		lines = append(lines, m.pick("header rule", "merge_slashes off;", "underscores_in_headers on;", "ignore_invalid_headers off;", "large_client_header_buffers 2 512;"))
	}
	m.settings(&lines, 3)
	for range m.upTo(2, "codes of the server") {
		lines = append(lines, m.code("server")...)
	}
	m.moves = strings.Contains(strings.Join(lines, " "), "rewrite ")
	for range 1 + m.upTo(3, "more locations") {
		lines = append(lines, m.location("", 2)...)
	}
	if m.maybe("a page for errors", 4) && m.fresh("= /50x.html") {
		lines = append(lines, "error_page 500 502 503 504 "+m.pick("own status", "", "=200 ", "=503 ")+"/50x.html;")
		lines = append(lines, block("location = /50x.html", []string{"root html;", m.pick("page is", "", "internal;")})...)
	}
	if !m.maybe("some paths lead nowhere", 4) && m.fresh("/") {
		lines = append(lines, block("location /", m.inside("prefix", "/", 1))...)
	}
	if m.maybe("a named location", 2) {
		lines = append(lines, block("location @named", m.inside("named", "", 0))...)
	}
	if m.maybe("sends copies of all", 16) {
		lines = append(lines, "mirror /copy;")
	}
	lines = append(lines, m.copies()...)
	if m.fresh("/auth") {
		own := "error_page 419 /none;" // none of the server's, which would have the subrequest go on elsewhere
		lines = append(lines, block("location = /auth", []string{own, m.pick("auth answers", "return 204;", "return 401;", "return 403;")})...)
	}
	return lines
}

// copies draws where copies of requests go: to services that get nothing else.
func (m *maker) copies() []string {
	var lines []string
	for _, path := range []string{"/copy", "/copy2"} {
		if !m.fresh("= " + path) {
			continue
		}
		to := "proxy_pass " + m.pick("copy scheme", "http", "https") + "://" + m.pick("copied to", "copies.example.org", "10.4.4.4", "copies.example.org:8443") + m.pick("copied as", "$request_uri", "", "/x") + ";"
		lines = append(lines, block("location = "+path, []string{m.pick("copies are", "internal;", ""), "proxy_cache off; mirror off;", to})...)
	}
	return lines
}

// location draws a location; those inside of others begin with the name of the outer one, as a rule.
func (m *maker) location(outer string, depth int) []string {
	kind := m.pick("modifier", "", "= ", "^~ ", "~ ", "~* ")
	name, context := outer+m.pick("prefix", "/client/", "/", "/client", "/a/", "/a", "/client/negotiate", "/b/c"), "prefix"
	if strings.HasPrefix(kind, "~") {
		name, context = m.pick("expression", "^/client/(.*)$", "negotiate$", "^/(a|b)/(.*)", `\.html$`, "^/CLIENT", "^/client(?<rest>/.*)?$"), "regex"
	}
	if context == "prefix" && !m.fresh(exactly(kind)+name) {
		return nil
	}
	if kind == "= " {
		depth = 0
	}
	return block("location "+kind+name, m.inside(context, name, depth))
}

// exactly tells exact names from prefixes, which may be the same.
func exactly(kind string) string {
	if kind == "= " {
		return kind
	}
	return ""
}

// inside draws the lines of a location.
func (m *maker) inside(context, name string, depth int) []string {
	var lines []string
	handler := m.handler(context)
	m.passes = strings.HasPrefix(handler, "proxy_pass")
	m.settings(&lines, 3)
	for range m.upTo(2, "codes") {
		lines = append(lines, m.code(context)...)
	}
	if depth > 0 && context == "prefix" && m.maybe("a location inside", 3) {
		lines = append(lines, m.location(strings.TrimSuffix(name, "/"), depth-1)...)
	}
	if m.maybe("internal", 12) {
		lines = append(lines, "internal;")
	}
	if m.maybe("limit_except", 8) {
		lines = append(lines, block("limit_except "+m.pick("allowed methods", "GET", "POST", "GET POST"), []string{"deny all;"})...)
	}
	lines = append(lines, m.access()...)
	if m.maybe("a log of the location", 8) {
		lines = append(lines, m.log())
	}
	if m.maybe("sends copies", 10) {
		lines = append(lines, "mirror "+m.pick("copies to", "/copy", "off", "/copy2", "/copy?k=m")+";")
	}
	return m.folded(append(lines, handler))
}

// access draws who is let in.
func (m *maker) access() []string {
	var lines []string
	if m.maybe("access", 8) {
		lines = append(lines, m.pick("who", "deny all;", "allow 192.0.2.0/25;", "deny 192.0.2.1; allow 198.51.100.0/24;", "allow 192.0.2.1; deny 192.0.2.0/24;", "deny unix:;", "allow unix:; deny 192.0.2.0/24;")+" "+m.pick("others", "deny all;", "", "allow all;"))
	}
	if m.maybe("password", 12) {
		lines = append(lines, "auth_basic "+m.pick("realm", "inside", "off", "$place")+"; auth_basic_user_file users;")
	}
	if m.maybe("asks another", 12) && !m.moves { // else services would be asked
		lines = append(lines, "auth_request /auth;")
	}
	if len(lines) > 0 && m.maybe("any is enough", 3) {
		lines = append(lines, "satisfy any;")
	}
	return lines
}

// handler draws what answers the requests of a location.
func (m *maker) handler(context string) string {
	switch m.pick("handler", "proxy_pass", "proxy_pass", "proxy_pass", "proxy_pass", "proxy_pass", "proxy_pass", "return", "return", "try_files", "none") {
	case "return":
		return m.returns()
	case "try_files":
		return m.pick("files of", "", "root html; ") + "try_files " + m.pick("tried", "/nowhere/$uri", "$uri", "$uri $uri/", "/a$uri $uri/index.html") + m.pick("try", " =404;", " @named;", " /client/fallback;", " /a/fallback?k=t;", " /index.html;", " /index.html?$args;", " =503;")
	case "none":
		return m.disk(context)
	}
	return m.proxyPass(context)
}

func (m *maker) returns() string {
	return m.pick("return", "return 404;", "return 204;", "return 200 ok;", "return 301 /moved$request_uri;", "return 302 https://$host$uri;", "return 444;", "return 403;", "return 401;", "return 418 $mapped;",
		"return 307 $scheme://x.example.org/;", "return https://x.example.org$request_uri;", "return 503 $uri;")
}

// proxyPass draws a proxy_pass that NGINX takes in its context, but for some.
func (m *maker) proxyPass(context string) string {
	scheme := m.pick("scheme", "https", "http") + "://"
	if m.maybe("computed upstream", 3) {
		return "proxy_pass " + scheme + m.pick("computed host", "$own", "$part", "$own:8443", "$own$is_args") + m.pick("computed URI", "", "$request_uri", "$uri$is_args$args", "/", "/x/$1", "$uri", "/y?z=$arg_k") + ";"
	}
	uri := m.pick("URI part", "", "/", "/client/", "/x", "/x?y=z")
	if context != "prefix" && !m.maybe("URI part where none may be", 40) {
		uri = ""
	}
	return "proxy_pass " + scheme + m.pick("host to pass to", "one.service.signalr.net", "pool", "two.service.signalr.net:8443", "10.1.2.3", "one.service.signalr.net:443", "127.0.0.1:9001", "127.0.0.1:8080", m.socket(uri)) + uri + ";"
}

// socket is one of UNIX, which a colon divides from the URI behind it.
func (*maker) socket(uri string) string {
	if uri == "" {
		return "unix:/run/inner.sock"
	}
	return "unix:/run/inner.sock:"
}

// settings draws up to n directives. One that may stand only once is not drawn again, except that a level inside may have it too.
func (m *maker) settings(lines *[]string, n int) {
	once := map[string]bool{}
	for range m.upTo(n, "settings") {
		line := m.setting()
		name, _, _ := strings.Cut(line, " ")
		repeats := name == "proxy_set_header" || name == "add_header" || name == "error_page"
		if repeats || !once[name] {
			*lines = append(*lines, line)
		}
		once[name] = true
	}
}

// setting draws a directive that decides how requests are sent, and is inherited.
func (m *maker) setting() string {
	switch m.pick("setting", "header", "header", "header", "once", "once", "error page", "added") {
	case "once":
		return m.once()
	case "error page":
		return "error_page " + m.pick("error page of", "404", "403 404", "405", "503", "401 403", "418", "413", "404 405 403") + m.pick("error page as", " ", " =200 ", " = ", " =418 ", " =302 ") +
			m.pick("error page", "@named", "/client/error", "/a/error?k=e", "https://x.example.org/", "/none$uri", "@absent", "/client/error") + ";"
	case "added":
		return "add_header X-Added " + m.value("added") + m.pick("added when", ";", " always;")
	}
	return "proxy_set_header " + m.pick("header", "Host", "Connection", "Upgrade", "X-A", "X-Forwarded-For", "x-b", "Authorization", "Keep-Alive", "Accept", "TE") + " " +
		m.pick("header empty", m.value("header value"), `""`) + ";"
}

// once draws a directive that may stand only once at a level.
func (m *maker) once() string {
	return m.pick("directive", "proxy_http_version 1.1;", "proxy_ssl_server_name on;", "proxy_pass_request_headers off;", "proxy_method PUT;", "client_max_body_size 100;",
		"proxy_ssl_name "+m.pick("name", "one.service.signalr.net", "$proxy_host", "$host", "10.1.2.3")+";", "absolute_redirect off;", "port_in_redirect off;",
		"server_name_in_redirect on;", "proxy_request_buffering off;", "proxy_set_body "+m.pick("other body", `"x$arg_k"`, `""`)+";", m.since(29, "add_header_inherit "+m.pick("inherits headers", "merge", "off", "on")+";", "add_header X-B b;"),
		"proxy_buffering off;", "gzip on;", "proxy_redirect off;", "proxy_redirect https://one.service.signalr.net/ /x/;", "proxy_cookie_path / /x;", "proxy_cookie_domain one.service.signalr.net $host;",
		m.cacheLine(), m.cacheLine(), "limit_req zone=many;", "limit_req zone=few"+m.pick("burst", "", " burst=1 nodelay")+";", "limit_conn conns 100;",
		"proxy_next_upstream "+m.pick("tries again on", "off", "error timeout http_503", "http_503", "error timeout http_503 non_idempotent")+";",
		"sub_filter signalr azure;", "expires 1h;", "limit_rate 1m;", "keepalive_timeout 0;", "client_body_buffer_size 8;", "proxy_pass_header Server;", "etag off;",
		"server_tokens off;", "proxy_read_timeout 20s;", "proxy_ssl_session_reuse off;", "send_timeout 5s;", "recursive_error_pages on;", "proxy_ssl_verify off;", "proxy_pass_request_body off;", "proxy_hide_header X-Added;", "msie_padding off;", "chunked_transfer_encoding off;", "proxy_http_version 1.0;", "log_not_found off;", "proxy_intercept_errors on;")
}

// cacheLine draws a directive about the cache.
func (m *maker) cacheLine() string {
	return m.pick("about the cache", "proxy_cache kept;", "proxy_cache kept;", "proxy_cache_key "+m.pick("cache key", "$scheme$proxy_host$request_uri", "$uri", "$arg_k", "$host$request_uri")+";", "proxy_cache_bypass $arg_k;",
		"proxy_no_cache $http_x_a;", "proxy_cache_methods POST;", "proxy_cache off;")
}

// code draws a rewrite code.
func (m *maker) code(context string) []string {
	switch m.pick("code", "set", "rewrite", "if", "break", "return") {
	case "set":
		return []string{"set $own " + m.value("set to") + ";"}
	case "rewrite":
		return []string{m.rewrite()}
	case "if":
		return block("if ("+m.condition()+")", m.insideIf(context))
	case "break":
		return []string{"break;"}
	}
	if m.maybe("return as a code", 3) {
		return []string{m.returns()}
	}
	return nil
}

func (m *maker) rewrite() string {
	return fmt.Sprintf("rewrite %s %s%s;", m.pick("rewritten", "^/client/(.*)$", "^/a(/.*)?$", "^/(.*)$", "negotiate", "(?i)^/CLIENT/(.*)"),
		m.pick("rewritten to", "/client/$1", "/b/$1", "/x", "/y?z=$1", "/x?", "/z?q=1?", "/$host/$arg_k", "https://x.example.org/$1", "$scheme://x.example.org$uri"),
		m.pick("flag", "", " last", " break", " redirect", " permanent"))
}

func (m *maker) condition() string {
	return m.pick("condition", "$request_method = POST", "$request_method != GET", "$arg_k", "$http_upgrade = websocket", "$uri ~ ^/client/(.*)$", "$host ~* RT", "$own = ''",
		"$args !~ k=", "$mapped", "$own", `$request_uri ~* "negotiate"`, "$http_x_a = 1", "$own = $host", "$place = west", "$chained", "$remote_addr ~ ^192", "$scheme = https", "!-f $request_filename")
}

// insideIf draws what an if does.
func (m *maker) insideIf(context string) []string {
	var lines []string
	for range m.upTo(2, "lines of the if") {
		switch m.pick("in the if", "set", "return", "rewrite", "break", "proxy_pass", "add_header") {
		case "set":
			lines = append(lines, "set $own "+m.value("set to")+";")
		case "return":
			lines = append(lines, m.returns())
		case "rewrite":
			lines = append(lines, m.rewrite())
		case "break":
			lines = append(lines, "break;")
		case "proxy_pass":
			if m.passes && context != "server" { // else a later if without one would answer 500
				return append(lines, m.proxyPass("if"))
			}
		default:
			if context != "server" {
				lines = append(lines, "add_header X-If "+m.value("added")+";")
			}
		}
	}
	return lines
}
