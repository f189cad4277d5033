package azurerm

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// azapi takes the resources of the provider azapi, whose body is in ARM shape already: an object, or its JSON in a string, which
// version 1 of the provider wanted (registry.terraform.io, Azure/azapi: azapi_resource, azapi_update_resource).
func azapi(r Resource) (m Mapped, ok bool) {
	what := r.Attributes.Get("type")
	arm, version, _ := strings.Cut(what.Text(), "@")
	if r.Type != "azapi_resource" && r.Type != "azapi_update_resource" || what.Kind() != jsontree.String || arm == "" {
		return Mapped{}, false
	}
	b := newBuilder(r.Attributes)
	b.put("type", like(what, arm), what.NamePlace())
	b.put("apiVersion", like(what, version), what.NamePlace())
	if id := r.Attributes.Get("id"); id.Kind() == jsontree.String && id.Text() != "" {
		b.put("id", id, id.NamePlace())
	}
	if name := azapiName(r.Attributes, strings.Count(arm, "/")); name != nil {
		b.put("name", name, r.Attributes.Get("name").NamePlace())
	}
	located.into(b, r.Attributes)
	b.body(r.Attributes.Get("body"))
	m = Mapped{Node: b.node(), Type: arm}
	if r.Type == "azapi_update_resource" {
		m.PatchOf = patched(r.Attributes, arm)
	}
	return m, true
}

// body puts what the body holds beside what is there.
func (b *builder) body(n *jsontree.Node) {
	if n.Kind() == jsontree.String {
		doc, err := jsontree.ParseInside(n, jsontree.Options{})
		if err != nil {
			n = unknownLike(n, "the body is no JSON")
		} else {
			n = doc.Root
		}
	}
	if n.Kind() == jsontree.Unknown {
		b.put("properties", n, n.NamePlace())
	}
	for m := range n.All() {
		b.put(m.Name(), m, m.NamePlace())
	}
}

// azapiName is the name with those of the parents before it, which the parent's id ends with.
func azapiName(attributes *jsontree.Node, levels int) *jsontree.Node {
	name, parent := attributes.Get("name"), attributes.Get("parent_id")
	switch {
	case name.Unset():
		return nil
	case name.Kind() == jsontree.Unknown || levels < 2:
		return name
	case parent.Kind() == jsontree.Unknown:
		return unknownLike(name, parent.Text())
	}
	return like(name, namesIn(parent.Text(), levels-1)+"/"+name.Text())
}

// namesIn are the names at the end of an id, as many as asked for.
func namesIn(id string, count int) string {
	segments := strings.Split(strings.Trim(id, "/"), "/")
	var names []string
	for i := len(segments) - 1; i >= 1 && len(names) < count; i -= 2 {
		names = append([]string{segments[i]}, names...)
	}
	return strings.Join(names, "/")
}

// patched is the id of the resource that an azapi_update_resource changes.
func patched(attributes *jsontree.Node, arm string) *jsontree.Node {
	if id := attributes.Get("resource_id"); !id.Unset() {
		return id
	}
	name, parent := orUnknown(attributes.Get("name"), attributes), orUnknown(attributes.Get("parent_id"), attributes)
	switch {
	case name.Kind() == jsontree.Unknown:
		return name
	case parent.Kind() == jsontree.Unknown:
		return parent
	case strings.Count(arm, "/") > 1:
		return like(name, parent.Text()+"/"+lastName(arm)+"/"+name.Text())
	}
	return like(name, parent.Text()+"/providers/"+arm+"/"+name.Text())
}
