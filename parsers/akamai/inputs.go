package akamai

import (
	"fmt"
	"maps"
	"slices"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Inputs are the documents of one run. Includes may be used by any property among them.
type Inputs struct {
	properties []*Property
	includes   map[string]*Include
	lists      []nameList // of hostnames
}

// Include is the rule tree of an include.
type Include struct {
	*Property
	used bool
}

// Inventory are the properties and includes with the hostnames, rules and included trees in them, in the order in which they were read.
func (in *Inputs) Inventory() []routing.Item {
	inv := &inventory{includes: in.includes}
	for _, p := range in.properties {
		inv.property("property", p)
	}
	met := map[*Include]bool{}
	for _, id := range slices.Sorted(maps.Keys(in.includes)) {
		if i := in.includes[id]; !met[i] {
			met[i] = true
			inv.property("include "+id, i.Property)
		}
	}
	return inv.items
}

// Add takes a document, with the files around it.
func (in *Inputs) Add(name string, root *jsontree.Node, files Files) {
	all := []*Property{Of(root)}
	if IsTemplate(root) {
		all = properties(name, root, files)
	}
	if KindOf(root) == IncludeTree {
		in.AddInclude(text(root.Get("includeId")).Text(), all[0])
		return
	}
	in.properties = append(in.properties, all...)
}

// LendInclude is AddInclude for a tree that is there only for properties to use.
func (in *Inputs) LendInclude(id string, root *jsontree.Node) {
	in.AddInclude(id, Of(root))
	in.includes[IncludeID(id)].used = true
}

// AddInclude takes the rules of an include.
func (in *Inputs) AddInclude(id string, p *Property) {
	if in.includes == nil {
		in.includes = map[string]*Include{}
	}
	in.includes[IncludeID(id)] = &Include{Property: p}
}

// Take takes a property that was read elsewhere.
func (in *Inputs) Take(p *Property) { in.properties = append(in.properties, p) }

// Gateways compiles every property. An include that none of them uses is one by itself, of which only that part is known.
func (in *Inputs) Gateways() []*routing.Gateway {
	var out []*routing.Gateway
	for _, p := range in.properties {
		p.Includes = in.includes
		out = append(out, Lower(p))
	}
	for _, id := range slices.Sorted(maps.Keys(in.includes)) {
		if i := in.includes[id]; !i.used {
			i.Part, i.Name, i.used = true, fmt.Sprintf("include %s %s", id, i.Name), true
			out = append(out, Lower(i.Property))
		}
	}
	return out
}
