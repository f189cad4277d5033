package jsontree

// SetUnknown turns the value into one that cannot be told, for the reason given. Name and place stay.
func (n *Node) SetUnknown(why string) {
	n.kind, n.text, n.children, n.index = Unknown, why, nil, nil
}

// SetString turns the value into a string. Name and place stay.
func (n *Node) SetString(s string) {
	n.kind, n.text, n.children, n.index = String, s, nil, nil
}

// SetValue gives the node the value and the place of another one, and keeps its name.
func (n *Node) SetValue(of *Node) {
	n.kind, n.text, n.children, n.index = of.kind, of.text, of.children, of.index
	n.src, n.start, n.end = of.src, of.start, of.end
}

// Member is a value and the name that it is to have.
type Member struct {
	Name  string
	Value *Node
}

// Add puts copies of values at the end of an object. Nodes that were taken from the object before belong to its former state.
func (n *Node) Add(members ...Member) {
	children := make([]Node, len(n.children), len(n.children)+len(members))
	copy(children, n.children)
	for _, m := range members {
		added := *m.Value
		added.name = m.Name
		children = append(children, added)
	}
	n.children, n.index = children, newIndex(children)
}

// NewObject makes an object that holds nothing yet and stands where the other node stands.
func NewObject(at *Node) *Node {
	return &Node{src: at.src, start: at.start, end: at.end, nameStart: at.nameStart, nameEnd: at.nameEnd, kind: Object}
}
