package appgateway

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// rewriteSet is a lowered rewrite rule set ("Rewrite HTTP headers and URL with Application Gateway").
type rewriteSet struct {
	b        *builder
	route    route
	override routing.Value // path override of the backend setting
	steps    []routing.Step
	setsHost bool
	reroutes bool
}

// maxReroutes bounds how often one request can go through a path map. A loop is answered with 500; after how many rounds is not
// documented.
const maxReroutes = 10

// rerouted is the variable by which a rule asks for another look at the path map.
var rerouted = routing.Place{Kind: routing.InVar, Name: "reevaluate path map"}

func (b *builder) rewrites(set link, r route, override routing.Value) *rewriteSet {
	s := &rewriteSet{b: b, route: r, override: override}
	if !set.found {
		return s
	}
	key := fmt.Sprint(set.Name(), " ", r.pathMap, " ", override.IsSet())
	if known := b.rewriteSet[key]; known != nil {
		return known
	}
	b.rewriteSet[key] = s
	rules := set.List("rewriteRules")
	slices.SortStableFunc(rules, func(x, y azure.Object) int {
		return cmp.Compare(sequence(x), sequence(y))
	})
	for _, rule := range rules {
		s.rule(rule)
	}
	if s.reroutes {
		s.steps = append(s.steps, s.again(place(set.Object)))
	}
	return s
}

func sequence(rule azure.Object) int {
	n, _ := azure.Number(rule.Get("ruleSequence"))
	return n
}

// again looks at the path map once more, when a rule asked for it.
func (s *rewriteSet) again(at routing.Span) routing.Step {
	return &routing.Match{Span: at, Arms: []routing.Arm{{
		When: routing.Truthy{Of: routing.Part{Of: rerouted}}, Span: at,
		Do: []routing.Step{
			&routing.Remove{What: rerouted, Span: at},
			&routing.Jump{To: s.route.pathMap, Max: maxReroutes, Label: "reevaluates the path map", Span: at},
		},
	}}}
}

// rule is a nest of conditions, each of which leaves its captures in variables, with the actions inside.
func (s *rewriteSet) rule(rule azure.Object) {
	if rule.Node.Kind() == jsontree.Unknown {
		s.steps = append(s.steps, &routing.Match{Span: rule.Span(), Arms: []routing.Arm{mayEnd(rule.Node.Text(), rule.Span())}})
		return
	}
	do := s.actions(rule.Child("actionSet"))
	label := fmt.Sprintf("rewrite rule %.100q", rule.Name())
	if n := rule.Get("conditions"); n.Kind() == jsontree.Unknown {
		do = when(routing.Given{Value: azure.Text(n)}, label, n.Span(), do)
	}
	for _, c := range slices.Backward(rule.List("conditions")) {
		do = when(condition(c), label, c.Span(), append(captures(c), do...))
		label = ""
	}
	s.steps = append(s.steps, do...)
}

// when does something under a condition. Only the innermost one has a label: it is where the decision falls.
func when(holds routing.Cond, label string, at routing.Span, do []routing.Step) []routing.Step {
	return []routing.Step{&routing.Match{Span: at, Arms: []routing.Arm{{When: holds, Label: label, Span: at, Do: do}}}}
}

func (s *rewriteSet) actions(set azure.Object) []routing.Step {
	if set.Node.Kind() == jsontree.Unknown {
		return []routing.Step{&routing.Opaque{Why: set.Node.Text(), Span: set.Span()}}
	}
	var steps []routing.Step
	for _, h := range set.List("requestHeaderConfigurations") {
		steps = append(steps, s.requestHeader(h)...)
	}
	for _, h := range set.List("responseHeaderConfigurations") {
		steps = append(steps, header(h, routing.InResponseHeader))
	}
	return append(steps, s.url(set.Child("urlConfiguration"))...)
}

