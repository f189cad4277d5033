// Package tfjson reads what Terraform and OpenTofu write about resources in JSON: plans and states as "show -json" prints them, and state
// files. The formats are described on developer.hashicorp.com, "JSON Output Format" (terraform show -json), and in the source of
// both programs (internal/states/statefile, version 4).
package tfjson

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/azurerm"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// unmarked is why a value that is marked as sensitive is not known here.
const unmarked = "it is marked as sensitive, so that it was not read"

// CheckVersion tells what is wrong with the format_version of what "show -json" prints: within a major version, formats only grow
// (developer.hashicorp.com, "JSON Output Format": format version).
func CheckVersion(root *jsontree.Node) error {
	n := root.Get("format_version")
	if major, _, _ := strings.Cut(n.Text(), "."); major == "0" || major == "1" {
		return nil
	}
	return &jsontree.SyntaxError{Span: n.Span(), Message: fmt.Sprintf("format_version %.20q is not known here: 0.x and 1.x are read", n.Text())}
}

// State returns the managed resources of a state as "show -json" prints it.
func State(root *jsontree.Node) []azurerm.Resource {
	var out []azurerm.Resource
	for res, n := range below(root.Path("values", "root_module")) {
		hide(res.Attributes, n.Get("sensitive_values"))
		out = append(out, res)
	}
	return out
}

// below yields the managed resources of a module and of those inside of it, with the nodes that describe them.
func below(module *jsontree.Node) func(func(azurerm.Resource, *jsontree.Node) bool) {
	return func(yield func(azurerm.Resource, *jsontree.Node) bool) { walkModule(module, yield) }
}

func walkModule(module *jsontree.Node, yield func(azurerm.Resource, *jsontree.Node) bool) bool {
	for n := range module.Get("resources").All() {
		res := azurerm.Resource{Address: n.Get("address").Text(), Type: n.Get("type").Text(), Attributes: n.Get("values")}
		if isManaged(n) && res.Attributes.Kind() == jsontree.Object && !yield(res, n) {
			return false
		}
	}
	for child := range module.Get("child_modules").All() {
		if !walkModule(child, yield) {
			return false
		}
	}
	return true
}

// isManaged leaves out data sources, which describe what others made.
func isManaged(n *jsontree.Node) bool {
	return n.Get("mode").Text() != "data" && n.Get("type").Text() != ""
}

// hide makes every text unknown that is marked: true marks all below it, an object or a list says so for its parts.
func hide(values, marks *jsontree.Node) {
	switch marks.Kind() {
	case jsontree.Bool:
		if marks.Text() == "true" {
			hideAll(values)
		}
	case jsontree.Object:
		for m := range marks.All() {
			hide(values.Get(m.Name()), m)
		}
	case jsontree.List:
		for i := range marks.Len() {
			hide(values.At(i), marks.At(i))
		}
	default:
	}
}

func hideAll(n *jsontree.Node) {
	switch n.Kind() {
	case jsontree.Object, jsontree.List:
		for child := range n.All() {
			hideAll(child)
		}
	case jsontree.String, jsontree.Number, jsontree.Bool:
		n.SetUnknown(unmarked)
	default:
	}
}

// index is what count and for_each put behind a name; the keys of for_each are quoted and may hold brackets.
var index = regexp.MustCompile(`\[(?:\d+|"(?:[^"\\]|\\.)*")\]`)

// plain is an address without the indexes in it: how the configuration calls what has several instances.
func plain(address string) string { return index.ReplaceAllString(address, "") }
