package terraform

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	hcljson "github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"
)

// parseJSON reads Terraform's JSON syntax into what native syntax would have given
// (developer.hashicorp.com/terraform/language/syntax/json).
func parseJSON(name string, text []byte) (*hclsyntax.Body, hcl.Diagnostics) {
	file, diags := hcljson.Parse(text, name)
	if diags.HasErrors() {
		return nil, diags
	}
	attributes, diags := file.Body.JustAttributes()
	if diags.HasErrors() {
		return nil, diags
	}
	j := &jsonBody{}
	body := newBody(hcl.Range{Filename: name})
	for kind, a := range attributes {
		if n, ok := labels[kind]; ok {
			j.blocks(body, kind, nil, n, a.Expr)
			continue
		}
		body.Attributes[kind] = j.attribute(kind, a.NameRange, a.Expr) // a file of values
	}
	return body, j.diags
}

func newBody(at hcl.Range) *hclsyntax.Body {
	return &hclsyntax.Body{Attributes: hclsyntax.Attributes{}, SrcRange: at, EndRange: at}
}

// jsonBody turns JSON expressions into bodies and expressions of native syntax.
type jsonBody struct{ diags hcl.Diagnostics }

// blocks makes the blocks of a type, whose labels are the names of the next levels. Every level may be a list of such objects.
func (j *jsonBody) blocks(into *hclsyntax.Body, kind string, given []string, left int, e hcl.Expression) {
	if items, diags := hcl.ExprList(e); !diags.HasErrors() {
		for _, item := range items {
			j.blocks(into, kind, given, left, item)
		}
		return
	}
	pairs, diags := hcl.ExprMap(e)
	if diags.HasErrors() {
		j.diags = append(j.diags, diags...)
		return
	}
	if left == 0 {
		into.Blocks = append(into.Blocks, j.block(kind, given, e, pairs))
		return
	}
	for _, p := range pairs {
		if name := keyOf(p); name != "//" {
			j.blocks(into, kind, append(slices.Clip(given), name), left-1, p.Value)
		}
	}
}

func (j *jsonBody) block(kind string, given []string, e hcl.Expression, pairs []hcl.KeyValuePair) *hclsyntax.Block {
	at := e.Range()
	b := &hclsyntax.Block{Type: kind, Labels: given, Body: newBody(at), TypeRange: at, OpenBraceRange: at, CloseBraceRange: at}
	for range given {
		b.LabelRanges = append(b.LabelRanges, at)
	}
	for _, p := range pairs {
		switch name := keyOf(p); {
		case name == "//":
		case name == "dynamic":
			j.blocks(b.Body, name, nil, 1, p.Value)
		case nests(kind, given, name, p.Value):
			j.blocks(b.Body, name, nil, 0, p.Value)
		default:
			b.Body.Attributes[name] = j.attribute(name, p.Key.Range(), p.Value)
		}
	}
	return b
}

// plainObjects are arguments of Azure's providers that hold an object which is no block.
var plainObjects = []string{"tags", "body", "app_settings", "identity_ids", "sensitive_body", "retry", "replace_triggers_external_values", "metadata", "headers"}

// nests reports whether a member is a nested block. JSON does not tell; without the provider's schema, an object is taken for a block
// in resources, except for arguments that are known to be plain objects.
func nests(kind string, given []string, name string, e hcl.Expression) bool {
	switch kind {
	case "variable", "output", "locals", "module", "provider", "required_providers":
		return false
	case "terraform":
		return name == "required_providers"
	case "resource", "data":
		if strings.HasPrefix(given[0], "azapi_") && name != "lifecycle" && name != "identity" {
			return false
		}
	}
	if slices.Contains(plainObjects, name) {
		return false
	}
	if items, diags := hcl.ExprList(e); !diags.HasErrors() {
		return len(items) > 0 && isObject(items[0])
	}
	return isObject(e)
}

func isObject(e hcl.Expression) bool {
	_, diags := hcl.ExprMap(e)
	return !diags.HasErrors()
}

func keyOf(p hcl.KeyValuePair) string {
	v, _ := p.Key.Value(nil)
	name, _ := stringOf(v)
	return name
}

func (j *jsonBody) attribute(name string, at hcl.Range, e hcl.Expression) *hclsyntax.Attribute {
	return &hclsyntax.Attribute{Name: name, Expr: j.expression(e), SrcRange: e.Range(), NameRange: at, EqualsRange: at}
}

func (j *jsonBody) expression(e hcl.Expression) hclsyntax.Expression {
	at := e.Range()
	if items, diags := hcl.ExprList(e); !diags.HasErrors() {
		out := &hclsyntax.TupleConsExpr{SrcRange: at, OpenRange: at}
		for _, item := range items {
			out.Exprs = append(out.Exprs, j.expression(item))
		}
		return out
	}
	if pairs, diags := hcl.ExprMap(e); !diags.HasErrors() {
		out := &hclsyntax.ObjectConsExpr{SrcRange: at, OpenRange: at}
		for _, p := range pairs {
			out.Items = append(out.Items, hclsyntax.ObjectConsItem{KeyExpr: j.scalar(p.Key), ValueExpr: j.expression(p.Value)})
		}
		return out
	}
	return j.scalar(e)
}

// scalar is a literal, or the template that a string is.
func (j *jsonBody) scalar(e hcl.Expression) hclsyntax.Expression {
	v, diags := e.Value(nil)
	if diags.HasErrors() {
		j.diags = append(j.diags, diags...)
		v = cty.DynamicVal
	}
	text, ok := stringOf(v)
	if !ok || !strings.Contains(text, "${") && !strings.Contains(text, "%{") {
		return &hclsyntax.LiteralValueExpr{Val: v, SrcRange: e.Range()}
	}
	start := e.Range().Start
	start.Column, start.Byte = start.Column+1, start.Byte+1
	if over := scanTemplate([]byte(text)); over != nil {
		j.diags = append(j.diags, failure(e.Range(), "%s", over.message)...)
		return &hclsyntax.LiteralValueExpr{Val: cty.DynamicVal, SrcRange: e.Range()}
	}
	out, diags := hclsyntax.ParseTemplate([]byte(text), e.Range().Filename, start)
	if diags.HasErrors() {
		j.diags = append(j.diags, diags...)
	}
	return out
}
