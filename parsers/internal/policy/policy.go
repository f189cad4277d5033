// Package policy reads the policy documents of Azure API Management as they are: nearly XML.
//
// What makes them more than XML is C#: an expression @(…) or @{…} stands in attributes and in text without being encoded, with quotes,
// angle brackets and ampersands of its own. Documents of format "xml" have it encoded; both are read alike. Named values {{…}} stand
// anywhere, even in the place of an attribute. Nothing is lost: what was read prints as the same bytes. A document that is broken
// somewhere is read as far as it goes, and says what is wrong and where.
package policy

import "strings"

// Kind tells what a node is.
type Kind uint8

// The kinds of nodes.
const (
	Element     Kind = iota
	Text             // with expressions in it
	Comment          // <!-- … -->
	Verbatim         // <![CDATA[ … ]]>
	Instruction      // <? … ?> and <! … >
)

// Node is an element, or what stands between elements. Offsets count bytes of the document.
type Node struct {
	Kind       Kind
	Name       string // of an element
	Attributes []Attribute
	Children   []*Node
	Start, End int
	raw        string // of anything but an element
	tail       string // of an element: what stands between the last attribute and the bracket
	closed     bool   // the element ends with its own tag: <x/>
	closing    string // the closing tag as it was written; empty where there is none
}

// Attribute is one attribute of an element. One without a name is a named value that stands in an attribute's place.
type Attribute struct {
	Name       string
	Value      string // decoded
	Start, End int    // of the value, without quotes
	before     string // space before the name
	equals     string // the sign and the space around it
	quote      string
	raw        string
}

// Document is one policy document.
type Document struct {
	Nodes    []*Node
	Problems []Problem
}

// Problem says what is wrong with a document, at an offset of it.
type Problem struct {
	At      int
	Message string
}

// String prints the document as it was read.
func (d *Document) String() string {
	var b strings.Builder
	for _, n := range d.Nodes {
		n.print(&b)
	}
	return b.String()
}

func (n *Node) print(b *strings.Builder) {
	if n.Kind != Element {
		b.WriteString(n.raw)
		return
	}
	b.WriteString("<" + n.Name)
	for _, a := range n.Attributes {
		b.WriteString(a.before + a.Name + a.equals + a.quote + a.raw + a.quote)
	}
	b.WriteString(n.tail)
	if n.closed {
		b.WriteString("/>")
		return
	}
	b.WriteString(">")
	for _, c := range n.Children {
		c.print(b)
	}
	b.WriteString(n.closing)
}

// Attribute is the attribute of that name.
func (n *Node) Attribute(name string) (Attribute, bool) {
	for _, a := range n.Attributes {
		if a.Name == name {
			return a, true
		}
	}
	return Attribute{}, false
}

// Elements are the elements in a node.
func (n *Node) Elements() []*Node { return elements(n.Children) }

// Child is the first element of that name in a node, or nil.
func (n *Node) Child(name string) *Node { return named(n.Children, name) }

// Root is the first element of that name at the top of the document, or nil.
func (d *Document) Root(name string) *Node { return named(d.Nodes, name) }

// Elements are the elements at the top of the document.
func (d *Document) Elements() []*Node { return elements(d.Nodes) }

func elements(nodes []*Node) []*Node {
	var out []*Node
	for _, n := range nodes {
		if n.Kind == Element {
			out = append(out, n)
		}
	}
	return out
}

func named(nodes []*Node, name string) *Node {
	for _, n := range nodes {
		if n.Kind == Element && n.Name == name {
			return n
		}
	}
	return nil
}

// Content is the decoded text in an element, without comments and without the space around it, and where it stands.
func (n *Node) Content() (text string, start, end int) {
	var b strings.Builder
	for _, c := range n.Children {
		said := c.text()
		if b.Len() == 0 {
			trimmed := strings.TrimLeft(said, space)
			start = c.Start + len(said) - len(trimmed)
			said = trimmed
		}
		if said != "" {
			b.WriteString(said)
			end = c.End
		}
	}
	if b.Len() == 0 {
		return "", n.Start, n.End
	}
	return strings.TrimRight(b.String(), space), start, end
}

func (n *Node) text() string {
	switch n.Kind {
	case Text:
		return decoded(n.raw)
	case Verbatim:
		return strings.TrimSuffix(strings.TrimPrefix(n.raw, "<![CDATA["), "]]>")
	default:
		return ""
	}
}

// Plain is what lies between two offsets of a document, for messages: one line, and not long.
func Plain(text string) string {
	const longest, looked = 80, 4096 // the rest of a long text is not looked at: expressions ask often
	shown := strings.Join(strings.Fields(text[:min(len(text), looked)]), " ")
	if len(shown) > longest || len(text) > looked {
		return strings.ToValidUTF8(shown[:min(len(shown), longest)], "") + "…"
	}
	return shown
}

const space = " \t\r\n"
