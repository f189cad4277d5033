package jsontree

// SetUnknown turns the value into one that cannot be told, for the reason given. Name, place and origins stay.
func (n *Node) SetUnknown(why string) { n.set(Unknown, why) }

// SetString turns the value into a string. Name, place and origins stay.
func (n *Node) SetString(s string) { n.set(String, s) }

func (n *Node) set(kind Kind, text string) {
	n.kind, n.text, n.children = kind, text, nil
	n.setMembers(nil)
}

// SetValue gives the node the value, the place and the origins of another one, and keeps its name.
func (n *Node) SetValue(of *Node) {
	n.kind, n.text, n.children, n.rare = of.kind, of.text, of.children, of.rare
	n.src, n.start, n.end = of.src, of.start, of.end
}

// Add puts copies of values at the end of an object. Nodes that were taken from the object before belong to its former state.
func (n *Node) Add(members ...Member) {
	children := make([]Node, len(n.children), len(n.children)+len(members))
	copy(children, n.children)
	for _, m := range members {
		children = append(children, m.node())
	}
	n.setMembers(children)
}

// setMembers keeps what the node shares with its copies as it is.
func (n *Node) setMembers(children []Node) {
	n.children = children
	index := newIndex(children)
	switch {
	case n.rare != nil:
		n.rare = &rare{index, n.rare.origins, n.rare.whose}
	case index != nil:
		n.rare = &rare{index: index}
	}
}

// Overlay puts the members of another object over those of this one: objects into each other, anything else in place of what was there,
// which becomes its origin.
func (n *Node) Overlay(over *Node) {
	for m := range over.All() {
		switch own := n.Get(m.Name()); {
		case own == nil:
			n.Add(Member{Name: m.Name(), Value: m})
		case own.Kind() == Object && m.Kind() == Object:
			own.Overlay(m)
		default:
			under := &Origin{What: "what it takes the place of", At: own.Place()}
			own.SetValue(m)
			own.AddOrigins(under)
		}
	}
}
