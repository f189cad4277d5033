package apim

import (
	"slices"
	"strconv"

	"github.com/asrscheck/asrscheck/parsers/internal/csharp"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// maxListed bounds how many values a list has of which one is picked.
const maxListed = 64

// list lowers new[] { a, b }, of which policies pick a backend.
func (e *evaluation) list(n *csharp.Node, vars map[string]value) value {
	if len(n.Args) > maxListed {
		return e.about(n, "is too long")
	}
	v := e.about(n, "is a list, of which nothing is picked")
	v.kind = listKind
	for _, a := range n.Args {
		v.items = append(v.items, e.eval(a, vars))
	}
	return v
}

// among is the condition that a value is one of some.
func among(items []value, v value, fold bool) routing.Cond {
	out := routing.Any{}
	for _, item := range items {
		out = append(out, equal(v, item, fold))
	}
	return out
}

// picked lowers list[i]: one of its values, each of which may be followed.
func (e *evaluation) picked(n *csharp.Node, list, at value) value {
	if !numeric(at) {
		return e.about(n, "is not followed, because it is not known to be a number")
	}
	out := e.about(n, "is not among the values of the list")
	for i, item := range slices.Backward(list.items) {
		out.kind = item.kind // so that the choice is of that type: outside of the list there is no value at all
		out = e.choice(routing.Equal{Of: at.text(), To: routing.Text(strconv.Itoa(i))}, item, out)
	}
	return out
}
