package conformance

import (
	"slices"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Routed are the ways on which the probe of a kind comes to a service, and those on which it may. Where no probe of the client endpoint comes to
// one, because it is redirected, say, or another route takes it, they are the ways from the block that the gateway has for the endpoint's host
// name: what would become of the probe if it were let through. What is set about the connection to the service is right or wrong there all the
// same, and readers should not have to mend the one before they learn of the other.
func (p *Pass) Routed(kind ProbeKind) []*Arrival {
	if p.subject.mayLead() {
		return p.Arrivals(kind)
	}
	return p.subject.behind(kind)
}

// JudgeRoutes is Judge about what is set for the connection to a service, on the routes that lead to one.
func (p *Pass) JudgeRoutes(ask func(*Arrival) Opinion) {
	if p.subject.mayLead() {
		p.Judge(ProbeKinds, ask)
		return
	}
	for _, kind := range ProbeKinds {
		p.JudgeWays(p.subject.behind(kind), ask)
	}
}

// mayLead reports whether some probe reaches a service, tries to, or may.
func (s *subject) mayLead() bool {
	return slices.ContainsFunc(ProbeKinds, func(kind ProbeKind) bool {
		return slices.ContainsFunc(s.arrivals(kind, DefaultSample()), func(a *Arrival) bool { return a.Leads() || a.Kind == Lost })
	})
}

// behind traces a probe from the blocks for the endpoint's host name, past what chooses between them.
func (s *subject) behind(kind ProbeKind) []*Arrival {
	var out []*Arrival
	p := NewProbe(s.endpoint, kind, DefaultSample())
	for _, l := range s.gateway.Listeners {
		for _, h := range l.Hosts {
			if !hostMatches(h.Host, s.endpoint.Host) {
				continue
			}
			out = append(out, s.from(h.Block, l, &p)...)
		}
	}
	return out
}

// from traces a probe from a block of a listener.
func (s *subject) from(block string, l *routing.Listener, p *Probe) []*Arrival {
	at, req := *l, p.Request
	at.Entry, req.Scheme = block, schemeOf(l)
	var out []*Arrival
	paths := s.unlogged().Trace(&at, &req)
	for i := range paths {
		out = append(out, s.classify(p, &paths[i]))
	}
	return out
}
