package conformance

import (
	"slices"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Proof counts what a run can show for its verdicts.
type Proof struct {
	Inputs    int // inputs that were read
	Skipped   int // inputs that were not
	Gateways  int // gateways in what was read
	Idle      int // of these, gateways that lead to no service
	Endpoints int // client endpoints that were judged, each on one gateway
	Probes    int // probes traced or sent
	Judged    int // requirements judged, each for one client endpoint
	Unjudged  int // requirements left open
}

// Proof counts what the report rests on.
func (r *Report) Proof() Proof {
	p := Proof{Idle: len(r.Idle), Endpoints: len(r.Subjects)}
	for _, in := range r.Inputs {
		p.Gateways += in.Gateways
		if in.Format == "" {
			p.Skipped++
		} else {
			p.Inputs++
		}
	}
	for _, s := range r.Subjects {
		p.Probes += s.Probes
		for i := range s.Results {
			if s.Results[i].Judged() {
				p.Judged++
			} else {
				p.Unjudged++
			}
		}
	}
	return p
}

// Judged reports whether reading or traffic came to a verdict.
func (r *Result) Judged() bool {
	return isJudgement(r.Verdict) || r.Live != nil && isJudgement(r.Live.Verdict)
}

func isJudgement(v Verdict) bool { return v != "" && v != Unjudged }

// Gap is a reason not to rely on a report: something was not read, or nothing was judged.
type Gap struct {
	Span routing.Span
	What string
	Fix  string // what to do about it
}

// Gaps are the reasons why the report proves less than it seems to. A run with a gap is not clean, whatever it found.
func (r *Report) Gaps() []Gap { return append(r.Unread(), r.nothing()...) }

// Unread are the gaps that lie in what was read, whatever was judged.
func (r *Report) Unread() []Gap {
	told := map[string]bool{}
	for _, p := range r.Problems {
		told[p.Span.File] = true
	}
	out := GapsOf(r.Problems)
	for _, in := range r.Inputs {
		if in.Format == "" && !told[in.Name] {
			out = append(out, Gap{routing.Span{File: in.Name}, "was skipped: it is of no format that is known here", "Leave it out, or say which format it is with --as FORMAT."})
		}
	}
	for i := range r.Subjects {
		out = append(out, r.Subjects[i].gaps()...)
	}
	return eachOnce(out)
}

// eachOnce leaves out what was told before: the client endpoints of one gateway share what was not read of it.
func eachOnce(gaps []Gap) []Gap {
	told := map[Gap]bool{}
	return slices.DeleteFunc(gaps, func(g Gap) bool {
		before := told[g]
		told[g] = true
		return before
	})
}

// GapsOf are the gaps that problems are.
func GapsOf(problems []routing.Problem) []Gap {
	var out []Gap
	for _, p := range problems {
		out = append(out, Gap{p.Span, p.Message, p.Fix})
	}
	return out
}

// gaps are the parts of a gateway's configuration that were not read.
func (s *Subject) gaps() []Gap {
	c := s.Result("configuration")
	if c == nil {
		return nil
	}
	var out []Gap
	for _, m := range c.Missing {
		out = append(out, Gap{m.Span, m.Why, "Give what is missing too: what stands there may decide any verdict."})
	}
	return out
}

// nothing says which kind of nothing the run came to, if it did.
func (r *Report) nothing() []Gap {
	p := r.Proof()
	gap := Gap{}
	switch {
	case len(r.Subjects) > 0 && p.Judged > 0:
		return nil
	case len(r.Subjects) > 0:
		gap.What, gap.Fix = "no requirement could be judged", "See what could not be judged and why, and give what is missing."
	case p.Gateways > 0:
		gap.What = "no route leads to an Azure SignalR service"
		gap.Fix = "If the backend is a custom domain of the service, name it with --service HOST."
	default:
		gap.What, gap.Fix = "no gateway was found in what was read", "Give the configuration of a gateway, or say which format it is with --as FORMAT."
	}
	return []Gap{gap}
}

// Overall is the verdict of reading and traffic together: the worse of the two, since each sees what the other cannot. To traffic a
// transport that a design gives up looks broken; only reading can tell the two apart.
func (r *Result) Overall() Verdict {
	if r.Live == nil || r.Live.Verdict == "" || r.Verdict == NotOffered && r.Live.Verdict == Broken {
		return r.Verdict
	}
	for _, v := range []Verdict{Broken, NotOffered, Holds} {
		if r.Verdict == v || r.Live.Verdict == v {
			return v
		}
	}
	return Unjudged
}

// unknownEndpoints are the given client endpoints that no gateway serves.
func unknownEndpoints(r *Report, given []Endpoint) []routing.Problem {
	var out []routing.Problem
	for _, e := range given {
		if !slices.ContainsFunc(r.Subjects, func(s Subject) bool { return s.Endpoint == e.String() }) {
			out = append(out, routing.Problem{
				Message: "no gateway serves the client endpoint " + e.String(),
				Fix:     "Correct --client-endpoint, or give the gateway that serves it.", Kind: routing.NotWhole,
			})
		}
	}
	return out
}
