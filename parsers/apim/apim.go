// Package apim compiles an Azure API Management service into the common model: its APIs, operations and the policies that apply to them.
//
// What the product does is taken from Microsoft's documents, which the functions name by their page titles on learn.microsoft.com under
// "Azure API Management". Where they leave something open, the program gets an unknown value with the question as its reason, never a
// guess.
package apim

import (
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// product is whose defaults apply.
const product = "API Management"

// Lower compiles a service when the estate is closed: its APIs and policies are resources of their own, which other inputs may hold.
func Lower(r *azure.Resource, estate *azure.Estate) *routing.Gateway {
	b := newBuilder(r, estate)
	estate.Later(b.build)
	return b.g
}

// WithoutService compiles what stands below services that were not read, when everything was: folders of policies, templates that add APIs
// to a service, and exports of single APIs do not hold the service itself.
func WithoutService(e *azure.Estate) []*routing.Gateway {
	var out []*routing.Gateway
	for _, r := range standIns(e) {
		b := newBuilder(r, e)
		b.partial = true
		b.gather()
		if len(b.parts["apis"]) > 0 { // workspaces have gateways of their own
			b.compile()
			out = append(out, b.g)
		}
	}
	return out
}

// standIns are services that were not read, but of which APIs were.
func standIns(e *azure.Estate) []*azure.Resource {
	read := map[string]bool{}
	for _, r := range e.All(azure.APIManagement) {
		read[strings.ToLower(serviceName(r))] = true
	}
	var out []*azure.Resource
	for _, r := range e.Below(azure.APIManagement) {
		name := serviceName(r)
		if isAPI(r) && !read[strings.ToLower(name)] {
			read[strings.ToLower(name)] = true
			out = append(out, standIn(name, r))
		}
	}
	return out
}

func isAPI(r *azure.Resource) bool {
	return r.Is(azure.APIManagement+"/apis") || r.Is(azure.APIManagement+"/workspaces/apis")
}

// serviceName is the name of the service that a resource is, or belongs to; empty where it is not known.
func serviceName(r *azure.Resource) string {
	if names := azure.NamesOf(r); len(names) > 0 {
		return names[0]
	}
	return ""
}

// standIn is a service of which only parts were read.
func standIn(name string, of *azure.Resource) *azure.Resource {
	if strings.Contains(name, "‹") { // of which only the reason is known why it is not
		name = ""
	}
	var members []jsontree.Member
	if name != "" {
		members = append(members, jsontree.Member{Name: "name", Value: jsontree.NewString(of.Node.Place(), name)})
	}
	node := jsontree.NewObject(of.Node.Place(), members...)
	return &azure.Resource{Object: azure.Object{Node: node}, Type: azure.APIManagement, Title: name, Form: of.Form, Source: of.Source}
}

func newBuilder(r *azure.Resource, estate *azure.Estate) *builder {
	return &builder{r: r, estate: estate, parts: map[string][]azure.Part{}, documents: map[*azure.Resource]*document{}, programs: map[string]program{}, g: &routing.Gateway{
		Kind: "apim", Name: r.Title, Span: r.Span(), Problems: r.Problems,
		Pools: map[string]*routing.Pool{}, Blocks: map[string][]routing.Step{},
	}}
}

// builder compiles one service.
type builder struct {
	r         *azure.Resource
	estate    *azure.Estate
	g         *routing.Gateway
	parts     map[string][]azure.Part // by their type below the service, in lower case
	documents map[*azure.Resource]*document
	programs  map[string]program // by the text of an expression
	partial   bool               // the service itself was not read
	tier      routing.Value
	beside    *beside                            // of a gateway that is not the service's own
	indexed   map[string]map[string][]azure.Part // parts by their type and the API that they belong to, whatever its revision
	revisions map[string][]azure.Part            // of APIs, by their names without its number
}

func (b *builder) build() {
	b.gather()
	b.compile()
}

// gather collects what stands below the service.
func (b *builder) gather() {
	for _, p := range b.estate.Parts(b.r) {
		kind := strings.ToLower(p.Type[len(azure.APIManagement)+1:])
		b.parts[kind] = append(b.parts[kind], p)
		for _, problem := range p.Problems {
			b.problem(problem.Kind, problem.Span, problem.Message, problem.Fix)
		}
	}
}

func (b *builder) compile() {
	b.tier = tierOf(b.r)
	b.network()
	b.whole()
	b.listen(b.entry())
}

// isExport are the forms that hold what was asked for of a service that runs. The others describe what it is to be, so that what they leave out
// is as the service starts.
var isExport = map[azure.Form]bool{azure.CLI: true, azure.REST: true, azure.Graph: true, azure.PowerShell: true}

// whole says so when what decides about every request was not read.
func (b *builder) whole() {
	const assumed, fix = ": what is judged is what would be with the policy that every service starts with", "policy for all APIs too (az rest --method get --url …/policies/policy?format=rawxml)"
	switch {
	case len(b.forAll()) > 0:
	case b.partial:
		b.problem(routing.NotWhole, b.g.Span, "neither the service nor its policy for all APIs was read"+assumed, "give the service and its "+fix)
	case isExport[b.r.Form] && len(b.parts["apis"]) > 0:
		b.problem(routing.NotWhole, b.g.Span, "the policy for all APIs was not read"+assumed, "give the "+fix)
	}
	if missing := b.missing(); len(missing) > 0 {
		b.problem(routing.NotWhole, b.g.Span, "the export holds no "+strings.Join(missing, ", no ")+": what is judged is what would be without any", "give them too (az rest --method get --url …/products, …/apis/NAME/policies/policy?format=rawxml and the like)")
	}
}

// missing are the parts that may change what requests meet and that an export holds none of: whether the service has none, or nobody asked for
// them, it does not say. What only some verdicts need is told with these.
func (b *builder) missing() []string {
	var out []string
	if b.unlisted("apis/policies", "apis/operations/policies") {
		out = append(out, "policies of APIs and operations")
	}
	if b.unlisted("products") {
		out = append(out, "products")
	}
	return out
}

// unlisted reports whether an export holds nothing of some kinds, so that it is not known whether there are any.
func (b *builder) unlisted(kinds ...string) bool {
	return isExport[b.r.Form] && len(b.parts["apis"]) > 0 && !slices.ContainsFunc(kinds, func(kind string) bool { return len(b.parts[kind]) > 0 })
}

func (b *builder) problem(kind routing.ProblemKind, at routing.Span, message, fix string) {
	const enough = 100
	p := routing.Problem{Kind: kind, Span: at, Message: message, Fix: fix}
	if len(b.g.Problems) < enough && !slices.Contains(b.g.Problems, p) {
		b.g.Problems = append(b.g.Problems, p)
	}
}

// tierOf is the pricing tier: Consumption has limits of its own ("Feature-based comparison of the Azure API Management tiers"). Terraform has
// it with the number of units behind it.
func tierOf(r *azure.Resource) routing.Value {
	n := r.Node.Path("sku", "name")
	if n == nil {
		n = r.Get("skuName")
	}
	return azure.Filled(n)
}

// isConsumption reports whether the service is known to be of the tier Consumption.
func (b *builder) isConsumption() bool {
	return strings.HasPrefix(strings.ToLower(b.tier.Text()), "consumption")
}

// isV2 reports whether the service is known to be of one of the tiers BasicV2, StandardV2 and PremiumV2.
func (b *builder) isV2() bool {
	name, _, _ := strings.Cut(strings.ToLower(b.tier.Text()), "_") // of Terraform, with the number of units
	return strings.HasSuffix(name, "v2")
}

// of are the parts of a kind that belong to an API, those that may belong to any last.
func (b *builder) of(a *api, kind string) []azure.Part {
	if b.indexed[kind] == nil {
		if b.indexed == nil {
			b.indexed = map[string]map[string][]azure.Part{}
		}
		b.indexed[kind] = map[string][]azure.Part{}
		for _, p := range b.parts[kind] {
			key := ""
			if len(p.Names) > 0 {
				key = baseName(p.Names[0])
			}
			b.indexed[kind][key] = append(b.indexed[kind][key], p)
		}
	}
	var out []azure.Part
	for _, p := range b.indexed[kind][baseName(a.Own())] {
		if a.has(p) {
			out = append(out, p)
		}
	}
	return append(out, b.indexed[kind][""]...)
}

// baseName is the name of an API without the number of its revision, as names are compared.
func baseName(name string) string {
	base, _, _ := strings.Cut(name, ";rev=")
	return strings.ToLower(base)
}

// place is where an object is named, which is where a reader looks for what it lacks.
func place(o azure.Object) routing.Span {
	if n := o.Node.Get("name"); n.Kind() == jsontree.String {
		return n.Span()
	}
	return o.Span()
}

// find is the part of a kind, directly below the service, by its name or the last segment of an id.
func (b *builder) find(kind, name string) (azure.Part, bool) {
	name = azure.LastSegment(name)
	for _, p := range b.parts[kind] {
		if strings.EqualFold(p.Own(), name) {
			return p, true
		}
	}
	return azure.Part{}, false
}
