package frontdoor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Variables by which rules tell what comes behind them what they did.
var (
	stopped    = routing.Place{Kind: routing.InVar, Name: "rules stopped"}
	rewritten  = routing.Place{Kind: routing.InVar, Name: "path rewritten"}
	overridden = routing.Place{Kind: routing.InVar, Name: "route configuration"}
)

// ruleSteps are the lowered rule sets of a route.
type ruleSteps struct {
	b         *builder
	scheme    string
	route     destination
	steps     []routing.Step
	overrides []override
	rewrites  bool
	patterns  []pattern // of the route
}

// override is a route configuration that a rule puts in the place of the route's own.
type override struct {
	destination
	key string
}

// ruleSets run in the order in which the route lists them, and the rules of each by their order. All rules whose conditions hold apply, until
// one of them stops the evaluation, which ends the remaining sets too ("What are rule sets in Azure Front Door").
func (b *builder) ruleSets(p part, scheme string) *ruleSteps {
	s := &ruleSteps{b: b, scheme: scheme, route: b.destination(p.Object), patterns: patternsOf(p.Object)}
	list := p.Get("ruleSets")
	if list.Kind() == jsontree.Unknown {
		s.lose(azure.Text(list))
	}
	for _, ref := range p.List("ruleSets") {
		id := ref.Get("id")
		set, why := b.find(id, "ruleSets")
		if why != "" {
			s.lose(routing.UnknownOf(why, id.Span()))
			continue
		}
		for _, rule := range b.rulesOf(set) {
			s.rule(rule)
		}
	}
	return s
}

// lose goes both ways where rules could not be read: they change nothing, or anything.
func (s *ruleSteps) lose(why routing.Value) {
	s.steps = append(s.steps, maybe(why, "rules that could not be read", &routing.Opaque{Why: why.Why(), Span: why.Span}))
}

func (b *builder) rulesOf(set part) []part {
	var rules []part
	for _, r := range b.parts["rules"] {
		if r.below(set) {
			rules = append(rules, r)
		}
	}
	slices.SortStableFunc(rules, func(x, y part) int { return cmp.Compare(order(x), order(y)) })
	return rules
}

func order(rule part) int {
	n, _ := azure.Number(rule.Get("order"))
	return n
}

// rule runs its actions when all of its conditions hold.
func (s *ruleSteps) rule(rule part) {
	when := routing.All{routing.Not{Cond: routing.Truthy{Of: routing.Part{Of: stopped}}}}
	for _, property := range []string{"order", "conditions", "actions"} {
		if n := rule.Get(property); n.Kind() == jsontree.Unknown {
			when = append(when, routing.Given{Value: azure.Text(n)})
		}
	}
	for _, c := range rule.List("conditions") {
		when = append(when, condition(c))
	}
	var do []routing.Step
	for _, a := range rule.List("actions") {
		do = append(do, s.action(rule, a)...)
	}
	switch stop := azure.OneOf(rule.Get("matchProcessingBehavior"), processing...); {
	case stop.IsUnknown():
		do = append(do, &routing.Set{What: stopped, To: routing.Lit{Value: stop}, Span: stop.Span})
	case strings.EqualFold(stop.Text(), "Stop"):
		do = append(do, &routing.Set{What: stopped, To: routing.Text("1"), Span: stop.Span})
	}
	s.steps = append(s.steps, &routing.Match{Span: place(rule.Object), Arms: []routing.Arm{{
		When: when, Label: fmt.Sprintf("rule %.100q", rule.Own()), Span: place(rule.Object), Do: do,
	}}})
}
