package live

import (
	"context"
	"errors"
	"slices"

	"github.com/asrscheck/asrscheck/conformance"
)

// Results are the outcomes of cases, by the requirement that they judge.
type Results map[string][]conformance.CaseResult

// ErrNothingRan is the error of a run whose selection held no case: silence is no proof.
var ErrNothingRan = errors.New("no case was selected")

// Judge runs cases on a target without Ginkgo. Several targets may be judged at once.
func Judge(ctx context.Context, t *Target, cases []*Case) (Results, error) {
	r, out := newRun(t), Results{}
	for _, c := range t.applicable(cases) {
		if err := ctx.Err(); err != nil {
			return out, context.Cause(ctx)
		}
		out[c.Requirement] = append(out[c.Requirement], r.try(ctx, c))
	}
	if len(out) == 0 {
		return nil, ErrNothingRan
	}
	return out, nil
}

// applicable leaves out cases that make do without the service's side where that can be seen, and those that only a twin allows.
func (t *Target) applicable(cases []*Case) []*Case {
	return slices.DeleteFunc(slices.Clone(cases), func(c *Case) bool {
		return c.View == Outside && t.sees() || c.View == InTwin && t.lag == nil
	})
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
		result.Live = &conformance.Live{Verdict: r.Verdict(req.ID), Cases: cases}
	}
}
