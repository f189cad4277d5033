package akamai

import (
	"strconv"

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
	key, step := b.piece(name, title, at)
	b.g.Blocks[key] = end
	return step
}

// piece is the name of a block that says what a behavior does in the end, and the step that puts it in force.
func (b *builder) piece(name, title string, at routing.Span) (key string, step routing.Step) {
	b.blocks++
	key = title + " (" + strconv.Itoa(b.blocks) + ")"
	if b.pieces[name] == nil {
		b.pieces[name] = map[string]routing.TableEntry{}
	}
	b.pieces[name][key] = routing.TableEntry{Block: key, Label: title, Span: at}
	return key, &routing.Set{What: variable(":" + name), To: routing.Text(key), Span: at}
}

// unchoose takes the behavior of that name out of force.
func unchoose(name string, at routing.Span) routing.Step {
	return &routing.Set{What: variable(":" + name), To: routing.Text(""), Span: at}
}

// decide is choose or unchoose, by a switch that may be unknown. What is switched off before anything of its name is in force changes nothing.
func (b *builder) decide(name string, o behavior, on routing.Value, end ...routing.Step) []routing.Step {
	switch {
	case on.IsUnknown():
		b.assigned[":"+name] = true
		return []routing.Step{set(":"+name, on)}
	case isOn(on):
		return []routing.Step{b.choose(name, o.title(), on.Span, end...)}
	case b.mayApply(name):
		return []routing.Step{unchoose(name, on.Span)}
	}
	return nil
}

// mayApply reports whether a behavior of that name may be in force by now.
func (b *builder) mayApply(name string) bool { return len(b.pieces[name]) > 0 || b.assigned[":"+name] }

// chosen does what the behavior in force does; it falls through where there is none.
func (b *builder) chosen(name string) []routing.Step {
	if !b.mayApply(name) {
		return nil
	}
	return []routing.Step{&routing.Table{Key: read(":" + name), To: b.pieces[name], Span: b.p.Span}}
}
