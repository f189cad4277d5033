package nginx

import (
	"iter"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// streamListeners lowers the servers of stream{}: bytes pass as they are, so that Host and server name are the client's.
func (w *lowering) streamListeners() {
	for _, block := range w.streams {
		w.stream(&scope{head: block}, block.Body())
	}
	w.stream(&scope{}, slices.Values(w.streamPart))
}

func (w *lowering) stream(s *scope, body iter.Seq[Directive]) {
	var servers []Directive
	for d := range body {
		switch d.Name() {
		case "server":
			servers = append(servers, d)
		case "upstream":
			w.g.Pools[streamPool(d.Value(1))] = w.pool(d, "0")
		default:
			s.put(w.numbers.of(d.Name()), d)
		}
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
		s.put(w.numbers.of(d.Name()), d)
	}
	for _, d := range w.own(s, "listen") {
		for _, l := range w.parseListen(d) {
			if l.datagram {
				continue
			}
			entry := "stream " + l.String()
			w.g.Listeners = append(w.g.Listeners, &routing.Listener{
				Name: entry, Address: l.address, Port: l.port, TLS: l.tls || w.speaksTLS(s, l), Entry: entry, Span: d.Span(),
			})
			w.blocks[entry] = w.streamPass(s)
		}
	}
}

// speaksTLS reports whether clients speak TLS through a socket that passes it on.
func (w *lowering) speaksTLS(s *scope, l listen) bool {
	return isOn(w.flag(s, "ssl_preread", false)) || l.port == 443
}

func (w *lowering) streamPass(s *scope) []routing.Step {
	d := w.one(s, "proxy_pass")
	at := s.head.Span()
	if d.IsZero() {
		return []routing.Step{&routing.Respond{Status: routing.UnknownOf("what this server of stream{} answers", at), Label: "no proxy_pass", Span: at}}
	}
	at = d.Span()
	name := d.Value(1)
	if strings.Contains(name, "$") {
		return []routing.Step{&routing.Opaque{Why: "stream{} computes where connections go", Span: at}}
	}
	if w.g.Pools[streamPool(name)] != nil {
		name = streamPool(name)
	}
	idle := routing.Lit{Value: w.duration(s, "proxy_timeout", "10m0s")}
	settings := routing.Settings{
		routing.Protocol: routing.ReadOriginal(routing.InProtocol, ""), routing.Upgrade: routing.Lit{Value: routing.Of("native", at)},
		routing.Buffering: routing.Lit{Value: routing.Of("off", at)}, routing.ReadTimeout: idle, routing.IdleTimeout: idle,
		routing.SNI: routing.ReadOriginal(routing.InSNI, ""),
	}
	host := &routing.Set{What: routing.Place{Kind: routing.InHeader, Name: "Host"}, To: routing.ReadOriginal(routing.InHeader, "Host"), Span: at}
	return []routing.Step{host, &routing.Forward{
		To: routing.Lit{Value: routing.Of(name, at)}, Scheme: routing.ReadOriginal(routing.InScheme, ""), Target: sentTarget,
		Settings: settings, Label: title(d), Span: at,
	}}
}
