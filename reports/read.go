package reports

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// maxResults bounds a JSON report that is read back.
const maxResults = 512 << 20

// Read reads a JSON report back. Fields that it does not know are ignored; words that it does not know are errors, so that an
// unknown severity or verdict never counts as nothing.
func Read(r io.Reader) (*Document, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxResults+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read results: %w", err)
	case len(data) > maxResults:
		return nil, fmt.Errorf("read results: larger than %d MiB", maxResults>>20)
	}
	var j jsonReport
	if err := json.Unmarshal(data, &j); err != nil {
		return nil, placed(data, err)
	}
	if j.Schema != Schema {
		return nil, fmt.Errorf("read results: this is no report of schema %d: \"schema\" is %d", Schema, j.Schema)
	}
	report, err := fromJSON(&j)
	if err != nil {
		return nil, fmt.Errorf("read results: %w", err)
	}
	d := New(report, nil)
	d.Version = Redact(j.Tool.Version)
	for _, e := range j.Excerpts {
		d.excerpts[routing.Span(e.Place)] = Excerpt{Redact(e.Text), e.From, e.To}
	}
	return d, nil
}

// placed adds line and column to an error of package json.
func placed(data []byte, err error) error {
	offset := int64(len(data))
	var syntax *json.SyntaxError
	var mismatch *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &mismatch):
		offset = mismatch.Offset
	}
	line, col := 1, 1
	for _, c := range data[:min(max(offset-1, 0), int64(len(data)))] {
		col++
		if c == '\n' {
			line, col = line+1, 1
		}
	}
	return fmt.Errorf("read results: line %d, column %d: %w", line, col, err)
}

func fromJSON(j *jsonReport) (*conformance.Report, error) {
	c := &checker{}
	r := &conformance.Report{
		Inputs: back(j.Inputs, func(in jsonInput) routing.Input {
			return routing.Input{Name: in.Name, Format: in.Format, Gateways: in.Gateways, Note: in.Note, Files: in.Files}
		}),
		Problems: back(j.Problems, c.problem),
		Idle:     back(j.Idle, func(s string) string { return s }),
		Subjects: back(j.Subjects, c.subject),
	}
	return r, c.err
}

// back maps a list; an empty one becomes nil.
func back[A, B any](list []A, to func(A) B) []B {
	if len(list) == 0 {
		return nil
	}
	return each(list, to)
}

// checker turns JSON into a report and keeps the first word that it does not know.
type checker struct{ err error }

func (c *checker) unknown(what, word string) {
	if c.err == nil {
		c.err = fmt.Errorf("%s %q is not known", what, word)
	}
}

func (c *checker) problem(p jsonProblem) routing.Problem {
	kind := slices.Index(problemKinds, p.Kind)
	if kind < 0 {
		c.unknown("kind of problem", p.Kind)
		kind = 0
	}
	return routing.Problem{Span: routing.Span(p.Place), Message: p.Message, Fix: p.Fix, Kind: routing.ProblemKind(kind)}
}

func (c *checker) subject(s jsonSubject) conformance.Subject {
	return conformance.Subject{
		Gateway: s.Gateway, Kind: s.Kind, Endpoint: s.Endpoint, Source: s.Source, Services: back(s.Services, func(s string) string { return s }),
		Span: routing.Span(s.Place), Notes: back(s.Notes, noteFromJSON), Probes: s.Probes, Results: back(s.Results, c.result),
	}
}

func (c *checker) result(r jsonResult) conformance.Result {
	c.known(r.Requirement)
	if r.Verdict != "" {
		c.verdict(r.Verdict)
	}
	return conformance.Result{
		Requirement: r.Requirement, Verdict: r.Verdict, Live: c.live(r.Live),
		Versions: back(r.Versions, func(v jsonByCase) conformance.ByCase {
			return conformance.ByCase{When: v.When, Verdict: c.verdict(v.Verdict)}
		}),
		Findings: back(r.Findings, c.finding),
		Missing: back(r.Missing, func(m jsonMissing) conformance.Missing {
			return conformance.Missing{Why: m.Why, Span: routing.Span(m.Place)}
		}),
	}
}

func (c *checker) verdict(v conformance.Verdict) conformance.Verdict {
	if !slices.Contains([]conformance.Verdict{conformance.Holds, conformance.Broken, conformance.Unjudged, conformance.NotOffered}, v) {
		c.unknown("verdict", string(v))
	}
	return v
}

func (c *checker) live(l *jsonLive) *conformance.Live {
	if l == nil {
		return nil
	}
	return &conformance.Live{Verdict: c.verdict(l.Verdict), Cases: back(l.Cases, func(one jsonCase) conformance.CaseResult {
		c.verdict(one.Verdict)
		return conformance.CaseResult{
			ID: one.ID, Title: one.Title, Verdict: one.Verdict, Message: one.Message, Cause: one.Cause, Advice: one.Advice,
			Evidence: back(one.Evidence, func(e jsonExchange) conformance.Exchange { return conformance.Exchange(e) }),
		}
	})}
}

func (c *checker) finding(f jsonFinding) conformance.Finding {
	if _, err := conformance.ParseSeverity(string(f.Severity)); err != nil {
		c.unknown("severity", string(f.Severity))
	}
	return conformance.Finding{
		Rule: f.Rule, Requirement: f.Requirement, Severity: f.Severity, Advice: f.Advice, Message: f.Message, Fix: f.Fix, When: f.When,
		Span: routing.Span(f.Place), Probes: back(f.Probes, func(s string) string { return s }),
		Related: back(f.Related, noteFromJSON),
		Trace: back(f.Trace, func(e jsonEvent) routing.Event {
			return routing.Event{Span: routing.Span(e.Place), Text: e.Text, Decision: e.Decision}
		}),
		Breaks: back(f.Breaks, c.known), Told: c.knownOrNone(f.Told),
	}
}

// known is the id of a requirement.
func (c *checker) known(id string) string {
	if _, ok := conformance.RequirementByID(id); !ok {
		c.unknown("requirement", id)
	}
	return id
}

func (c *checker) knownOrNone(id string) string {
	if id == "" {
		return ""
	}
	return c.known(id)
}

func noteFromJSON(n jsonNote) routing.Note {
	return routing.Note{Span: routing.Span(n.Place), Text: n.Text}
}
