package azure

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/internal/redact"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// values are the parameters and variables of all templates of the text, in the order in which they are declared.
func (r *reader) values() []routing.Item {
	var out []routing.Item
	for i, d := range r.deployments {
		of := ""
		if i > 0 {
			of = " of a template inside"
		}
		for p := range d.root.Get("parameters").All() {
			out = append(out, ValueItem("parameter"+of, p.Name(), p.NameSpan(), d.scope.Parameter(p.Name())))
		}
		for v := range d.root.Get("variables").All() {
			if !equalFold(v.Name(), "copy") {
				out = append(out, ValueItem("variable"+of, v.Name(), v.NameSpan(), d.scope.Variable(v.Name())))
			}
		}
		for loop := range d.root.Path("variables", "copy").All() {
			name := loop.Get("name")
			out = append(out, ValueItem("variable"+of, name.Text(), name.Span(), d.scope.Variable(name.Text())))
		}
	}
	return out
}

// ResourceItem is a resource as something that an input holds.
func ResourceItem(r *Resource) routing.Item {
	return routing.Item{Kind: r.Type, Name: r.Title, Span: r.Span(), From: r.Node.Notes()}
}

// ValueItem is a value with a name. What its name says to be a secret is not told.
func ValueItem(kind, name string, at routing.Span, n *jsontree.Node) routing.Item {
	v := UnknownAs(n, n.Text())
	if n.Kind() != jsontree.Unknown {
		v = KnownAs(n, shortened(shown(n, name, mostShown)))
	}
	return routing.Item{Kind: kind, Name: name, Span: at, Value: v}
}

// mostShown bounds what is told of one value, in bytes.
const mostShown = 160

func shortened(text string) string {
	if len(text) <= mostShown {
		return text
	}
	return strings.ToValidUTF8(text[:mostShown], "") + "…"
}

var (
	// secretive are words in the names of what is nobody's business.
	secretive = regexp.MustCompile(`(?i)password|passwd|pwd|secret|token|credential|connection_?string|pfx|certificate_?data|private_?key|access_?key|keys?$`)
	// encoded is what looks like a key or a certificate.
	encoded = regexp.MustCompile(`[A-Za-z0-9+/]{40,}`)
)

// shown is a value in one line, as JSON has it but for strings by themselves, of not much more than that many bytes.
func shown(n *jsontree.Node, name string, most int) string {
	switch n.Kind() {
	case jsontree.Missing, jsontree.Null:
		return "null"
	case jsontree.List:
		return "[" + membersShown(n, name, most) + "]"
	case jsontree.Object:
		return "{" + membersShown(n, name, most) + "}"
	case jsontree.Unknown:
		return "unknown"
	default:
		return textShown(n, name)
	}
}

func textShown(n *jsontree.Node, name string) string {
	clean, _ := redact.String(n.Text())
	if n.Kind() == jsontree.String && clean != "" && (secretive.MatchString(name) || encoded.MatchString(clean)) {
		return redact.Mark
	}
	return clean
}

func membersShown(n *jsontree.Node, name string, most int) string {
	var b strings.Builder
	for m := range n.All() {
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		if b.Len() > most {
			return b.String() + "…"
		}
		of := name
		if n.Kind() == jsontree.Object {
			of = name + "." + m.Name()
			b.WriteString(strconv.Quote(m.Name()) + ": ")
		}
		text := shown(m, of, most-b.Len())
		if m.Kind() == jsontree.String {
			text = strconv.Quote(text)
		}
		b.WriteString(text)
	}
	return b.String()
}
