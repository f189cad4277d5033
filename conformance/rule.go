package conformance

import (
	"cmp"
	"slices"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Rule judges a requirement by reading. It is data and one function. A rule without one names a cause: others report it where they
// find that it is why the requirement is broken, so that the finding says what to change, and not only what does not work.
type Rule struct {
	ID          string // ASRS-HOST-001
	Requirement string
	Severity    Severity
	Title       string
	Why         string
	// Fix says what to change, by kind of gateway; the entry "" is for every other kind.
	Fix map[string]string
	// Bad and Good are fixtures that show the rule broken and kept.
	Bad, Good string
	Sources   []string
	// Contrary is what other authorities advise against it.
	Contrary []Contrary
	Check    func(*Pass)
}

// Contrary is advice of another tool or page that a reader will meet and that does not fit here.
type Contrary struct {
	Tool string // whose advice it is
	Says string // what it advises
	Why  string // why that is different here
	// Waiver is what to type for the tool to leave it; empty where nothing has to be waived.
	Waiver string
}

// FixFor is what to change on a kind of gateway.
func (r *Rule) FixFor(kind string) string {
	if fix, ok := r.Fix[kind]; ok {
		return fix
	}
	return r.Fix[""]
}

// Pass carries what a rule may look at, and takes what it finds: one gateway as one client endpoint sees it.
type Pass struct {
	Gateway  *routing.Gateway
	Endpoint Endpoint
	Services *Services
	subject  *subject
	rule     *Rule
	result   *Result
	judged   bool
	givenUp  bool
}

// Break reports that the requirement does not hold. Equal findings for several probes become one.
func (p *Pass) Break(f Finding) { p.report(f, nil) }

// Advise reports something fragile that does not break the requirement.
func (p *Pass) Advise(f Finding) {
	f.Advice = true
	if f.Severity == "" {
		f.Severity = Notice
	}
	p.report(f, nil)
}

// Leave says why something could not be judged.
func (p *Pass) Leave(why string, at routing.Span) {
	for _, m := range p.result.Missing {
		if m.Why == why && m.Span == at {
			return
		}
	}
	p.result.Missing = append(p.result.Missing, Missing{why, at})
}

// GiveUp says that the design which was read does not offer what is asked about, and what its clients must do then. It stands as long as nothing
// is found broken.
func (p *Pass) GiveUp(f Finding) {
	p.Advise(f)
	p.givenUp = true
}

// Keep says that the rule could judge and found nothing wrong, as far as it looked.
func (p *Pass) Keep() { p.judged = true }

// report keeps a finding that is new. The way that led to it is told only then, because that costs more than the rest.
func (p *Pass) report(f Finding, way *Arrival) {
	p.judged = true
	f.Rule, f.Requirement = cmp.Or(f.Rule, p.rule.ID), p.rule.Requirement
	if f.Severity == "" {
		f.Severity = p.rule.Severity
	}
	if f.Fix == "" && !f.Advice {
		f.Fix = p.rule.FixFor(p.Gateway.Kind)
	}
	for i := range p.result.Findings {
		if g := &p.result.Findings[i]; g.Rule == f.Rule && g.Span == f.Span && g.Message == f.Message {
			g.Probes = appendNew(g.Probes, f.Probes)
			return
		}
	}
	if way != nil {
		f.Trace = way.Events()
	}
	p.result.Findings = append(p.result.Findings, f)
}

func appendNew(list, more []string) []string {
	for _, m := range more {
		known := false
		for _, l := range list {
			known = known || l == m
		}
		if !known {
			list = append(list, m)
		}
	}
	return list
}

// Arrivals are the ways that the probe of a kind can go.
func (p *Pass) Arrivals(kind ProbeKind) []*Arrival { return p.subject.arrivals(kind, DefaultSample()) }

// Samples are connections that go different ways. The first is that of Arrivals.
func (p *Pass) Samples() []Sample { return p.subject.samples() }

// ArrivalsOf are the ways that the probe of a kind can go for a given connection.
func (p *Pass) ArrivalsOf(kind ProbeKind, s Sample) []*Arrival { return p.subject.arrivals(kind, s) }

// Send traces a request that is none of a connection's probes. What is logged of it is left out.
func (p *Pass) Send(r Probe) []*Arrival { return p.subject.follow(&r, p.subject.unlogged()) }

// Listeners are those that clients of the endpoint may come in at.
func (p *Pass) Listeners() []*routing.Listener { return listenersFor(p.Gateway, p.Endpoint) }

// LooksAt reports whether anything that clients of the endpoint meet depends on a place of the request.
func (p *Pass) LooksAt(what routing.Place) bool {
	here := slices.ContainsFunc(p.Listeners(), func(l *routing.Listener) bool {
		return p.Gateway.LooksAt(p.subject.entryOf(l, p.Endpoint.Host), what)
	})
	return here || slices.ContainsFunc(p.Gateways()[1:], func(g *routing.Gateway) bool {
		return slices.ContainsFunc(g.Listeners, func(l *routing.Listener) bool { return g.LooksAt(l.Entry, what) })
	})
}

// Gateways are those that probes go through: the one that is asked about, and others of the estate that it leads to.
func (p *Pass) Gateways() []*routing.Gateway {
	out := []*routing.Gateway{p.Gateway}
	for _, kind := range ProbeKinds {
		for _, a := range p.Arrivals(kind) {
			if a.Gateway != nil && !slices.Contains(out, a.Gateway) {
				out = append(out, a.Gateway)
			}
			for _, d := range a.Via {
				if !slices.Contains(out, d.Gateway) {
					out = append(out, d.Gateway)
				}
			}
		}
	}
	return out
}

// LimitsBelow reports whether a program on the way compares the length of anything with fewer bytes than that.
func (p *Pass) LimitsBelow(bytes int) bool {
	if p.subject.limit > 0 && p.subject.limit < bytes {
		return true
	}
	return slices.ContainsFunc(p.Gateways()[1:], func(g *routing.Gateway) bool {
		limit, ok := g.ShortestLimit()
		return ok && limit < bytes
	})
}

// MayReachSeveral reports whether more than one instance stands in the part of the program that serves the client endpoint.
func (p *Pass) MayReachSeveral() bool { return p.subject.severalInstances() }
