package appgateway

import (
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// longestName bounds the names that can be referred to, which labels repeat. Azure's limit is 80 characters.
const longestName = 500

// collection is one of the gateway's lists by name, and by the last segment of an item's own id where that is another word.
type collection struct {
	byName  map[string]azure.Object
	unknown *jsontree.Node // the list, or an item of it that could not be read
}

func (b *builder) collection(name string) *collection {
	if c := b.index[name]; c != nil {
		return c
	}
	c := &collection{byName: map[string]azure.Object{}}
	b.index[name] = c
	if n := b.r.Get(name); n.Kind() == jsontree.Unknown {
		c.unknown = n
	}
	for _, o := range b.r.List(name) {
		if o.Node.Kind() == jsontree.Unknown {
			c.unknown = o.Node
			continue
		}
		b.keepNamed(c, name, o)
	}
	for _, o := range b.r.List(name) {
		if id := strings.ToLower(azure.LastSegment(o.ID())); id != "" && len(id) <= longestName && !c.has(id) {
			c.byName[id] = o
		}
	}
	return c
}

// keepNamed keeps an item by its name, which no other of its list has.
func (b *builder) keepNamed(c *collection, list string, o azure.Object) {
	name := strings.ToLower(o.Name())
	switch {
	case len(name) > longestName:
	case name != "" && c.has(name):
		b.refuse(place(o), fmt.Sprintf("two of the %s have the name %.100q", list, o.Name()), "give each a name of its own")
	default:
		c.byName[name] = o
	}
}

func (c *collection) has(name string) bool {
	_, ok := c.byName[name]
	return ok
}

// link is a reference to another part of the gateway.
type link struct {
	azure.Object
	found bool
	why   string // of a reference that leads nowhere: what is missing
	at    routing.Span
}

// set reports whether there is a reference at all.
func (l link) set() bool { return l.found || l.why != "" }

// reason is what is missing, or else that nothing was referred to.
func (l link) reason(unset string) string {
	if l.set() {
		return l.why
	}
	return unset
}

// value is the unknown value of whatever the missing part would decide.
func (l link) value() routing.Value { return routing.UnknownOf(l.why, l.at) }

// resolve follows a reference by the last segment of its id.
func (b *builder) resolve(o azure.Object, property, into string) link {
	return b.follow(o.Reference(property), property, into)
}

// follow is the part of the gateway that has this id; property is where the id stands.
func (b *builder) follow(id *jsontree.Node, property, into string) link {
	switch {
	case id.Unset():
		return link{}
	case id.Kind() == jsontree.Unknown:
		return link{why: id.Text(), at: id.Span()}
	}
	name := azure.LastSegment(id.Text())
	c := b.collection(into)
	if found, ok := c.byName[strings.ToLower(name)]; ok {
		return link{Object: found, found: true, at: id.Span()}
	}
	if c.unknown != nil {
		return link{why: c.unknown.Text(), at: c.unknown.Span()}
	}
	why := fmt.Sprintf("%s refers to %.100q, which is not among the gateway's %s", property, name, into)
	b.problem(routing.Truncated, id.Span(), why, "correct the reference, or export the gateway again, whole")
	return link{why: why, at: id.Span()}
}

// place is where an object is named, which is where a reader looks for what it lacks.
func place(o azure.Object) routing.Span {
	if n := o.Node.Get("name"); n.Kind() == jsontree.String {
		return n.Span()
	}
	return o.Span()
}
