package conformance

import (
	"cmp"
	"slices"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Survey is what a gateway was understood to be, without a verdict.
type Survey struct {
	Gateway *routing.Gateway
	Leads   []Lead
	// Unknown are the values of its program that reading cannot tell, by their places.
	Unknown []Missing
}

// Lead is a client endpoint from which some probe reaches a service.
type Lead struct {
	Endpoint Endpoint
	Services []string
}

// Surveys looks at every gateway of an estate.
func Surveys(estate *routing.Estate, o Options) []Survey {
	services := NewServices(estate, o.Services)
	out := make([]Survey, 0, len(estate.Gateways))
	for _, g := range estate.Gateways {
		g = g.Open()
		on := newSite(g, services)
		s := Survey{Gateway: g, Unknown: unknownIn(g)}
		for _, e := range o.endpointsFor(on) {
			if sub := newSubject(on, e); sub.leads() {
				s.Leads = append(s.Leads, Lead{e, sub.reached()})
			}
		}
		out = append(out, s)
	}
	return out
}

// unknownIn are the unknown values of a gateway's program, each once.
func unknownIn(g *routing.Gateway) []Missing {
	known := map[Missing]bool{}
	var out []Missing
	for _, l := range g.Listeners {
		for _, entry := range entriesOf(l) {
			for v := range g.Literals(entry) {
				if m := (Missing{v.Why(), v.Span}); v.IsUnknown() && !known[m] {
					known[m] = true
					out = append(out, m)
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Missing) int { return cmp.Or(compareSpans(a.Span, b.Span), cmp.Compare(a.Why, b.Why)) })
	return out
}

// entriesOf are the blocks where requests on a listener may start, each once.
func entriesOf(l *routing.Listener) []string {
	out, seen := []string{l.Entry}, map[string]bool{l.Entry: true}
	for _, h := range l.Hosts {
		if !seen[h.Block] {
			seen[h.Block] = true
			out = append(out, h.Block)
		}
	}
	return out
}
