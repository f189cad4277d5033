package azure

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// expression begins the reason of a value that an expression makes.
const expression = "ARM expression "

// expressions turns the values of a template that only Azure Resource Manager can tell into unknown ones, with the expression
// as the reason. A string is an expression when it stands in brackets and does not begin with two of them (learn.microsoft.com,
// "Syntax and expressions in ARM templates": escape characters).
func expressions(n *jsontree.Node) {
	switch n.Kind() {
	case jsontree.String:
		s := n.Text()
		switch {
		case isExpression(s):
			n.SetUnknown(expression + s)
		case strings.HasPrefix(s, "[["):
			n.SetString(s[1:])
		}
	case jsontree.Object, jsontree.List:
		for child := range n.All() {
			expressions(child)
		}
		propertyLoops(n)
	default:
	}
}

func isExpression(s string) bool {
	return strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") && !strings.HasPrefix(s, "[[")
}

// propertyLoops adds the properties that a loop would make, as unknown ones: they are there, whatever they hold
// (learn.microsoft.com, "Property iteration in ARM templates").
func propertyLoops(n *jsontree.Node) {
	loops := n.Get("copy")
	if loops.Kind() != jsontree.List {
		return
	}
	var all []jsontree.Member
	for loop := range loops.All() {
		name := loop.Get("name")
		if name.Kind() != jsontree.String || n.Get(name.Text()) != nil {
			continue
		}
		made := jsontree.NewObject(loop.Place())
		made.SetUnknown("ARM property loop " + name.Text())
		all = append(all, jsontree.Member{Name: name.Text(), Value: made})
	}
	n.Add(all...)
}
