// Package azurerm turns resources as Terraform's provider azurerm has them into the shape of Azure Resource Manager.
//
// What is mapped stands in tables, one for each kind of resource or nested block, beside the defaults that the provider sends when
// nothing is written. Every value keeps its place and its origins. Attributes that no table names have no property in Azure Resource
// Manager that this program asks for, and are left out.
package azurerm

import (
	"maps"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// Resource is one managed resource as Terraform has it, in a configuration, a plan or a state.
type Resource struct {
	// Address is where Terraform finds it: module.edge.azurerm_application_gateway.rt["a"].
	Address string
	// Type is its type: azurerm_application_gateway.
	Type string
	// Attributes is an object in the shape of terraform show -json: nested blocks are lists of objects, whatever their number. What
	// is not known is an Unknown node; one that is exactly another resource's attribute has an Origin that names it. What is null or not
	// there was not set.
	Attributes *jsontree.Node
}

// Mapped is a resource in ARM shape.
type Mapped struct {
	// Node is an object with type, name where it is known, id where there is one, and properties.
	Node *jsontree.Node
	Type string
	// PatchOf is the id of the resource to whose properties these belong, for what is a resource of its own only in Terraform; it is
	// unknown before that other resource is created. Nil for all others.
	PatchOf *jsontree.Node
}

// Map brings a resource into ARM shape; ok is false when its type is none that is mapped.
func Map(r Resource) (m Mapped, ok bool) {
	if strings.HasPrefix(r.Type, "azapi_") {
		return azapi(r)
	}
	k, ok := kinds[r.Type]
	if !ok {
		return Mapped{}, false
	}
	m = Mapped{Node: k.resource(r), Type: k.arm}
	if k.patches != "" {
		m.PatchOf = orUnknown(r.Attributes.Get(k.patches), r.Attributes)
	}
	return m, true
}

// kind is one type of resource.
type kind struct {
	arm string // the type in Azure Resource Manager
	// name are the attributes whose values, joined by slashes, are the name. Of an id it is the name at its end that counts. A name that is always
	// the same stands behind an equals sign.
	name []string
	// inside is the attribute with the id of the resource above it, topLevel, or byNames, for resources whose ids others need before they exist.
	inside string
	// also puts in what no table can.
	also func(b *builder, attributes *jsontree.Node)
	// patches is the attribute with the id of the resource that this one is only a part of.
	patches    string
	beside     table // what stands beside "properties"
	properties table
}

// topLevel is for resources that stand below no other one, byNames for those whose names lead all the way down.
const (
	topLevel = "-"
	byNames  = "="
)

// kinds are all types that are mapped.
var kinds = together(applicationGateways, apiManagement, frontDoor, classicFrontDoor, signalR, network)

func together(tables ...map[string]kind) map[string]kind {
	all := map[string]kind{}
	for _, t := range tables {
		maps.Copy(all, t)
	}
	return all
}

// resource makes the whole object.
func (k kind) resource(r Resource) *jsontree.Node {
	attributes := r.Attributes
	b := newBuilder(attributes)
	b.put("type", jsontree.NewString(jsontree.Place{}, k.arm), jsontree.Place{})
	if id := attributes.Get("id"); id.Kind() == jsontree.String && id.Text() != "" {
		b.put("id", id, id.NamePlace())
	} else if made := Computed(r, "id"); made != nil {
		b.put("id", made, jsontree.Place{})
	}
	if name := k.nameOf(attributes); name != nil {
		b.put("name", name, attributes.Get(k.lastWritten()).NamePlace())
	}
	if k.also != nil {
		k.also(b, attributes)
	}
	k.beside.into(b, attributes)
	properties := newBuilder(attributes)
	k.properties.into(properties, attributes)
	b.put("properties", properties.node(), jsontree.Place{})
	return b.node()
}

// nameOf is the name, as far down the tree of types as the type goes: api management/api/operation. It is nil where there is none.
func (k kind) nameOf(attributes *jsontree.Node) *jsontree.Node {
	if len(k.name) == 0 {
		return nil
	}
	last := attributes.Get(k.lastWritten())
	var parts []string
	for _, from := range k.name {
		if fixed, ok := strings.CutPrefix(from, "="); ok {
			parts = append(parts, fixed)
			continue
		}
		n := attributes.Get(from)
		switch {
		case n.Kind() == jsontree.Unknown:
			return unknownLike(n, n.Text())
		case n.Kind() != jsontree.String || n.Text() == "":
			return nil
		}
		parts = append(parts, lastName(n.Text()))
	}
	return like(last, strings.Join(parts, "/"))
}

// lastWritten is the last attribute of the name.
func (k kind) lastWritten() string {
	last := ""
	for _, from := range k.name {
		if !strings.HasPrefix(from, "=") {
			last = from
		}
	}
	return last
}

// lastName is the name at the end of an id, and a name as it is.
func lastName(id string) string { return id[strings.LastIndexByte(id, '/')+1:] }
