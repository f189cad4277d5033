package parsers

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/akamai"
	"github.com/asrscheck/asrscheck/parsers/apim"
	"github.com/asrscheck/asrscheck/parsers/appgateway"
	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/frontdoor"
	"github.com/asrscheck/asrscheck/parsers/routing"
	"github.com/asrscheck/asrscheck/parsers/signalr"
)

var azureFormat = Format{
	Name: "azure", Title: "JSON of Azure resources: az, REST, Resource Graph, PowerShell, ARM templates, Terraform plans and states, Pulumi stacks",
	recognizes: func(s source) bool { return azure.Detect(s.data) != azure.None },
	load:       loadAzure,
}

// gatewayTypes are the resource types that are gateways, and what compiles them; it returns nil for what turns out to be none.
var gatewayTypes = map[string]lowerer{
	strings.ToLower(azure.ApplicationGateway): appgateway.Lower,
	strings.ToLower(azure.APIManagement):      apim.Lower,
	strings.ToLower(azure.FrontDoorProfile):   frontdoor.Lower,
	strings.ToLower(azure.ClassicFrontDoor):   frontdoor.LowerClassic,
}

func isGateway(r *azure.Resource) bool { return gatewayTypes[strings.ToLower(r.Type)] != nil }

// azureInputs is what the inputs of one run together say of Azure.
type azureInputs struct {
	*azure.Estate
	twins     *azure.Twins[*routing.Gateway]
	later     []laterGateway
	pieces    pieces
	wantItems bool
}

func newAzureInputs(wantItems bool) *azureInputs {
	return &azureInputs{Estate: azure.NewEstate(), twins: azure.NewTwins[*routing.Gateway](), wantItems: wantItems}
}

// close fills in what refers to others, and tells the services.
func (a *azureInputs) close(estate *routing.Estate) {
	a.Close()
	a.lookAgain()
	estate.Gateways = append(estate.Gateways, frontdoor.WithoutProfile(a.Estate)...)
	estate.Gateways = append(estate.Gateways, apim.WithoutService(a.Estate)...)
	estate.Gateways = append(estate.Gateways, apim.Others(a.Estate)...)
	estate.Problems = append(estate.Problems, a.pieces.problems(estate.Gateways)...)
	estate.Services = append(estate.Services, signalr.Services(a.Estate)...)
}

func loadAzure(s source, o Options) loaded {
	if s.long != nil {
		return readLong(s, o.azure)
	}
	out := readAzure(s, azureFiles(s, o), o.azure)
	out.lowerAkamai(&akamai.Module{Resources: out.akamai}, o)
	out.compare(s, o)
	return out
}

func readAzure(s source, files azure.Files, in *azureInputs) loaded {
	f := found{in: in, source: s.name}
	report, err := azure.Stream(s.name, s.data, files, f.resource)
	return f.loaded(s, report, err)
}

// loaded is what was found in a text.
func (f *found) loaded(s source, report azure.Report, err error) loaded {
	if err != nil { // the text is not whole, so that what came before the error is not to be judged either
		f.in.twins.Forget(f.gateways)
		return loaded{problems: []routing.Problem{unreadable(s, err)}}
	}
	f.settle()
	out := loaded{gateways: f.gateways}
	out.attach(report.Problems)
	out.files, out.along, out.note = report.Read, report.Read, strings.Join(report.Notes, "; ")
	out.form, out.items, out.akamai = string(report.Form), f.items, f.akamai
	out.hidden = hiddenIn(report)
	if f.in.wantItems && report.Values != nil {
		out.items = append(report.Values(), out.items...)
	}
	if f.in.wantItems {
		out.items = append(out.items, secretItems(report)...)
	}
	return out
}

// hiddenIn are the places of the secrets that were taken out.
func hiddenIn(report azure.Report) (places []routing.Span) {
	for _, s := range report.Secrets {
		places = append(places, s.Span)
	}
	return places
}

// secretItems tell where secrets stood that were taken out of what was read.
func secretItems(report azure.Report) (items []routing.Item) {
	for _, s := range report.Secrets {
		items = append(items, routing.Item{Kind: "hidden", Name: s.What, Span: s.Span})
	}
	return items
}

// found is what one input holds.
type found struct {
	in       *azureInputs
	source   string    // the input, or the root module
	long     *longText // where it is one
	gateways []*routing.Gateway
	shared   []*azure.Resource
	remarks  []remark
	items    []routing.Item
	akamai   []akamai.Block // of what Terraform writes
}

// remark is a note about a gateway of this or of an earlier input.
type remark struct {
	about *routing.Gateway
	routing.Note
}

// resource takes one resource: gateways are compiled at once, so that one after the other can be forgotten; of the others those are kept
// that gateways refer to.
func (f *found) resource(r *azure.Resource) error {
	r.Source = f.source
	if f.in.wantItems {
		f.items = append(f.items, azure.ResourceItem(r))
	}
	if azure.IsShared(r) {
		f.shared = append(f.shared, r)
	}
	if akamai.IsTerraform(r.Type) {
		f.akamai = append(f.akamai, akamai.Block{Address: r.Address, Type: r.Type, Attributes: r.Node, Problems: r.Problems})
	}
	if !isGateway(r) {
		f.in.pieces.take(r)
		return nil
	}
	twin, again := f.in.twins.Find(r)
	if again && twin.Same {
		f.remark(twin.Made, r.Span(), "the same description once more, which is judged once")
		return nil
	}
	g := f.lowered(r, gatewayTypes[strings.ToLower(r.Type)])
	if g == nil { // a resource of the same type that is no gateway
		return nil
	}
	f.gateways = append(f.gateways, g)
	if again {
		f.remark(twin.Made, r.Span(), "another description of this gateway, "+string(r.Form)+"; each is judged by itself")
		f.remark(g, twin.At, "another description of this gateway, "+string(twin.Form)+"; each is judged by itself")
	}
	f.in.twins.Add(r, g)
	return nil
}

func (f *found) remark(about *routing.Gateway, at routing.Span, text string) {
	f.remarks = append(f.remarks, remark{about, routing.Note{Span: at, Text: text}})
}

// settle hands over what was kept back until the text turned out to be whole.
func (f *found) settle() {
	for _, r := range f.shared {
		f.in.Keep(r)
	}
	for _, m := range f.remarks {
		m.about.Notes = append(m.about.Notes, m.Note)
	}
}

// attach gives the problems of a text to every gateway in it, because it concerns what is known of each; without gateways they stay
// with the input.
func (l *loaded) attach(problems []routing.Problem) {
	if len(l.gateways) == 0 {
		l.problems = append(l.problems, problems...)
		return
	}
	for _, g := range l.gateways {
		g.Problems = append(g.Problems, problems...)
	}
}
