package conformance

import (
	"cmp"
	"slices"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Merge puts the reports of several runs together, such as those of a suite that was split over machines. A subject is the same when gateway
// and client endpoint are; what was read of it is taken from the first report that read it, and of a case that ran more than once the
// worst outcome counts.
func Merge(all []*Report) *Report {
	out := &Report{}
	for _, r := range all {
		out.Inputs = union(out.Inputs, r.Inputs, func(a, b routing.Input) bool { return a.Name == b.Name && a.Format == b.Format })
		out.Problems = union(out.Problems, r.Problems, func(a, b routing.Problem) bool { return a.Span == b.Span && a.Message == b.Message })
		out.Idle = union(out.Idle, r.Idle, func(a, b string) bool { return a == b })
		for i := range r.Subjects {
			out.add(&r.Subjects[i])
		}
	}
	return out
}

func union[T any](to, from []T, same func(a, b T) bool) []T {
	for _, f := range from {
		if !slices.ContainsFunc(to, func(t T) bool { return same(t, f) }) {
			to = append(to, f)
		}
	}
	return to
}

func (r *Report) add(s *Subject) {
	i := slices.IndexFunc(r.Subjects, func(o Subject) bool {
		return o.Kind == s.Kind && o.Gateway == s.Gateway && o.Endpoint == s.Endpoint
	})
	if i < 0 {
		one := *s
		one.Results = slices.Clone(s.Results)
		r.Subjects = append(r.Subjects, one)
		return
	}
	to := &r.Subjects[i]
	to.Probes += s.Probes
	to.Services = union(to.Services, s.Services, func(a, b string) bool { return a == b })
	for _, result := range s.Results {
		to.merge(result)
	}
	slices.SortStableFunc(to.Results, func(a, b Result) int { return cmp.Compare(place(a), place(b)) })
}

// place is where a requirement stands in their order.
func place(r Result) int {
	return slices.IndexFunc(Requirements, func(one Requirement) bool { return one.ID == r.Requirement })
}

func (s *Subject) merge(from Result) {
	to := s.Result(from.Requirement)
	if to == nil {
		s.Results = append(s.Results, from)
		return
	}
	live := mergeLive(to.Live, from.Live)
	if to.Verdict == "" {
		*to = from
	}
	to.Live = live
}

func mergeLive(a, b *Live) *Live {
	if a == nil || b == nil {
		if a == nil {
			return b
		}
		return a
	}
	cases := slices.Clone(a.Cases)
	for _, c := range b.Cases {
		i := slices.IndexFunc(cases, func(o CaseResult) bool { return o.ID == c.ID })
		switch {
		case i < 0:
			cases = append(cases, c)
		case worse(c.Verdict, cases[i].Verdict):
			cases[i] = c
		}
	}
	slices.SortStableFunc(cases, func(a, b CaseResult) int { return cmp.Compare(a.ID, b.ID) })
	return &Live{Verdict: Together(cases), Cases: cases}
}

// badness orders the verdicts of cases. What one run offered and another did not is offered.
var badness = map[Verdict]int{NotOffered: 1, Holds: 2, Unjudged: 3, Broken: 4}

func worse(a, b Verdict) bool { return badness[a] > badness[b] }

// Together is the verdict that several cases of one requirement come to: one that is broken breaks it, one that could not be judged leaves
// it open, and where one is not offered the whole is not. Cases that only advise do not count, and prove nothing.
func Together(cases []CaseResult) Verdict {
	cases = slices.DeleteFunc(slices.Clone(cases), func(c CaseResult) bool { return c.Advice })
	if len(cases) == 0 {
		return Unjudged
	}
	for _, v := range []Verdict{Broken, NotOffered, Unjudged} {
		if slices.ContainsFunc(cases, func(c CaseResult) bool { return c.Verdict == v }) {
			return v
		}
	}
	return Holds
}
