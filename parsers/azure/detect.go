package azure

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// Detect tells from the first megabyte of a text which form it has; None when it describes no Azure resources. A text that is
// cut off still has its form.
func Detect(text []byte) Form {
	root := jsontree.Skim(text)
	switch root.Kind() {
	case jsontree.List:
		return formOf(root.At(0))
	case jsontree.Object:
		return formOfObject(root)
	default:
		return None
	}
}

func formOfObject(root *jsontree.Node) Form {
	for _, form := range []Form{templateForm(root), terraformForm(root)} {
		if form != None {
			return form
		}
	}
	if pulumiResources(root) != nil {
		return Pulumi
	}
	if data := root.Get("data"); data != nil && isPage(root) {
		return Graph
	}
	if value := root.Get("value"); value.Kind() == jsontree.List {
		return formOf(value.At(0))
	}
	return formOf(root)
}

// templateForm knows templates and parameter files by their schema (learn.microsoft.com, "Understand the structure and syntax
// of ARM templates", which names one schema for each scope of deployment), or by contentVersion, which both must have.
func templateForm(root *jsontree.Node) Form {
	schema := strings.ToLower(root.Get("$schema").Text())
	versioned := root.Get("contentVersion") != nil
	switch {
	case strings.Contains(schema, "deploymenttemplate.json"):
		return Template
	case strings.Contains(schema, "deploymentparameters.json"):
		return Parameters
	case versioned && root.Get("resources") != nil:
		return Template
	case versioned && root.Get("parameters") != nil:
		return Parameters
	}
	return None
}

func isPage(root *jsontree.Node) bool {
	for _, name := range append([]string{"count"}, append(totals, tokens...)...) {
		if root.Get(name) != nil {
			return true
		}
	}
	return false
}

// formOf is the form of one resource by itself; None when it is no resource.
func formOf(n *jsontree.Node) Form {
	switch {
	case n.Kind() != jsontree.Object || typeOf(n) == "":
		return None
	case isPascal(n):
		return PowerShell
	case n.Get("properties") != nil:
		return REST
	}
	return CLI
}

// isPascal reports whether the members that every resource has begin with a capital, as PowerShell's do.
func isPascal(n *jsontree.Node) bool {
	for _, name := range []string{"id", "resourceId", "name", "type", "resourceType", "location"} {
		if m := n.Get(name); m != nil {
			return m.Name()[0] < 'a'
		}
	}
	return false
}
