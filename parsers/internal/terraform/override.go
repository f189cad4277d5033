package terraform

import (
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// override merges the blocks of an override file into those of the same name: an argument replaces the argument, and nested blocks
// of a type replace all of that type (developer.hashicorp.com/terraform/language/files/override, "Merging Behavior"). What
// overrides nothing counts as declared here, although terraform refuses it.
func (f *folder) override(body *hclsyntax.Body) {
	for _, b := range body.Blocks {
		if want, ok := labels[b.Type]; !ok || len(b.Labels) != want {
			continue
		}
		if first := f.take(b); first != nil {
			merge(first.Body, b.Body)
		}
	}
}

func merge(into, from *hclsyntax.Body) {
	if into.Attributes == nil {
		into.Attributes = hclsyntax.Attributes{}
	}
	maps.Copy(into.Attributes, from.Attributes)
	var replaced []string
	for _, b := range from.Blocks {
		replaced = append(replaced, nestedType(b))
	}
	into.Blocks = slices.DeleteFunc(into.Blocks, func(b *hclsyntax.Block) bool { return slices.Contains(replaced, nestedType(b)) })
	into.Blocks = append(into.Blocks, from.Blocks...)
}

// nestedType is the type of the blocks that a block makes.
func nestedType(b *hclsyntax.Block) string {
	if b.Type == "dynamic" && len(b.Labels) > 0 {
		return b.Labels[0]
	}
	return b.Type
}
