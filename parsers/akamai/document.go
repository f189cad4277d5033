package akamai

import (
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Kind tells what a JSON document is to Property Manager.
type Kind uint8

// The kinds of documents.
const (
	None        Kind = iota
	WholeTree        // the rules of a property
	IncludeTree      // the rules of an include
	Snippet          // a rule that others include
	NameList         // the hostnames of a property whose rules are another document (PAPI, "List a property's hostnames")
)

// Detect tells what a text is, by its beginning.
func Detect(data []byte) Kind { return KindOf(jsontree.Skim(data)) }

// KindOf tells what a document is.
func KindOf(root *jsontree.Node) Kind {
	rules := root.Get("rules")
	switch {
	case isRule(rules) && (!root.Get("includeId").Unset() || !root.Get("includeName").Unset()):
		return IncludeTree
	case isRule(rules):
		return WholeTree
	case isRule(root) && root.Get("name").Text() == "default":
		return WholeTree
	case isRule(root):
		return Snippet
	case rules == nil && root.Get("propertyId").Kind() == jsontree.String && root.Path("hostnames", "items").Kind() == jsontree.List:
		return NameList
	}
	return None
}

// isRule reports whether an object has the form of a rule: a name, and behaviors or children.
func isRule(n *jsontree.Node) bool {
	if n.Kind() != jsontree.Object || n.Get("name").Kind() != jsontree.String {
		return false
	}
	behaviors, children := n.Get("behaviors"), n.Get("children")
	if behaviors.Kind() != jsontree.List {
		return behaviors == nil && children.Kind() == jsontree.List && children.Len() > 0 && (isRule(children.At(0)) || children.At(0).Kind() == jsontree.String)
	}
	first := behaviors.At(0)
	return first == nil && (children.Kind() == jsontree.List || n.Get("criteria").Kind() == jsontree.List) ||
		first.Get("name").Kind() == jsontree.String || first.Kind() == jsontree.String
}

// Read takes a whole document.
func Read(file string, data []byte) (*Property, Kind, error) {
	doc, err := jsontree.Parse(file, data, jsontree.Options{})
	if err != nil {
		return nil, None, err
	}
	p := Of(doc.Root)
	return p, KindOf(doc.Root), nil
}

// Of is the property that a document describes, with or without the envelope of the API around its rules.
func Of(root *jsontree.Node) *Property {
	rules := root
	if isRule(root.Get("rules")) {
		rules = root.Get("rules")
	}
	p := &Property{Rules: rules, Part: KindOf(root) == Snippet, Span: placeOf(rules)}
	for _, name := range []string{"propertyName", "includeName", "propertyId", "includeId"} {
		if v := text(root.Get(name)); p.Name == "" && v.State() == routing.Known {
			p.Name = v.Text()
			p.Span = v.Span
		}
	}
	if p.Name == "" {
		p.Name = nameOf(rules)
	}
	for _, name := range []string{"ruleFormat", "_ruleFormat_", "rule_format"} {
		if v := text(root.Get(name)); p.Format == "" && v.State() == routing.Known {
			p.Format = Format(v.Text())
		}
	}
	p.ID, p.Edition = text(root.Get("propertyId")).Text(), text(root.Get("propertyVersion")).Text()
	p.Hostnames = hostnames(root.Get("hostnames"))
	p.Problems = refusals(root)
	return p
}

// refusals are what Property Manager itself finds wrong: a version with errors cannot be activated (PAPI, "Errors": rule trees).
func refusals(root *jsontree.Node) []routing.Problem {
	const enough = 100
	var out []routing.Problem
	for n := range root.Get("errors").All() {
		detail := text(n.Get("detail"))
		if len(out) < enough && detail.State() == routing.Known {
			message := "Property Manager refuses this version: " + detail.Text()
			if at := text(n.Get("errorLocation")); at.Text() != "" {
				message += " (" + at.Text() + ")"
			}
			out = append(out, routing.Problem{Kind: routing.Refused, Span: detail.Span, Message: message, Fix: "correct it, and export the rule tree again"})
		}
	}
	return out
}
