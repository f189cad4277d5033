package nginx

import "github.com/asrscheck/asrscheck/parsers/routing"

// inheritable are the directives that verdicts rest on and that the file around a part may set, so that NGINX's default need not count
// where the part does not set them.
var inheritable = map[string]bool{
	"proxy_read_timeout": true, "proxy_connect_timeout": true, "proxy_buffering": true, "proxy_http_version": true, "proxy_ssl_server_name": true,
	"proxy_ssl_verify": true, "access_log": true, "ssl_protocols": true, "proxy_set_header": true,
}

// around is the unknown value of what a part does not set; ok is false for a configuration that is whole, and for all else.
func (l lookup) around(s *scope, name string) (v routing.Value, ok bool) {
	if !l.partial || !inheritable[name] {
		return v, false
	}
	return routing.UnknownOf(name+" is not set here, and the file around it, which may set it, was not given", s.head.Span()), true
}

// headersAround are the headers that proxy_set_header lines around a part may set.
func (w *lowering) headersAround(e *env, t *target) []header {
	v, ok := w.around(e.scope, "proxy_set_header")
	if !ok {
		return nil
	}
	var out []header
	for _, name := range []string{"Host", "Connection", "Upgrade"} {
		out = append(out, header{name, routing.Lit{Value: v}, t.d.Span()})
	}
	return out
}
