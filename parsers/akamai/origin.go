package akamai

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// scheme is the variable with the scheme in which the origin is asked: the client's own, unless a behavior says otherwise.
const scheme = ":scheme"

// overHTTPS holds where the origin is asked over HTTPS.
var overHTTPS = routing.Equal{Of: read(scheme), To: routing.Text("https")}

// origin replaces the origin as a whole, with all its settings ("origin").
func (b *builder) origin(o behavior) []routing.Step {
	kind := o.setting("originType")
	var before []routing.Step
	var end routing.Step
	switch kind.Text() {
	case "CUSTOMER":
		if o.isOfOneName() {
			key, step := b.piece("origin", o.title(), o.at())
			b.origins[key] = sync.OnceValue(func() []routing.Step { f, _ := b.customOrigin(o); return []routing.Step{f} })
			return []routing.Step{step}
		}
		end, before = b.customOrigin(o)
	case "EDGE_LOAD_BALANCING_ORIGIN_GROUP":
		end, before = b.balancedOrigin(o)
	case "NET_STORAGE", "AKAMAI_OBJECT_STORAGE", "MEDIA_SERVICE_LIVE":
		end = &routing.Respond{Status: routing.UnknownOf("what is in the storage", o.at()), Label: "content from " + kind.Text(), Span: o.at()}
	default:
		why := kind.Why()
		if !kind.IsUnknown() {
			why = fmt.Sprintf("which origin the type %.40q stands for depends on more than the property", kind.Text())
		}
		end = &routing.Opaque{Why: why, Span: o.place("originType")}
	}
	return append(before, b.choose("origin", o.title(), o.at(), end))
}

// isOfOneName reports whether an origin of the customer's is a host whose name, and that in Host, hang on nothing. There may be thousands, so these
// are compiled when a request comes to them.
func (o behavior) isOfOneName() bool {
	return o.option("secondHostname").Unset() && !hasVariables(o.option("hostname").Text()) && !hasVariables(o.option("customForwardHostHeader").Text())
}

// deferred is the block of an origin that was put off; nil where there is none of that name.
func (b *builder) deferred(key string) []routing.Step {
	compiled, ok := b.origins[key]
	if !ok {
		return nil
	}
	return compiled()
}

// customOrigin forwards to a host of the customer's.
func (b *builder) customOrigin(o behavior) (forward routing.Step, before []routing.Step) {
	hosts := []*jsontree.Node{o.option("hostname")}
	second, both := o.option("secondHostname"), flag(o.option("secondHostnameEnabled"))
	if isOn(both) && !second.Unset() {
		hosts = append(hosts, second)
	}
	f, before := b.forwardTo(o)
	if both.IsUnknown() && !second.Unset() {
		f.To = routing.Lit{Value: both}
		return f, before
	}
	if len(hosts) == 1 {
		to, more := b.address(o, hosts[0])
		f.To = to
		return f, append(before, more...)
	}
	var members []routing.Member
	for _, n := range hosts {
		members = append(members, routing.Member{Address: text(n), Span: n.Span()})
	}
	f.To = b.pool(o.title(), "the second origin hostname", o.place("secondHostname"), members)
	return f, before
}

// balancedOrigin forwards to the data centers of Edge Load Balancing that name the origin's id. Which of them is chosen does not depend on
// the request; a cookie may bring a client back.
func (b *builder) balancedOrigin(o behavior) (forward routing.Step, before []routing.Step) {
	id := text(o.option("originId"))
	var members []routing.Member
	for _, center := range b.balanced {
		if id.Text() == text(center.option("originId")).Text() {
			members = append(members, routing.Member{Address: text(center.option("hostname")), Span: center.place("hostname")})
		}
	}
	if id.State() != routing.Known || len(members) == 0 {
		return &routing.Opaque{Why: fmt.Sprintf("no data center of Edge Load Balancing for the origin %.60q is in the property", id.Text()), Span: o.place("originId")}, nil
	}
	f, before := b.forwardTo(o)
	f.To = b.pool(o.title(), "Edge Load Balancing", o.place("originId"), members)
	return f, before
}

