package appgateway

import (
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// text is a property as a value: unset, known or unknown, with what it came from.
func text(n *jsontree.Node) routing.Value {
	switch n.Kind() {
	case jsontree.Missing, jsontree.Null:
		return routing.Value{}
	case jsontree.Unknown:
		return unknown(n, n.Text())
	case jsontree.List, jsontree.Object:
		return unknown(n, "a single value was expected, not "+n.Kind().String())
	default:
		return known(n, n.Text())
	}
}

// known is a value that the node decides.
func known(n *jsontree.Node, text string) routing.Value {
	if whose := n.DefaultOf(); whose != "" {
		return routing.DefaultOf(text, whose)
	}
	v := routing.Of(text, n.Span())
	v.Related = n.Notes()
	return v
}

// unknown is a value that the node should decide, but does not.
func unknown(n *jsontree.Node, why string) routing.Value {
	v := routing.UnknownOf(why, n.Span())
	v.Related = n.Notes()
	return v
}

// became is what was made of a value: it stands where the value stands and came from where the value came from.
func became(v routing.Value, text string) routing.Value {
	if v.IsDefault() {
		return routing.DefaultOf(text, v.Why())
	}
	made := routing.Of(text, v.Span)
	made.Related = v.Related
	return made
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
		return unknown(n, "true or false was expected")
	}
	return became(v, strconv.FormatBool(on))
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
	return became(v, strings.ToLower(v.Text()))
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
