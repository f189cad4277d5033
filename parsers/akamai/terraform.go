package akamai

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Types of Akamai's Terraform provider.
const (
	TerraformProperty = "akamai_property"
	TerraformInclude  = "akamai_property_include"
	hostnameBucket    = "akamai_property_hostname_bucket"
	rulesTemplate     = "akamai_property_rules_template"
	rulesBuilder      = "akamai_property_rules_builder"
)

// IsTerraform reports whether a resource is a property, an include or what holds hostnames of a property.
func IsTerraform(kind string) bool {
	return kind == TerraformProperty || kind == TerraformInclude || kind == hostnameBucket
}

// TerraformData are the types of data sources that make rule trees.
var TerraformData = []string{rulesTemplate, rulesBuilder}

// Block is a resource or a data source of a Terraform configuration.
type Block struct {
	Address, Type string
	Attributes    *jsontree.Node
	Problems      []routing.Problem
}

// Module is what a Terraform configuration says of Akamai.
type Module struct {
	Resources, Data []Block
	// Open reads a file by a path that counts from the module's folder, and tells the name that places in it have.
	Open func(name string) (shown string, text []byte, err error)
	// Files are paths of files that were read, counted from the module's folder, in which texts may be found again.
	Files []string
	// Read are the names of the files that were read for this, as places have them.
	Read []string

	docs     map[string]*jsontree.Node
	problems []routing.Problem
	making   []string // data sources that are being made, outermost first
}

// Properties are those that the configuration makes, and the includes.
func (m *Module) Properties(in *Inputs) {
	m.docs = map[string]*jsontree.Node{}
	for _, r := range m.Resources {
		if r.Type == TerraformInclude {
			in.AddInclude(r.Address, m.tree(r))
			if id := text(r.Attributes.Get("id")); id.State() == routing.Known { // it was made before
				in.includes[IncludeID(id.Text())] = in.includes[r.Address]
			}
		}
	}
	for _, r := range m.Resources {
		if r.Type == TerraformProperty {
			p := m.tree(r)
			p.Hostnames = append(p.Hostnames, m.bucket(r)...)
			in.Take(p)
		}
	}
}

// bucket are the hostnames in the bucket of a property: those of the production network, where there are some for it
// (terraform-provider-akamai, akamai_property_hostname_bucket). Others may be added to a bucket by any means, so that it is not known to hold
// these alone.
func (m *Module) bucket(of Block) []Hostname {
	var staging, production []Hostname
	for _, r := range m.Resources {
		if r.Type != hostnameBucket || !of.is(r.Attributes.Get("property_id")) {
			continue
		}
		to := &staging
		if text(r.Attributes.Get("network")).Text() == "PRODUCTION" {
			to = &production
		}
		names := r.Attributes.Get("hostnames")
		if names.Kind() == jsontree.Object {
			for n := range names.All() {
				*to = append(*to, Hostname{From: routing.Of(n.Name(), n.NameSpan()), Edge: text(n.Get("edge_hostname_id"))})
			}
		}
		why := "a bucket of hostnames may hold more than the configuration says"
		*to = append(*to, Hostname{From: routing.UnknownOf(why, r.Attributes.Span())})
	}
	if production != nil {
		return production
	}
	return staging
}

// is reports whether an id is that of a resource: given, or the attribute of one that is not made yet. Ids of properties have a prefix or not.
func (r Block) is(id *jsontree.Node) bool {
	own := strings.TrimPrefix(text(r.Attributes.Get("id")).Text(), "prp_")
	if own != "" && own == strings.TrimPrefix(text(id).Text(), "prp_") {
		return true
	}
	return slices.ContainsFunc(id.Origins(), func(o *jsontree.Origin) bool { return o.Attribute == r.Address+".id" })
}

// tree is a property, or an include, with its rules.
func (m *Module) tree(r Block) *Property {
	m.problems = nil
	a := r.Attributes
	p := &Property{
		Name: text(a.Get("name")).Text(), Format: Format(text(a.Get("rule_format")).Text()), Hostnames: hostnames(a.Get("hostnames")),
		Span: a.Span(), Problems: slices.Clone(r.Problems),
	}
	if p.Name == "" {
		p.Name = r.Address
	}
	root := m.rules(a.Get("rules"), a)
	if built := root.Get("_ruleFormat_"); built != nil {
		p.Format = built.Text()
	}
	if rules := root.Get("rules"); isRule(rules) || rules.Kind() == jsontree.Unknown {
		root, p.Problems = rules, append(p.Problems, refusals(root)...)
	}
	p.Rules = root
	p.Problems = append(p.Problems, m.problems...)
	return p
}

// rules is what an argument with JSON of rules stands for: what a data source makes, or a text.
func (m *Module) rules(n, around *jsontree.Node) *jsontree.Node {
	switch n.Kind() {
	case jsontree.String:
		return m.parsed(n)
	case jsontree.Unknown:
		if made := m.made(n); made != nil {
			return made
		}
		return m.missing(n, "the rules are not known: "+n.Text())
	default:
		return m.missing(around, "the rules are not written in the configuration")
	}
}

// missing is something in the place of rules that cannot be told.
func (m *Module) missing(at *jsontree.Node, why string) *jsontree.Node {
	m.problems = append(m.problems, routing.Problem{Kind: routing.NotWhole, Span: at.Span(), Message: why, Fix: "give what is missing, or export the rule tree: akamai property-manager show-ruletree -p PROPERTY"})
	return jsontree.NewUnknown(at.Place(), why)
}

