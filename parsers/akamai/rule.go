package akamai

import (
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// behavior is one behavior of a rule.
type behavior struct {
	name string
	node *jsontree.Node
	rule string
}

func (o behavior) option(name string) *jsontree.Node { return o.node.Get("options").Get(name) }

// at is the line that names it.
func (o behavior) at() routing.Span { return o.node.Get("name").Span() }

// place is the option, or the behavior where that is not set.
func (o behavior) place(option string) routing.Span {
	if n := o.option(option); n != nil {
		return n.Span()
	}
	return o.at()
}

// enabled is the option of that name, or unknown.
func (o behavior) enabled() routing.Value {
	return flag(o.option("enabled")).Or(routing.UnknownOf("whether "+o.name+" is enabled is not said", o.at()))
}

// title names a behavior with its rule, for traces.
func (o behavior) title() string { return fmt.Sprintf("%s of rule %.80q", o.name, o.rule) }

func nameOf(r *jsontree.Node) string {
	if v := text(r.Get("name")); v.Text() != "" {
		return v.Text()
	}
	return "without a name"
}

// placeOf is the line that names a rule.
func placeOf(r *jsontree.Node) routing.Span {
	if n := r.Get("name"); n != nil {
		return n.Span()
	}
	return r.Span()
}

// tree compiles all rules.
func (b *builder) tree() []routing.Step {
	if b.p.Rules.Kind() == jsontree.Unknown {
		return []routing.Step{&routing.Opaque{Why: b.p.Rules.Text(), Span: b.p.Rules.Span()}}
	}
	if !b.p.Part {
		return b.inside(b.p.Rules)
	}
	why := routing.UnknownOf("this is a part of a property: the default rule and the rules beside it were not given", b.p.Span)
	return append([]routing.Step{lost("the rest of the property", why)}, b.rule(b.p.Rules))
}

// rule is a rule with criteria. What is wrong with the criteria is found out when a request comes.
func (b *builder) rule(r *jsontree.Node) routing.Step {
	if r.Kind() == jsontree.Unknown {
		return lost("a rule that was not read", text(r))
	}
	at, inside := placeOf(r), b.inside(r)
	if len(inside) == 0 { // whether it applies makes no difference
		return &routing.Match{Span: at}
	}
	m := &routing.Match{Span: at, Arms: []routing.Arm{{When: b.criteria(r), Label: fmt.Sprintf("rule %.100q", nameOf(r)), Span: at, Do: inside}}}
	return m.Hastened()
}

// inside are the behaviors of a rule, then its children.
func (b *builder) inside(r *jsontree.Node) []routing.Step {
	steps := b.overrides(r)
	if n := r.Get("behaviors"); n.Kind() == jsontree.Unknown {
		steps = append(steps, lost("behaviors that were not read", text(n)))
	}
	for n := range r.Get("behaviors").All() {
		steps = append(steps, b.behavior(behavior{name: n.Get("name").Text(), node: n, rule: nameOf(r)})...)
	}
	if n := r.Get("children"); n.Kind() == jsontree.Unknown {
		steps = append(steps, lost("rules that were not read", text(n)))
	}
	for child := range r.Get("children").All() {
		steps = append(steps, b.rule(child))
	}
	return steps
}

// overrides are XML metadata that Akamai's staff put over a rule: over the default rule as a rule, of a property or of an include.
func (b *builder) overrides(r *jsontree.Node) []routing.Step {
	var steps []routing.Step
	if n := r.Get("advancedOverride"); !n.Unset() && strings.TrimSpace(n.Text()) != "" {
		steps = append(steps, lost("advancedOverride", unknownAs(n, "what the XML of advancedOverride does cannot be told by reading")))
	}
	if n := r.Get("customOverride"); !n.Unset() {
		why := fmt.Sprintf("what the custom override %.60q does is not in the property", n.Get("name").Text())
		steps = append(steps, lost("customOverride", unknownAs(n, why)))
	}
	return steps
}

// lost goes both ways where something could not be read: it changes nothing, or anything.
func lost(label string, why routing.Value) routing.Step {
	end := &routing.Opaque{Why: why.Why(), Span: why.Span}
	return &routing.Match{Span: why.Span, Arms: []routing.Arm{{When: routing.Given{Value: why}, Label: label, Span: why.Span, Do: []routing.Step{end}}}}
}
