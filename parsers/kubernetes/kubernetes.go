package kubernetes

import (
	"slices"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Options are what reading is told beside the manifests.
type Options struct {
	NginxVersion string // of what runs the ConfigMaps; empty when it is not known
}

// Report is what manifests hold.
type Report struct {
	Gateways []*routing.Gateway
	Problems []routing.Problem
	Items    []routing.Item // the objects
}

// Read reads manifests that belong together.
func Read(files []File, o Options) Report {
	r := &reader{}
	for _, f := range files {
		r.file(f)
	}
	c := newCluster(r)
	var out Report
	for _, o := range r.objects {
		c.quotedOrNot(o)
		out.Items = append(out.Items, routing.Item{Kind: o.kind, Name: o.namespace + "/" + o.name, Span: o.span()})
	}
	out.Gateways = append(out.Gateways, c.configMaps(o)...)
	out.Gateways = append(out.Gateways, c.ingresses()...)
	out.Gateways = append(out.Gateways, c.routes()...)
	out.Problems = r.problems
	out.attach()
	return out
}

// attach gives what the API server refuses to the gateways of that file: it concerns what is known of them.
func (out *Report) attach() {
	out.Problems = slices.DeleteFunc(out.Problems, func(p routing.Problem) bool {
		attached := false
		for _, g := range out.Gateways {
			if p.Kind == routing.Refused && p.Span.File == g.Span.File {
				g.Problems = append(g.Problems, p)
				attached = true
			}
		}
		return attached
	})
}

// cluster are the objects of all manifests by what they are.
type cluster struct {
	*reader
	byName map[string]object // "Kind namespace/name"
}

func newCluster(r *reader) *cluster {
	c := &cluster{reader: r, byName: map[string]object{}}
	for _, o := range r.objects {
		if _, ok := c.byName[o.id()]; !ok {
			c.byName[o.id()] = o
		}
	}
	return c
}

func (o object) id() string { return o.kind + " " + o.namespace + "/" + o.name }

func (c *cluster) find(kind, namespace, name string) (object, bool) {
	o, ok := c.byName[kind+" "+namespace+"/"+name]
	return o, ok
}

// of yields the objects of a kind in the order in which they were read.
func (c *cluster) of(kind string, groups ...string) []object {
	var out []object
	for _, o := range c.objects {
		for _, group := range groups {
			if o.kind == kind && o.group == group {
				out = append(out, o)
			}
		}
	}
	return out
}

// quotedOrNot refuses what the API server refuses: annotations and the data of a ConfigMap are strings, and numbers and booleans in YAML
// are none unless they are quoted.
func (c *cluster) quotedOrNot(o object) {
	mappings := []value{o.annotations()}
	if o.kind == "ConfigMap" {
		mappings = append(mappings, o.get("data"))
	}
	for _, m := range mappings {
		for name, v := range m.members() {
			if v.text() != "" && !v.isString() {
				c.problem(v.span(), routing.Refused, "the value of "+name+" is no string: the API server refuses the object", `Put it in quotes: "`+v.text()+`".`)
			}
		}
	}
}
