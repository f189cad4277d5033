package frontdoor

import (
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// part is a resource below the profile. Its names are those of the tree, without the profile's: endpoint and route.
type part struct{ azure.Part }

// below reports whether the part stands below another one. One whose names are not known may.
func (p part) below(parent part) bool {
	return len(p.Names) < 2 || strings.EqualFold(p.Names[0], parent.Own())
}

// gather collects what belongs to the profile, each part once, and its problems.
func (b *builder) gather() {
	for _, p := range b.estate.Parts(b.r) {
		kind := strings.ToLower(azure.LastSegment(p.Type))
		b.parts[kind] = append(b.parts[kind], part{p})
		for _, problem := range p.Problems {
			b.problem(problem.Kind, problem.Span, problem.Message, problem.Fix)
		}
	}
	b.inWords()
}

// find follows a reference to another part of the profile by the last segment of its id; why says what is missing where it leads nowhere.
func (b *builder) find(id *jsontree.Node, kind string) (p part, why string) {
	if id.Kind() != jsontree.String {
		return part{}, azure.ReasonOf(azure.Text(id), "there is no reference to one of the "+kind)
	}
	name := azure.LastSegment(id.Text())
	for _, p := range b.parts[strings.ToLower(kind)] {
		if strings.EqualFold(p.Own(), name) {
			return p, ""
		}
	}
	why = fmt.Sprintf("%.100q is not among the profile's %s that were read", name, kind)
	b.problem(routing.NotWhole, id.Span(), why, "give the whole profile: its endpoints, routes, custom domains, origin groups, origins, rule sets and rules too")
	return part{}, why
}

// use notes a reference to a resource outside of the profile, and does more with that resource if it is read.
func (b *builder) use(kind, called string, id *jsontree.Node, more func(*azure.Resource)) {
	g, at, name := b.g, len(b.g.Uses), ""
	if id.Kind() == jsontree.String {
		name = azure.LastSegment(id.Text())
	}
	g.Uses = append(g.Uses, routing.Use{Kind: called, Name: name, At: id.Span()})
	b.estate.When(kind, id, func(r *azure.Resource) {
		if r == nil {
			return
		}
		g.Uses[at].Name, g.Uses[at].Read = r.Title, r.Span()
		more(r)
	})
}

// place is where an object is named, which is where a reader looks for what it lacks.
func place(o azure.Object) routing.Span {
	if n := o.Node.Get("name"); n.Kind() == jsontree.String {
		return n.Span()
	}
	return o.Span()
}
