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

// namedOf are what a gateway compares the hub in the query with, and the origin of the page, sorted.
func namedOf(g *routing.Gateway) (hubs, pages []string) {
	for _, l := range g.Listeners {
		named, _ := g.ComparedWith(l.Entry, hubArgument, OriginHeader, routing.Place{Kind: routing.InHeaderLines, Name: OriginHeader.Name})
		for _, text := range named {
			switch {
			case strings.Contains(text, "://"):
				pages = append(pages, text)
			case !strings.ContainsAny(text, "&=?#%+ "):
				hubs = append(hubs, text)
			}
		}
	}
	return atMost(maxHubs, hubs), atMost(maxOrigins, pages)
}

var hubArgument = routing.Place{Kind: routing.InArgument, Name: "hub"}

func atMost(n int, list []string) []string {
	slices.Sort(list)
	list = slices.Compact(list)
	return list[:min(len(list), n)]
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
