package terraform

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// bind replaces, in every expression of a folder, what hcl would look up in one flat scope by expressions that ask the instance of the
// module. The rest of hcl's evaluator stays as it is. Types of variables are read as they are.
func (f *folder) bind() {
	for _, a := range f.locals {
		a.Expr = bound(a.Expr)
	}
	for _, all := range []map[string]*hclsyntax.Block{f.variables, f.outputs, f.resources.byName, f.data.byName, f.calls.byName, f.providers} {
		for _, b := range all {
			bindBody(b.Body)
		}
	}
}

func bindBody(body *hclsyntax.Body) {
	for name, a := range body.Attributes {
		if name != "type" && name != "providers" && name != "provider" && name != "depends_on" && name != "iterator" {
			a.Expr = bound(a.Expr)
		}
	}
	for _, b := range body.Blocks {
		if b.Type != "lifecycle" && b.Type != "provisioner" && b.Type != "connection" && b.Type != "validation" {
			bindBody(b.Body)
		}
	}
}

// reference is a reference by name: var.x, each.value, azurerm_subnet.a.id.
type reference struct{ *hclsyntax.ScopeTraversalExpr }

// relative is what follows an expression: azurerm_subnet.a[each.key].id.
type relative struct {
	*hclsyntax.RelativeTraversalExpr
}

// metered is a collection that is about to be gone through.
type metered struct{ hclsyntax.Expression }

// checked is arithmetic, of which huge numbers may come.
type checked struct{ hclsyntax.Expression }

// Value is the number, unless it is too large to be shown.
func (e *checked) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, diags := e.Expression.Value(ctx)
	if isHuge(v) {
		return cty.DynamicVal, failure(e.Range(), "this number is larger than any real one")
	}
	return v, diags
}

// providerCall is a call of a function that a provider brings.
type providerCall struct{ *hclsyntax.FunctionCallExpr }

func (providerCall) Value(*hcl.EvalContext) (cty.Value, hcl.Diagnostics) { return cty.DynamicVal, nil }

// bound is the expression with everything in it replaced.
func bound(e hclsyntax.Expression) hclsyntax.Expression {
	switch e := e.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		return &reference{e}
	case *hclsyntax.RelativeTraversalExpr:
		e.Source = bound(e.Source)
		return &relative{e}
	case *hclsyntax.FunctionCallExpr:
		return boundCall(e)
	case *hclsyntax.ForExpr:
		bindFor(e)
	case *hclsyntax.SplatExpr:
		e.Source, e.Each = &metered{bound(e.Source)}, bound(e.Each)
	case *hclsyntax.ObjectConsExpr:
		for i, item := range e.Items {
			e.Items[i] = hclsyntax.ObjectConsItem{KeyExpr: boundKey(item.KeyExpr), ValueExpr: bound(item.ValueExpr)}
		}
	case *hclsyntax.TupleConsExpr:
		bindAll(e.Exprs)
	case *hclsyntax.TemplateExpr:
		bindAll(e.Parts)
	case *hclsyntax.BinaryOpExpr:
		e.LHS, e.RHS = bound(e.LHS), bound(e.RHS)
		return &checked{e}
	case *hclsyntax.UnaryOpExpr:
		e.Val = bound(e.Val)
		return &checked{e}
	case *hclsyntax.LiteralValueExpr:
		if isHuge(e.Val) {
			return &checked{e}
		}
	default:
		bindOperands(e)
	}
	return e
}

func bindAll(all []hclsyntax.Expression) {
	for i, e := range all {
		all[i] = bound(e)
	}
}

func bindOperands(e hclsyntax.Expression) {
	switch e := e.(type) {
	case *hclsyntax.ParenthesesExpr:
		e.Expression = bound(e.Expression)
	case *hclsyntax.TemplateWrapExpr:
		e.Wrapped = bound(e.Wrapped)
	case *hclsyntax.TemplateJoinExpr:
		e.Tuple = bound(e.Tuple)
	case *hclsyntax.ConditionalExpr:
		e.Condition, e.TrueResult, e.FalseResult = bound(e.Condition), bound(e.TrueResult), bound(e.FalseResult)
	case *hclsyntax.IndexExpr:
		e.Collection, e.Key = bound(e.Collection), bound(e.Key)
	}
}

func bindFor(e *hclsyntax.ForExpr) {
	e.CollExpr, e.ValExpr = &metered{bound(e.CollExpr)}, bound(e.ValExpr)
	if e.KeyExpr != nil {
		e.KeyExpr = bound(e.KeyExpr)
	}
	if e.CondExpr != nil {
		e.CondExpr = bound(e.CondExpr)
	}
}

// boundKey leaves a plain name as the name that it is.
func boundKey(e hclsyntax.Expression) hclsyntax.Expression {
	key, ok := e.(*hclsyntax.ObjectConsKeyExpr)
	if !ok {
		return bound(e)
	}
	if key.ForceNonLiteral || hcl.ExprAsKeyword(key.Wrapped) == "" {
		key.Wrapped = bound(key.Wrapped)
	}
	return key
}

func boundCall(e *hclsyntax.FunctionCallExpr) hclsyntax.Expression {
	bindAll(e.Args)
	if strings.HasPrefix(e.Name, "provider::") {
		return &providerCall{e}
	}
	e.Name = strings.TrimPrefix(e.Name, "core::")
	return e
}
