package azure

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Text is a property as a value: unset, known or unknown, with what it came from.
func Text(n *jsontree.Node) routing.Value {
	switch n.Kind() {
	case jsontree.Missing, jsontree.Null:
		return routing.Value{}
	case jsontree.Unknown:
		return UnknownAs(n, n.Text())
	case jsontree.List, jsontree.Object:
		return UnknownAs(n, "a single value was expected, not "+n.Kind().String())
	default:
		return KnownAs(n, n.Text())
	}
}

// KnownAs is a value that the node decides.
func KnownAs(n *jsontree.Node, text string) routing.Value {
	if whose := n.DefaultOf(); whose != "" {
		return routing.DefaultOf(text, whose)
	}
	v := routing.Of(text, n.Span())
	v.Related = n.Notes()
	return v
}

// UnknownAs is a value that the node should decide, but does not.
func UnknownAs(n *jsontree.Node, why string) routing.Value {
	v := routing.UnknownOf(why, n.Span())
	v.Related = n.Notes()
	return v
}

// Filled is text, with an empty one as unset: Azure's tools write both for "none".
func Filled(n *jsontree.Node) routing.Value {
	v := Text(n)
	if v.State() == routing.Known && v.Text() == "" {
		return routing.Value{}
	}
	return v
}

// Flag is a boolean property, which some exports quote.
func Flag(n *jsontree.Node) routing.Value {
	v := Text(n)
	if v.State() != routing.Known {
		return v
	}
	on, err := strconv.ParseBool(strings.ToLower(v.Text()))
	if err != nil {
		return UnknownAs(n, "true or false was expected")
	}
	return v.Became(strconv.FormatBool(on))
}

// On reports whether a boolean property is known to be true.
func On(n *jsontree.Node) bool {
	is, ok := Flag(n).Bool()
	return is && ok
}

// OneOf is a property that is one of a few words, in any case of letters; unknown where it is another one.
func OneOf(n *jsontree.Node, words ...string) routing.Value {
	v := Filled(n)
	if v.State() != routing.Known || slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(w, v.Text()) }) {
		return v
	}
	return UnknownAs(n, fmt.Sprintf("%.100q is none of %s", v.Text(), strings.Join(words, ", ")))
}

// Misworded says what is wrong with a property that must be one of a few words, and where; the message is empty where nothing is, or where the
// property is not known.
func Misworded(n *jsontree.Node, what string, words []string) (message string, at routing.Span) {
	said := Text(n)
	if said.State() != routing.Known || !OneOf(n, words...).IsUnknown() {
		return "", at
	}
	return fmt.Sprintf("%s is %.100q, and %s are accepted", what, said.Text(), strings.Join(words, ", ")), said.Span
}

// Number is an integer property, which some exports quote.
func Number(n *jsontree.Node) (value int, ok bool) {
	if n.Kind() != jsontree.Number && n.Kind() != jsontree.String {
		return 0, false
	}
	value, err := strconv.Atoi(n.Text())
	return value, err == nil
}

// Lowered is the value in lower case: Https is https in the model.
func Lowered(v routing.Value) routing.Value {
	if v.State() != routing.Known {
		return v
	}
	return v.Became(strings.ToLower(v.Text()))
}

// ReasonOf is why a value is not known, or else that it is not there.
func ReasonOf(v routing.Value, unset string) string {
	if v.IsUnknown() {
		return v.Why()
	}
	return unset
}

// AddressWith is a host with its port; unknown where one of the two is.
func AddressWith(name, port routing.Value) routing.Value {
	switch {
	case name.IsUnknown() || !port.IsSet():
		return name
	case port.IsUnknown():
		return port
	}
	if _, err := strconv.ParseUint(port.Text(), 10, 16); err != nil {
		return routing.UnknownOf("the backend port is no number", port.Span)
	}
	return name.Became(net.JoinHostPort(strings.Trim(name.Text(), "[]"), port.Text())).AtPort(port)
}
