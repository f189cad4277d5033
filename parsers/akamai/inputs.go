package akamai

import (
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Inputs are the documents of one run. Includes may be used by any property among them.
type Inputs struct {
	properties []*Property
	includes   map[string]*jsontree.Node
}

// Add takes a document.
func (in *Inputs) Add(root *jsontree.Node) {
	if kindOf(root) == IncludeTree {
		if in.includes == nil {
			in.includes = map[string]*jsontree.Node{}
		}
		in.includes[IncludeID(text(root.Get("includeId")).Text())] = root.Get("rules")
		return
	}
	in.properties = append(in.properties, Of(root))
}

// Gateways compiles every property.
func (in *Inputs) Gateways() []*routing.Gateway {
	var out []*routing.Gateway
	for _, p := range in.properties {
		p.Includes = in.includes
		out = append(out, Lower(p))
	}
	return out
}
