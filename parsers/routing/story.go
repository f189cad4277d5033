package routing

import (
	"maps"
	"slices"
	"strconv"
)

// story gathers which lines of lookups the values came from that a step has just computed. Only a tracer that explains has one: most
// traces are judged, and no verdict hangs on it.
type story struct {
	new  []Event
	kept map[string][]Event // of values that are computed once and stay
}

func (s *story) fork() *story {
	if s == nil {
		return nil
	}
	return &story{new: slices.Clone(s.new), kept: maps.Clone(s.kept)}
}

// looked notes what a lookup found: v stands on the line that decided.
func (f *flight) looked(label, key string, v Value) Value {
	if f.story == nil || label == "" {
		return v
	}
	text := label + ", for " + strconv.Quote(key) + ", gives "
	switch {
	case v.IsUnknown():
		text += "what is not known: " + v.note
	case v.text == "":
		text += "nothing"
	default:
		text += strconv.Quote(v.text)
	}
	f.story.new = append(f.story.new, Event{Span: v.Span, Text: text})
	return v
}

// once computes a value that stays, and remembers what it came from for whoever asks again.
func (f *flight) once(e Once) Value {
	if known := f.vars[e.Name]; known != nil {
		if f.story != nil {
			f.story.new = append(f.story.new, f.story.kept[e.Name]...)
		}
		return *known
	}
	if f.story == nil {
		kept := e.Of.eval(f)
		f.setVariable(e.Name, kept)
		return kept
	}
	before := len(f.story.new)
	kept := e.Of.eval(f)
	f.setVariable(e.Name, kept)
	f.story.kept[e.Name] = slices.Clone(f.story.new[before:])
	return kept
}

// because tells what the step at hand rests on, each line once on a path.
func (w *walk) because() {
	if w.story == nil {
		return
	}
	for _, e := range w.story.new {
		if !w.path.tells(e) {
			w.path.note(e.Span, e.Text)
		}
	}
	w.forget()
}

// forget drops what no step came of.
func (w *walk) forget() {
	if w.story != nil {
		w.story.new = w.story.new[:0]
	}
}

func (p *Path) tells(told Event) bool {
	for e := p.last; e != nil; e = e.before {
		if e.change == nil && e.again == nil && e.Event == told {
			return true
		}
	}
	return false
}

// picked tells which member of a pool gets the request, and why. A key falls to one member for sure, but to which is the product's own.
func (w *walk) picked(d *Delivery) {
	if w.story == nil || d.Pool == nil {
		return
	}
	w.because()
	n := len(d.Pool.usable())
	name, how := d.Pool.Name, d.Pool.Pick.How
	text := "one of the " + strconv.Itoa(n) + " members of " + name
	switch {
	case n == 1 && len(d.Pool.Members) > 1:
		text = "the only member of " + name + " that is no backup"
	case n == 1:
		text = "the only member of " + name
	case d.Key.IsSet():
		text = "which stands for the one of the " + strconv.Itoa(n) + " members of " + name + " that always gets the key " + strconv.Quote(d.Key.text) + " (" + how + ")"
	case how != "":
		text += " (" + how + ")"
	}
	w.path.note(d.Member.Span, "picks "+d.Address.text+", "+text)
}
