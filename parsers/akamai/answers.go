package akamai

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// methods are those that need a behavior, with what answers them without one ("allowPost", "allowDelete" and their like): GET, HEAD and
// OPTIONS are allowed, POST is denied, the others are not implemented.
var methods = []struct{ method, behavior, status string }{
	{"POST", "allowPost", "403"}, {"PUT", "allowPut", "501"}, {"DELETE", "allowDelete", "501"}, {"PATCH", "allowPatch", "501"}, {"OPTIONS", "allowOptions", ""},
}

// allow is a behavior that lets a method through, or does not.
func allow(method string) func(*builder, behavior) []routing.Step {
	return func(b *builder, o behavior) []routing.Step {
		on := o.enabled()
		if isOn(on) {
			return b.allowed(o, on)
		}
		status := "501"
		if method == "POST" {
			status = "403"
		}
		off := on.Became("true")
		if on.IsUnknown() {
			off = on
		}
		refusal := &routing.Respond{Status: routing.Of(status, on.Span), Label: method + " is not allowed", Span: on.Span}
		return b.decide(o.name, o, off, refusal)
	}
}

// bare is the variable that says whether a POST needs a Content-Length ("allowPost": allowWithoutContentLength). Clients of SignalR send one.
const bare = ":allowWithoutContentLength"

func (b *builder) allowed(o behavior, on routing.Value) []routing.Step {
	steps := []routing.Step{unchoose(o.name, on.Span)}
	if o.name == "allowPost" {
		steps = append(steps, set(bare, flag(o.option("allowWithoutContentLength")).Or(defaultOf(o.name, "allowWithoutContentLength", latest))))
	}
	return steps
}

// withoutLength refuses a POST that says nothing about its length.
func (b *builder) withoutLength() routing.Step {
	at := placeOf(b.p.Rules)
	return &routing.Match{Span: at, Arms: []routing.Arm{{
		When: routing.All{
			routing.Equal{Of: routing.ReadOriginal(routing.InHeader, "Content-Length"), To: routing.Text("")},
			routing.Not{Cond: routing.Equal{Of: read(bare), To: routing.Text("true")}},
		},
		Label: "POST without Content-Length", Span: at,
		Do: []routing.Step{&routing.Respond{Status: routing.DefaultOf("411", product), Label: "a POST needs a Content-Length", Span: at}},
	}}}
}

// deny refuses requests. One of the same reason further down overrides it ("denyAccess").
func (b *builder) deny(o behavior) []routing.Step {
	reason := text(o.option("reason")).Or(routing.Of("", o.at()))
	name, on := "denyAccess "+reason.Text(), o.enabled()
	b.deniedFor(name)
	return b.decide(name, o, on, &routing.Respond{Status: routing.DefaultOf("403", product), Label: "denyAccess " + strconv.Quote(reason.Text()), Span: on.Span})
}

// construct answers in the origin's place ("constructResponse").
func (b *builder) construct(o behavior) []routing.Step {
	status := text(o.option("responseCode")).Or(routing.UnknownOf("constructResponse has no responseCode", o.at()))
	return b.decide(o.name, o, o.enabled(), &routing.Respond{Status: status, Label: "constructResponse", Body: text(o.option("body")).Text(), Span: o.at()})
}

// breakConnection acts as if the origin could not be reached.
func (b *builder) breakConnection(o behavior) []routing.Step {
	return b.decide(o.name, o, o.enabled(), &routing.Respond{
		Status: routing.UnknownOf("what a broken connection is answered with", o.at()), Label: "breakConnection simulates an origin that cannot be reached", Span: o.at(),
	})
}

// responseCode replaces the status of every answer.
func (b *builder) responseCode(o behavior) []routing.Step {
	return []routing.Step{set(statuses, text(o.option("statusCode")).Or(routing.UnknownOf("responseCode has no statusCode", o.at())))}
}

// hsts redirects plain HTTP where it is told to ("httpStrictTransportSecurity").
func (b *builder) hsts(o behavior) []routing.Step {
	on := flag(o.option("enable")).Or(routing.UnknownOf("whether "+o.name+" is enabled is not said", o.at()))
	if isOn(on) {
		on = flag(o.option("redirect")).Or(defaultOf(o.name, "redirect", latest))
	}
	status := text(o.option("redirectStatusCode")).Or(routing.UnknownOf("the redirect of HSTS has no status", o.at()))
	to := routing.Concat{Parts: []routing.Expr{routing.Text("https://"), routing.ReadOriginal(routing.InHost, ""), routing.ReadOriginal(routing.InTarget, "")}, Span: on.Span}
	return b.decide(o.name, o, on, &routing.Redirect{Status: status, To: to, Span: on.Span})
}

