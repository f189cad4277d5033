package azure

import (
	"hash/maphash"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Twins finds out which descriptions are of one resource: an export and the template that it was made from, a plan and a state.
type Twins[T comparable] struct {
	seed maphash.Seed
	seen map[string][]seen[T]
}

type seen[T comparable] struct {
	id   string // lower-case; empty where it is not known in full
	form Form
	hash uint64
	at   routing.Span
	made T
}

// NewTwins knows no resource yet.
func NewTwins[T comparable]() *Twins[T] {
	return &Twins[T]{seed: maphash.MakeSeed(), seen: map[string][]seen[T]{}}
}

// Twin is what was made of an earlier description of the same resource.
type Twin[T comparable] struct {
	Made T
	// Same says that the two are alike word for word, in the same form: the later one tells nothing more.
	Same bool
	At   routing.Span // of the earlier one
	Form Form
}

// Find looks for an earlier description of a resource: one with the same id, or with the same type and name where one of the two has no
// id that says in which subscription it is.
func (t *Twins[T]) Find(r *Resource) (Twin[T], bool) {
	hash := t.hash(r.Node)
	for _, s := range t.seen[key(r)] {
		if id := fullID(r); id != "" && s.id != "" && id != s.id {
			continue
		}
		return Twin[T]{s.made, s.hash == hash && s.form == r.Form, s.at, s.form}, true
	}
	var none Twin[T]
	return none, false
}

// Add remembers what was made of a description.
func (t *Twins[T]) Add(r *Resource, made T) {
	k := key(r)
	t.seen[k] = append(t.seen[k], seen[T]{fullID(r), r.Form, t.hash(r.Node), r.Span(), made})
}

// Forget takes back what was added, because it turned out not to be whole.
func (t *Twins[T]) Forget(made []T) {
	for k, list := range t.seen {
		t.seen[k] = slices.DeleteFunc(list, func(s seen[T]) bool { return slices.Contains(made, s.made) })
	}
}

func key(r *Resource) string { return strings.ToLower(r.Type + " " + r.Title) }

func fullID(r *Resource) string {
	id := strings.ToLower(r.ID())
	if !strings.Contains(id, "/subscriptions/") {
		return ""
	}
	return id
}

func (t *Twins[T]) hash(n *jsontree.Node) uint64 {
	var h maphash.Hash
	h.SetSeed(t.seed)
	addTo(&h, n)
	return h.Sum64()
}

func addTo(h *maphash.Hash, n *jsontree.Node) {
	_, _ = h.WriteString(n.Name()) // none of these fail
	_ = h.WriteByte(byte(n.Kind()))
	_, _ = h.WriteString(n.Text())
	for child := range n.All() {
		addTo(h, child)
	}
	_ = h.WriteByte(0xff)
}
