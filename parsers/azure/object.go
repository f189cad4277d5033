package azure

import (
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Object is an Azure object, with or without the level "properties". The zero Object holds nothing.
type Object struct{ Node *jsontree.Node }

// Get is the property of that name at either level, in any letter case, or nil. Where the object or its "properties" is unknown,
// so is every property of it that is not written beside.
func (o Object) Get(name string) *jsontree.Node {
	if o.Node.Kind() == jsontree.Unknown {
		return o.Node
	}
	properties := o.Node.Get("properties")
	if found := properties.Get(name); found != nil {
		return found
	}
	if own := o.Node.Get(name); own != nil || properties.Kind() != jsontree.Unknown {
		return own
	}
	return properties
}

// Child is the property of that name as an object.
func (o Object) Child(name string) Object { return Object{o.Get(name)} }

// List are the items of a property that is a list. One object counts as a list of one, which is what PowerShell makes of it.
func (o Object) List(name string) []Object {
	n := o.Get(name)
	if n.Kind() == jsontree.Object {
		return []Object{{n}}
	}
	out := make([]Object, 0, n.Len())
	for item := range n.All() {
		out = append(out, Object{item})
	}
	return out
}

// Reference is the id in a property {"id": "…"}, or nil; unknown where the property is.
func (o Object) Reference(name string) *jsontree.Node {
	n := o.Get(name)
	if n.Kind() == jsontree.Object {
		return n.Get("id")
	}
	if n.Unset() {
		return nil
	}
	return n
}

// Name is the object's own name: written, or the last part of its id.
func (o Object) Name() string {
	if n := o.own("name"); !n.Unset() {
		return n.Text()
	}
	return LastSegment(o.ID())
}

// ID is the object's own id; empty in templates.
func (o Object) ID() string {
	if n := o.own("id"); !n.Unset() {
		return n.Text()
	}
	return o.own("resourceId").Text()
}

// Span is where the object stands.
func (o Object) Span() routing.Span { return o.Node.Span() }

// own is a property beside "properties", for names that both levels may have.
func (o Object) own(name string) *jsontree.Node { return o.Node.Get(name) }
