package jsontree

import "strconv"

// The constructors make nodes that no JSON text holds: what an expression evaluates to, or the values of another language. The
// place is where a reader would change the value. For a value that is computed that is the expression; what feeds the expression
// goes into its origins.

// NewString makes a string.
func NewString(at Place, text string) *Node { return newNode(at, String, text) }

// NewNumber makes a number from its JSON form.
func NewNumber(at Place, text string) *Node { return newNode(at, Number, text) }

// NewInt makes an integer.
func NewInt(at Place, value int64) *Node { return newNode(at, Number, strconv.FormatInt(value, 10)) }

// NewBool makes a boolean.
func NewBool(at Place, on bool) *Node { return newNode(at, Bool, strconv.FormatBool(on)) }

// NewNull makes null, which stands for "not set".
func NewNull(at Place) *Node { return newNode(at, Null, "null") }

// NewUnknown makes a value that cannot be told. The reason names what is missing.
func NewUnknown(at Place, why string) *Node { return newNode(at, Unknown, why) }

// NewList makes a list of copies of the items; a nil item is left out.
func NewList(at Place, items ...*Node) *Node {
	n := newNode(at, List, "")
	n.children = make([]Node, 0, len(items))
	for _, item := range items {
		if item != nil {
			n.children = append(n.children, Member{Value: item}.node())
		}
	}
	return n
}

// NewObject makes an object of copies of the members; a member without a value is left out.
func NewObject(at Place, members ...Member) *Node {
	n := newNode(at, Object, "")
	children := make([]Node, 0, len(members))
	for _, m := range members {
		if m.Value != nil {
			children = append(children, m.node())
		}
	}
	n.setMembers(children)
	return n
}

func newNode(at Place, kind Kind, text string) *Node {
	return &Node{src: at.src, start: at.start, end: at.end, kind: kind, text: text}
}

// Member is a value and the name that it is to have. The name may have a place of its own in the text in which the value stands.
type Member struct {
	Name  string
	Value *Node
	At    Place
}

func (m Member) node() Node {
	n := *m.Value
	n.name = m.Name
	switch m.At.src {
	case nil:
	case n.src:
		n.nameStart, n.nameEnd = m.At.start, m.At.end
	default:
		n.nameStart, n.nameEnd = 0, 0
	}
	return n
}

// Moved is the value at another place, such as that of the expression that evaluates to it. Where it stood before becomes an
// origin under that text ("variable gateway"), together with the origins that it had. An empty text makes no origin of its own.
// What is inside of the value stays where it is. The copy has no name.
func (n *Node) Moved(to Place, what string) *Node {
	c := *n
	c.name, c.nameStart, c.nameEnd = "", 0, 0
	c.src, c.start, c.end = to.src, to.start, to.end
	origins := n.settled()
	if what != "" {
		origins = []*Origin{{What: what, At: n.Place(), From: origins}}
	}
	if len(origins) > 0 {
		c.setOrigins(origins)
	}
	return &c
}

// Replaced is the value with what each returns in place of every member or item, under the same name; nil leaves it out. It is the
// node itself where nothing changes.
func (n *Node) Replaced(each func(*Node) *Node) *Node {
	var children []Node
	for i := range n.Len() {
		was := &n.children[i]
		is := each(was)
		if is == was && children == nil {
			continue
		}
		if children == nil {
			children = append(make([]Node, 0, len(n.children)), n.children[:i]...)
		}
		if is != nil {
			children = append(children, Member{Name: was.name, Value: is, At: was.NamePlace()}.node())
		}
	}
	if children == nil {
		return n
	}
	c := *n
	c.setMembers(children)
	return &c
}
