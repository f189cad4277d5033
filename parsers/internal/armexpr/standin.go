package armexpr

import (
	"fmt"
	"hash/fnv"
	"regexp"
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// domain is that of services in Azure's public cloud.
const domain = ".service.signalr.net"

// namedInPart is the host name of a service of whose name a part is not known.
var namedInPart = regexp.MustCompile(`((?:` + opening + `[^` + closing + `]*` + closing + `|[A-Za-z0-9-])+)` + regexp.QuoteMeta(domain))

// hidden is a part of a name that is not known.
var hidden = regexp.MustCompile(opening + `[^` + closing + `]*` + closing)

// withStandIns is a text in which only names of services are not known, or not in full: others stand in for them, which are equal where the names are
// made alike. It is the unknown value itself where more is not known.
func (r *run) withStandIns(unknown *jsontree.Node) *jsontree.Node {
	made, ok := r.madeOf(r.source)
	if !ok {
		return unknown
	}
	text := namedInPart.ReplaceAllStringFunc(made, func(host string) string {
		if !strings.Contains(host, opening) {
			return host
		}
		return standIn(strings.TrimSuffix(host, domain)) + domain
	})
	if strings.Contains(text, opening) || !strings.Contains(text, "."+routing.NotNamed+domain) {
		return unknown
	}
	value := r.str(text, unknown)
	value.AddOrigins(&jsontree.Origin{What: "a name of Azure SignalR that is not known yet: " + unknown.Text(), At: r.at})
	return value
}

// hostOf is the host name that stands in for that of a service of the template whose name is not known; nil where it cannot be told apart from others.
func (r *run) hostOf(kind, name string, from *jsontree.Node) *jsontree.Node {
	for declared := range r.scope.resources.All() {
		if !strings.EqualFold(declared.Get("type").Text(), kind) || declared.Get("copy") != nil || idPart(r.nameOf(declared, r.turns)) != name {
			continue
		}
		made, ok := r.madeOf(declared.Get("name"))
		if !ok {
			return nil
		}
		host := r.str(standIn(made)+domain, from)
		host.AddOrigins(&jsontree.Origin{What: "host name of an Azure SignalR whose name is not known yet: " + holeIn(name), At: declared.Get("name").Place()})
		return host
	}
	return nil
}

// made is what a text is made of: what is known of it, and in quotes the parameters and functions that are not. Texts that are made alike are equal. It
// is not ok where that cannot be said.
func (r *run) made(e expr) (of string, ok bool) {
	r.scope.shared.depth++
	defer func() { r.scope.shared.depth-- }()
	if !r.scope.step() || r.scope.shared.depth > maxDepth {
		return "", false
	}
	value := r.eval(e)
	switch kind := value.Kind(); {
	case kind == jsontree.String && !isPartial(value), kind == jsontree.Number:
		return value.Text(), true
	}
	switch e := e.(type) {
	case *call:
		return r.madeBy(e)
	case *access:
		if c, keys := chain(e); c != nil && (c.name == "resourcegroup" || c.name == "subscription") {
			return hole(c.name + "." + keys), true
		}
	}
	return "", false
}

func (r *run) madeBy(c *call) (of string, ok bool) {
	first := ""
	if len(c.args) > 0 {
		if t, is := c.args[0].(*text); is {
			first = t.value
		}
	}
	switch c.name {
	case "variables":
		return r.madeOf(r.scope.template.Get("variables").Get(first))
	case "parameters":
		return r.madeOfParameter(first)
	case "tolower":
		return r.made(c.args[0])
	case "concat":
		return r.madeOfParts(c.args)
	case "format":
		return r.madeByFormat(first, c.args[1:])
	case "uniquestring", "take", "substring", "guid":
		inner, ok := r.madeOfParts(c.args)
		return hole(c.name + " " + inner), ok
	}
	return "", false
}

// Made is what a text that is not known is made of: its known parts, and in quotes the parameters and functions that are not. It is empty for a value
// that is known, and where that cannot be said.
func (s *Scope) Made(n *jsontree.Node, turns *Turn) string {
	if n.Kind() != jsontree.String || !IsExpression(n.Text()) {
		return ""
	}
	e, err := parse(n.Text())
	if err != nil {
		return ""
	}
	of, ok := (&run{scope: s, source: n, at: n.Place(), turns: turns}).made(e)
	if !ok || !strings.Contains(of, opening) {
		return ""
	}
	return of
}

// madeOf is made for a value of the template.
func (r *run) madeOf(n *jsontree.Node) (of string, ok bool) {
	if n.Kind() != jsontree.String || !IsExpression(n.Text()) {
		return n.Text(), n.Kind() == jsontree.String
	}
	e, err := parse(n.Text())
	if err != nil {
		return "", false
	}
	return (&run{scope: r.scope, source: n, at: n.Place()}).made(e)
}

// madeOfParameter: one that nobody gave, and that has no default value, stands for itself.
func (r *run) madeOfParameter(name string) (of string, ok bool) {
	declared := r.scope.template.Get("parameters").Get(name)
	if given, ok := r.scope.given[lower(name)]; ok || declared == nil {
		return given.Made, given.Made != ""
	}
	if otherwise := declared.Get("defaultValue"); otherwise != nil {
		return r.madeOf(otherwise)
	}
	return hole(parameterHole + lower(name)), strings.EqualFold(declared.Get("type").Text(), "string")
}

func (r *run) madeOfParts(parts []expr) (of string, ok bool) {
	var b strings.Builder
	for _, part := range parts {
		text, ok := r.made(part)
		if !ok || b.Len()+len(text) > maxText {
			return "", false
		}
		b.WriteString(text)
	}
	return b.String(), true
}

// madeByFormat puts in what stands at plain places: {0}.
func (r *run) madeByFormat(layout string, args []expr) (of string, ok bool) {
	ok = layout != ""
	of = place.ReplaceAllStringFunc(layout, func(at string) string {
		i, err := strconv.Atoi(at[1 : len(at)-1])
		if err != nil || i >= len(args) {
			ok = false
			return at
		}
		text, is := r.made(args[i])
		ok = ok && is
		return text
	})
	return of, ok && !strings.ContainsAny(place.ReplaceAllString(layout, ""), "{}")
}

var place = regexp.MustCompile(`\{[0-9]{1,3}\}`)

// parameterHole begins what stands for a parameter that nobody gave.
const parameterHole = "parameter "

// standIn stands in for a name of which a part is not known.
func standIn(name string) string {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(lower(name))) // it never fails
	label := routing.NotNamed
	if strings.Contains(name, opening+parameterHole) {
		label = routing.GivenLater + "." + label
	}
	return fmt.Sprintf("%s%08x.%s", shown(name), sum.Sum32(), label)
}

// shown is what a host name may show of a name.
func shown(name string) string {
	const longest = 30
	clean := strings.Trim(lower(hidden.ReplaceAllString(name, "-")), "-")
	if clean == "" || len(clean) > longest {
		return ""
	}
	return clean + "-"
}
