package conformance

import (
	"cmp"
	"slices"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Report is all that one run found out: what was read, and per subject every requirement with its verdict.
type Report struct {
	Inputs   []routing.Input
	Problems []routing.Problem // of inputs that gave nothing to judge
	// Idle are the gateways that were read but not judged because they do not lead to a service.
	Idle     []string
	Subjects []Subject
}

// Subject is one gateway as one client endpoint sees it.
type Subject struct {
	Gateway  string // kind and name
	Kind     string
	Endpoint string // the client endpoint's URL
	Source   string // where the client endpoint was taken from
	Services []string
	Span     routing.Span
	Notes    []routing.Note // remarks about the gateway as a whole
	Probes   int            // probes traced or sent
	Results  []Result
	model    *routing.Gateway
	endpoint Endpoint
}

// Model is the gateway as it was read; nil for one that was not, or whose report was read back.
func (s *Subject) Model() *routing.Gateway {
	if s.model == nil {
		return nil
	}
	return s.model.Open()
}

// ClientEndpoint is the client endpoint; zero for a report that was read back.
func (s *Subject) ClientEndpoint() Endpoint { return s.endpoint }

// Result is what is known about one requirement.
type Result struct {
	Requirement string
	Verdict     Verdict  // by reading; empty when nothing was read
	Live        *Live    // by traffic; nil when none was driven
	Versions    []ByCase // when the verdict depends on the product's version
	Findings    []Finding
	Missing     []Missing
}

// ByCase is a verdict under one assumption, such as a product version.
type ByCase struct {
	When    string
	Verdict Verdict
}

// Live is what traffic said about one requirement.
type Live struct {
	Verdict Verdict
	Cases   []CaseResult
}

// CaseResult is the outcome of one live case.
type CaseResult struct {
	ID      string
	Title   string
	Verdict Verdict
	// Message is what was expected and seen, or why it could not be judged; of a case that holds, a remark, if there is one.
	Message  string
	Cause    string     // what is likely behind a failure
	Advice   bool       // the case only advises: what it says does not break its requirement
	Evidence []Exchange // what was sent and what came back, as far as it is kept
}

// Exchange is a request of a case with what came back, as text without secrets.
type Exchange struct {
	Operation string // negotiate, poll …
	Request   string // head and the beginning of the body
	Response  string // likewise; empty when none came
	Problem   string // what went wrong, in words of the client; empty when nothing did
}

// Finding is one thing that is wrong or fragile, at the line that decides.
type Finding struct {
	Rule        string
	Requirement string
	Severity    Severity
	// Advice marks a finding that does not break the requirement.
	Advice  bool
	Message string
	Fix     string
	Span    routing.Span
	Related []routing.Note
	Trace   []routing.Event // how one probe came here
	Probes  []string        // which probes it concerns
	When    string          // the product version it is limited to
	// Breaks are further requirements that the same thing breaks: there it is not told again.
	Breaks []string
	// Told is the requirement under which this very finding is told; empty where that is here.
	Told string
}

// Missing says why something could not be judged.
type Missing struct {
	Why  string
	Span routing.Span
}

// Sort brings findings and missing facts into an order that does not depend on how they were found.
func (r *Result) Sort() {
	slices.SortStableFunc(r.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(rank[b.Severity], rank[a.Severity]), compareSpans(a.Span, b.Span), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Message, b.Message))
	})
	slices.SortStableFunc(r.Missing, func(a, b Missing) int {
		return cmp.Or(compareSpans(a.Span, b.Span), cmp.Compare(a.Why, b.Why))
	})
}

func compareSpans(a, b routing.Span) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
}

// Findings are the findings of the report at or above a severity, each counted where it is told.
func (r *Report) Findings(least Severity) int {
	n := 0
	for _, s := range r.Subjects {
		for _, res := range s.Results {
			for _, f := range res.Findings {
				if f.Told == "" && f.Severity.AtLeast(least) {
					n++
				}
			}
			if res.brokenByTrafficAlone() {
				n++
			}
		}
	}
	return n
}

// brokenByTrafficAlone reports what reading did not find.
func (r *Result) brokenByTrafficAlone() bool {
	return r.Live != nil && r.Live.Verdict == Broken && r.Verdict != Broken && r.Verdict != NotOffered
}

// Result finds the result of one requirement; nil when the subject has none.
func (s *Subject) Result(requirement string) *Result {
	for i := range s.Results {
		if s.Results[i].Requirement == requirement {
			return &s.Results[i]
		}
	}
	return nil
}