func (b *builder) pool(name, how string, at routing.Span, members []routing.Member) routing.Expr {
	key := strings.ToLower(fmt.Sprintf("%s (%d)", name, b.blocks))
	b.g.Pools[key] = &routing.Pool{Name: name, Members: members, Pick: routing.Pick{How: how, Span: at}, Span: at}
	return routing.Text(key)
}

// forwardTo is the way to an origin, but for its address.
func (b *builder) forwardTo(o behavior) (f *routing.Forward, before []routing.Step) {
	host := routing.Read(routing.InUpstreamHost, "")
	sent, before := b.hostHeader(o)
	f = &routing.Forward{
		Scheme: read(scheme), Target: routing.Read(routing.InTarget, ""), Label: "forwards to the " + o.title(), Span: o.at(),
		Then: sent, Settings: maps.Clone(b.common),
	}
	switch h2 := flag(o.option("http2Enabled")); {
	case h2.IsUnknown():
		f.Settings[routing.Protocol] = routing.Lit{Value: h2}
	case isOn(h2):
		f.Settings[routing.Protocol] = routing.Lit{Value: h2.Became("HTTP/2")}
	}
	f.Settings[routing.SNI] = sni(o, host)
	b.verification(o, f.Settings, host)
	return f, before
}

// address is the origin's host with the port for the scheme.
func (b *builder) address(o behavior, n *jsontree.Node) (to routing.Expr, before []routing.Step) {
	host := text(n).Or(routing.UnknownOf("the origin has no hostname", o.at()))
	name, before := b.captured(host)
	with := func(option string) routing.Expr {
		port := o.setting(option)
		switch {
		case host.IsUnknown():
			return routing.Lit{Value: host}
		case port.IsUnknown():
			return routing.Lit{Value: port}
		case hasVariables(host.Text()):
			return routing.Concat{Parts: []routing.Expr{name, routing.Text(":" + port.Text())}, Span: host.Span}
		}
		return routing.Lit{Value: host.Became(host.Text() + ":" + port.Text()).AtPort(port)}
	}
	return routing.Choose{Arms: []routing.ChooseArm{{When: overHTTPS, To: with("httpsPort")}, {When: routing.Always{}, To: with("httpPort")}}}, before
}

// hostHeader is the Host that the origin gets ("origin": forwardHostHeader). Templates in the portal begin with the client's.
func (b *builder) hostHeader(o behavior) (then, before []routing.Step) {
	mode := text(o.option("forwardHostHeader"))
	to := func(e routing.Expr) ([]routing.Step, []routing.Step) {
		return []routing.Step{&routing.Set{What: routing.Place{Kind: routing.InHeader, Name: "Host"}, To: e, Span: o.place("forwardHostHeader")}}, before
	}
	note := func(v routing.Value) []routing.Note {
		return append(slices.Clip(mode.Related), routing.Note{Span: mode.Span, Text: v.Text()})
	}
	switch mode.Text() {
	case "ORIGIN_HOSTNAME":
		return to(routing.Remark{Of: routing.Read(routing.InUpstreamHost, ""), Span: mode.Span, Related: mode.Related})
	case "REQUEST_HOST_HEADER":
		return to(routing.Remark{Of: routing.Read(routing.InHeader, "Host"), Span: mode.Span, Related: note(routing.Of("the client's Host is forwarded", mode.Span))})
	case "CUSTOM":
		custom := text(o.option("customForwardHostHeader")).Or(routing.UnknownOf("customForwardHostHeader is not set", o.at()))
		var name routing.Expr
		name, before = b.captured(custom)
		return to(name)
	}
	if !mode.IsSet() {
		mode = routing.UnknownOf("forwardHostHeader is not set", o.at())
	} else if !mode.IsUnknown() {
		mode = routing.UnknownOf(fmt.Sprintf("which Host forwardHostHeader %.40q stands for is not known", mode.Text()), mode.Span)
	}
	return to(routing.Lit{Value: mode})
}

