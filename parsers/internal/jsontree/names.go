package jsontree

import "strings"

// names keeps every name of a text once, and finds names that one object uses twice.
type names struct {
	known      map[string]name
	folded     map[string]uint32
	last       []use // by id
	objects    int
	duplicates []Duplicate
}

// name is a name and the number of its lower-case form.
type name struct {
	text string
	id   uint32
}

// use is the last use of a name: by which object, as which member.
type use struct{ object, member int }

func newNames() names {
	return names{known: map[string]name{}, folded: map[string]uint32{}}
}

func (t *names) intern(raw []byte) (string, uint32) {
	if n, ok := t.known[string(raw)]; ok {
		return n.text, n.id
	}
	n := name{text: string(raw)}
	lower := strings.ToLower(n.text)
	id, ok := t.folded[lower]
	if !ok {
		id = uint32(len(t.last)) //nolint:gosec // fewer than bytes of text
		t.folded[lower] = id
		t.last = append(t.last, use{})
	}
	n.id = id
	t.known[n.text] = n
	return n.text, n.id
}

// check notes the names that appear twice among the members of one object. It takes one pass, however many there are.
func (t *names) check(members []Node) {
	t.objects++
	for i := range members {
		last := &t.last[members[i].nameID]
		if last.object == t.objects {
			t.note(&members[last.member], &members[i])
		}
		*last = use{t.objects, i}
	}
}

func (t *names) note(first, second *Node) {
	const enough = 100
	if len(t.duplicates) < enough {
		t.duplicates = append(t.duplicates, Duplicate{second.name, first.NameSpan(), second.NameSpan()})
	}
}
