package terraform

import (
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/asrscheck/asrscheck/parsers/internal/azurerm"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// written is the expression that gave a value.
type written struct {
	module  *instance
	expr    hclsyntax.Expression
	ctx     *hcl.EvalContext
	at      jsontree.Place
	literal bool
}

// valueNode makes a node of a value, or of a part of one: the path leads to it.
func (m *instance) valueNode(v cty.Value, w written, path []cty.Value) *jsontree.Node {
	if m.run.nodes++; m.run.nodes > maxNodes {
		return jsontree.NewUnknown(w.at, "there are more values than are read")
	}
	plain, marks := v.Unmark()
	if _, ok := marks[sensitive]; ok {
		return w.secret(path)
	}
	if _, ok := marks[standIn]; ok && !strings.Contains(textOf(plain), "."+azurerm.NotNamed+".") {
		plain = cty.UnknownVal(plain.Type())
	}
	switch ty := plain.Type(); {
	case !plain.IsKnown():
		return w.unknown(path)
	case plain.IsNull():
		return w.trace(jsontree.NewNull(w.at), path)
	case ty.IsPrimitiveType():
		return w.trace(primitive(w.at, plain), path)
	case ty.IsObjectType() || ty.IsMapType():
		return m.mapNode(plain, w, path)
	case plain.CanIterateElements():
		return m.listNode(plain, w, path)
	}
	return jsontree.NewUnknown(w.at, "a value of type "+plain.Type().FriendlyName()+" has no form in a plan")
}

// textOf is the text of a known string; empty for anything else.
func textOf(v cty.Value) string {
	text, _ := stringOf(v)
	return text
}

func primitive(at jsontree.Place, v cty.Value) *jsontree.Node {
	switch v.Type() {
	case cty.Bool:
		return jsontree.NewBool(at, v.True())
	case cty.Number:
		text, _ := asString(v)
		return jsontree.NewNumber(at, text)
	}
	return jsontree.NewString(at, v.AsString())
}

// asString is a single value as text, as templates show it.
func asString(v cty.Value) (string, error) {
	if v.Type() == cty.Number && v.IsKnown() && !v.IsNull() { // most numbers are short, and convert takes its time with all of them
		if n, exact := v.AsBigFloat().Int64(); exact == big.Exact {
			return strconv.FormatInt(n, 10), nil
		}
	}
	text, err := convert.Convert(v, cty.String)
	if err != nil {
		return "", err
	}
	return text.AsString(), nil
}

func (m *instance) mapNode(v cty.Value, w written, path []cty.Value) *jsontree.Node {
	var members []jsontree.Member
	for it := v.ElementIterator(); it.Next(); {
		key, element := it.Element()
		if key.AsString() != computed {
			members = append(members, jsontree.Member{Name: key.AsString(), Value: m.valueNode(element, w, deeper(path, key))})
		}
	}
	return w.trace(jsontree.NewObject(w.at, members...), path)
}

func (m *instance) listNode(v cty.Value, w written, path []cty.Value) *jsontree.Node {
	var items []*jsontree.Node
	i := int64(0)
	for it := v.ElementIterator(); it.Next(); i++ {
		key, element := it.Element()
		if v.Type().IsSetType() {
			key = element
		}
		items = append(items, m.valueNode(element, w, deeper(path, key)))
	}
	return w.trace(jsontree.NewList(w.at, items...), path)
}

// deeper is the path with another step, in memory of its own.
func deeper(path []cty.Value, key cty.Value) []cty.Value {
	return append(slices.Clip(path), key)
}

// trace adds what the value came from. A part of a value that is written elsewhere stands there.
func (w written) trace(n *jsontree.Node, path []cty.Value) *jsontree.Node {
	if w.literal {
		return n
	}
	return w.told(n, w.module.trail(n.Kind() == jsontree.Unknown, w.expr, w.ctx, path), path)
}

func (w written) told(n *jsontree.Node, t trail, path []cty.Value) *jsontree.Node {
	if len(path) > 0 && t.at != (jsontree.Place{}) {
		n = n.Moved(t.at, "")
	}
	if t.file != (jsontree.Place{}) && n.Kind() == jsontree.String {
		n = n.Moved(t.file, "read here")
	}
	n.AddOrigins(t.origins...)
	if n.Kind() == jsontree.Unknown {
		n.AddOrigins(t.exact)
	}
	return n
}

// unknown is a value that only an apply or a caller would tell, with what is missing.
func (w written) unknown(path []cty.Value) *jsontree.Node {
	t := w.module.trail(true, w.expr, w.ctx, path)
	return w.told(jsontree.NewUnknown(w.at, t.reason()), t, path)
}

// secret is a value that is not to be shown.
func (w written) secret(path []cty.Value) *jsontree.Node {
	n := w.told(jsontree.NewUnknown(w.at, "it is sensitive, so that it was not read"), w.module.trail(false, w.expr, w.ctx, path), path)
	if n.Secret() == nil {
		n.AddOrigins(&jsontree.Origin{What: "sensitive", At: w.at, Secret: true})
	}
	return n
}

// why says why an expression has no known value.
func (m *instance) why(e hclsyntax.Expression, ctx *hcl.EvalContext) string {
	t := m.trail(true, e, ctx, nil)
	return t.reason()
}
