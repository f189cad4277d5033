package appgateway

import (
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// text is a property as a value: unset, known or unknown.
func text(n *jsontree.Node) routing.Value {
	switch n.Kind() {
	case jsontree.Missing, jsontree.Null:
		return routing.Value{}
	case jsontree.Unknown:
		return routing.UnknownOf(n.Text(), n.Span())
	case jsontree.List, jsontree.Object:
		return routing.UnknownOf("a single value was expected, not "+n.Kind().String(), n.Span())
	default:
		return routing.Of(n.Text(), n.Span())
	}
}

// filled is text, with an empty one as unset: Azure's tools write both for "none".
func filled(n *jsontree.Node) routing.Value {
	v := text(n)
	if v.State() == routing.Known && v.Text() == "" {
		return routing.Value{}
	}
	return v
}

// flag is a boolean property, which some exports quote.
func flag(n *jsontree.Node) routing.Value {
	v := text(n)
	if v.State() != routing.Known {
		return v
	}
	on, err := strconv.ParseBool(strings.ToLower(v.Text()))
	if err != nil {
		return routing.UnknownOf("true or false was expected", n.Span())
	}
	return routing.OfBool(on, n.Span())
}

// on reports whether a boolean property is known to be true.
func on(n *jsontree.Node) bool {
	is, ok := flag(n).Bool()
	return is && ok
}

// number is an integer property, which some exports quote.
func number(n *jsontree.Node) (value int, ok bool) {
	if n.Kind() != jsontree.Number && n.Kind() != jsontree.String {
		return 0, false
	}
	value, err := strconv.Atoi(n.Text())
	return value, err == nil
}

// lowered is the value in lower case: Https is https in the model.
func lowered(v routing.Value) routing.Value {
	if v.State() != routing.Known {
		return v
	}
	return routing.Of(strings.ToLower(v.Text()), v.Span)
}

// or is the value, or another one where nothing is set.
func or(v, otherwise routing.Value) routing.Value {
	if v.IsSet() {
		return v
	}
	return otherwise
}

// reasonOf is why a value is not known, or else that it is not there.
func reasonOf(v routing.Value, unset string) string {
	if v.IsUnknown() {
		return v.Why()
	}
	return unset
}
