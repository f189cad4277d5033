package terraform

import (
	"maps"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// labels are how many labels the blocks of a module have that say anything about what is planned. Others, such as moved, import,
// removed and check, change nothing about it.
var labels = map[string]int{"resource": 2, "data": 2, "ephemeral": 2, "variable": 1, "output": 1, "module": 1, "provider": 1, "locals": 0, "terraform": 0}

// declare takes up the blocks of one file.
func (f *folder) declare(c *Configuration, body *hclsyntax.Body) {
	for _, b := range body.Blocks {
		if want, ok := labels[b.Type]; !ok || len(b.Labels) != want {
			continue
		}
		if first := f.take(b); first != nil {
			f.problems = append(f.problems, routing.Problem{
				Span: c.place(b.DefRange()).Span(), Kind: routing.Refused, Message: strings.Join(append([]string{b.Type}, b.Labels...), " ") + " is declared twice",
				Fix: "remove one of the two; the other one stands at " + c.place(first.DefRange()).Span().String(),
			})
		}
	}
}

// take keeps one block, unless there was one of the same name.
func (f *folder) take(b *hclsyntax.Block) (first *hclsyntax.Block) {
	switch b.Type {
	case "resource":
		return f.resources.add(b.Labels[0]+"."+b.Labels[1], b)
	case "data":
		return f.data.add(b.Labels[0]+"."+b.Labels[1], b)
	case "module":
		return f.calls.add(b.Labels[0], b)
	case "variable":
		return addTo(f.variables, b.Labels[0], b)
	case "output":
		return addTo(f.outputs, b.Labels[0], b)
	case "provider":
		return addTo(f.providers, providerName(b), b)
	case "locals":
		maps.Copy(f.locals, b.Body.Attributes)
	case "terraform":
		f.require(b)
	}
	return nil
}

func addTo(to map[string]*hclsyntax.Block, name string, b *hclsyntax.Block) (first *hclsyntax.Block) {
	if first = to[name]; first == nil {
		to[name] = b
	}
	return first
}

// providerName is what resources call a provider's configuration: azurerm, or azurerm.gov with an alias.
func providerName(b *hclsyntax.Block) string {
	if alias := literal(b.Body.Attributes["alias"]); alias != "" {
		return b.Labels[0] + "." + alias
	}
	return b.Labels[0]
}

// require takes the version constraints of providers: the form of today, and that before Terraform 0.13.
func (f *folder) require(b *hclsyntax.Block) {
	for _, inner := range b.Body.Blocks {
		if inner.Type != "required_providers" {
			continue
		}
		for name, a := range inner.Body.Attributes {
			v, _ := a.Expr.Value(nil)
			if v.Type().IsObjectType() && v.Type().HasAttribute("version") && v.IsKnown() && !v.IsNull() {
				v = v.GetAttr("version")
			}
			if text, ok := stringOf(v); ok {
				f.required[name] = text
			}
		}
	}
}

// literal is the text of an argument that is a plain string; empty for any other.
func literal(a *hclsyntax.Attribute) string {
	if a == nil {
		return ""
	}
	v, _ := a.Expr.Value(nil)
	text, _ := stringOf(v)
	return text
}

// stringOf is the text of a known string.
func stringOf(v cty.Value) (string, bool) {
	if v == cty.NilVal {
		return "", false
	}
	v, _ = v.Unmark()
	if v.Type() != cty.String || !v.IsKnown() || v.IsNull() {
		return "", false
	}
	return v.AsString(), true
}

// callees are the folders of the local modules that this one calls.
func (f *folder) callees() []string {
	var out []string
	for _, b := range f.calls.byName {
		if dir, ok := localModule(f.dir, literal(b.Body.Attributes["source"])); ok {
			out = append(out, dir)
		}
	}
	return out
}
