package frontdoor

import (
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// WithoutProfile compiles what stands below profiles that were not read, when everything was: az shows endpoints, routes and origins one kind
// at a time.
func WithoutProfile(e *azure.Estate) []*routing.Gateway {
	read := map[string]bool{}
	for _, r := range e.All(azure.FrontDoorProfile) {
		for _, name := range azure.NamesOf(r) {
			read[strings.ToLower(name)] = true
		}
	}
	var out []*routing.Gateway
	for _, r := range e.Below(azure.FrontDoorProfile) {
		names := azure.NamesOf(r)
		if !strings.EqualFold(azure.LastSegment(r.Type), "routes") || len(names) == 0 || read[strings.ToLower(names[0])] {
			continue
		}
		read[strings.ToLower(names[0])] = true
		out = append(out, inferred(names[0], r, e))
	}
	return out
}

// inferred is the Front Door of which only parts were read.
func inferred(name string, of *azure.Resource, e *azure.Estate) *routing.Gateway {
	node := jsontree.NewObject(of.Node.Place(), jsontree.Member{Name: "name", Value: jsontree.NewString(of.Node.Place(), name)})
	profile := &azure.Resource{Object: azure.Object{Node: node}, Type: azure.FrontDoorProfile, Title: name, Form: of.Form, Source: of.Source}
	b := newBuilder(profile, e)
	b.problem(routing.NotWhole, of.Span(), fmt.Sprintf("the profile %.100q was not read, only parts of it", name), "give it too: az afd profile show -g GROUP --profile-name "+name)
	b.gather()
	b.listen(b.doors())
	return b.g
}