// redirect has no switch ("redirect").
func (b *builder) redirect(o behavior) []routing.Step {
	status := text(o.option("responseCode")).Or(routing.UnknownOf("the redirect has no status", o.at()))
	return []routing.Step{b.choose(o.name, o.title(), o.at(), &routing.Redirect{Status: status, To: b.destination(o), Span: o.at()})}
}

// redirectPlus is redirect with one expression for the destination ("redirectplus"): a path is relative to the host of the request.
func (b *builder) redirectPlus(o behavior) []routing.Step {
	status := text(o.option("responseCode")).Or(routing.UnknownOf("the redirect has no status", o.at()))
	to := text(o.option("destination")).Or(routing.UnknownOf("the redirect has no destination", o.at()))
	e := b.expand(to)
	if strings.HasPrefix(to.Text(), "/") {
		e = routing.Concat{Parts: []routing.Expr{routing.ReadOriginal(routing.InScheme, ""), routing.Text("://"), routing.ReadOriginal(routing.InHeader, "Host"), e}, Span: to.Span}
	}
	return b.decide(o.name, o, o.enabled(), &routing.Redirect{Status: status, To: e, Span: o.at()})
}

// destination is the URL of a redirect, part by part.
func (b *builder) destination(o behavior) routing.Expr {
	parts := []routing.Expr{b.destinationScheme(o), routing.Text("://"), b.destinationHost(o), b.destinationPath(o)}
	if o.setting("queryString").Text() == "APPEND" {
		mark := func(args ...string) string {
			if args[0] == "" {
				return ""
			}
			return "?" + args[0]
		}
		parts = append(parts, routing.Call{Name: "query", Fn: mark, Args: []routing.Expr{routing.ReadOriginal(routing.InQuery, "")}})
	}
	return routing.Concat{Parts: parts, Span: o.at()}
}

func (b *builder) destinationScheme(o behavior) routing.Expr {
	v := o.setting("destinationProtocol")
	switch v.Text() {
	case "HTTP", "HTTPS":
		return routing.Text(strings.ToLower(v.Text()))
	case "SAME_AS_REQUEST":
		return routing.ReadOriginal(routing.InScheme, "")
	}
	return notKnown(v, "destinationProtocol")
}

func (b *builder) destinationHost(o behavior) routing.Expr {
	v := o.setting("destinationHostname")
	same := routing.ReadOriginal(routing.InHost, "")
	switch v.Text() {
	case "OTHER":
		return b.expand(text(o.option("destinationHostnameOther")).Or(routing.UnknownOf("destinationHostnameOther is not set", o.at())))
	case "SUBDOMAIN":
		return routing.Concat{Parts: []routing.Expr{b.expand(text(o.option("destinationHostnameSubdomain"))), routing.Text("."), same}}
	case "SIBLING":
		rest := func(args ...string) string { _, after, _ := strings.Cut(args[0], "."); return after }
		return routing.Concat{Parts: []routing.Expr{b.expand(text(o.option("destinationHostnameSibling"))), routing.Text("."), routing.Call{Name: "domain", Fn: rest, Args: []routing.Expr{same}}}}
	case "SAME_AS_REQUEST":
		return same
	}
	return notKnown(v, "destinationHostname")
}

func (b *builder) destinationPath(o behavior) routing.Expr {
	v := text(o.option("destinationPath")).Or(routing.UnknownOf("the redirect has no destinationPath", o.at()))
	switch v.Text() {
	case "OTHER":
		return b.expand(text(o.option("destinationPathOther")).Or(routing.UnknownOf("destinationPathOther is not set", o.at())))
	case "PREFIX_REQUEST":
		parts := []routing.Expr{b.expand(text(o.option("destinationPathPrefix"))), routing.ReadOriginal(routing.InPath, "")}
		if text(o.option("destinationPathSuffixStatus")).Text() == "SUFFIX" {
			parts = append(parts, b.expand(text(o.option("destinationPathSuffix"))))
		}
		return routing.Concat{Parts: parts}
	case "SAME_AS_REQUEST":
		return routing.ReadOriginal(routing.InPath, "")
	}
	return notKnown(v, "destinationPath")
}

// notKnown is an option with a value that has no meaning here.
func notKnown(v routing.Value, option string) routing.Expr {
	if !v.IsUnknown() {
		v = routing.UnknownOf(fmt.Sprintf("what %s %.40q stands for is not known", option, v.Text()), v.Span)
	}
	return routing.Lit{Value: v}
}
