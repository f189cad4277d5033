package nginx

import (
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// copies are the copies of a request that mirror sends to other places (ngx_http_mirror_handler). Nobody gets their answers.
func (w *lowering) copies(e *env) []routing.Step {
	var steps []routing.Step
	for _, d := range w.list(e.scope, "mirror") {
		if d.Value(1) == "off" {
			return nil
		}
		for _, to := range w.copiedTo(e.server, d) {
			steps = append(steps, &routing.Copy{To: to.At(d.Span()), Span: d.Span()})
		}
	}
	return steps
}

// copiedTo are the upstreams that a mirror's copies may reach; none where another program than a web server receives them, or nobody. A copy
// takes the way of a request for the mirror's path through the server; only the plainest of such ways are followed.
func (w *lowering) copiedTo(s *server, d Directive) []routing.Value {
	open := []routing.Value{routing.UnknownOf("where "+title(d)+" sends copies of the request", d.Span())}
	if d.Broken() || w.filled(d) != "" || w.winding(s.scope) {
		return open
	}
	loc, ok := s.level.plainly(d.Value(1))
	switch {
	case !ok || loc != nil && (w.winding(loc.scope) || loc.limit != nil || len(w.own(loc.scope, "try_files")) > 0):
		return open
	case loc == nil:
		return nil
	}
	pass := w.own(loc.scope, handlers...)
	if len(pass) == 0 || pass[len(pass)-1].Name() != "proxy_pass" {
		return nil
	}
	https, authority, _, _ := splitURL(pass[len(pass)-1].Value(1))
	for _, path := range []string{"$request_uri", "$uri", "$document_uri"} { // each begins with a slash
		authority, _, _ = strings.Cut(authority, path)
	}
	host, port := splitPort(authority)
	out := w.fixedHost(loc)
	if pool := w.g.Pools[lower(host)]; pool != nil {
		for _, m := range pool.Members {
			out = append(out, m.Address)
		}
		return out
	}
	if port == "" {
		port = defaultPort(https)
	}
	if host == "" || strings.Contains(authority, "$") || w.listensAt(host, port) {
		return open
	}
	if strings.Contains(pass[len(pass)-1].Value(1), "$") && !w.finds(loc, host, port) {
		return nil
	}
	return append(out, routing.Of(host+":"+port, pass[len(pass)-1].Span()))
}

// finds reports whether a location may find out the address of a host in a computed URL; see staticNames.
func (w *lowering) finds(loc *location, host, port string) bool {
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	resolves := !w.one(loc.scope, "resolver").IsZero() || w.uncertain(loc.scope)
	return err == nil || resolves || w.static[net.JoinHostPort(strings.Trim(lower(host), "[]"), port)]
}

// fixedHost is the Host that a location sends, where no variable stands in it: it names whom an address belongs to.
func (w *lowering) fixedHost(loc *location) []routing.Value {
	for _, d := range w.list(loc.scope, "proxy_set_header") {
		if strings.EqualFold(d.Value(1), "Host") && !strings.Contains(d.Value(2), "$") {
			return []routing.Value{routing.Of(d.Value(2), d.Span())}
		}
	}
	return nil
}

// winding reports whether a level has what may lead requests elsewhere than its own directives say.
func (w *lowering) winding(s *scope) bool {
	code := func(x setting) bool { return rewriteCodes[x.Name()] && x.Name() != "set" }
	return len(s.gaps) > 0 || len(s.foreign) > 0 || slices.ContainsFunc(s.own, code) || !w.scripted(s).IsZero()
}

// plainly is the location that a path is handled in, nil for none; ok is false where that hangs on expressions or on locations further in.
func (v *level) plainly(path string) (loc *location, ok bool) {
	if loc := v.at(path); loc != nil && loc.kind == byExact {
		return loc, true
	}
	for _, loc := range longestFirst(v.prefix) {
		if strings.HasPrefix(path, loc.name) {
			return loc, loc.level.empty() && (len(v.regex) == 0 || loc.kind == byPrefixNoRegex)
		}
	}
	return nil, len(v.regex) == 0
}

// listensAt reports whether this NGINX itself may listen where a copy goes.
func (w *lowering) listensAt(host, port string) bool {
	ip, err := netip.ParseAddr(host)
	own := host == "localhost" || err == nil && ip.IsLoopback()
	return slices.ContainsFunc(w.g.Listeners, func(l *routing.Listener) bool { return number(port) == int64(l.Port) && (own || l.Address == host) })
}
