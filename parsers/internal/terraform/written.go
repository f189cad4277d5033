package terraform

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Written tells how an argument of a module's block uses a reference: as it is, or as a part of something else, and where. The path are
// the block with its labels, blocks inside of it, and the argument: resource, azurerm_application_gateway, gw, probe, host. It is not
// found where the text does not say so, because the module lies elsewhere or is another one.
func (c *Configuration) Written(dir string, argument []string, reference string) (bare, found bool, at routing.Span) {
	for _, body := range c.bodies(dir) {
		for _, e := range inBlocks(body, argument) {
			if !mentions(e, reference) {
				continue
			}
			found, at = true, c.place(e.Range()).Span()
			if !isBare(e, reference) { // one that is not leaves open which of them the value came from
				return false, true, at
			}
		}
	}
	return found, found, at
}

// bodies are the files of a module as they are written. Those that do not parse hold nothing.
func (c *Configuration) bodies(dir string) (all []*hclsyntax.Body) {
	if known, ok := c.written[dir]; ok {
		return known
	}
	entries, _ := fs.ReadDir(c.in.Files, dir) // neither does a folder that cannot be listed
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		if e.IsDir() || !isConfiguration(name) {
			continue
		}
		text, err := c.text(name)
		if err != nil {
			continue
		}
		if body, diags := c.parse(c.shown(name), text); !diags.HasErrors() {
			all = append(all, body)
		}
	}
	c.written[dir] = all
	return all
}

func inBlocks(body *hclsyntax.Body, argument []string) (all []hclsyntax.Expression) {
	if a := body.Attributes[argument[0]]; a != nil {
		all = append(all, inObjects(a.Expr, argument[1:])...)
	}
	for _, b := range body.Blocks {
		head := append([]string{b.Type}, b.Labels...)
		if b.Type == "dynamic" {
			head = b.Labels
		}
		if len(head) == 0 || len(argument) <= len(head) || !slices.Equal(head, argument[:len(head)]) {
			continue
		}
		if all = append(all, inBlocks(b.Body, argument[len(head):])...); b.Type != "dynamic" {
			continue
		}
		for _, content := range b.Body.Blocks {
			all = append(all, inBlocks(content.Body, argument[len(head):])...)
		}
	}
	return all
}

// inObjects goes on in values, as which blocks are written in JSON.
func inObjects(e hclsyntax.Expression, argument []string) (all []hclsyntax.Expression) {
	if len(argument) == 0 {
		return []hclsyntax.Expression{e}
	}
	switch e := e.(type) {
	case *hclsyntax.TupleConsExpr:
		for _, item := range e.Exprs {
			all = append(all, inObjects(item, argument)...)
		}
	case *hclsyntax.ObjectConsExpr:
		for _, item := range e.Items {
			if writtenKey(item.KeyExpr) == argument[0] {
				all = append(all, inObjects(item.ValueExpr, argument[1:])...)
			}
		}
	}
	return all
}

// writtenKey is a key of an object that is written out; empty where it is made by an expression.
func writtenKey(e hclsyntax.Expression) string {
	if v, diags := e.Value(nil); !diags.HasErrors() {
		text, _ := stringOf(v)
		return text
	}
	return ""
}

// mentions reports whether an expression refers to an attribute, whichever instance of a resource it means.
func mentions(e hclsyntax.Expression, reference string) bool {
	return slices.ContainsFunc(e.Variables(), func(t hcl.Traversal) bool {
		name := namesIn(t)
		return name == reference || strings.HasPrefix(reference, name+".") // as in a splat, of which hcl tells the first part
	})
}

// namesIn are the names of a traversal, without keys.
func namesIn(t hcl.Traversal) string {
	var all []string
	for _, step := range t {
		switch step := step.(type) {
		case hcl.TraverseRoot:
			all = append(all, step.Name)
		case hcl.TraverseAttr:
			all = append(all, step.Name)
		}
	}
	return strings.Join(all, ".")
}

// unchanging are the functions that hand on the texts that they are given.
var unchanging = []string{"tolist", "toset", "tostring", "sensitive", "nonsensitive", "concat", "flatten", "compact", "distinct", "one"}

// isBare reports whether nothing is done to what an expression refers to.
func isBare(e hclsyntax.Expression, reference string) bool {
	switch e := e.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		return true
	case *hclsyntax.RelativeTraversalExpr:
		return isBare(e.Source, reference)
	case *hclsyntax.IndexExpr:
		return isBare(e.Collection, reference)
	case *hclsyntax.SplatExpr:
		return isBare(e.Source, reference)
	case *hclsyntax.ParenthesesExpr:
		return isBare(e.Expression, reference)
	case *hclsyntax.TemplateWrapExpr:
		return isBare(e.Wrapped, reference)
	case *hclsyntax.TupleConsExpr:
		return allBare(e.Exprs, reference)
	case *hclsyntax.FunctionCallExpr:
		return slices.Contains(unchanging, e.Name) && allBare(e.Args, reference)
	}
	return false
}

func allBare(all []hclsyntax.Expression, reference string) bool {
	return !slices.ContainsFunc(all, func(e hclsyntax.Expression) bool { return mentions(e, reference) && !isBare(e, reference) })
}
