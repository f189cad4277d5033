package jsontree

// SetUnknown turns the value into one that cannot be told, for the reason given. Name and place stay.
func (n *Node) SetUnknown(why string) {
	n.kind, n.text, n.children = Unknown, why, nil
}

// SetString turns the value into a string. Name and place stay.
func (n *Node) SetString(s string) {
	n.kind, n.text, n.children = String, s, nil
}

// SetValue gives the node the value and the place of another one, and keeps its name.
func (n *Node) SetValue(of *Node) {
	n.kind, n.text, n.children = of.kind, of.text, of.children
	n.src, n.start, n.end = of.src, of.start, of.end
}

// Add puts a copy of the member at the end of an object, under another name. Nodes that were taken from the object
// before belong to its former state.
func (n *Node) Add(name string, member *Node) {
	m := *member
	m.name = name
	n.children = append(n.children[:len(n.children):len(n.children)], m)
}

// NewObject makes an object that holds nothing yet and stands where the other node stands.
func NewObject(at *Node) *Node {
	return &Node{src: at.src, start: at.start, end: at.end, nameStart: at.nameStart, nameEnd: at.nameEnd, kind: Object}
}
