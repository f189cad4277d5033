package terraform

import (
	"cmp"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Named is a variable or a local of a module, with its value and what that came from.
type Named struct {
	Kind  string // variable or local
	Name  string // module.edge["a"].host
	At    routing.Span
	Value *jsontree.Node
}

// allNamed are the variables and the locals of the module, and then those of the modules that it calls.
func (m *instance) allNamed(to []Named) []Named {
	own := len(to)
	for name, b := range m.variables {
		to = append(to, m.named("variable", "var", name, b.DefRange()))
	}
	for name, a := range m.locals {
		to = append(to, m.named("local", "local", name, a.NameRange))
	}
	slices.SortFunc(to[own:], func(a, b Named) int {
		return cmp.Or(-cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.At.File, b.At.File), a.At.Line-b.At.Line, a.At.Col-b.At.Col)
	})
	for _, name := range slices.Sorted(maps.Keys(m.callees)) {
		for _, called := range m.callees[name].instances {
			to = called.allNamed(to)
		}
	}
	return to
}

// named evaluates a name as if an expression consisted of nothing else.
func (m *instance) named(kind, root, name string, at hcl.Range) Named {
	whole := hcl.Traversal{hcl.TraverseRoot{Name: root, SrcRange: at}, hcl.TraverseAttr{Name: name, SrcRange: at}}
	e := &reference{&hclsyntax.ScopeTraversalExpr{Traversal: whole, SrcRange: at}}
	return Named{kind, m.address(name), m.run.place(at).Span(), m.node(root+"."+name, e, m.ctx)}
}
