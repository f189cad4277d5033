// Package jsontree reads JSON into a tree in which every name and every value knows where it stands.
//
// It reads what Azure's tools write and accept, which is a little more than RFC 8259: comments and trailing commas
// (learn.microsoft.com, "Understand the structure and syntax of ARM templates": comments), strings that go over several
// lines (same page: multi-line strings), a byte order mark, and UTF-16 with a byte order mark, which is what redirection
// in Windows PowerShell writes. Values that only an evaluation would tell are Unknown.
//
// Other languages use the same tree: make a Source from the text, a Place from byte offsets into it, and nodes with NewString,
// NewObject and their like. A value that came about by way of others (a variable, a default, a loop) says so by its Origins, and
// whoever turns the node into a routing.Value adds its Notes:
//
//	src := jsontree.NewSource("main.tf", text)
//	host := jsontree.NewString(src.Place(start, end), "chat.service.signalr.net") // the default of variable "host"
//	used := host.Moved(src.Place(from, to), "default of variable host")           // where the expression var.host stands
//	both := jsontree.NewString(at, a.Text()+b.Text())                             // made of two values
//	both.AddOrigins(append(a.Origins(), b.Origins()...)...)
package jsontree

import (
	"iter"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Kind tells what a node is.
type Kind uint8

// The kinds. Missing is the kind of a nil node: the value was not written.
const (
	Missing Kind = iota
	Null
	Bool
	Number
	String
	List
	Object
	Unknown
)

// String names the kind as a message would.
func (k Kind) String() string {
	return [...]string{"nothing", "null", "a boolean", "a number", "a string", "a list", "an object", "an unknown value"}[k]
}

// Node is one value, and the name it goes by when it is a member of an object. A nil *Node is a value that was not
// written: every method works on it.
type Node struct {
	src                *Source
	text, name         string
	children           []Node
	rare               *rare
	start, end         uint32
	nameStart, nameEnd uint32
	nameID             uint32
	kind               Kind
}

// Kind tells what the node is.
func (n *Node) Kind() Kind {
	if n == nil {
		return Missing
	}
	return n.kind
}

// Unset reports whether nothing was written, or null, which Azure's tools write for "not set".
func (n *Node) Unset() bool { return n.Kind() == Missing || n.kind == Null }

// Text is the decoded string, the number or boolean as it was written, or the reason why a value is unknown.
func (n *Node) Text() string {
	if n == nil {
		return ""
	}
	return n.text
}

// Name is the name of a member of an object, as it was written; else empty.
func (n *Node) Name() string {
	if n == nil {
		return ""
	}
	return n.name
}

// Len is the number of members or items.
func (n *Node) Len() int {
	if n == nil {
		return 0
	}
	return len(n.children)
}

// All yields members or items in the order in which they were written.
func (n *Node) All() iter.Seq[*Node] {
	return func(yield func(*Node) bool) {
		for i := range n.Len() {
			if !yield(&n.children[i]) {
				return
			}
		}
	}
}

// At is the i-th member or item, or nil.
func (n *Node) At(i int) *Node {
	if i < 0 || i >= n.Len() {
		return nil
	}
	return &n.children[i]
}

// Get is the member of that name, or nil. Letter case does not matter, as it does not to Azure Resource Manager, but a
// member that is written exactly so is preferred. Of duplicates the last one counts, as in the readers that Azure's tools use.
func (n *Node) Get(name string) *Node {
	if n.Kind() != Object {
		return nil
	}
	if n.rare != nil && n.rare.index != nil {
		return n.rare.index.find(n.children, name)
	}
	var folded *Node
	for i := len(n.children) - 1; i >= 0; i-- {
		m := &n.children[i]
		if m.name == name {
			return m
		}
		if folded == nil && len(m.name) == len(name) && strings.EqualFold(m.name, name) {
			folded = m
		}
	}
	return folded
}

// Path follows Get through several names.
func (n *Node) Path(names ...string) *Node {
	for _, name := range names {
		n = n.Get(name)
	}
	return n
}

// Place is where the value stands, from its first to after its last character.
func (n *Node) Place() Place {
	if n == nil {
		return Place{}
	}
	return Place{n.src, n.start, n.end}
}

// Span is the place in lines and columns.
func (n *Node) Span() routing.Span { return n.Place().Span() }

// NamePlace is where the name of a member stands; the zero Place for anything else.
func (n *Node) NamePlace() Place {
	if n == nil || n.nameEnd == 0 {
		return Place{}
	}
	return Place{n.src, n.nameStart, n.nameEnd}
}

// NameSpan is that place in lines and columns.
func (n *Node) NameSpan() routing.Span { return n.NamePlace().Span() }
