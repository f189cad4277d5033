package apim

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/internal/policy"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// document is one policy document and where its text stands.
type document struct {
	*policy.Document
	value  *jsontree.Node
	scope  string        // "the policy of API x", for messages
	open   routing.Value // why it is not known what stands in it
	outer  bool          // of the service, around a workspace, whose named values and fragments it does not see
	stands routing.Span  // of a document that nobody wrote: where one would be missed
}

// at is where a stretch of the document stands.
func (d *document) at(start, end int) routing.Span {
	if !d.stands.IsZero() {
		return d.stands
	}
	return d.value.Inside(start, end).Span()
}

// of is where a node stands: an element by its opening tag.
func (d *document) of(n *policy.Node) routing.Span {
	end := n.End
	if n.Kind == policy.Element && len(n.Children) > 0 {
		end = n.Children[0].Start
	}
	return d.at(n.Start, end)
}

// read reads the policy of a resource, once.
func (b *builder) read(r *azure.Resource, scope string) *document {
	if d := b.documents[r]; d != nil {
		return d
	}
	d := &document{scope: scope, value: r.Get("value"), Document: &policy.Document{}}
	if d.value.Unset() {
		d.value = r.Get("policyContent") // of resources of older versions of the API
	}
	d.value = d.value.Written()
	b.documents[r] = d
	format := strings.ToLower(cmp.Or(r.Get("format").Text(), r.Get("contentFormat").Text()))
	switch {
	case d.value.Kind() == jsontree.Unknown:
		d.open = azure.Text(d.value)
	case d.value.Unset():
		d.open = routing.UnknownOf(scope+" has no text", r.Span())
	case strings.HasSuffix(format, "-link"):
		d.open = routing.UnknownOf(scope+" lies behind a link, which is not read", d.value.Span())
	default:
		d.Document = policy.Parse(d.value.Text())
		for _, p := range d.Problems {
			b.problem(routing.NotWhole, d.at(p.At, p.At+1), scope+" cannot be read in full: "+p.Message, "correct the policy; API Management does not save one that is broken")
		}
	}
	return d
}

// statement is an element of a policy, and the document that it stands in.
type statement struct {
	*document
	*policy.Node
}

func (s statement) span() routing.Span { return s.of(s.Node) }

// inside are the elements in it.
func (s statement) inside() []statement { return statements(s.document, s.Elements()) }

func statements(d *document, nodes []*policy.Node) []statement {
	out := make([]statement, 0, len(nodes))
	for _, n := range nodes {
		out = append(out, statement{d, n})
	}
	return out
}

// section is the sequence of statements of a section of the effective policy; open says why it is not known in full.
type section struct {
	list  []statement
	open  routing.Value
	empty routing.Span // the innermost section that decided that nothing stands here
}

// startsWith is the policy that every service starts with ("Set or edit Azure API Management policies").
const startsWith = "<policies><inbound /><backend><forward-request /></backend><outbound /></policies>"

// chain are the documents that apply to an operation, the outermost first ("Policies in Azure API Management": scopes).
func (b *builder) chain(a *api, o *operation) []*document {
	var global *document
	if list := b.forAll(); len(list) > 0 {
		global = b.read(list[0].Resource, "the policy for all APIs")
		global.outer = b.inWorkspace()
	} else {
		global = &document{Document: policy.Parse(startsWith), scope: "the policy that every service starts with", stands: o.span}
	}
	out := append([]*document{global}, b.policyAround()...)
	if p := b.openProduct(a); p != nil {
		out = append(out, b.policyOf("products/policies", "the policy of product "+p.Own(), func(policy azure.Part) bool { return policy.Under(*p) })...)
	}
	out = append(out, b.firstPolicy(b.of(a, "apis/policies"), "the policy of API "+a.Own(), func(azure.Part) bool { return true })...)
	return append(out, b.firstPolicy(b.of(a, "apis/operations/policies"), "the policy of operation "+o.name, func(p azure.Part) bool {
		return len(p.Names) > 1 && sameName(p.Names[1], o.name)
	})...)
}

func (b *builder) policyOf(kind, scope string, of func(azure.Part) bool) []*document {
	return b.firstPolicy(b.parts[kind], scope, of)
}

func (b *builder) firstPolicy(list []azure.Part, scope string, of func(azure.Part) bool) []*document {
	for _, p := range list {
		if len(p.Names) > 0 && of(p) {
			return []*document{b.read(p.Resource, scope)}
		}
	}
	return nil
}

// sameName compares the name of an operation with the id that a specification gives it, which may hold what names do not.
func sameName(a, b string) bool {
	return strings.EqualFold(notInName.ReplaceAllString(a, "-"), notInName.ReplaceAllString(b, "-"))
}

// effective puts a section of all scopes together: each stands where the inner one has <base />, and nowhere without that.
func effective(chain []*document, name string) section {
	var out section
	for _, d := range chain {
		out = d.section(name, out)
	}
	return out
}

// section is the section of a document, with that of the outer scopes where it asks for it.
func (d *document) section(name string, outer section) section {
	if d.open.IsUnknown() {
		return section{open: d.open}
	}
	root := d.Root("policies")
	if root == nil {
		return section{open: routing.UnknownOf(d.scope+" has no element policies", d.at(0, 0))}
	}
	n := root.Child(name)
	if n == nil { // what is left out is taken as empty
		return section{empty: d.of(root)}
	}
	out := section{empty: d.of(n)}
	for _, child := range n.Elements() {
		if child.Name != "base" {
			out.list = append(out.list, statement{d, child})
			continue
		}
		out.list = append(out.list, outer.list...)
		if out.open = outer.open; len(outer.list) == 0 && !outer.empty.IsZero() {
			out.empty = outer.empty
		}
	}
	return out
}

// fragment are the statements of a policy fragment ("Reuse policy configurations in your Azure API Management policies").
func (b *builder) fragment(s statement) (list []statement, why routing.Value) {
	id, _ := s.Attribute("fragment-id")
	name, why := b.around(s.document).substituted(id.Value, s.span())
	if why.IsUnknown() {
		return nil, why
	}
	p, ok := b.around(s.document).find("policyfragments", name)
	if !ok {
		what := fmt.Sprintf("the policy fragment %.100q was not read", name)
		b.problem(routing.NotWhole, s.span(), what, "give the policy fragments of the service too")
		return nil, routing.UnknownOf(what, s.span())
	}
	d := b.read(p.Resource, "policy fragment "+p.Own())
	d.outer = s.outer
	if d.open.IsUnknown() {
		return nil, d.open
	}
	if root := d.Root("fragment"); root != nil {
		return statements(d, root.Elements()), routing.Value{}
	}
	return statements(d, d.Elements()), routing.Value{}
}
