package jsontree

import "strings"

// index finds the members of a long object: without it, asking every part of a hostile text for something would take as long as
// the text is long, squared. It holds the last member of each name as written, and behind a zero byte in lower case.
type index map[string]int

const longObject = 64

func newIndex(members []Node) index {
	if len(members) <= longObject {
		return nil
	}
	x := make(index, 2*len(members))
	for i := range members {
		x[members[i].name] = i
		x["\x00"+strings.ToLower(members[i].name)] = i
	}
	return x
}

func (x index) find(members []Node, name string) *Node {
	if i, ok := x[name]; ok && members[i].name == name {
		return &members[i]
	}
	if i, ok := x["\x00"+strings.ToLower(name)]; ok {
		return &members[i]
	}
	return nil
}
