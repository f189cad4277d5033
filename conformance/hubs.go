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
	var out []string
	for _, l := range g.Listeners {
		named, _ := g.ComparedWith(l.Entry, routing.Place{Kind: routing.InArgument, Name: "hub"})
		out = append(out, named...)
	}
	slices.Sort(out)
	out = slices.DeleteFunc(slices.Compact(out), func(name string) bool { return strings.ContainsAny(name, "&=?#%+ ") })
	return out[:min(len(out), maxHubs)]
}

// askForHubs has probes ask for hubs with which negotiate reaches a service, where the gateway tells hubs apart: which ones the app has is not
// known, and those that are turned away are meant to be. The first stands for all.
func (s *subject) askForHubs() {
	if len(s.hubs) == 0 {
		return
	}
	var served []string
	for _, hub := range append([]string{usualHub}, s.hubs...) {
		trial := subject{site: s.site, endpoint: s.endpoint, met: map[string]bool{}}
		trial.endpoint.Hub = hub
		reaches := func(a *Arrival) bool { return a.Service != "" }
		if !slices.Contains(served, hub) && slices.ContainsFunc(trial.trace(Negotiate, DefaultSample(), s.unlogged()), reaches) {
			served = append(served, hub)
		}
	}
	if len(served) > 0 {
		s.endpoint.Hub, s.others = served[0], served[1:]
	}
}
