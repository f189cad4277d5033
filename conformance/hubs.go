package conformance

import (
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// UsualHub is the one that probes ask for where nothing depends on which one it is.
const UsualHub = "chat"

// maxHubs bounds how many of the hubs that a gateway names are tried.
const maxHubs = 8

// compared is what a program compares the hub in the query with, and the origin of the page.
type compared struct{ hubs, origins []string }

// comparedFor is what stands in the part of the program that serves an endpoint, sorted.
func (on *site) comparedFor(e Endpoint) compared {
	var all compared
	for _, l := range listenersFor(on.gateway, e) {
		c := on.comparedIn(on.entryOf(l, e.Host))
		all.hubs, all.origins = append(all.hubs, c.hubs...), append(all.origins, c.origins...)
	}
	return compared{atMost(maxHubs, all.hubs), atMost(maxOrigins, all.origins)}
}

// comparedIn is what stands in the program from a block on. It is looked through once: many paths are tried for a host.
func (on *site) comparedIn(block string) compared {
	if known, ok := on.compared.Load(block); ok {
		return known.(compared) //nolint:forcetypeassert // nothing else is kept there
	}
	var c compared
	texts, _ := on.gateway.ComparedWith(block, hubArgument, OriginHeader, routing.Place{Kind: routing.InHeaderLines, Name: OriginHeader.Name})
	for _, text := range texts {
		switch {
		case strings.Contains(text, "://"):
			c.origins = append(c.origins, text)
		case !strings.ContainsAny(text, "&=?#%+ "):
			c.hubs = append(c.hubs, text)
		}
	}
	on.compared.Store(block, c)
	return c
}

var hubArgument = routing.Place{Kind: routing.InArgument, Name: "hub"}

func atMost(n int, list []string) []string {
	slices.Sort(list)
	list = slices.Compact(list)
	return list[:min(len(list), n)]
}

// askForHubs has probes ask for hubs with which negotiate reaches a service, where the gateway tells hubs apart: which ones the app has is not
// known, and those that are turned away are meant to be. The first stands for all.
func (s *subject) askForHubs(hubs []string) {
	if len(hubs) == 0 {
		return
	}
	var served []string
	for _, hub := range append([]string{UsualHub}, hubs...) {
		if !slices.Contains(served, hub) && s.reaches(func(e *Endpoint) { e.Hub = hub }) {
			served = append(served, hub)
		}
	}
	if len(served) > 0 {
		s.endpoint.Hub, s.others = served[0], served[1:]
	}
}

// askFromPages has probes come from a page whose origin the gateway names, where it turns all others away.
func (s *subject) askFromPages(origins []string) {
	if len(origins) == 0 || s.reaches(func(*Endpoint) {}) {
		return
	}
	from := func(origin string) bool { return s.reaches(func(e *Endpoint) { e.Origin = origin }) }
	if i := slices.IndexFunc(origins, from); i >= 0 {
		s.endpoint.Origin = origins[i]
	}
}

// reaches reports whether negotiate reaches a service from a client endpoint that differs in something.
func (s *subject) reaches(differs func(*Endpoint)) bool {
	trial := subject{site: s.site, endpoint: s.endpoint, met: map[string]bool{}}
	differs(&trial.endpoint)
	return slices.ContainsFunc(trial.trace(Negotiate, DefaultSample(), s.unlogged()), func(a *Arrival) bool { return a.Service != "" })
}