// sni: the TLS handshake carries the origin's hostname where originSni is on ("origin": originSni). Properties made today have it on; one that
// does not say may be older.
func sni(o behavior, host routing.Expr) routing.Expr {
	on := flag(o.option("originSni")).Or(routing.UnknownOf("originSni is not set: new properties have it on, older ones may not", o.at()))
	switch {
	case on.IsUnknown():
		return routing.Lit{Value: on}
	case isOff(on):
		return routing.Lit{Value: routing.Value{Span: on.Span, Related: on.Related}}
	}
	return host
}

// verification of the origin's certificate ("origin": verificationMode).
func (b *builder) verification(o behavior, to routing.Settings, host routing.Expr) {
	mode := text(o.option("verificationMode"))
	if mode.Text() == "CUSTOM" {
		to[routing.VerifyChain], to[routing.VerifyName] = routing.Lit{Value: mode.Became("true")}, routing.Lit{Value: mode.Became("true")}
		to[routing.VerifiedName] = b.verifiedName(o, host)
		return
	}
	why := "verificationMode is not set"
	switch {
	case mode.IsUnknown():
		why = mode.Why()
	case mode.IsSet():
		why = "what the verification mode " + mode.Text() + " checks is decided outside of the property"
	}
	left := routing.Lit{Value: routing.UnknownOf(why, o.place("verificationMode"))}
	to[routing.VerifyChain], to[routing.VerifyName] = left, left
}

// verifiedName are the names that a certificate may have; the list has two templates of its own, which are no variables ("origin":
// customValidCnValues).
func (b *builder) verifiedName(o behavior, host routing.Expr) routing.Expr {
	list := o.option("customValidCnValues")
	if list.Kind() == jsontree.Unknown {
		return routing.Lit{Value: text(list)}
	}
	if list.Len() == 0 {
		return routing.Lit{Value: routing.UnknownOf("customValidCnValues names no name that a certificate may have", o.place("customValidCnValues"))}
	}
	var names []routing.Expr
	for n := range list.All() {
		if len(names) > 0 {
			names = append(names, routing.Text(" "))
		}
		switch v := text(n); v.Text() {
		case "{{Origin Hostname}}":
			names = append(names, host)
		case "{{Forward Host Header}}":
			names = append(names, routing.Read(routing.InHeader, "Host"))
		default:
			names = append(names, b.expand(v))
		}
	}
	return routing.Concat{Parts: names, Span: list.Span()}
}

// schemeOf has the origin asked in a scheme, whatever the client's is ("allowHTTPSDowngrade").
func schemeOf(to string) func(*builder, behavior) []routing.Step {
	return func(_ *builder, o behavior) []routing.Step {
		on := o.enabled()
		switch {
		case on.IsUnknown():
			return []routing.Step{set(scheme, on)}
		case isOn(on):
			return []routing.Step{set(scheme, on.Became(to))}
		}
		return []routing.Step{&routing.Set{What: variable(scheme), To: routing.ReadOriginal(routing.InScheme, ""), Span: on.Span}}
	}
}

// upgrade is httpToHttpsUpgrade, which has no options.
func (b *builder) upgrade(o behavior) []routing.Step {
	return []routing.Step{set(scheme, routing.Of("https", o.at()))}
}

// downgrade is downgradeProtocol: what counts as a static object there is not documented.
func (b *builder) downgrade(o behavior) []routing.Step {
	if on := o.enabled(); isOff(on) {
		return nil
	}
	return []routing.Step{set(scheme, routing.UnknownOf("downgradeProtocol has static objects fetched over HTTP; whether these requests are for such is not documented", o.at()))}
}
