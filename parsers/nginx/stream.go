package nginx

import (
	"iter"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// streamListeners lowers the servers of stream{}, which pass on bytes: host and path stay the client's, and so does TLS unless the server
// ends it.
func (w *lowering) streamListeners() {
	for _, block := range w.streams {
		w.connections().stream(&scope{head: block}, block.Body())
	}
	if len(w.streamPart) > 0 {
		w.connections().stream(&scope{}, slices.Values(w.streamPart))
	}
}

// connections is the lowering for a stream{} block, whose variables have nothing to do with those of http{}.
func (w *lowering) connections() *lowering {
	c, inner := *w.config, *w
	c.declared, c.unsure, c.groups = map[string]Directive{}, map[string]bool{}, map[string]bool{}
	inner.config, inner.mapping, inner.thrown, inner.ofConnections = &c, map[Directive]routing.Expr{}, map[Directive][]*toss{}, true
	return &inner
}

func (w *lowering) stream(s *scope, body iter.Seq[Directive]) {
	var servers, upstreams []Directive
	for d := range body {
		switch d.Name() {
		case "server":
			servers = append(servers, d)
		case "upstream":
			upstreams = append(upstreams, d)
		case "map", "geo", "split_clients":
			w.declare(d, d.Len()-1)
		default:
			w.add(s, d)
		}
	}
	for _, d := range upstreams {
		w.g.Pools[streamPool(d.Value(1))] = w.pool(d, "0")
	}
	for _, d := range servers {
		w.streamServer(d, s)
	}
}

// streamPool keeps the upstreams of stream{} apart from those of http{}.
func streamPool(name string) string { return "stream " + lower(name) }

func (w *lowering) streamServer(block Directive, outer *scope) {
	s := &scope{parent: outer, head: block}
	for d := range block.Body() {
		w.add(s, d)
	}
	for _, d := range w.own(s, "listen") {
		for _, l := range w.parseListen(d) {
			if l.datagram {
				continue
			}
			entry := "stream " + l.String()
			steps := w.connection(s, l)
			if _, taken := w.blocks[entry]; taken {
				w.blocks[entry] = []routing.Step{&routing.Opaque{Why: "several servers of stream{} share a socket", Span: block.Span()}}
				continue
			}
			listener := &routing.Listener{Name: entry, Address: l.address, Port: l.port, TLS: l.tls || w.speaksTLS(s, l), Entry: entry, Span: d.Span()}
			if l.tls {
				listener.MinTLS = w.minTLS(s)
			}
			w.g.Listeners = append(w.g.Listeners, listener)
			w.blocks[entry] = steps
		}
	}
}

// speaksTLS reports whether clients speak TLS through a socket that passes it on.
func (w *lowering) speaksTLS(s *scope, l listen) bool {
	return isOn(w.flag(s, "ssl_preread", false)) || l.port == 443
}

// connection is what becomes of a connection to a server of stream{}: access control, then where it is led.
func (w *lowering) connection(s *scope, l listen) []routing.Step {
	e := &env{scope: s}
	var handshake routing.Expr
	switch preread := w.flag(s, "ssl_preread", false); {
	case l.tls:
		handshake = routing.Text("ended")
	case preread.IsUnknown():
		handshake = routing.Lit{Value: preread}
	case isOn(preread):
		handshake = routing.Text("read")
	default:
		handshake = routing.Text("passed")
	}
	steps := []routing.Step{&routing.Set{What: routing.Place{Kind: routing.InVar, Name: handshakeVar}, To: handshake, Span: s.head.Span()}}
	for _, gap := range slices.Concat(s.parent.gaps, s.gaps) {
		steps = append(steps, gapStep(gap))
	}
	if rules := w.addresses(e); len(rules) > 0 {
		m := &routing.Match{Span: rules[0].Span}
		for _, r := range rules {
			if r.says == denies {
				r.Do = closes("not let in by "+r.by.Name(), r.by.Span())
			}
			m.Arms = append(m.Arms, r.Arm)
		}
		steps = append(steps, m)
	}
	return append(steps, w.streamPass(e, l)...)
}

// handshakeVar holds what a server of stream{} does with the client's handshake: it is read, ended here, or passed on unseen.
const handshakeVar = ":handshake"

// closes ends a connection without an answer.
func closes(why string, at routing.Span) []routing.Step {
	return []routing.Step{&routing.Respond{Status: routing.Of("444", at), Label: why, Span: at}}
}

// opaqueStream are directives that hand connections on in ways which are not read.
var opaqueStream = []string{"js_access", "js_preread", "js_filter", "preread_by_lua_block", "preread_by_lua_file", "content_by_lua_block", "content_by_lua_file", "pass", "return", "server_name"}

func (w *lowering) streamPass(e *env, l listen) []routing.Step {
	s := e.scope
	d := w.one(s, "proxy_pass")
	for _, other := range w.list(s, opaqueStream...) {
		return []routing.Step{&routing.Opaque{Why: other.Name() + " in stream{} is not read", Span: other.Span()}}
	}
	if d.IsZero() {
		return []routing.Step{&routing.Opaque{Why: "what this server of stream{} answers", Span: s.head.Span()}}
	}
	at := d.Span()
	if on := w.flag(s, "proxy_protocol", false); on.IsUnknown() || isOn(on) {
		return []routing.Step{&routing.Opaque{Why: "what the upstream makes of the line of the PROXY protocol that comes before the request", Span: on.Span}}
	}
	secure := w.flag(s, "proxy_ssl", false)
	if secure.IsUnknown() {
		return []routing.Step{&routing.Opaque{Why: secure.Why(), Span: secure.Span}}
	}
	t := w.streamTarget(e, d)
	idle := routing.Lit{Value: w.duration(s, "proxy_timeout", "10m0s")}
	settings := routing.Settings{
		routing.Protocol: routing.ReadOriginal(routing.InProtocol, ""), routing.Upgrade: routing.Lit{Value: routing.Of(routing.Relay, at)},
		routing.Buffering: routing.Lit{Value: routing.Of("off", at)}, routing.ReadTimeout: idle, routing.IdleTimeout: idle,
		routing.ConnectTimeout: routing.Lit{Value: w.duration(s, "proxy_connect_timeout", "1m0s")},
	}
	var steps []routing.Step
	switch {
	case isOn(secure):
		t.scheme, t.https = routing.Lit{Value: routing.Of("https", secure.Span)}, true
		w.tls(e, t, settings)
		if !l.tls {
			inner := &routing.Opaque{Why: "what the upstream makes of the client's TLS inside of the proxy's own", Span: secure.Span}
			steps = append(steps, &routing.Match{Span: at, Arms: []routing.Arm{{When: overTLSOnly, Do: []routing.Step{inner}, Label: "the client speaks TLS", Span: secure.Span}}})
		}
	case l.tls:
		t.scheme = routing.Lit{Value: routing.DefaultOf("http", "NGINX").With(at, "TLS ends here, and proxy_ssl is off")}
	default:
		t.scheme = routing.ReadOriginal(routing.InScheme, "")
		settings[routing.SNI] = w.sentName(routing.ReadOriginal(routing.InSNI, ""), t, routing.Value{}) // clients send no addresses either
	}
	if t.computed {
		settings[routing.Resolvable] = w.resolvable(e, t)
	}
	return append(steps, sameHost(at), &routing.Forward{To: t.to, Scheme: t.scheme, Target: sentTarget, Settings: settings, Label: title(d), Span: at})
}

var overTLSOnly = equals(routing.ReadOriginal(routing.InScheme, ""), "https")

// sameHost leaves the Host header as it is where a server of HTTP would go by something else: none stays none, and that of a request for a
// whole URL is not the URL's.
func sameHost(at routing.Span) routing.Step {
	host, lines := routing.Place{Kind: routing.InHeader, Name: "Host"}, routing.ReadOriginal(routing.InHeader, "Host")
	isWhole := func(a ...string) string {
		_, target, _ := strings.Cut(a[0], " ")
		scheme, _, whole := strings.Cut(target, "://")
		return boolText(whole && scheme != "" && !strings.ContainsAny(scheme, "/?"))
	}
	whole := routing.Call{Name: "whole URL", Fn: isWhole, Args: []routing.Expr{routing.ReadOriginal(routing.InRequestLine, "")}, Span: at}
	several := routing.Not{Cond: routing.Equal{Of: lines, To: routing.ReadOriginal(routing.InHeaderLines, "Host")}}
	opaque := &routing.Opaque{Why: "which Host is that of a request for a whole URL with several", Span: at}
	return &routing.Match{Span: at, Arms: []routing.Arm{
		{When: routing.All{equals(whole, "true"), several}, Do: []routing.Step{opaque}, Label: "a whole URL", Span: at},
		{When: equals(lines, ""), Do: []routing.Step{&routing.Remove{What: host, Span: at}}, Label: "no Host", Span: at},
		{When: equals(whole, "true"), Do: []routing.Step{&routing.Set{What: host, To: lines, Span: at}}, Label: "a whole URL", Span: at},
	}}
}

// streamTarget is a proxy_pass in stream{}: an address, or the name of an upstream block.
func (w *lowering) streamTarget(e *env, d Directive) *target {
	at := d.Span()
	pool := func(name string) string {
		if w.g.Pools[streamPool(name)] != nil {
			return streamPool(name)
		}
		return name
	}
	if name := d.Value(1); !strings.Contains(name, "$") {
		host, _ := splitPort(name)
		lit := func(s string) routing.Expr { return routing.Lit{Value: routing.Of(s, at)} }
		return &target{d: d, to: lit(pool(name)), host: lit(host), fixed: host}
	}
	address := w.value(d, 1, e)
	call := func(what string, fn func(string) string) routing.Expr {
		return routing.Call{Name: what, Fn: func(a ...string) string { return fn(a[0]) }, Args: []routing.Expr{address}, Span: at}
	}
	to := call("upstream", func(name string) string {
		if _, port := splitPort(name); port == "" && pool(name) == name && !strings.HasPrefix(name, "unix:") {
			return name + ":0" // there is no default, and such connections are closed (ngx_stream_proxy_eval)
		}
		return pool(name)
	})
	host := call("host", func(name string) string { host, _ := splitPort(name); return host })
	return &target{d: d, computed: true, to: to, host: host}
}

// ofConnection is a variable of stream{} that no map gives a value (NGINX src/stream/ngx_stream_variables.c and the modules beside it). When set
// gives one is not followed.
func (w *lowering) ofConnection(name string, at routing.Span) routing.Expr {
	switch name {
	case "ssl_preread_server_name":
		return ifThen(equals(readVar(handshakeVar), "read"), routing.ReadOriginal(routing.InSNI, ""))
	case "ssl_server_name":
		return ifThen(equals(readVar(handshakeVar), "ended"), routing.ReadOriginal(routing.InSNI, ""))
	case "remote_addr", "binary_remote_addr":
		return clientAddress
	case "server_port":
		return routing.ReadOriginal(routing.InPort, "")
	case "protocol":
		return routing.Text("TCP")
	}
	return unknown("the value of $"+name, at)
}
