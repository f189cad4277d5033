package kubernetes

import (
	"cmp"
	"regexp"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// logFormat is the log-format-upstream of ingress-nginx unless its ConfigMap sets another.
const logFormat = `$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" ` +
	`$request_length $request_time [$proxy_upstream_name] [$proxy_alternative_upstream_name] $upstream_addr $upstream_response_length ` +
	`$upstream_response_time $upstream_status $req_id`

// script writes what the controller would write (rootfs/etc/nginx/template/nginx.tmpl), as far as it decides where requests go and how.
func (k *controller) script() *script {
	s := &script{}
	var none routing.Span
	s.line(none, "events {}\nhttp {")
	k.defaults(s)
	k.logging(s)
	s.snippet(k.settings.get("http-snippet"))
	sites := k.sites()
	k.upstreams(s, sites)
	k.zones(s)
	for _, st := range sites {
		k.server(s, st)
	}
	k.catchAll(s, sites)
	s.line(none, "}")
	return s
}

// defaults are the settings of the http level, and the variables that every location and snippet may use.
func (k *controller) defaults(s *script) {
	var none routing.Span
	for _, d := range []struct{ directive, setting, otherwise string }{
		{"ssl_protocols", "ssl-protocols", "TLSv1.2 TLSv1.3"},
		{"client_header_buffer_size", "client-header-buffer-size", "1k"},
		{"large_client_header_buffers", "large-client-header-buffers", "4 8k"},
	} {
		v := k.settings.get(d.setting)
		s.line(v.span(), "%s %s;", d.directive, cmp.Or(v.text(), d.otherwise))
	}
	s.line(none, "ssl_certificate /etc/ingress-controller/ssl/default-fake-certificate.pem;")
	s.line(none, "ssl_certificate_key /etc/ingress-controller/ssl/default-fake-certificate.key;")
	s.line(none, "resolver 127.0.0.1;\nproxy_ssl_name upstream_balancer;")
	if !k.given {
		s.line(none, "proxy_ssl_server_name %s;", s.guess("whether a name is sent in the TLS handshake: the ConfigMap of the controller, whose http-snippet may say so, was not given"))
	}
	if v := k.settings.get("use-gzip"); isTrue(v.text()) {
		types := k.settings.get("gzip-types")
		s.line(cmp.Or(types.span(), v.span()), "gzip on;\ngzip_types %s;", cmp.Or(types.text(), "application/json"))
	}
	keepAlive := `''`
	if k.settings.get("upstream-keepalive-connections").text() == "0" {
		keepAlive = "close"
	}
	s.line(none, "map $http_upgrade $connection_upgrade { default upgrade; '' %s; }", keepAlive)
	s.line(none, "map $http_x_request_id $req_id { default $http_x_request_id; '' 00000000000000000000000000000000; }\ngeo $literal_dollar { default '$'; }")
}

// logging writes the access log, whose format holds the whole request line unless the ConfigMap says otherwise.
func (k *controller) logging(s *script) {
	off, format := k.settings.get("disable-access-log"), k.settings.get("log-format-upstream")
	at := cmp.Or(format.span(), k.settings.span())
	switch {
	case isTrue(off.text()):
		s.line(off.span(), "access_log off;")
		return
	case !k.given:
		why := "what is logged: the ConfigMap of the controller, whose log-format-upstream says so, was not given"
		s.line(at, "log_format upstreaminfo '%s';", s.guess(why))
	default:
		s.line(at, "log_format upstreaminfo %s;", quoted(cmp.Or(format.text(), logFormat)))
	}
	s.line(at, "access_log /var/log/nginx/access.log upstreaminfo;")
}

// upstreams writes one upstream block for each Service that a path leads to. In the controller Lua picks the member; a host outside of the
// cluster is a member by its name.
func (k *controller) upstreams(s *script, sites []*site) {
	written := map[string]bool{}
	for _, st := range sites {
		for _, l := range st.locations {
			if id := l.backend.id; !written[id] {
				written[id] = true
				k.upstream(s, st, l)
			}
		}
	}
}

func (k *controller) upstream(s *script, st *site, l *location) {
	s.line(l.at, "upstream %s {", quoted(l.backend.id))
	canary, weight := k.canary(st, l)
	if hash := annotation(l.ing, "upstream-hash-by", isWord); !hash.isZero() {
		s.line(hash.span(), "hash %s consistent;", quoted(hash.text()))
	} else if a := annotation(l.ing, "affinity", isWord); a.text() == "cookie" {
		s.line(a.span(), "hash $cookie_%s consistent;", cookieName(l.ing))
	}
	own := ""
	if canary != nil {
		own = " weight=" + weight[0]
	}
	if canary == nil || weight[0] != "0" {
		s.members(l.backend, own)
	}
	if canary != nil {
		s.members(canary, " weight="+weight[1])
	}
	s.line(l.at, "}")
}

// cookieName is the cookie by which the controller brings a client back to a member. A client without it gets any.
func cookieName(ing object) string {
	return cmp.Or(annotation(ing, "session-cookie-name", variableName.MatchString).text(), "INGRESSCOOKIE")
}

var variableName = regexp.MustCompile(`^\w+$`)

// members writes the members of a backend.
func (s *script) members(b *backend, options string) {
	switch {
	case b.why != "":
		s.line(b.at, "server %s%s;", s.guess(b.why), options)
	case b.inside != "":
		s.line(b.at, "server %s:%s%s;", b.inside, b.port, options)
	}
	for _, m := range b.members {
		s.line(m.span(), "server %s:%s%s;", strings.TrimSuffix(m.text(), "."), b.port, options)
	}
}

// canary is the other backend of a path that a canary Ingress sends a share of the requests to, and the two shares. One that only a header
// or a cookie chooses gets nothing from SignalR clients, which send neither.
func (k *controller) canary(st *site, l *location) (*backend, [2]string) {
	for _, ing := range k.ingresses {
		weight := annotation(ing, "canary-weight", isInt)
		n, _ := weight.number()
		if !isTrue(annotation(ing, "canary", isBool).text()) || n <= 0 {
			continue
		}
		for _, p := range pathsOf(ing) {
			if p.host == st.host && strings.TrimSuffix(p.path, "/") == strings.TrimSuffix(l.path, "/") {
				return k.service(ing.namespace, p.service, p.port, weight.span()), shares(n, annotation(ing, "canary-weight-total", isInt))
			}
		}
	}
	return nil, [2]string{}
}
