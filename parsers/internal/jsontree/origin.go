package jsontree

import (
	"slices"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Origin tells how a value came about that does not simply stand where it counts: a parameter's default, a variable, a line of a
// file of values, a turn of a loop. One Origin serves all values that came the same way.
type Origin struct {
	// What names it, as a remark at its place: "default of parameter host", "local backend", "turn 2 of loop probes".
	What string
	// At is where that stands. The zero Place is where the value itself stands, for as long as it is not moved: one such Origin does for
	// everything inside of a variable.
	At Place
	// From are the origins of what this was made of.
	From []*Origin
	// Secret says that what comes from here is a secret, or holds one: the keys of a service, a sensitive variable. The value itself
	// must not be in the tree.
	Secret bool
	// Attribute is set where the value is, or will be, exactly an attribute of another resource: the address of that resource, a dot
	// and the attribute ("module.rt.azurerm_signalr_service.chat[0].hostname").
	Attribute string
}

// rare holds what few nodes have. Copies of a node share it, so that it is never changed.
type rare struct {
	index   index // of a long object
	origins []*Origin
	whose   string // of a default: the product's that has it
}

// Origins are what the value came from, without their own origins; none for a value that was written where it stands.
func (n *Node) Origins() []*Origin {
	if n == nil || n.rare == nil {
		return nil
	}
	return n.rare.origins
}

// AddOrigins says what the value came from, beside what is known of that. Nodes are copied by value into lists and objects: say it
// before that.
func (n *Node) AddOrigins(more ...*Origin) {
	all := slices.Clip(n.Origins())
	for _, o := range more {
		if o != nil && !slices.Contains(all, o) {
			all = append(all, o)
		}
	}
	if len(all) > 0 {
		n.setOrigins(all)
	}
}

// CameBy puts an origin before those that the value has: they become what it was made of.
func (n *Node) CameBy(o *Origin) {
	if known := n.Origins(); len(known) > 0 {
		before := *o
		before.From = append(slices.Clip(o.From), known...)
		o = &before
	}
	n.setOrigins([]*Origin{o})
}

func (n *Node) setOrigins(all []*Origin) {
	if n.rare != nil {
		n.rare = &rare{n.rare.index, all, n.rare.whose}
		return
	}
	n.rare = &rare{origins: all}
}

// AddOriginsBelow is AddOrigins for a value and everything inside of it, which is copied.
func (n *Node) AddOriginsBelow(more ...*Origin) {
	n.AddOrigins(more...)
	n.children = slices.Clone(n.children)
	for i := range n.children {
		n.children[i].AddOriginsBelow(more...)
	}
}

// settled are the origins, those without a place at the value's own.
func (n *Node) settled() []*Origin {
	all := n.Origins()
	for i, o := range all {
		if o.At.src == nil {
			all = slices.Clone(all)
			placed := *o
			placed.At = n.Place()
			all[i] = &placed
		}
	}
	return all
}

// mostNotes bounds what a report says beside one value.
const mostNotes = 6

// Notes are the places that had a part in the value, nearest first, for routing.Value's Related: every rule shows them.
func (n *Node) Notes() []routing.Note {
	var notes []routing.Note
	walk(n.settled(), func(o *Origin) bool {
		if note := (routing.Note{Span: o.At.Span(), Text: o.What}); note.Text != "" && !slices.Contains(notes, note) {
			notes = append(notes, note)
		}
		return len(notes) < mostNotes
	})
	return notes
}

// Secret is the origin that makes the value a secret, or nil.
func (n *Node) Secret() (found *Origin) {
	walk(n.Origins(), func(o *Origin) bool {
		if o.Secret {
			found = o
		}
		return found == nil
	})
	return found
}

// walk goes over origins level by level, each once, for as long as visit wants more. There may be many ways to one.
func walk(level []*Origin, visit func(*Origin) bool) {
	if len(level) == 0 {
		return
	}
	seen := map[*Origin]bool{}
	for len(level) > 0 {
		var next []*Origin
		for _, o := range level {
			if seen[o] {
				continue
			}
			seen[o] = true
			if !visit(o) {
				return
			}
			next = append(next, o.From...)
		}
		level = next
	}
}

// NewDefault makes a value that nobody wrote: whose names the product that has it as its default ("azurerm"). It stands nowhere.
func NewDefault(kind Kind, text, whose string) *Node {
	n := newNode(Place{}, kind, text)
	n.rare = &rare{whose: whose}
	return n
}

// DefaultOf is the product whose default the value is; empty for a value that was written.
func (n *Node) DefaultOf() string {
	if n == nil || n.rare == nil {
		return ""
	}
	return n.rare.whose
}
