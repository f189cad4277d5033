package nginx

import (
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// virtual are the servers that share a socket, in the order of the configuration.
type virtual struct {
	socket
	tls       bool
	http2     bool         // where any server says so, as NGINX before 1.25.1 has it for all of a socket
	fronted   routing.Span // of a listen directive with proxy_protocol
	saysHTTP2 Directive    // a listen directive by which it does so
	servers   []*server
	preferred *server         // default_server, else the first
	marked    map[socket]bool // where default_server chose preferred
	optioned  map[socket]bool // where options of the socket were given
	at        Directive
	handshake routing.Expr // the block of the server that the name in a TLS handshake chooses
}

// listeners lowers all sockets. A socket on an address of its own never looks at the servers of "*" (NGINX src/http/ngx_http.c).
func (w *lowering) listeners() {
	var sockets []*virtual
	bySocket := map[socket]*virtual{}
	for _, s := range w.servers {
		for _, l := range w.listens(s) {
			if l.datagram {
				w.quic(s, l)
				continue
			}
			v := bySocket[l.socket]
			if v == nil {
				v = &virtual{socket: l.socket, preferred: s, at: l.at, marked: map[socket]bool{}, optioned: map[socket]bool{}}
				bySocket[l.socket] = v
				sockets = append(sockets, v)
			}
			w.join(v, s, l)
		}
	}
	for _, v := range sockets {
		w.listener(v)
	}
}

// join adds a server to a socket.
func (w *lowering) join(v *virtual, s *server, l listen) {
	v.servers = append(v.servers, s)
	v.tls = v.tls || l.tls || isOn(w.flag(s.scope, "ssl", false))
	if l.fronted {
		v.fronted = l.at.Span()
	}
	if l.http2 && v.saysHTTP2.IsZero() {
		v.saysHTTP2 = l.at
	}
	v.http2 = v.http2 || l.http2 || isOn(w.flag(s.scope, "http2", false))
	if l.options && v.optioned[l.written] {
		w.refuse(l.at, "duplicate listen options for "+l.written.nginxName())
	}
	v.optioned[l.written] = v.optioned[l.written] || l.options
	if !l.preferred {
		return
	}
	if v.marked[l.written] {
		w.refuse(l.at, "a duplicate default server for "+l.written.nginxName())
		return
	}
	if len(v.marked) == 0 {
		v.preferred, v.at = s, l.at
	}
	v.marked[l.written] = true
}

func (w *lowering) listener(v *virtual) {
	l := &routing.Listener{Name: v.String(), Address: v.address, Port: v.port, TLS: v.tls, Entry: "listener " + v.String(), Fronted: v.fronted, Span: v.at.Span()}
	if v.tls {
		l.MinTLS, l.HTTP2 = w.minTLS(v.preferred.scope), v.http2
		if d := w.strange(v, v.preferred); !d.at.IsZero() && d.at.Name() != "ssl_protocols" {
			l.MinTLS = routing.UnknownOf(d.why, d.at.Span())
		}
		l.Plain = "plain " + l.Entry
		w.blocks[l.Plain] = []routing.Step{setVar(noTLSVar, "1", v.at.Span()), &routing.Jump{To: l.Entry, Span: v.at.Span()}}
	}
	w.g.Listeners = append(w.g.Listeners, l)
	w.certified(v)
	n := &names{lowering: w, listener: l, exact: map[string]routing.TableEntry{}, masked: map[string]bool{}, several: len(v.servers) > 1 || w.captures(v.preferred), nginxName: v.nginxName()}
	for _, s := range v.servers {
		s.tls = s.tls || v.tls
		n.server(s)
	}
	n.sort()
	if v.tls {
		v.handshake = n.ofHandshake(v)
	}
	steps := slices.Concat(w.rejected(v), w.spoken(v), w.onlyHTTP2(v), w.lineLimit(v), []routing.Step{w.admitLine(v), w.withoutFragment(), w.withPath()}, w.normalized(v), []routing.Step{w.admitName(v)})
	for _, gap := range w.http.gaps {
		steps = append(steps, gapStep(gap))
	}
	steps = append(steps, n.steps(v)...)
	w.blocks[l.Entry] = append(steps, &routing.Jump{To: v.preferred.block(), Label: "default server", Span: v.preferred.scope.head.Span()})
}

// noTLSVar is set for requests that come without TLS to a socket with TLS.
const noTLSVar = ":no TLS"

// plainOnTLS answers such requests: by 400, unless the server has a page for status 497 (ngx_http_process_request).
func (w *lowering) plainOnTLS(e *env) routing.Step {
	at := e.scope.head.Span()
	do := append(w.ending(e, 400), &routing.Respond{Status: routing.Of("400", at), Label: "plain HTTP on a port for TLS", Span: at})
	if page := w.errorPage(e, 497); !page.IsZero() {
		do = []routing.Step{&routing.Opaque{Why: "what the error page answers to plain HTTP on a port for TLS", Span: page.Span()}}
	}
	return &routing.Match{Span: at, Arms: []routing.Arm{{When: equals(readVar(noTLSVar), "1"), Do: do}}}
}

// gapStep follows both possibilities of what was not read: that it decides, and that it does not.
func gapStep(d Directive) routing.Step {
	why, _ := d.Gap()
	at := d.Span()
	return &routing.Match{Span: at, Arms: []routing.Arm{{
		When: routing.Given{Value: routing.UnknownOf(why, at)}, Do: []routing.Step{&routing.Opaque{Why: why, Span: at}}, Label: why, Span: at,
	}}}
}

// rewriteBlock and searchBlock are the blocks of a server's own rewrite codes and of its search for a location.
func (s *server) rewriteBlock() string { return s.block() + " rewrite" }
func (s *server) searchBlock() string  { return s.block() + " search" }

// nullBlock answers requests that no location of the server takes.
func (s *server) nullBlock() string { return s.block() + " itself" }

// serverBlocks lowers a server: limits, the normal form of the path, the rewrite codes of the server, the search for a location.
func (w *lowering) serverBlocks(s *server) {
	w.tosses = nil
	e := &env{server: s, scope: s.scope}
	w.merged(s.scope)
	named := &routing.Set{What: routing.Place{Kind: routing.InVar, Name: serverNameVar}, To: w.serverName(e)}
	steps := slices.Concat([]routing.Step{named}, w.headerLimit(s), w.validHeaders(s), []routing.Step{w.admitHere(s)}, w.realAddress(s.scope))
	if s.tls {
		steps = append(append(steps, w.plainOnTLS(e)), w.clientCertificate(e)...)
	}
	for _, gap := range s.scope.gaps {
		steps = append(steps, gapStep(gap))
	}
	w.blocks[s.block()] = append(steps, &routing.Jump{To: s.rewriteBlock(), Span: s.scope.head.Span()})
	codes := w.codes(e, s.scope.own, &codeTarget{after: s.searchBlock(), server: true})
	search := w.search(s)
	if len(codes) == 0 {
		w.blocks[s.rewriteBlock()] = search
		w.blocks[s.searchBlock()] = search
	} else {
		w.blocks[s.rewriteBlock()] = append(codes, &routing.Jump{To: s.searchBlock(), Span: s.scope.head.Span()})
		w.blocks[s.searchBlock()] = search
	}
	w.blocks[s.nullBlock()] = append(w.entry(e), w.content(e, nil)...)
	for _, loc := range s.named {
		w.locationBlocks(loc)
	}
	w.levelBlocks(s.level)
	var first []routing.Step
	for _, t := range w.tosses {
		first = append(first, t.step())
	}
	w.blocks[s.block()] = append(first, w.blocks[s.block()]...)
}

// validHeaders takes away the headers that NGINX ignores for their names (ngx_http_parse_header_line).
func (w *lowering) validHeaders(s *server) []routing.Step {
	if !isOn(w.flag(s.scope, "ignore_invalid_headers", true)) {
		return nil
	}
	invalid := withoutUnderscore
	if isOn(w.flag(s.scope, "underscores_in_headers", false)) {
		invalid = withUnderscore
	}
	return []routing.Step{&routing.Remove{What: routing.Place{Kind: routing.InHeader, Name: routing.AllHeaders}, Only: invalid}}
}

// withoutUnderscore and withUnderscore find header names that hold other characters than letters, digits, hyphens and, for the second,
// underscores.
func withoutUnderscore(name string) bool {
	for i := range len(name) {
		if !isAlphanumeric(name[i]) && name[i] != '-' {
			return true
		}
	}
	return false
}

func withUnderscore(name string) bool { return withoutUnderscore(strings.ReplaceAll(name, "_", "-")) }

// isOdd finds paths that are not in their normal form already.
func isOdd(path string) bool {
	return strings.ContainsAny(path, "%#") || strings.Contains(path, "//") || strings.Contains(path, "/.")
}

// normalized gives the path the form that locations are matched against. The request line is read before the server is chosen.
func (w *lowering) normalized(v *virtual) []routing.Step {
	usual := w.merges(v.preferred)
	return v.byHandshake(func(s *server) bool { return w.merges(s) != usual }, func(s *server) []routing.Step { return w.normalize(s, w.merges(s)) })
}

func (w *lowering) merges(s *server) bool { return isOn(w.flag(s.scope, "merge_slashes", true)) }

// normalize gives the path its normal form, or answers 400 as a server does.
func (w *lowering) normalize(s *server, merge bool) []routing.Step {
	path := routing.ReadOriginal(routing.InPath, "")
	normal := routing.Call{Name: "normalize", Fn: func(a ...string) string { return normalizeURI(a[0], merge) }, Args: []routing.Expr{path}}
	e := beforeLine(s)
	label, at := "", routing.Span{}
	if !merge {
		d := w.one(s.scope, "merge_slashes")
		label, at = title(d), d.Span()
	}
	return []routing.Step{&routing.Match{Arms: []routing.Arm{{
		When: holds("odd", isOdd, path), Label: label, Span: at,
		Do: []routing.Step{
			&routing.Set{What: routing.Place{Kind: routing.InPath}, To: normal},
			&routing.Match{Arms: []routing.Arm{{
				When: equals(routing.Read(routing.InPath, ""), ""), Do: w.refuses(e, 400, s.scope.head.Span(), "a path that NGINX refuses"),
			}}},
		},
	}}}}
}

// holds is a condition that a function decides, which unlike a regular expression leaves captures alone.
func holds(name string, fn func(string) bool, of routing.Expr) routing.Cond {
	return routing.Truthy{Of: routing.Call{Name: name, Fn: func(a ...string) string {
		if fn(a[0]) {
			return "1"
		}
		return ""
	}, Args: []routing.Expr{of}}}
}
