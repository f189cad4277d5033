package akamai

import (
	"fmt"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// variable is a variable of the program. A colon hides it from traces.
func variable(name string) routing.Place { return routing.Place{Kind: routing.InVar, Name: name} }

func read(name string) routing.Expr { return routing.Part{Of: variable(name)} }

// set gives a variable a value where a behavior applies.
func set(name string, v routing.Value) routing.Step {
	return &routing.Set{What: variable(name), To: routing.Lit{Value: v}, Span: v.Span}
}

// choose puts a behavior in force: what it does with a request is done in the end, unless another one of its name comes behind it.
func (b *builder) choose(name, title string, at routing.Span, end ...routing.Step) routing.Step {
	b.blocks++
	key := fmt.Sprintf("%s (%d)", title, b.blocks)
	if b.pieces[name] == nil {
		b.pieces[name] = map[string]routing.TableEntry{}
	}
	b.pieces[name][key] = routing.TableEntry{Block: key, Label: title, Span: at}
	b.g.Blocks[key] = end
	return &routing.Set{What: variable(":" + name), To: routing.Text(key), Span: at}
}

// unchoose takes the behavior of that name out of force.
func unchoose(name string, at routing.Span) routing.Step {
	return &routing.Set{What: variable(":" + name), To: routing.Text(""), Span: at}
}

// decide is choose or unchoose, by a switch that may be unknown.
func (b *builder) decide(name string, o behavior, on routing.Value, end ...routing.Step) routing.Step {
	switch {
	case on.IsUnknown():
		b.assigned[":"+name] = true
		return set(":"+name, on)
	case isOn(on):
		return b.choose(name, o.title(), on.Span, end...)
	}
	return unchoose(name, on.Span)
}

// chosen does what the behavior in force does; it falls through where there is none.
func (b *builder) chosen(name string) []routing.Step {
	to := b.pieces[name]
	if len(to) == 0 && !b.assigned[":"+name] {
		return nil
	}
	return []routing.Step{&routing.Table{Key: read(":" + name), To: to, Span: b.p.Span}}
}
