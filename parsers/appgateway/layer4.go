package appgateway

import (
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// layer4 lowers the TCP and TLS proxy: its listeners, backend settings and rules have lists of their own ("TCP/TLS proxy overview"). Bytes
// pass as they are, so that Host and path are the client's, and every path reaches the pool.
func (b *builder) layer4() {
	for _, rule := range b.r.List("routingRules") {
		b.connections(rule)
	}
}

// connections lower one rule.
func (b *builder) connections(rule azure.Object) {
	listener := b.resolve(rule, "listener", "listeners")
	settings := b.resolve(rule, "backendSettings", "backendSettingsCollection")
	pool := b.resolve(rule, "backendAddressPool", "backendAddressPools")
	for _, l := range []link{listener, settings, pool} {
		if !l.found {
			b.problem(routing.NotWhole, place(rule), fmt.Sprintf("TCP or TLS routing rule %.100q was not read: %s", rule.Name(), l.reason("a part of it is missing")), "export the gateway again, whole")
			return
		}
	}
	at, why := b.socketOf("listeners", listener.Object)
	if why != "" {
		b.problem(routing.NotWhole, place(listener.Object), fmt.Sprintf("the address of listener %.100q is not known: %s", listener.Name(), why), "give what it refers to")
		return
	}
	ends := strings.EqualFold(listener.Get("protocol").Text(), "Tls") // TLS ends at the gateway
	const tlsPort = 443
	l := &routing.Listener{
		Name: at.name, Address: at.address, Port: at.port, TLS: ends || at.port == tlsPort, Entry: "listener " + at.name, Span: at.span, OtherHosts: true,
	}
	if ends {
		l.MinTLS = b.listenerMinTLS(listener.Object).Or(b.minTLS())
	}
	for _, h := range hostsOf(listener.Object) {
		if h.name.State() == routing.Known {
			l.Hosts = append(l.Hosts, routing.HostEntry{Host: h.name.Text(), Block: l.Entry, Span: h.name.Span})
		}
	}
	b.g.Blocks[l.Entry] = b.relay(settings.Object, b.pool(pool.Object, settings.Object), ends)
	b.g.Listeners = append(b.g.Listeners, l)
	b.publicName(l, at.frontend, nil)
}

// relay passes bytes on. Where the gateway does not end TLS, the handshake is the client's too.
func (b *builder) relay(settings azure.Object, pool string, ends bool) []routing.Step {
	at := place(settings)
	protocol := azure.Lowered(chosen("backendSettingsCollection", settings, "protocol")).Or(routing.UnknownOf("the backend setting has no protocol", at))
	idle := routing.Lit{Value: idleTimeout(settings)}
	name := b.backendName(settings, b.g.Pools[pool])
	f := &routing.Forward{
		To: routing.Text(pool), Target: routing.Read(routing.InTarget, ""),
		Label: fmt.Sprintf("passes the bytes on to pool %.100q with backend setting %.100q", b.g.Pools[pool].Name, settings.Name()), Span: at,
		Settings: routing.Settings{
			routing.Protocol: routing.ReadOriginal(routing.InProtocol, ""), routing.Upgrade: routing.Lit{Value: routing.Of(routing.Relay, at)},
			routing.Buffering: routing.Lit{Value: routing.Of("off", at)}, routing.ReadTimeout: idle, routing.IdleTimeout: idle,
		},
	}
	switch {
	case protocol.IsUnknown():
		f.Scheme = routing.Lit{Value: protocol}
	case protocol.Text() == "tls":
		f.Scheme = routing.Lit{Value: protocol.Became("https")}
		unsaid := routing.UnknownOf("whether the TLS proxy verifies certificates of backends as the HTTP proxy does is not documented", at)
		f.Settings[routing.SNI] = name.sni()
		f.Settings[routing.VerifyChain], f.Settings[routing.VerifyName] = routing.Lit{Value: unsaid}, routing.Lit{Value: unsaid}
	case ends:
		f.Scheme = routing.Lit{Value: protocol.Became("http")}
	default:
		f.Scheme = routing.ReadOriginal(routing.InScheme, "")
		f.Settings[routing.SNI] = routing.ReadOriginal(routing.InSNI, "")
	}
	host := routing.Place{Kind: routing.InHeader, Name: "Host"}
	passed := routing.Remark{Of: routing.ReadOriginal(routing.InHeader, "Host"), Span: at}
	return []routing.Step{&routing.Set{What: host, To: passed, Span: at}, f}
}

// idleTimeout is how long a quiet connection is left open.
func idleTimeout(settings azure.Object) routing.Value {
	return seconds(settings.Get("timeout")).Or(routing.UnknownOf("the time-out of the backend setting is not in the export, and its default is not known here", place(settings)))
}
