package frontdoor

import (
	"fmt"
	"strings"
	"time"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/azure/firewall"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// forward lowers a destination for requests that came in over a scheme.
func (b *builder) forward(d destination, scheme string) []routing.Step {
	if d.group == nil {
		return []routing.Step{&routing.Opaque{Why: d.lost.Why(), Span: d.lost.Span}}
	}
	switch protocol := strings.ToLower(d.protocol.Text()); {
	case d.protocol.IsUnknown():
		return []routing.Step{maybe(d.protocol, "forwards over HTTPS", b.forwardOver(d, "https")), b.forwardOver(d, "http")}
	case protocol == "httponly":
		scheme = "http"
	case protocol == "httpsonly":
		scheme = "https"
	}
	return []routing.Step{b.forwardOver(d, scheme)}
}

func (b *builder) forwardOver(d destination, scheme string) *routing.Forward {
	pool := b.pool(d.group, scheme)
	said := d.protocol
	if said.IsUnknown() || !said.IsSet() {
		said = routing.DefaultOf("MatchRequest", product)
	}
	f := &routing.Forward{
		To: routing.Text(pool), Scheme: routing.Lit{Value: said.Became(scheme)}, Target: routing.Read(routing.InTarget, ""), Span: d.at,
		Label: fmt.Sprintf("forwards to origin group %.100q", d.group.name),
		Then:  []routing.Step{&routing.Set{What: routing.Place{Kind: routing.InHeader, Name: "Host"}, To: d.group.each(hostHeader)}},
	}
	f.Settings = b.settings(d)
	firewall.Settings(f.Settings)
	if scheme == "https" {
		tls(f.Settings, d.group)
	}
	f.Probe = probe(d.group)
	return f
}

// hostHeader is the Host that an origin gets: its own setting, or the client's ("Origins and origin groups": origin host header). The portal
// fills the setting in, templates and Terraform do not.
func hostHeader(o origin) routing.Expr {
	if o.header.IsSet() {
		return routing.Lit{Value: o.header}
	}
	return routing.Remark{Of: routing.Read(routing.InHeader, "Host"), Span: o.header.Span, Related: []routing.Note{
		{Span: o.header.Span, Text: "the origin sets no host header, so that Front Door sends the host name that the client used"},
	}}
}

// settings are those that do not depend on the scheme.
func (b *builder) settings(d destination) routing.Settings {
	s := routing.Settings{
		routing.Protocol:    routing.Lit{Value: routing.DefaultOf("HTTP/1.1", product)},
		routing.Upgrade:     routing.Lit{Value: b.upgrade(d)},
		routing.Buffering:   routing.Lit{Value: routing.UnknownOf("Microsoft's documents do not say whether Front Door passes events on as they come; those for Azure in China say that it does not support server-sent events", d.at)},
		routing.ReadTimeout: routing.Lit{Value: b.timeout()},
	}
	if !b.classic {
		s[routing.IdleTimeout] = routing.Lit{Value: routing.DefaultOf((5 * time.Minute).String(), product)}
		s[routing.Lifetime] = routing.Lit{Value: routing.DefaultOf((4 * time.Hour).String(), product)}
	}
	if d.cache.IsSet() {
		s[routing.Cache] = routing.Lit{Value: d.cache}
	}
	return s
}

// upgrade: Standard and Premium relay WebSocket without a setting, except where the route caches ("WebSocket connections on Azure Front
// Door"). No document knows of WebSocket in the classic tier.
func (b *builder) upgrade(d destination) routing.Value {
	switch {
	case b.classic:
		return routing.Of("never", d.at).With(d.at, "WebSocket is documented for the tiers Standard and Premium only")
	case d.cache.IsUnknown():
		return d.cache
	case d.cache.Text() == "true":
		return d.cache.Became("never").With(d.cache.Span, "caching is on, so that Front Door does not forward the Upgrade header")
	}
	return routing.DefaultOf("native", product)
}

// timeout is how long an origin may take to answer. Its default depends on the tool that made the resource.
func (b *builder) timeout() routing.Value {
	n := b.r.Get("originResponseTimeoutSeconds")
	if b.classic {
		n = b.r.Child("backendPoolsSettings").Get("sendRecvTimeoutSeconds")
	}
	if seconds, ok := azure.Number(n); ok && seconds >= 0 {
		return azure.KnownAs(n, (time.Duration(seconds) * time.Second).String())
	}
	v := azure.Text(n)
	if v.State() == routing.Known {
		return azure.UnknownAs(n, "the origin's response time-out is no number of seconds")
	}
	return v.Or(routing.UnknownOf("the origin's response time-out is not in what was read, and its default depends on the tool that made the profile", b.r.Span()))
}

// timeInBounds: an origin may be given 16 to 240 seconds ("Troubleshooting common problems": 503 or 504 response after a few seconds).
func (b *builder) timeInBounds(n *jsontree.Node) {
	const least, most = 16, 240
	if seconds, ok := azure.Number(n); ok && (seconds < least || seconds > most) {
		b.problem(routing.Refused, n.Span(), fmt.Sprintf("the response time-out of origins is %d seconds, and is accepted from %d to %d", seconds, least, most), "take 240, so that polls can be held")
	}
}

// tls: the name in the handshake is the origin's host name ("Troubleshooting common problems": origin configured as an IP address), and the
// certificate is checked for it unless that is turned off.
func tls(to routing.Settings, g *group) {
	name := routing.Read(routing.InUpstreamHost, "")
	to[routing.SNI] = name
	to[routing.VerifiedName] = name
	to[routing.VerifyChain] = routing.Lit{Value: routing.DefaultOf("true", product)}
	to[routing.VerifyName] = g.each(func(o origin) routing.Expr { return routing.Lit{Value: o.nameCheck} })
}

// probe lowers the health probe of a group ("Health probes"); nil where it has none. Every origin is asked with its own host header. Where all
// fail, all count as healthy.
func probe(g *group) *routing.Probe {
	s := g.probe
	protocol := azure.OneOf(s.Get("probeProtocol"), probing...)
	if s.Node.Unset() || strings.EqualFold(protocol.Text(), "NotSet") {
		return nil
	}
	p := &routing.Probe{
		Name: "health probe", Scheme: azure.Lowered(protocol).Or(routing.DefaultOf("http", product)), UsesUnhealthy: true,
		Path: azure.Filled(s.Get("probePath")).Or(routing.DefaultOf("/", product)), Statuses: routing.DefaultOf("200", product), Span: s.Span(),
	}
	if s.Node.Kind() == jsontree.Unknown {
		p.Path, p.Scheme = azure.Text(s.Node), azure.Text(s.Node)
	}
	if len(g.origins) == 1 {
		p.Host, p.Port = g.origins[0].header, g.origins[0].port(p.Scheme.Text())
	}
	return p
}
