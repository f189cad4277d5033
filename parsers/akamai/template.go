package akamai

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Template is a rule tree in parts, as the Property Manager CLI and Terraform's akamai_property_rules_template have it: "#include:NAME" stands
// for the document of that name, ${env.NAME} for a value, and an object whose "#includeIf" is false is left out (cli-property-manager, el.js;
// terraform-provider-akamai, data_akamai_property_rules_template.go).
type Template struct {
	// Open gives the document of a name, which counts from the folder of the main one; an error says why there is none.
	Open func(name string) (*jsontree.Node, error)
	// Value gives a value; nil where none of that name is defined.
	Value func(name string) *jsontree.Node

	Problems []routing.Problem
	// Used are the names of the documents that were opened.
	Used []string

	open  []string // documents that are being expanded, outermost first
	nodes int
}

// Bounds of a template: how deep documents may include each other, and how large the tree may become.
const (
	maxIncludes = 50
	maxNodes    = 4_000_000
)

// IsTemplate reports whether a document has parts elsewhere, or values to be filled in.
func IsTemplate(n *jsontree.Node) bool {
	if n.Kind() == jsontree.String {
		return strings.HasPrefix(n.Text(), includeToken) || strings.Contains(n.Text(), "${env.")
	}
	for child := range n.All() {
		if child.Name() == includeIf || IsTemplate(child) {
			return true
		}
	}
	return false
}

const (
	includeToken = "#include:"
	includeIf    = "#includeIf"
)

// Expand is the whole tree.
func (t *Template) Expand(n *jsontree.Node) *jsontree.Node {
	if t.nodes++; t.nodes > maxNodes {
		return jsontree.NewUnknown(n.Place(), "the tree becomes too large when its snippets are put in")
	}
	switch n.Kind() {
	case jsontree.String:
		return t.text(n)
	case jsontree.List, jsontree.Object:
		return n.Replaced(t.member)
	default:
		return n
	}
}

// member is one value inside of another; nil where it is left out.
func (t *Template) member(n *jsontree.Node) *jsontree.Node {
	if n.Name() == includeIf {
		return nil
	}
	condition := n.Get(includeIf)
	if condition == nil {
		return t.Expand(n)
	}
	switch is := t.Expand(condition); {
	case is.Kind() == jsontree.Unknown:
		return jsontree.NewUnknown(n.Place(), "whether this is a part of the tree is not known: "+is.Text())
	case is.Kind() == jsontree.Bool && is.Text() == "false":
		return nil
	}
	return t.Expand(n)
}

func (t *Template) text(n *jsontree.Node) *jsontree.Node {
	if name, ok := strings.CutPrefix(n.Text(), includeToken); ok {
		return t.include(n, name)
	}
	if strings.Contains(n.Text(), "${env.") {
		return t.filled(n, n.Text())
	}
	return n
}

// include is another document in the place of a text.
func (t *Template) include(at *jsontree.Node, name string) *jsontree.Node {
	file := t.filled(at, name)
	if file.Kind() == jsontree.Unknown {
		return jsontree.NewUnknown(at.Place(), "which snippet belongs here is not known: "+file.Text())
	}
	name = file.Text()
	if len(t.open) > maxIncludes || slices.Contains(t.open, name) {
		return t.missing(at, routing.Refused, fmt.Sprintf("the snippet %.100q includes itself", name), "take the circle out")
	}
	root, err := t.Open(name)
	if err != nil {
		return t.missing(at, routing.NotWhole, fmt.Sprintf("the snippet %.200q was not read: %v", name, err), "give the whole folder with its snippets")
	}
	t.Used = append(t.Used, name)
	t.open = append(t.open, name)
	defer func() { t.open = t.open[:len(t.open)-1] }()
	return t.Expand(root)
}

func (t *Template) missing(at *jsontree.Node, kind routing.ProblemKind, message, fix string) *jsontree.Node {
	const enough = 100
	if len(t.Problems) < enough {
		t.Problems = append(t.Problems, routing.Problem{Kind: kind, Span: at.Span(), Message: message, Fix: fix})
	}
	return jsontree.NewUnknown(at.Place(), message)
}

// environment is a reference to a value.
var environment = regexp.MustCompile(`\$\{env\.([^$}]+?)\}`)

// filled is a text with values in it. One that consists of a reference alone becomes that value, whatever its type; in others it becomes text.
func (t *Template) filled(at *jsontree.Node, s string) *jsontree.Node {
	found := environment.FindAllStringSubmatchIndex(s, -1)
	if len(found) == 0 {
		return jsontree.NewString(at.Place(), s)
	}
	if m := found[0]; m[0] == 0 && m[1] == len(s) {
		return t.value(at, s[m[2]:m[3]])
	}
	var out strings.Builder
	var origins []*jsontree.Origin
	last := 0
	for _, m := range found {
		v := t.value(at, s[m[2]:m[3]])
		if v.Kind() == jsontree.Unknown {
			return v
		}
		out.WriteString(s[last:m[0]])
		out.WriteString(v.Text())
		origins, last = append(origins, v.Origins()...), m[1]
	}
	out.WriteString(s[last:])
	n := jsontree.NewString(at.Place(), out.String())
	n.AddOrigins(origins...)
	return n
}

// value is the value of a name, which may have other names in it. It stands where it is used.
func (t *Template) value(at *jsontree.Node, name string) *jsontree.Node {
	v := t.Value(name)
	key := "${env." + name
	switch {
	case v == nil:
		return t.missing(at, routing.NotWhole, fmt.Sprintf("the variable %.100q has no value", name), "give the file that defines it: environments/NAME/variables.json, or the Terraform configuration that fills the template")
	case len(t.open) > maxIncludes || slices.Contains(t.open, key):
		return t.missing(at, routing.Refused, fmt.Sprintf("the variable %.100q depends on itself", name), "take the circle out")
	}
	t.open = append(t.open, key)
	defer func() { t.open = t.open[:len(t.open)-1] }()
	return t.Expand(v).Moved(at.Place(), "variable "+name)
}
