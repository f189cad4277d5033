package appgateway

import (
	"fmt"
	"time"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/azure/firewall"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// forward lowers a backend setting as it is used with one pool, once however many rules use both.
func (b *builder) forward(pool string, settings azure.Object, hostRewritten bool) routing.Step {
	key := fmt.Sprint(pool, hostRewritten)
	if b.forwards[key] == nil {
		b.forwards[key] = b.newForward(pool, settings, hostRewritten)
	}
	return b.forwards[key]
}

func (b *builder) newForward(pool string, settings azure.Object, hostRewritten bool) *routing.Forward {
	scheme := azure.Lowered(chosen("backendHttpSettingsCollection", settings, "protocol").Or(routing.UnknownOf("the backend setting has no protocol", place(settings))))
	f := &routing.Forward{
		To: routing.Text(pool), Scheme: routing.Lit{Value: scheme}, Target: routing.Read(routing.InTarget, ""),
		Label: fmt.Sprintf("forwards to pool %.100q with backend setting %.100q", b.g.Pools[pool].Name, settings.Name()), Span: place(settings),
	}
	name := b.backendName(settings, b.g.Pools[pool])
	b.oneName(name)
	f.Then = []routing.Step{name.host(hostRewritten)}
	f.Settings = b.settings(settings)
	firewall.Settings(f.Settings)
	if scheme.Text() != "http" {
		b.tlsSettings(f.Settings, settings, name)
	}
	f.Probe = b.probe(settings, scheme, name, b.g.Pools[pool])
	return f
}

// settings are those that do not depend on the scheme. Backends are spoken to in HTTP/1.1, and WebSocket is always relayed
// ("Listener configuration": HTTP2 support, WebSocket support).
func (b *builder) settings(settings azure.Object) routing.Settings {
	timeout := requestTimeout(settings)
	return routing.Settings{
		routing.Protocol:    routing.Lit{Value: routing.DefaultOf("HTTP/1.1", product)},
		routing.Upgrade:     routing.Lit{Value: routing.DefaultOf("native", product)},
		routing.Buffering:   routing.Lit{Value: b.buffering()},
		routing.ReadTimeout: routing.Lit{Value: timeout},
		routing.Drain:       routing.Lit{Value: drain(settings)},
		routing.IdleTimeout: routing.Lit{Value: timeout.With(timeout.Span,
			"Microsoft's documents say that the request time-out applies to WebSocket sessions too, but not whether to their idle time or their whole length")},
	}
}

// buffering: both directions are buffered unless that is turned off for the whole gateway ("Use Application Gateway with
// server-sent events").
func (b *builder) buffering() routing.Value {
	global := b.r.Child("globalConfiguration")
	n := global.Get("enableResponseBuffering")
	v := azure.Flag(n)
	switch v.Text() {
	case "true":
		return v.Became("holds")
	case "false":
		return v.Became("off")
	}
	on := routing.DefaultOf("holds", product)
	if on.Span = n.Span(); on.Span.IsZero() { // a reader would state it there
		on.Span = global.Span()
	}
	return v.Or(on)
}

// requestTimeout has defaults that differ with the tool that made the gateway, and in Microsoft's documents (20 seconds in "Troubleshoot bad gateway
// errors", 30 in its older versions), so what does not state it leaves it open.
func requestTimeout(settings azure.Object) routing.Value {
	return seconds(settings.Get("requestTimeout")).Or(routing.UnknownOf("requestTimeout is not in what was read, and its default depends on the tool that made the gateway; Microsoft's documents name 20 and 30 seconds, "+
		"which is less than a poll is held: `az network application-gateway http-settings show` prints it", place(settings)))
}

// drain is how long connections are left open when an instance goes, as it does with changes of the gateway ("Backend settings": connection
// draining; the default is 30 seconds).
func drain(settings azure.Object) routing.Value {
	draining := settings.Child("connectionDraining")
	on := azure.Flag(draining.Get("enabled"))
	if is, ok := on.Bool(); ok && is {
		return seconds(draining.Get("drainTimeoutInSec")).Or(routing.UnknownOf("the time for draining is not in what was read", draining.Span()))
	}
	usual := routing.DefaultOf((30 * time.Second).String(), product)
	usual.Span = place(settings)
	if on.State() == routing.Known {
		usual.Span = on.Span
	}
	if on.IsUnknown() {
		return on
	}
	return usual
}

// seconds is a property that is a number of them.
func seconds(n *jsontree.Node) routing.Value {
	v := azure.Text(n)
	switch number, ok := azure.Number(n); {
	case ok && number >= 0:
		return azure.KnownAs(n, (time.Duration(number) * time.Second).String())
	case v.State() == routing.Known:
		return azure.UnknownAs(n, fmt.Sprintf("%.100q is no number of seconds", v.Text()))
	}
	return v
}

// tlsSettings: certificates are verified unless the setting, from API version 2024-10-01 on, says otherwise.
func (b *builder) tlsSettings(to routing.Settings, settings azure.Object, name backendName) {
	yes := routing.DefaultOf("true", product)
	chain := azure.Flag(settings.Get("validateCertChainAndExpiry")).Or(yes)
	for _, property := range []string{"trustedRootCertificates", "authenticationCertificates"} {
		if roots := settings.Get(property); roots.Len() > 0 {
			to[routing.TrustedRoots] = routing.Lit{Value: azure.KnownAs(roots, property)}
		}
	}
	sni := name.sni()
	to[routing.SNI] = sni
	to[routing.VerifyChain] = routing.Lit{Value: chain}
	to[routing.VerifyName] = routing.Lit{Value: azure.Flag(settings.Get("validateSNI")).Or(yes)}
	to[routing.VerifiedName] = sni
}

// isIP matches what the pool may hold instead of a name.
var isIP = mustPattern(`^[0-9.]+$|:`)

func mustPattern(expr string) *routing.Pattern {
	p, err := routing.NewPattern(expr, false)
	if err != nil {
		panic(err)
	}
	return p
}
