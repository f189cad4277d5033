package nginx

import (
	"slices"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// byHandshake are steps that come before the server of a request is known: those of the default server of the socket, or over TLS those of the
// server whose name the handshake carries (ngx_http_ssl_servername sets the configuration of the connection). differs tells the servers that
// have other steps than the default one.
func (v *virtual) byHandshake(differs func(*server) bool, do func(*server) []routing.Step) []routing.Step {
	if !v.tls {
		return do(v.preferred)
	}
	m := &routing.Match{Span: v.at.Span()}
	for _, s := range v.servers {
		if s != v.preferred && differs(s) {
			m.Arms = append(m.Arms, routing.Arm{When: equals(v.handshake, s.block()), Do: do(s), Span: s.scope.head.Span()})
		}
	}
	if len(m.Arms) == 0 {
		return do(v.preferred)
	}
	m.Arms = append(m.Arms, routing.Arm{When: routing.Always{}, Do: do(v.preferred)})
	return []routing.Step{m}
}

// answersInItsWay reports whether a server has directives of its own for answers to requests that it refuses, or the default one has.
func (w *lowering) answersInItsWay(v *virtual) func(*server) bool {
	own := func(s *server) bool {
		return slices.ContainsFunc([]string{"add_header", "access_log", "error_page", "add_header_inherit"}, func(name string) bool { return len(w.own(s.scope, name)) > 0 })
	}
	always := own(v.preferred)
	return func(s *server) bool { return always || own(s) }
}

// ofHandshake is the block of the server that a TLS handshake chooses by the name in it.
func (n *names) ofHandshake(v *virtual) routing.Expr {
	sni := routing.Call{Name: "lower", Fn: func(a ...string) string { return lower(a[0]) }, Args: []routing.Expr{routing.ReadOriginal(routing.InSNI, "")}}
	out := routing.Lookup{Key: sni, Exact: map[string]routing.Expr{}, Default: routing.Text(v.preferred.block()), Span: v.at.Span()}
	for name, to := range n.exact {
		if name != "" {
			out.Exact[name] = routing.Text(to.Block)
		}
	}
	for _, a := range append(slices.Clip(n.masks), n.regexes...) {
		text, fold := a.name, a.name != lower(a.name)
		if isHostMask(a.name) && !slices.ContainsFunc(n.regexes, func(r nameArm) bool { return r == a }) {
			text, fold = maskPattern(a.name), false
		}
		c := routing.LookupCase{Pattern: n.lowering.regexes.compile(text, fold).pattern, To: routing.Text(a.server.block())}
		if c.Pattern == nil {
			c = routing.LookupCase{Pattern: n.lowering.regexes.compile("", false).pattern, To: unknown("which server the name in the handshake is one of", a.at.Span())}
		}
		out.Patterns = append(out.Patterns, c)
	}
	return out
}
