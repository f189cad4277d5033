package conformance

import (
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// usualHub is the one that probes ask for where nothing depends on which one it is.
const usualHub = "chat"

// maxHubs bounds how many of the hubs that a gateway names are tried.
const maxHubs = 8

// hubsNamed are hubs that a gateway compares the one in the query with, sorted.
func hubsNamed(g *routing.Gateway) []string {
	out := slices.DeleteFunc(comparedWith(g, routing.Place{Kind: routing.InArgument, Name: "hub"}), func(name string) bool { return strings.ContainsAny(name, "&=?#%+ ") })
	return out[:min(len(out), maxHubs)]
}

// pagesNamed are origins that a gateway compares those of pages with, sorted.
func pagesNamed(g *routing.Gateway) []string {
	out := slices.DeleteFunc(append(comparedWith(g, OriginHeader), comparedWith(g, routing.Place{Kind: routing.InHeaderLines, Name: "Origin"})...), func(text string) bool { return !strings.Contains(text, "://") })
	return out[:min(len(out), maxOrigins)]
}

func comparedWith(g *routing.Gateway, what routing.Place) []string {
	var out []string
	for _, l := range g.Listeners {
		named, _ := g.ComparedWith(l.Entry, what)
		out = append(out, named...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// askForHubs has probes ask for hubs with which negotiate reaches a service, where the gateway tells hubs apart: which ones the app has is not
// known, and those that are turned away are meant to be. The first stands for all.
func (s *subject) askForHubs() {
	if len(s.hubs) == 0 {
		return
	}
	var served []string
	for _, hub := range append([]string{usualHub}, s.hubs...) {
		if !slices.Contains(served, hub) && s.reaches(func(e *Endpoint) { e.Hub = hub }) {
			served = append(served, hub)
		}
	}
	if len(served) > 0 {
		s.endpoint.Hub, s.others = served[0], served[1:]
	}
}

// askFromPages has probes come from a page whose origin the gateway names, where it turns all others away.
func (s *subject) askFromPages() {
	if len(s.origins) == 0 || s.reaches(func(*Endpoint) {}) {
		return
	}
	from := func(origin string) bool { return s.reaches(func(e *Endpoint) { e.Origin = origin }) }
	if i := slices.IndexFunc(s.origins, from); i >= 0 {
		s.endpoint.Origin = s.origins[i]
	}
}

// reaches reports whether negotiate reaches a service from a client endpoint that differs in something.
func (s *subject) reaches(differs func(*Endpoint)) bool {
	trial := subject{site: s.site, endpoint: s.endpoint, met: map[string]bool{}}
	differs(&trial.endpoint)
	return slices.ContainsFunc(trial.trace(Negotiate, DefaultSample(), s.unlogged()), func(a *Arrival) bool { return a.Service != "" })
}
