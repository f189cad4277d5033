package akamai

import (
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// maxItems bounds an inventory.
const maxItems = 100_000

type inventory struct {
	items    []routing.Item
	includes map[string]*Include
}

func (in *inventory) add(i routing.Item) {
	if len(in.items) < maxItems {
		in.items = append(in.items, i)
	}
}

// property is a property or an include, with what is in it.
func (in *inventory) property(kind string, p *Property) {
	detail := "rule format " + p.Format
	if p.Format == "" {
		detail = "the rule format is not said"
	}
	in.add(routing.Item{Kind: kind, Name: p.Name, Span: p.Span, Detail: detail})
	for _, h := range p.Hostnames {
		in.add(routing.Item{Kind: "hostname", Name: h.From.Text(), Span: h.From.Span, Value: h.shown()})
	}
	for n := range p.Rules.Get("variables").All() {
		name := text(n.Get("name"))
		in.add(routing.Item{Kind: "variable", Name: name.Text(), Span: name.Span, Value: shownVariable(n)})
	}
	in.rule(p.Rules)
}

// shown is the edge hostname, or why the name is not known.
func (h Hostname) shown() routing.Value {
	if h.From.IsUnknown() {
		return h.From
	}
	return h.Edge
}

// shownVariable is the value that a variable has at first, unless it is kept from logs ("Declare a variable": sensitive).
func shownVariable(n *jsontree.Node) routing.Value {
	if v := flag(n.Get("sensitive")); v.IsUnknown() || isOn(v) {
		return routing.Value{}
	}
	return text(n.Get("value"))
}

// rule is a rule that does something, and those inside of it.
func (in *inventory) rule(r *jsontree.Node) {
	if r.Kind() == jsontree.Unknown {
		in.add(routing.Item{Kind: "rule", Name: "that was not read", Span: r.Span(), Value: text(r)})
		return
	}
	var names, open []string
	for n := range r.Get("behaviors").All() {
		o := behavior{name: n.Get("name").Text(), node: n}
		names = append(names, o.name)
		if why := in.open(o); why != "" {
			open = append(open, why)
		}
	}
	for n := range r.Get("criteria").All() {
		if why := notAsked(n.Get("name").Text()); why != "" {
			open = append(open, why)
		}
	}
	i := routing.Item{Kind: "rule", Name: nameOf(r), Span: placeOf(r), Detail: strings.Join(names, ", ")}
	if len(open) > 0 {
		i.Value = routing.UnknownOf(strings.Join(open, "; "), i.Span)
	}
	in.add(i)
	for child := range r.Get("children").All() {
		in.rule(child)
	}
}

// open is why it is not known what a behavior does; empty where it is known.
func (in *inventory) open(o behavior) string {
	_, modeled := behaviors[o.name]
	switch why, known := elsewhere[o.name]; {
	case o.name == "include":
		id := text(o.option("id"))
		if in.includes[IncludeID(id.Text())] == nil {
			return fmt.Sprintf("the rules of include %.40q were not given", id.Text())
		}
	case known:
		return why
	case !modeled && !harmless[o.name]:
		return fmt.Sprintf("what the behavior %.60q does is not modeled", o.name)
	}
	return ""
}
