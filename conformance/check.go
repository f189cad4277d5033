package conformance

import (
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Options are what a check is told beside the configuration.
type Options struct {
	Endpoints []Endpoint // the client endpoints to judge; derived from the routes when empty
	Services  []string   // host names that are services although their domain does not say so
	Rules     []*Rule
}

// Check judges every gateway of an estate by reading.
func Check(estate *routing.Estate, o Options) *Report {
	r := &Report{Inputs: estate.Inputs, Problems: estate.Problems}
	services := NewServices(estate, o.Services)
	for _, g := range estate.Gateways {
		subjects := subjectsOf(g, o.Endpoints, services, len(estate.Gateways) == 1)
		if len(subjects) == 0 {
			r.Idle = append(r.Idle, g.Kind+" "+g.Name)
		}
		for _, s := range subjects {
			r.Subjects = append(r.Subjects, checkSubject(s, o.Rules))
		}
	}
	return r
}

// subjectsOf are the client endpoints of a gateway. A given endpoint is judged on a gateway that leads it to a service; on the only
// gateway, or on one that knows the endpoint's name, it is judged even when nothing is routed: that is what is broken then.
func subjectsOf(g *routing.Gateway, given []Endpoint, services *Services, only bool) []*subject {
	endpoints := given
	if len(given) == 0 {
		endpoints = derive(g, services)
	}
	var out []*subject
	for _, e := range endpoints {
		s := newSubject(g, e, services)
		if s.leads() || len(given) > 0 && (only || anyKnows(g, e.Host)) {
			out = append(out, s)
		}
	}
	return out
}

func anyKnows(g *routing.Gateway, host string) bool {
	return slices.ContainsFunc(g.Listeners, func(l *routing.Listener) bool { return knows(l, host) })
}

func checkSubject(s *subject, rules []*Rule) Subject {
	out := Subject{Gateway: s.gateway.Name, Kind: s.gateway.Kind, Endpoint: s.endpoint.String(), Source: s.endpoint.Source, Span: s.gateway.Span}
	out.Results = judgeAll(s, rules)
	out.Probes, out.Services = s.traced, s.reached()
	for _, variant := range s.gateway.Variants {
		other := newSubject(variant, s.endpoint, s.services)
		merge(out.Results, judgeAll(other, rules), s.gateway.Version, variant.Version)
		out.Probes += other.traced
	}
	sayVersions(out.Results)
	for i := range out.Results {
		out.Results[i].Sort()
	}
	return out
}

// judgeAll runs every rule; requirements without a rule are unjudged.
func judgeAll(s *subject, rules []*Rule) []Result {
	out := make([]Result, len(Requirements))
	for i, req := range Requirements {
		out[i].Requirement = req.ID
		judged := false
		for _, rule := range rules {
			if rule.Requirement != req.ID {
				continue
			}
			p := &Pass{Gateway: s.gateway, Endpoint: s.endpoint, Services: s.services, subject: s, rule: rule, result: &out[i]}
			rule.Check(p)
			judged = judged || p.judged
		}
		out[i].conclude(judged)
	}
	return out
}

// conclude makes the verdict: one breaking finding breaks; something missing leaves it open.
func (r *Result) conclude(judged bool) {
	if !judged && len(r.Missing) == 0 {
		r.Missing = []Missing{{Why: "no rule judges this requirement yet"}}
	}
	switch {
	case slices.ContainsFunc(r.Findings, func(f Finding) bool { return !f.Advice }):
		r.Verdict = Broken
	case len(r.Missing) > 0:
		r.Verdict = Unjudged
	default:
		r.Verdict = Holds
	}
}

// merge adds what another version of the product would do. Where the verdicts differ, the version decides, and it is not known.
func merge(out, other []Result, version, otherVersion string) {
	for i := range out {
		a, b := &out[i], &other[i]
		if a.Verdict == b.Verdict && len(a.Versions) == 0 {
			continue
		}
		if len(a.Versions) == 0 {
			a.Versions = []ByCase{{version, a.Verdict}}
			limit(a.Findings, version)
		}
		a.Versions = append(a.Versions, ByCase{otherVersion, b.Verdict})
		limit(b.Findings, otherVersion)
		a.Findings = append(a.Findings, b.Findings...)
	}
}

// sayVersions leaves what depends on the version unjudged.
func sayVersions(results []Result) {
	for i := range results {
		if r := &results[i]; len(r.Versions) > 0 {
			r.Verdict = Unjudged
			r.Missing = append(r.Missing, Missing{Why: "depends on the product's version, which is not known: " + r.whichVersions()})
		}
	}
}

// limit marks findings as true for one version only; they warn, because nobody knows whether that is the one.
func limit(findings []Finding, version string) {
	for i := range findings {
		if findings[i].When == "" {
			findings[i].When = version
		}
		if findings[i].Severity == Error {
			findings[i].Severity = Warning
		}
	}
}

func (r *Result) whichVersions() string {
	var said []string
	for _, v := range r.Versions {
		said = append(said, string(v.Verdict)+" on "+v.When)
	}
	return strings.Join(said, ", ")
}
