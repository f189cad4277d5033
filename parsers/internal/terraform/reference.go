package terraform

import (
	"path/filepath"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// Value looks a name up: in the loops around it, then in the module.
func (r *reference) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, diags := lookUp(ctx, r.Traversal)
	if diags.HasErrors() {
		return v, diags
	}
	if diags := spend(ctx, 1+len(textOf(v)), r.SrcRange); diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	return v, nil
}

func lookUp(ctx *hcl.EvalContext, t hcl.Traversal) (cty.Value, hcl.Diagnostics) {
	root := t.RootName()
	for c := ctx; c != nil; c = c.Parent() {
		if v, ok := c.Variables[root]; ok {
			return follow(v, t[1:])
		}
		if at, ok := c.Variables[self]; ok {
			return at.EncapsulatedValue().(*instance).resolve(t) //nolint:forcetypeassert // the capsule's type says so
		}
	}
	return t.TraverseAbs(ctx)
}

// Value takes a part of what an expression gives.
func (r *relative) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if t, ok := r.absolute(ctx); ok {
		return lookUp(ctx, t)
	}
	v, diags := r.Source.Value(ctx)
	if diags.HasErrors() {
		return v, diags
	}
	return follow(v, r.Traversal)
}

// absolute is azurerm_subnet.a[each.key].id with the key filled in, so that only that attribute of that instance is evaluated.
func (r *relative) absolute(ctx *hcl.EvalContext) (hcl.Traversal, bool) {
	index, ok := r.Source.(*hclsyntax.IndexExpr)
	if !ok {
		return nil, false
	}
	ref, ok := index.Collection.(*reference)
	if !ok {
		return nil, false
	}
	key, diags := index.Key.Value(ctx)
	if key = settled(key); diags.HasErrors() || !key.IsKnown() || key.IsNull() {
		return nil, false
	}
	t := append(slices.Clip(ref.Traversal), hcl.TraverseIndex{Key: key, SrcRange: index.SrcRange})
	return append(t, r.Traversal...), true
}

// Value evaluates a collection and takes into account what going through it costs.
func (e *metered) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, diags := e.Expression.Value(ctx)
	if diags.HasErrors() {
		return v, diags
	}
	rounds := 1
	if plain, _ := v.Unmark(); plain.IsKnown() && !plain.IsNull() && plain.CanIterateElements() {
		rounds += plain.LengthInt()
	}
	if isPartial(v) {
		return cty.DynamicVal, nil
	}
	if diags := spend(ctx, rounds*costOfTurn, e.Range()); diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	return v, nil
}

// computed is the attribute that an object has when a provider fills in more attributes than are written.
const computed = "\x00computed"

// isPartial reports whether a value is such an object.
func isPartial(v cty.Value) bool { return v.Type().IsObjectType() && v.Type().HasAttribute(computed) }

// follow takes a part of a value. An attribute that is not written in a resource is one that only an apply tells.
func follow(v cty.Value, steps []hcl.Traverser) (cty.Value, hcl.Diagnostics) {
	for _, step := range steps {
		if a, ok := step.(hcl.TraverseAttr); ok && isPartial(v) && !v.Type().HasAttribute(a.Name) {
			return cty.DynamicVal, nil
		}
		var diags hcl.Diagnostics
		if v, diags = step.TraversalStep(v); diags.HasErrors() {
			return cty.DynamicVal, diags
		}
	}
	return v, nil
}

// resolve looks a name up in the module.
func (m *instance) resolve(t hcl.Traversal) (cty.Value, hcl.Diagnostics) {
	at := t.SourceRange()
	name, rest, ok := named(t)
	if !ok {
		return cty.DynamicVal, failure(at, "%s is not a whole reference", t.RootName())
	}
	var v cty.Value
	var diags hcl.Diagnostics
	switch t.RootName() {
	case "var":
		v, diags = m.variable(name, at)
	case "local":
		v, diags = m.local(name, at)
	case "module":
		return m.moduleValue(name, rest, at)
	case "path":
		v = m.pathValue(name)
	case "terraform":
		v = cty.DynamicVal
		if name == "workspace" {
			v = m.run.workspace
		}
	case "each", "count", "self", "ephemeral", "template":
		return cty.DynamicVal, nil
	default:
		return m.resourceReference(t, at)
	}
	if diags.HasErrors() {
		return v, diags
	}
	return follow(v, rest)
}

// named takes a reference apart: after its root it has a name.
func named(t hcl.Traversal) (name string, rest hcl.Traversal, ok bool) {
	if len(t) < 2 {
		return "", nil, false
	}
	a, ok := t[1].(hcl.TraverseAttr)
	return a.Name, t[2:], ok
}

// pathValue is path.module or path.root, as terraform has them when it runs in the root module's folder.
func (m *instance) pathValue(name string) cty.Value {
	switch name {
	case "root":
		return cty.StringVal(".")
	case "module":
		rel, err := filepath.Rel(m.run.dir, m.dir)
		if err == nil {
			return cty.StringVal(filepath.ToSlash(rel))
		}
	}
	return cty.UnknownVal(cty.String)
}

func (m *instance) moduleValue(name string, rest hcl.Traversal, at hcl.Range) (cty.Value, hcl.Diagnostics) {
	b := m.calls.byName[name]
	if b == nil {
		return cty.DynamicVal, failure(at, "no module is called %s", name)
	}
	c := m.callee(b)
	if c.missing != "" {
		return cty.DynamicVal, nil
	}
	return c.repetition.value(rest, func(i int, rest hcl.Traversal) (cty.Value, hcl.Diagnostics) {
		child := c.instances[i]
		if len(rest) > 0 {
			if a, ok := rest[0].(hcl.TraverseAttr); ok {
				v, diags := child.output(a.Name, at)
				if diags.HasErrors() {
					return v, diags
				}
				return follow(v, rest[1:])
			}
		}
		all := map[string]cty.Value{}
		for name := range child.outputs {
			all[name], _ = child.output(name, at) // what fails is told, and unknown
		}
		return follow(cty.ObjectVal(all), rest)
	})
}

// value is what a reference to something that may be repeated gives: that of one turn, or of all. The function gives that of one.
func (rep *repetition) value(rest hcl.Traversal, one func(i int, rest hcl.Traversal) (cty.Value, hcl.Diagnostics)) (cty.Value, hcl.Diagnostics) {
	switch {
	case rep.single:
		return one(0, rest)
	case rep.unknown:
		return cty.DynamicVal, nil
	}
	if len(rest) > 0 {
		if index, ok := rest[0].(hcl.TraverseIndex); ok {
			if i, ok := rep.byKey["["+quoted(settled(index.Key))+"]"]; ok {
				return one(i, rest[1:])
			}
			return cty.DynamicVal, failure(index.SrcRange, "there is no instance with that key")
		}
	}
	all, diags := rep.all(one)
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	return follow(all, rest)
}

// all is the value of all turns: a tuple for a count, an object for a for_each.
func (rep *repetition) all(one func(i int, rest hcl.Traversal) (cty.Value, hcl.Diagnostics)) (cty.Value, hcl.Diagnostics) {
	var list []cty.Value
	byKey := map[string]cty.Value{}
	for i, t := range rep.turns {
		v, diags := one(i, nil)
		if diags.HasErrors() {
			return cty.DynamicVal, diags
		}
		list = append(list, v)
		if name, ok := stringOf(t.key); ok {
			byKey[name] = v
		}
	}
	if rep.counted {
		return cty.TupleVal(list), nil
	}
	return cty.ObjectVal(byKey), nil
}
