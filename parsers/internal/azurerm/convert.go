package azurerm

import (
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// like is a string that stands where another value stands and came from where that came from.
func like(n *jsontree.Node, text string) *jsontree.Node {
	made := jsontree.NewString(n.Place(), text)
	made.AddOrigins(n.Origins()...)
	return made
}

func unknownLike(n *jsontree.Node, why string) *jsontree.Node {
	made := jsontree.NewUnknown(n.Place(), why)
	made.AddOrigins(n.Origins()...)
	return made
}

// orUnknown is a value that must be there, or one that is missing.
func orUnknown(n, in *jsontree.Node) *jsontree.Node {
	if n.Unset() {
		return jsontree.NewUnknown(in.Place(), "it is not given")
	}
	return n
}

// provider is whose defaults those below are: versions 3 to 5 share them.
const provider = "azurerm"

// defaultText, defaultNumber and defaultBool are what the provider sends when nothing is written.
func defaultText(text string) *jsontree.Node {
	return jsontree.NewDefault(jsontree.String, text, provider)
}

func defaultNumber(value int) *jsontree.Node {
	return jsontree.NewDefault(jsontree.Number, strconv.Itoa(value), provider)
}

func defaultBool(on bool) *jsontree.Node {
	return jsontree.NewDefault(jsontree.Bool, strconv.FormatBool(on), provider)
}

// written is a text that is not empty: state has "" for what is not set.
func written(n *jsontree.Node) *jsontree.Node {
	if n.Kind() == jsontree.String && n.Text() == "" {
		return nil
	}
	return n
}

// positive is a number above zero: state has 0 for what is not set.
func positive(n *jsontree.Node) *jsontree.Node {
	if n.Kind() == jsontree.Number && n.Text() == "0" {
		return nil
	}
	return n
}

// one is a block that stands once at most, as an object.
func one(t table) convert {
	return func(n *jsontree.Node) *jsontree.Node {
		if n.Kind() != jsontree.List {
			return t.object(n)
		}
		if n.Len() == 0 || n.At(0).Unset() {
			return nil
		}
		return t.object(n.At(0))
	}
}

// each is a block that may stand several times, as a list of plain objects.
func each(t table) convert { return listOf(t.object) }

// named is a block that may stand several times, as a list of objects with a name, an id and properties.
func named(t table) convert {
	return listOf(func(n *jsontree.Node) *jsontree.Node {
		if n.Kind() != jsontree.Object {
			return n
		}
		b := newBuilder(n)
		table{{from: "name", to: "name"}, {from: "id", to: "id", as: written}}.into(b, n)
		b.put("properties", t.object(n), jsontree.Place{})
		return b.node()
	})
}

func listOf(item convert) convert {
	return func(n *jsontree.Node) *jsontree.Node {
		if n.Kind() != jsontree.List {
			return n
		}
		list := make([]*jsontree.Node, 0, n.Len())
		for i := range n.All() {
			list = append(list, item(i))
		}
		made := jsontree.NewList(n.Place(), list...)
		made.AddOrigins(n.Origins()...)
		return made
	}
}

// under makes a list of objects with one property of a list of texts. What is no list, such as an unknown value, becomes one object.
func under(property string) convert {
	wrap := func(n *jsontree.Node) *jsontree.Node {
		return jsontree.NewObject(n.Place(), jsontree.Member{Name: property, Value: n})
	}
	return func(n *jsontree.Node) *jsontree.Node {
		if n.Kind() != jsontree.List {
			return jsontree.NewList(n.Place(), wrap(n))
		}
		return listOf(wrap)(n)
	}
}

// part is a reference, by name, to another part of the same resource.
func part(collection string) convert {
	return func(n *jsontree.Node) *jsontree.Node {
		if n = written(n); n == nil {
			return nil
		}
		id := n
		if n.Kind() == jsontree.String {
			id = like(n, collection+"/"+n.Text())
		}
		return jsontree.NewObject(n.Place(), jsontree.Member{Name: "id", Value: id})
	}
}

// parts are references, by name, to other parts of the same resource.
func parts(collection string) convert { return listOf(part(collection)) }

// reference is an id of another resource.
func reference(n *jsontree.Node) *jsontree.Node {
	if n = written(n); n == nil {
		return nil
	}
	return jsontree.NewObject(n.Place(), jsontree.Member{Name: "id", Value: n})
}

// choice turns a boolean into one of two words.
func choice(yes, no string) convert {
	return func(n *jsontree.Node) *jsontree.Node {
		switch {
		case n.Kind() == jsontree.Unknown:
			return n
		case strings.EqualFold(n.Text(), "true"):
			return like(n, yes)
		case strings.EqualFold(n.Text(), "false"):
			return like(n, no)
		}
		return unknownLike(n, "true or false was expected")
	}
}

// enabled are the words that most properties have.
var enabled = choice("Enabled", "Disabled")

// not is the opposite of a boolean.
func not(n *jsontree.Node) *jsontree.Node {
	on, err := strconv.ParseBool(strings.ToLower(n.Text()))
	if n.Kind() == jsontree.Unknown || err != nil {
		return unknownLike(n, n.Text())
	}
	made := jsontree.NewBool(n.Place(), !on)
	made.AddOrigins(n.Origins()...)
	return made
}
