package azurerm

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// table says what becomes of the attributes and nested blocks of one object.
type table []row

// row is one attribute or nested block.
type row struct {
	// from is its name; what other versions of the provider call it stands behind a bar.
	from string
	// to is the property; dots go deeper. Lists that go to one property are put together.
	to string
	// as changes the value; nil leaves it. It may return nil for what is as good as not written.
	as convert
	// otherwise is what the provider sends when nothing is written; nil when that is nothing.
	otherwise *jsontree.Node
}

// convert makes the value of a property.
type convert func(*jsontree.Node) *jsontree.Node

// into puts the properties that an object has into a builder.
func (t table) into(b *builder, object *jsontree.Node) {
	for _, r := range t {
		n := r.find(object)
		value := n
		if !n.Unset() && r.as != nil {
			value = r.as(n)
		}
		if value.Unset() {
			value = r.otherwise
		}
		if value != nil {
			b.put(r.to, value, n.NamePlace())
		}
	}
}

// find is the attribute by whichever of its names it was written.
func (r row) find(object *jsontree.Node) *jsontree.Node {
	for name := range strings.SplitSeq(r.from, "|") {
		if n := object.Get(name); !n.Unset() {
			return n
		}
	}
	return nil
}

// object makes an object of the properties.
func (t table) object(n *jsontree.Node) *jsontree.Node {
	if n.Kind() != jsontree.Object {
		return n
	}
	b := newBuilder(n)
	t.into(b, n)
	return b.node()
}

// builder collects the members of an object.
type builder struct {
	at      *jsontree.Node
	members []jsontree.Member
	deeper  map[string]*builder
}

func newBuilder(at *jsontree.Node) *builder { return &builder{at: at} }

// put sets a property, whose name stands at a place of its own.
func (b *builder) put(path string, value *jsontree.Node, at jsontree.Place) {
	name, rest, deeper := strings.Cut(path, ".")
	if deeper {
		b.below(name).put(rest, value, at)
		return
	}
	for i, m := range b.members {
		if m.Name == name {
			b.members[i].Value = joined(m.Value, value)
			return
		}
	}
	b.members = append(b.members, jsontree.Member{Name: name, Value: value, At: at})
}

func (b *builder) below(name string) *builder {
	if b.deeper == nil {
		b.deeper = map[string]*builder{}
	}
	if b.deeper[name] == nil {
		b.deeper[name] = newBuilder(b.at)
		b.members = append(b.members, jsontree.Member{Name: name})
	}
	return b.deeper[name]
}

// joined puts the items of two lists into one. Of other values the first stays.
func joined(a, b *jsontree.Node) *jsontree.Node {
	if a.Kind() == jsontree.List && b.Kind() == jsontree.List {
		return jsontree.NewList(a.Place(), append(items(a), items(b)...)...)
	}
	return a
}

func items(list *jsontree.Node) []*jsontree.Node {
	var out []*jsontree.Node
	for item := range list.All() {
		out = append(out, item)
	}
	return out
}

func (b *builder) node() *jsontree.Node {
	for i, m := range b.members {
		if inner := b.deeper[m.Name]; inner != nil {
			b.members[i].Value = inner.node()
		}
	}
	n := jsontree.NewObject(b.at.Place(), b.members...)
	n.AddOrigins(b.at.Origins()...)
	return n
}
