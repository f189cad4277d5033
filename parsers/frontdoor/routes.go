package frontdoor

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// route is a route of Standard and Premium, or a routing rule of the classic tier.
type route struct {
	key, name  string
	patterns   []pattern
	protocols  *jsontree.Node
	originPath routing.Value
	within     routing.Value // whether its endpoint is enabled
	linked     routing.Value // why it is not known whether the host is linked to it
	steps      func(scheme string) []routing.Step
	span       routing.Span
}

// admits says whether a route takes requests of a scheme; without a list it takes both.
func (r *route) admits(scheme string) routing.Value {
	if r.protocols.Kind() == jsontree.Unknown {
		return azure.Text(r.protocols)
	}
	found := r.protocols.Len() == 0
	for p := range r.protocols.All() {
		if p.Kind() == jsontree.Unknown {
			return azure.Text(p)
		}
		found = found || strings.EqualFold(p.Text(), scheme)
	}
	return routing.OfBool(found, r.protocols.Span())
}

// onlyIf is the route at a host of which it is not known whether it is linked to it.
func (r *route) onlyIf(linked routing.Value) *route {
	maybe := *r
	maybe.linked = linked
	return &maybe
}

func (b *builder) route(p part) *route {
	r := &route{
		key: strings.Join(p.Names, "/"), name: p.Own(), patterns: patternsOf(p.Object), protocols: p.Get("supportedProtocols"),
		originPath: azure.Filled(p.Get("originPath")), span: place(p.Object),
	}
	if r.key == "" {
		r.key = p.Title
	}
	r.steps = func(scheme string) []routing.Step { return b.routed(p, r, scheme) }
	return r
}

// routed is what a route does: it redirects to HTTPS before anything else ("Create an HTTP to HTTPS redirect"), runs its rule sets, and
// forwards.
func (b *builder) routed(p part, r *route, scheme string) []routing.Step {
	var steps []routing.Step
	for _, state := range []routing.Value{r.within, azure.OneOf(p.Get("enabledState"), states...)} {
		if state.IsUnknown() {
			steps = append(steps, maybe(state, "endpoint or route is disabled", noRoute("the endpoint or the route is disabled", state.Span)))
		}
	}
	if scheme == "http" {
		steps = append(steps, toHTTPS(azure.OneOf(p.Get("httpsRedirect"), states...))...)
	}
	rules := b.ruleSets(p, scheme)
	steps = append(steps, rules.steps...)
	for _, o := range rules.overrides {
		do := append(pathSteps(r, rules), b.forward(o.destination, scheme)...)
		steps = append(steps, &routing.Match{Span: o.at, Arms: []routing.Arm{{
			When: routing.Equal{Of: routing.Part{Of: overridden}, To: routing.Text(o.key)}, Label: "overridden route configuration", Span: o.at, Do: do,
		}}})
	}
	steps = append(steps, pathSteps(r, rules)...)
	return append(steps, b.forward(b.destination(p.Object), scheme)...)
}

// pathSteps put the origin path into force. What becomes of a path that a rule has rewritten then is not documented.
func pathSteps(r *route, rules *ruleSteps) []routing.Step {
	if !r.originPath.IsSet() {
		return nil
	}
	at := r.originPath.Span
	forward := &routing.Set{What: routing.Place{Kind: routing.InPath}, To: routing.Part{Of: originPath}, Span: at}
	if !rules.rewrites {
		return []routing.Step{forward}
	}
	both := routing.UnknownOf("whether the origin path applies to a path that a rule has rewritten is not documented", at)
	return []routing.Step{&routing.Match{Span: at, Arms: []routing.Arm{
		{When: routing.Truthy{Of: routing.Part{Of: rewritten}}, Do: []routing.Step{&routing.Set{What: routing.Place{Kind: routing.InPath}, To: routing.Lit{Value: both}, Span: at}}},
		{When: routing.Always{}, Do: []routing.Step{forward}},
	}}}
}

// toHTTPS is the redirect of a route. Which status it answers with is not documented.
func toHTTPS(state routing.Value) []routing.Step {
	secure := func(args ...string) string { return "https://" + args[0] + args[1] }
	redirect := &routing.Redirect{
		Status: routing.UnknownOf("which status httpsRedirect answers with is not documented", state.Span), Span: state.Span,
		To: routing.Call{Name: "https", Fn: secure, Args: []routing.Expr{routing.Read(routing.InHost, ""), routing.Read(routing.InTarget, "")}, Span: state.Span},
	}
	switch {
	case state.IsUnknown():
		return []routing.Step{maybe(state, "httpsRedirect is enabled", redirect)}
	case strings.EqualFold(state.Text(), "Enabled"):
		return []routing.Step{redirect}
	}
	return nil
}

// maybe is something that happens, or not, for a reason that is not known.
func maybe(why routing.Value, label string, do ...routing.Step) routing.Step {
	return &routing.Match{Span: why.Span, Arms: []routing.Arm{{When: routing.Given{Value: why}, Label: label, Span: why.Span, Do: do}}}
}

// destination is where a request goes and how.
type destination struct {
	group    *group
	lost     routing.Value // what is missing where the group is not known
	protocol routing.Value // HttpOnly, HttpsOnly, MatchRequest
	cache    routing.Value
	at       routing.Span
}

// destination is the route's own. Any cache configuration turns caching on ("Caching with Azure Front Door").
func (b *builder) destination(o azure.Object) destination {
	d := destination{protocol: azure.OneOf(o.Get("forwardingProtocol"), forwarding...), cache: cached(o.Get("cacheConfiguration")), at: place(o)}
	d.group, d.lost = b.groupOf(o.Reference("originGroup"))
	if d.lost.Span.IsZero() {
		d.lost.Span = d.at
	}
	return d
}

// cached says whether a cache configuration, if any, has answers cached.
func cached(n *jsontree.Node) routing.Value {
	switch {
	case n.Unset():
		return routing.Value{}
	case n.Kind() == jsontree.Unknown:
		return azure.Text(n)
	}
	return azure.KnownAs(n, "true")
}
