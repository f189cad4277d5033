// Package azure brings the descriptions of Azure resources that people have to one list of resources in ARM shape.
//
// The forms differ in three ways that nobody after this package has to know: whether an object's properties lie in a member
// "properties" or beside its name (Azure CLI and PowerShell flatten), how letters are cased (PowerShell writes PortName where
// ARM has portName, and ARM itself does not care), and what stands around the resources (lists, pages, templates).
package azure

import (
	"fmt"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Form is a form in which Azure resources are described.
type Form string

// The forms. None is that of a text that does not describe Azure resources.
const (
	None       Form = ""
	CLI        Form = "az"             // az … show, az … list: flattened
	REST       Form = "rest"           // az rest, az resource show, the portal's JSON view: with "properties"
	Graph      Form = "graph"          // az graph query, and the REST API of Resource Graph
	Template   Form = "arm"            // an ARM template, also an exported or a compiled one
	Parameters Form = "arm-parameters" // values for a template
	PowerShell Form = "powershell"     // Get-Az… | ConvertTo-Json
	Terraform  Form = "terraform"      // a configuration of Terraform or OpenTofu, in HCL or JSON
	Plan       Form = "plan"           // terraform show -json of a plan
	State      Form = "state"          // terraform show -json of a state
	StateFile  Form = "tfstate"        // a state file
	Pulumi     Form = "pulumi"         // pulumi stack export
	APIOps     Form = "apiops"         // a folder that APIOps extracted
)

// Resource is one Azure resource.
type Resource struct {
	Object
	// Type is the full type as it was written, "Microsoft.Network/applicationGateways"; it compares without regard to case.
	Type string
	// Title is the name; the expression that makes it in a template, or the address in Terraform, where it is not known.
	Title string
	// Address is where Terraform finds the resource; empty in all other forms.
	Address    string
	APIVersion string
	Form       Form
	// Source is the input that it was read from, as places name it, or the root module.
	Source string
	// path is the name where a part of it is not known, which then stands in quotes; else empty.
	path string
	// Problems are what is doubtful about this resource; those of the text as a whole are in the Report.
	Problems []routing.Problem
}

// Is reports whether the resource is of that type.
func (r *Resource) Is(kind string) bool { return equalFold(r.Type, kind) }

// Secret is a place where a secret stood before it was redacted.
type Secret struct {
	What string
	Span routing.Span
}

// Output is a value that a template puts out, where anyone who may read its deployments can read it.
type Output struct {
	Name   string
	Secure bool // so that it is not kept in the history of deployments
	Value  *jsontree.Node
}

// Report is what a text held besides resources.
type Report struct {
	Form      Form
	Resources int
	Problems  []routing.Problem
	Secrets   []Secret
	Outputs   []Output
	// Read are other files that were read along, by the names that places have; Notes say how they were used.
	Read, Notes []string
	// Values tell the parameters and variables of templates, and where their values came from; nil for forms that have none.
	Values func() []routing.Item
}

// Read returns all resources of a text. The name names it in places. An error is about the text as a whole.
func Read(name string, text []byte, files Files) ([]*Resource, Report, error) {
	var out []*Resource
	report, err := Stream(name, text, files, func(r *Resource) error {
		out = append(out, r)
		return nil
	})
	if err != nil {
		return nil, Report{}, err
	}
	return out, report, nil
}

// Stream hands the resources of a text over one by one, so that a list of thousands takes the memory of one. When it returns
// an error, the text is not whole, and what each was given must not be used. It stops at the first error of each.
func Stream(name string, text []byte, files Files, each func(*Resource) error) (Report, error) {
	r := &reader{each: each, files: files, report: Report{Form: Detect(text)}}
	if r.report.Form == None {
		return Report{}, notRecognized(name, text)
	}
	doc, err := jsontree.Stream(name, text, jsontree.Options{KeepText: r.report.Form == Template}, lists, r.item)
	if err != nil {
		return Report{}, err
	}
	return r.done(doc)
}

// done takes what stands around the items of lists.
func (r *reader) done(doc *jsontree.Document) (Report, error) {
	r.duplicates(doc.Duplicates)
	if err := r.root(doc.Root); err != nil {
		return Report{}, err
	}
	if len(r.deployments) > 0 {
		r.report.Values = r.values
	}
	return r.report, nil
}

// notRecognized prefers to say what is wrong with the JSON, which may be why nothing was recognized.
func notRecognized(name string, text []byte) error {
	if _, err := jsontree.Parse(name, text, jsontree.Options{}); err != nil {
		return err
	}
	return &jsontree.SyntaxError{
		Span: routing.Span{File: name}, Message: "no Azure resource was recognized: export with az, with ConvertTo-Json, or from the portal's JSON view",
	}
}

// reader holds the state of reading one text.
type reader struct {
	each   func(*Resource) error
	files  Files
	links  map[string]*jsontree.Node // templates that were linked to, by where from and which way
	inside int                       // deployments that stand in others

	deployments []*deployment
	deployed    deployed
	report      Report
	strange     []routing.Span // items that are no resources
	items       int
}

func (r *reader) problem(p routing.Problem) {
	const enough = 100
	if len(r.report.Problems) < enough {
		r.report.Problems = append(r.report.Problems, p)
	}
}

// item takes one item of a list.
func (r *reader) item(n *jsontree.Node) error {
	r.items++
	form := formOf(n)
	switch {
	case form == None:
		r.strange = append(r.strange[:min(len(r.strange), 1)], n.Span())
		return nil
	case r.report.Form == Graph:
		form = Graph
	}
	return r.resource(n, form)
}

// resource takes an object that is a resource.
func (r *reader) resource(n *jsontree.Node, form Form) error {
	return r.emit(r.made(n, form))
}

// made is the resource that an object is.
func (r *reader) made(n *jsontree.Node, form Form) *Resource {
	var problems []routing.Problem
	if form == PowerShell {
		problems = repair(n)
	}
	r.clean(n)
	res := newResource(n, form)
	res.Problems = problems
	return res
}

func (r *reader) emit(res *Resource) error {
	r.hideNamedValue(res)
	r.linkedPolicy(res)
	res.Problems = append(res.Problems, res.misshapen()...)
	r.report.Resources++
	return r.each(res)
}

func newResource(n *jsontree.Node, form Form) *Resource {
	o := Object{n}
	return &Resource{Object: o, Type: typeOf(n), Title: o.Name(), APIVersion: o.own("apiVersion").Text(), Form: form}
}

// root takes what stands around the resources.
func (r *reader) root(n *jsontree.Node) error {
	switch r.report.Form {
	case Template:
		return r.template(n)
	case Parameters:
		r.clean(n)
		return nil
	case Plan, State, StateFile:
		return r.terraformJSON(n)
	case Pulumi:
		return r.pulumi(n)
	case Graph:
		r.graphPage(n)
	default:
		if r.items == 0 && n.Kind() == jsontree.Object && formOf(n) != None {
			return r.resource(n, r.report.Form)
		}
		r.restPage(n)
	}
	r.reportStrange()
	return nil
}

func (r *reader) reportStrange() {
	if len(r.strange) == 0 {
		return
	}
	r.problem(routing.Problem{
		Span: r.strange[0], Kind: routing.NotWhole, Message: "an entry of the list is no Azure resource: it has neither a type nor an id that names one",
		Fix: "export whole resources: a query or projection that picks single fields hides what decides",
	})
}

func (r *reader) duplicates(all []jsontree.Duplicate) {
	for _, d := range all {
		r.problem(routing.Problem{
			Span: d.Second, Kind: routing.NotWhole, Message: fmt.Sprintf("%q stands twice in one object (first at %s): which one counts is up to the reader", d.Name, d.First),
			Fix: "remove one of the two",
		})
	}
}