// parsed is a text as JSON. Where a file that was read has just that text, places are those in the file.
func (m *Module) parsed(n *jsontree.Node) *jsontree.Node {
	for _, name := range m.Files {
		if path.Ext(name) != ".json" && path.Ext(name) != ".tftpl" {
			continue
		}
		shown, text, err := m.Open(name)
		if err != nil || strings.TrimSpace(string(text)) != strings.TrimSpace(n.Text()) {
			continue
		}
		if doc, err := jsontree.Parse(shown, text, jsontree.Options{}); err == nil {
			return doc.Root
		}
	}
	doc, err := jsontree.ParseInside(n, jsontree.Options{})
	if err != nil {
		return m.missing(n, "the rules are no JSON that can be read: "+err.Error())
	}
	return doc.Root
}

// made is what the data source makes that a value is the attribute "json" of; nil for any other.
func (m *Module) made(n *jsontree.Node) *jsontree.Node {
	for _, o := range n.Origins() {
		address, ok := strings.CutSuffix(o.Attribute, ".json")
		i := slices.IndexFunc(m.Data, func(d Block) bool { return d.Address == address })
		if !ok || i < 0 {
			continue
		}
		if slices.Contains(m.making, address) {
			return m.missing(n, address+" is made of itself")
		}
		m.making = append(m.making, address)
		defer func() { m.making = m.making[:len(m.making)-1] }()
		if m.Data[i].Type == rulesBuilder {
			return m.built(m.Data[i])
		}
		return m.filled(m.Data[i])
	}
	return nil
}

// filled is what akamai_property_rules_template makes of a file with snippets beside it.
func (m *Module) filled(d Block) *jsontree.Node {
	root, dir := m.template(d.Attributes)
	if root.Kind() == jsontree.Unknown {
		return root
	}
	t := &Template{
		Open:  func(name string) (*jsontree.Node, error) { return m.open(path.Join(dir, name)) },
		Value: m.values(d.Attributes),
	}
	made := t.Expand(root)
	m.problems = append(m.problems, t.Problems...)
	return made
}

// template is the main document of a template, and the folder in which its snippets lie.
func (m *Module) template(a *jsontree.Node) (root *jsontree.Node, dir string) {
	if n := a.Get("template_file"); !n.Unset() {
		if n.Kind() != jsontree.String {
			return m.missing(n, "the file of the template is not known: "+n.Text()), ""
		}
		doc, err := m.open(n.Text())
		if err != nil {
			return m.missing(n, fmt.Sprintf("the template %.200q was not read: %v", n.Text(), err)), ""
		}
		return doc, path.Dir(n.Text())
	}
	inline := a.Get("template").At(0)
	data, folder := inline.Get("template_data"), inline.Get("template_dir")
	if data.Kind() != jsontree.String || folder.Kind() != jsontree.String {
		return m.missing(a, "the template is not known: "+data.Text()), ""
	}
	return m.parsed(data), folder.Text()
}

// open is the document of a file.
func (m *Module) open(name string) (*jsontree.Node, error) {
	if doc := m.docs[name]; doc != nil {
		return doc, nil
	}
	shown, text, err := m.Open(name)
	if err != nil {
		return nil, err
	}
	doc, err := jsontree.Parse(shown, text, jsontree.Options{})
	if err != nil {
		return nil, err
	}
	m.docs[name] = doc.Root
	m.Read = append(m.Read, shown)
	return doc.Root, nil
}

// values are those that a template is filled with: blocks with a type, or two files as the Property Manager CLI has them.
func (m *Module) values(a *jsontree.Node) func(string) *jsontree.Node {
	list := a.Get("variables")
	var definitions, values *jsontree.Node
	if n := a.Get("var_definition_file"); !n.Unset() {
		definitions, _ = m.open(n.Text())
		values, _ = m.open(a.Get("var_values_file").Text())
	}
	return func(name string) *jsontree.Node {
		if list.Kind() == jsontree.Unknown {
			return list
		}
		for v := range list.All() {
			if v.Get("name").Text() == name {
				return typed(v.Get("value"), v.Get("type").Text())
			}
		}
		if v := values.Get(name); !v.Unset() {
			return v
		}
		if v := definitions.Path("definitions", name, "default"); !v.Unset() {
			return v
		}
		return nil
	}
}

// typed is a text as a value of a type.
func typed(n *jsontree.Node, kind string) *jsontree.Node {
	if id := includeOf(n); id != nil || n.Kind() != jsontree.String {
		if id != nil {
			return id
		}
		return n
	}
	var v *jsontree.Node
	switch kind {
	case "bool":
		v = jsontree.NewBool(n.Place(), n.Text() == "true")
	case "number":
		v = jsontree.NewNumber(n.Place(), n.Text())
	case "jsonBlock":
		doc, err := jsontree.ParseInside(n, jsontree.Options{})
		if err != nil {
			return jsontree.NewUnknown(n.Place(), "the value is no JSON that can be read")
		}
		return doc.Root
	default:
		return n
	}
	v.AddOrigins(n.Origins()...)
	return v
}

// includeOf is the address of the include whose number a value is; nil for any other. The number is given when it is made.
func includeOf(n *jsontree.Node) *jsontree.Node {
	if n.Kind() != jsontree.Unknown {
		return nil
	}
	for _, o := range n.Origins() {
		if address, ok := strings.CutSuffix(o.Attribute, ".id"); ok && strings.Contains(address, TerraformInclude+".") {
			return jsontree.NewString(n.Place(), address)
		}
	}
	return nil
}
