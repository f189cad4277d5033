package live

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/asrscheck/asrscheck/conformance"
)

// Results are the outcomes of cases, by the requirement that they judge.
type Results map[string][]conformance.CaseResult

// ErrNothingRan is the error of a run whose selection held no case: silence is no proof.
var ErrNothingRan = errors.New("no case was selected")

// Judge runs cases on a target without Ginkgo. Several targets may be judged at once.
func Judge(ctx context.Context, t *Target, cases []*Case) (Results, error) {
	cases = t.applicable(cases)
	r, out := newRun(ctx, t, cases), Results{}
	for _, c := range cases {
		if ctx.Err() != nil {
			break
		}
		out[c.Requirement] = append(out[c.Requirement], r.try(ctx, c))
	}
	if len(out) == 0 && ctx.Err() == nil {
		return nil, ErrNothingRan
	}
	out.complete(cases, context.Cause(ctx))
	out.doubt(t)
	return out, context.Cause(ctx)
}

// complete names the cases that were not run, and why.
func (r Results) complete(cases []*Case, why error) {
	for _, c := range cases {
		if !slices.ContainsFunc(r[c.Requirement], func(result conformance.CaseResult) bool { return result.ID == c.ID }) {
			r[c.Requirement] = append(r[c.Requirement], unjudged(c, fmt.Sprintf("not run: %v", cmp.Or(why, errNoWord))))
		}
	}
}

var errNoWord = errors.New("the suite ended before")

// applicable leaves out cases that make do without the service's side where that can be seen, those that only a twin allows, those that look closer where nothing can be seen, and those that need what nobody was asked for. Where the
// clocks are real those that wait for them come last, all together, and then those that want to be alone.
func (t *Target) applicable(cases []*Case) []*Case {
	out := slices.DeleteFunc(slices.Clone(cases), func(c *Case) bool {
		return c.View == Outside && t.sees() || c.View == Closer && !t.sees() || c.View == InTwin && t.lag == nil || c.View == Prober && !t.probes() || !t.given(c.Level) && t.lacking[c.Level] == ""
	})
	if t.ticks() {
		slices.SortStableFunc(out, func(a, b *Case) int { return a.turn() - b.turn() })
	}
	return out
}

func (c *Case) turn() int {
	switch {
	case c.patient():
		return 1
	case c.Alone:
		return 2
	}
	return 0
}

// Verdict is what the cases of a requirement come to.
func (r Results) Verdict(requirement string) conformance.Verdict {
	return conformance.Together(r[requirement])
}

// Apply writes the outcomes beside what reading said. A requirement that no case judged is left alone.
func (r Results) Apply(s *conformance.Subject) {
	for _, req := range conformance.Requirements {
		cases := r[req.ID]
		if len(cases) == 0 {
			continue
		}
		result := s.Result(req.ID)
		if result == nil {
			s.Results = append(s.Results, conformance.Result{Requirement: req.ID})
			result = &s.Results[len(s.Results)-1]
		}
		if result.Verdict == conformance.NotOffered {
			cases = givenUp(cases)
		}
		result.Live = &conformance.Live{Verdict: conformance.Together(cases), Cases: cases}
	}
}

// givenUp are cases of a transport that the design was read to do without: that it does not work is no failure.
func givenUp(cases []conformance.CaseResult) []conformance.CaseResult {
	cases = slices.Clone(cases)
	for i := range cases {
		if cases[i].Verdict == conformance.Broken {
			cases[i].Verdict, cases[i].Cause = conformance.NotOffered, ""
			cases[i].Message = "the design does without it (" + cases[i].Message + ")"
		}
	}
	return cases
}