// requestHeader sets or removes a header of the request. Host cannot be removed; Connection and Upgrade cannot be touched.
func (s *rewriteSet) requestHeader(h azure.Object) []routing.Step {
	name := h.Get("headerName")
	switch lower := strings.ToLower(name.Text()); {
	case lower == "connection", lower == "upgrade":
		s.b.problem(routing.Refused, name.Span(), "a rewrite rule cannot touch the header "+name.Text(), "remove the action")
		return nil
	case lower == "host" && !azure.Filled(h.Get("headerValue")).IsSet():
		s.b.problem(routing.Refused, name.Span(), "a rewrite rule cannot remove the Host header", "remove the action")
		return nil
	case lower == "host":
		s.setsHost = true
		return []routing.Step{header(h, routing.InHeader), &routing.Set{What: rewrittenHost, To: routing.Read(routing.InHeader, "Host"), Span: name.Span()}}
	}
	return []routing.Step{header(h, routing.InHeader)}
}

func header(h azure.Object, kind routing.PlaceKind) routing.Step {
	what := routing.Place{Kind: kind, Name: h.Get("headerName").Text()}
	value := h.Get("headerValue")
	at := value.Span()
	if at.IsZero() {
		at = h.Span()
	}
	switch matcher := h.Get("headerValueMatcher"); {
	case !matcher.Unset():
		return &routing.Set{What: what, To: routing.Lit{Value: routing.UnknownOf("a header value matcher decides over this header", matcher.Span())}, Span: at}
	case !azure.Filled(value).IsSet():
		return &routing.Remove{What: what, Span: h.Get("headerName").Span()}
	}
	return &routing.Set{What: what, To: template(value), Span: at}
}

// url rewrites path and query. What is not given stays as it is; an empty query string removes the query.
func (s *rewriteSet) url(u azure.Object) []routing.Step {
	if u.Node.Kind() == jsontree.Unknown {
		return []routing.Step{&routing.Opaque{Why: u.Node.Text(), Span: u.Span()}}
	}
	var steps []routing.Step
	if n := u.Get("modifiedPath"); azure.Text(n).IsSet() {
		steps = append(steps, &routing.Set{What: routing.Place{Kind: routing.InPath}, To: s.newPath(n), Span: n.Span()})
	}
	if n := u.Get("modifiedQueryString"); azure.Text(n).IsSet() {
		steps = append(steps, &routing.Set{What: routing.Place{Kind: routing.InQuery}, To: template(n), Span: n.Span()})
	}
	if n := u.Get("reroute"); azure.On(n) || azure.Flag(n).IsUnknown() {
		steps = append(steps, s.reroute(n)...)
	}
	return steps
}

// newPath is the rewritten path, which begins with a slash whether or not that is written, as Microsoft's example buy.aspx shows.
func (s *rewriteSet) newPath(n *jsontree.Node) routing.Expr {
	switch {
	case s.override.IsSet():
		return routing.Lit{Value: routing.UnknownOf("whether the backend setting's path override applies to a rewritten path is not documented"+settle, n.Span())}
	case n.Text() == "":
		return routing.Lit{Value: routing.UnknownOf("what an empty modifiedPath does is not documented"+settle, n.Span())}
	}
	slash := func(args ...string) string { return "/" + strings.TrimPrefix(args[0], "/") }
	return routing.Call{Name: "path", Fn: slash, Args: []routing.Expr{template(n)}, Span: n.Span()}
}

func (s *rewriteSet) reroute(n *jsontree.Node) []routing.Step {
	if !s.route.inMap {
		if !azure.On(n) {
			return nil
		}
		s.b.problem(routing.Refused, n.Span(), "the path map cannot be reevaluated in a basic rule, which has none", "set reroute to false")
		return nil
	}
	s.reroutes = true
	asked := azure.Flag(n)
	if azure.On(n) {
		asked = asked.Became("1")
	}
	return []routing.Step{&routing.Set{What: rerouted, To: routing.Lit{Value: asked}, Span: n.Span()}}
}
