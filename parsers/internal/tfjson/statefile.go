package tfjson

import (
	"fmt"
	"strconv"

	"github.com/asrscheck/asrscheck/parsers/internal/azurerm"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// CheckFileVersion tells what is wrong with the version of a state file.
func CheckFileVersion(root *jsontree.Node) error {
	n := root.Get("version")
	if n.Text() == "4" {
		return nil
	}
	return &jsontree.SyntaxError{Span: n.Span(), Message: fmt.Sprintf("state files of version %.20q are not read, only version 4: run terraform show -json", n.Text())}
}

// StateFile returns the managed resources of a state file: each of the instances of each resource, without deposed ones, which are
// about to be deleted.
func StateFile(root *jsontree.Node) []azurerm.Resource {
	var out []azurerm.Resource
	for n := range root.Get("resources").All() {
		if !isManaged(n) {
			continue
		}
		for instance := range n.Get("instances").All() {
			attributes := instance.Get("attributes")
			if attributes.Kind() != jsontree.Object || !instance.Get("deposed").Unset() {
				continue
			}
			for path := range instance.Get("sensitive_attributes").All() {
				hideAt(attributes, path)
			}
			unwrap(attributes)
			out = append(out, azurerm.Resource{Address: addressIn(n, instance), Type: n.Get("type").Text(), Attributes: attributes})
		}
	}
	return out
}

// addressIn puts together what the file keeps apart.
func addressIn(n, instance *jsontree.Node) string {
	address := n.Get("type").Text() + "." + n.Get("name").Text()
	if module := n.Get("module").Text(); module != "" {
		address = module + "." + address
	}
	switch key := instance.Get("index_key"); key.Kind() {
	case jsontree.Number:
		address += "[" + key.Text() + "]"
	case jsontree.String:
		address += "[" + strconv.Quote(key.Text()) + "]"
	default:
	}
	return address
}

// hideAt follows a path of steps {"type":"get_attr","value":"password"} and {"type":"index","value":{"value":0}}.
func hideAt(n, path *jsontree.Node) {
	for step := range path.All() {
		key := step.Get("value")
		if inner := key.Get("value"); inner != nil {
			key = inner
		}
		if i, err := strconv.Atoi(key.Text()); err == nil && n.Kind() == jsontree.List {
			n = n.At(i)
			continue
		}
		n = n.Get(key.Text())
	}
	hideAll(n)
}

// unwrap takes values of dynamic type, such as the body of azapi_resource, out of the object {"type": …, "value": …} in which state files
// keep them.
func unwrap(attributes *jsontree.Node) {
	for n := range attributes.All() {
		if value := n.Get("value"); value != nil && n.Get("type") != nil && n.Len() == 2 {
			n.SetValue(value)
		}
	}
}
