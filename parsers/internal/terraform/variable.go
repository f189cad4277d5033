package terraform

import (
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// source is where a variable has its value from.
type source struct {
	what string // "variable x", "default of variable x": what its place is called
	expr hclsyntax.Expression
	ctx  *hcl.EvalContext
}

// sourceOf is what gives a variable its value; the zero source where nothing does.
func (m *instance) sourceOf(name string) source {
	if m.call != nil {
		if a := m.call.Body.Attributes[name]; a != nil {
			return source{"argument " + name + " of module " + m.call.Labels[0], a.Expr, m.turn.ctx}
		}
	} else if s, ok := m.run.given[name]; ok {
		return s
	}
	return m.defaultOf(name)
}

func (m *instance) defaultOf(name string) source {
	if a := m.variables[name].Body.Attributes["default"]; a != nil {
		return source{"default of variable " + name, a.Expr, m.ctx}
	}
	return source{}
}

// sensitiveValues are the places of what gives sensitive variables their values, used or not.
func (m *instance) sensitiveValues() (places []routing.Span) {
	for _, name := range slices.Sorted(maps.Keys(m.variables)) {
		if !isTrue(m.variables[name].Body.Attributes["sensitive"]) {
			continue
		}
		for _, s := range []source{m.sourceOf(name), m.defaultOf(name)} {
			if s.expr != nil {
				places = append(places, m.run.place(s.expr.Range()).Span())
			}
		}
	}
	return places
}

func (m *instance) variable(name string, at hcl.Range) (cty.Value, hcl.Diagnostics) {
	b := m.variables[name]
	if b == nil {
		return cty.DynamicVal, failure(at, "no variable is called %s", name)
	}
	return m.once(valueKey{kind: "var", name: name}, "var."+name, at, func() (cty.Value, hcl.Diagnostics) {
		v, diags := m.valueOf(name, b)
		if isTrue(b.Body.Attributes["sensitive"]) {
			v = v.Mark(sensitive)
		}
		return v, diags
	})
}

// valueOf is the value that a variable has, with the type that it is declared with.
func (m *instance) valueOf(name string, b *hclsyntax.Block) (cty.Value, hcl.Diagnostics) {
	ty, defaults, diags := constraint(b.Body.Attributes["type"])
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	s := m.sourceOf(name)
	if s.expr == nil {
		return cty.UnknownVal(ty.WithoutOptionalAttributesDeep()), nil
	}
	v, diags := s.expr.Value(s.ctx)
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	if fallback := m.defaultOf(name); v.IsNull() && isFalse(b.Body.Attributes["nullable"]) && fallback.expr != nil {
		s = fallback
		if v, diags = s.expr.Value(s.ctx); diags.HasErrors() {
			return cty.DynamicVal, diags
		}
	}
	return converted(v, ty, defaults, s.expr.Range())
}

// converted is the value in the type of a variable, with the defaults of optional attributes filled in.
func converted(v cty.Value, ty cty.Type, defaults *typeexpr.Defaults, at hcl.Range) (cty.Value, hcl.Diagnostics) {
	if defaults != nil && !v.IsNull() {
		v = defaults.Apply(v)
	}
	out, err := convert.Convert(v, ty)
	if err != nil {
		return cty.DynamicVal, failure(at, "the value does not have the type that the variable is declared with: %v", err)
	}
	return out, nil
}

// constraint reads the type of a variable. Before Terraform 0.12 it was a string, and in JSON syntax it still is one.
func constraint(a *hclsyntax.Attribute) (cty.Type, *typeexpr.Defaults, hcl.Diagnostics) {
	if a == nil {
		return cty.DynamicPseudoType, nil, nil
	}
	expr, diags := typeExpression(a)
	if diags.HasErrors() {
		return cty.DynamicPseudoType, nil, diags
	}
	switch hcl.ExprAsKeyword(expr) {
	case "list":
		return cty.List(cty.DynamicPseudoType), nil, nil
	case "map":
		return cty.Map(cty.DynamicPseudoType), nil, nil
	case "set":
		return cty.Set(cty.DynamicPseudoType), nil, nil
	}
	return typeexpr.TypeConstraintWithDefaults(expr)
}

// typeExpression is the expression that stands for a type.
func typeExpression(a *hclsyntax.Attribute) (hclsyntax.Expression, hcl.Diagnostics) {
	text := literal(a)
	if text == "" {
		return a.Expr, nil
	}
	if over := scan([]byte(text)); over != nil {
		return nil, failure(a.SrcRange, "%s", over.message)
	}
	return hclsyntax.ParseExpression([]byte(text), a.Expr.Range().Filename, a.Expr.Range().Start)
}
