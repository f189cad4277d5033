package reports

import (
	"bufio"
	"io"
	"slices"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Schema is the version of the JSON report. It changes when a field changes its meaning or goes away, not when one is added.
const Schema = 1

// WriteJSON renders a document as JSON; reports/schema.json describes it. Read reads it back.
func WriteJSON(w io.Writer, d *Document) error {
	r := d.Report
	o := &objectWriter{out: bufio.NewWriter(w)}
	o.member("schema", Schema)
	o.member("tool", jsonTool{"asrscheck", d.Version})
	o.member("summary", summaryOf(r))
	list(o, "gaps", r.Gaps(), func(g conformance.Gap) jsonGap { return jsonGap{g.What, g.Fix, jsonPlace(g.Span)} })
	list(o, "inputs", r.Inputs, inputToJSON)
	list(o, "problems", r.Problems, problemToJSON)
	list(o, "idle", r.Idle, func(name string) string { return name })
	list(o, "subjects", r.Subjects, subjectToJSON)
	list(o, "excerpts", excerptsToJSON(d.excerpts), func(e jsonExcerpt) jsonExcerpt { return e })
	return o.close()
}

// The shapes of the JSON report; jsonReport is the whole as Read takes it. They follow those of package conformance; what is derived from others (summary, gaps, titles) is
// there for readers of the file and ignored by Read.
type (
	jsonReport struct {
		Schema   int           `json:"schema"`
		Tool     jsonTool      `json:"tool"`
		Summary  jsonSummary   `json:"summary"`
		Gaps     []jsonGap     `json:"gaps"`
		Inputs   []jsonInput   `json:"inputs"`
		Problems []jsonProblem `json:"problems"`
		Idle     []string      `json:"idle"`
		Subjects []jsonSubject `json:"subjects"`
		Excerpts []jsonExcerpt `json:"excerpts"`
	}
	jsonTool struct {
		Name    string `json:"name"`
		Version string `json:"version,omitempty"`
	}
	jsonSummary struct {
		Errors    int `json:"errors"`
		Warnings  int `json:"warnings"`
		Notes     int `json:"notes"`
		Inputs    int `json:"inputs"`
		Skipped   int `json:"skipped"`
		Gateways  int `json:"gateways"`
		Idle      int `json:"idle"`
		Endpoints int `json:"endpoints"`
		Probes    int `json:"probes"`
		Judged    int `json:"judged"`
		Unjudged  int `json:"unjudged"`
	}
	jsonGap struct {
		What  string    `json:"what"`
		Fix   string    `json:"fix,omitempty"`
		Place jsonPlace `json:"place,omitzero"`
	}
	jsonInput struct {
		Name     string   `json:"name"`
		Format   string   `json:"format"`
		Gateways int      `json:"gateways"`
		Note     string   `json:"note,omitempty"`
		Files    []string `json:"files,omitempty"`
	}
	jsonProblem struct {
		Kind    string    `json:"kind"`
		Message string    `json:"message"`
		Fix     string    `json:"fix,omitempty"`
		Place   jsonPlace `json:"place,omitzero"`
	}
	jsonSubject struct {
		Gateway  string       `json:"gateway"`
		Kind     string       `json:"kind"`
		Endpoint string       `json:"endpoint"`
		Source   string       `json:"source,omitempty"`
		Services []string     `json:"services"`
		Place    jsonPlace    `json:"place,omitzero"`
		Notes    []jsonNote   `json:"notes,omitempty"`
		Probes   int          `json:"probes"`
		Results  []jsonResult `json:"requirements"`
	}
	jsonResult struct {
		Requirement string              `json:"requirement"`
		Title       string              `json:"title"`
		Verdict     conformance.Verdict `json:"verdict,omitempty"`
		Live        *jsonLive           `json:"live,omitempty"`
		Versions    []jsonByCase        `json:"versions,omitempty"`
		Findings    []jsonFinding       `json:"findings"`
		Missing     []jsonMissing       `json:"missing"`
	}
	jsonByCase struct {
		When    string              `json:"when"`
		Verdict conformance.Verdict `json:"verdict"`
	}
	jsonLive struct {
		Verdict conformance.Verdict `json:"verdict"`
		Cases   []jsonCase          `json:"cases"`
	}
	jsonCase struct {
		ID      string              `json:"id"`
		Title   string              `json:"title"`
		Verdict conformance.Verdict `json:"verdict"`
		Message string              `json:"message,omitempty"`
		Cause   string              `json:"cause,omitempty"`
		Advice  bool                `json:"advice,omitempty"`
		// Evidence is bounded by those who collect it.
		Evidence []jsonExchange `json:"evidence,omitempty"`
	}
	jsonExchange struct {
		Operation string `json:"operation"`
		Request   string `json:"request"`
		Response  string `json:"response,omitempty"`
		Problem   string `json:"problem,omitempty"`
	}
	jsonFinding struct {
		Rule        string               `json:"rule"`
		Requirement string               `json:"requirement"`
		Severity    conformance.Severity `json:"severity"`
		Advice      bool                 `json:"advice,omitempty"`
		Message     string               `json:"message"`
		Fix         string               `json:"fix,omitempty"`
		Place       jsonPlace            `json:"place,omitzero"`
		Related     []jsonNote           `json:"related,omitempty"`
		Trace       []jsonEvent          `json:"trace,omitempty"`
		Probes      []string             `json:"probes,omitempty"`
		When        string               `json:"when,omitempty"`
		Breaks      []string             `json:"breaks,omitempty"`
		Told        string               `json:"told,omitempty"`
	}
	jsonNote struct {
		Text  string    `json:"text"`
		Place jsonPlace `json:"place,omitzero"`
	}
	jsonEvent struct {
		Text     string    `json:"text"`
		Decision bool      `json:"decision,omitempty"`
		Place    jsonPlace `json:"place,omitzero"`
	}
	jsonMissing struct {
		Why   string    `json:"why"`
		Place jsonPlace `json:"place,omitzero"`
	}
	jsonPlace struct {
		File    string `json:"file"`
		Line    int    `json:"line,omitempty"`
		Col     int    `json:"column,omitempty"`
		EndLine int    `json:"endLine,omitempty"`
		EndCol  int    `json:"endColumn,omitempty"`
	}
	jsonExcerpt struct {
		Place jsonPlace `json:"place"`
		Text  string    `json:"text"`
		From  int       `json:"from"`
		To    int       `json:"to"`
	}
)

// problemKinds are the words for kinds of problems.
var problemKinds = []string{routing.Refused: "refused", routing.Truncated: "truncated", routing.NotWhole: "not-whole", routing.Unread: "unread"}

// each maps a list; nil becomes an empty list, so that the JSON always holds one.
func each[A, B any](list []A, to func(A) B) []B {
	out := make([]B, len(list))
	for i, a := range list {
		out[i] = to(a)
	}
	return out
}

func summaryOf(r *conformance.Report) jsonSummary {
	n, p := tallyOf(r), r.Proof()
	return jsonSummary{
		Errors: n.Errors, Warnings: n.Warnings, Notes: n.Notes, Inputs: p.Inputs, Skipped: p.Skipped, Gateways: p.Gateways, Idle: p.Idle,
		Endpoints: p.Endpoints, Probes: p.Probes, Judged: p.Judged, Unjudged: p.Unjudged,
	}
}

func subjectToJSON(s conformance.Subject) jsonSubject {
	return jsonSubject{
		Gateway: s.Gateway, Kind: s.Kind, Endpoint: s.Endpoint, Source: s.Source, Services: append([]string{}, s.Services...),
		Place: jsonPlace(s.Span), Notes: each(s.Notes, noteToJSON), Probes: s.Probes, Results: each(s.Results, resultToJSON),
	}
}

func resultToJSON(r conformance.Result) jsonResult {
	return jsonResult{
		Requirement: r.Requirement, Title: titleOf(r.Requirement), Verdict: r.Verdict, Live: liveToJSON(r.Live),
		Versions: each(r.Versions, func(v conformance.ByCase) jsonByCase { return jsonByCase(v) }),
		Findings: each(r.Findings, findingToJSON),
		Missing:  each(r.Missing, missingToJSON),
	}
}

func liveToJSON(l *conformance.Live) *jsonLive {
	if l == nil {
		return nil
	}
	return &jsonLive{l.Verdict, each(l.Cases, caseToJSON)}
}

func caseToJSON(c conformance.CaseResult) jsonCase {
	return jsonCase{c.ID, c.Title, c.Verdict, c.Message, c.Cause, c.Advice, each(c.Evidence, func(e conformance.Exchange) jsonExchange { return jsonExchange(e) })}
}

func inputToJSON(in routing.Input) jsonInput {
	return jsonInput{in.Name, in.Format, in.Gateways, in.Note, in.Files}
}

func problemToJSON(p routing.Problem) jsonProblem {
	return jsonProblem{problemKinds[p.Kind], p.Message, p.Fix, jsonPlace(p.Span)}
}

func missingToJSON(m conformance.Missing) jsonMissing { return jsonMissing{m.Why, jsonPlace(m.Span)} }

func noteToJSON(n routing.Note) jsonNote { return jsonNote{n.Text, jsonPlace(n.Span)} }

func findingToJSON(f conformance.Finding) jsonFinding {
	return jsonFinding{
		Rule: f.Rule, Requirement: f.Requirement, Severity: f.Severity, Advice: f.Advice, Message: f.Message, Fix: f.Fix, When: f.When,
		Place: jsonPlace(f.Span), Probes: f.Probes, Breaks: f.Breaks, Told: f.Told,
		Related: each(f.Related, noteToJSON),
		Trace:   each(f.Trace, func(e routing.Event) jsonEvent { return jsonEvent{e.Text, e.Decision, jsonPlace(e.Span)} }),
	}
}

func excerptsToJSON(excerpts map[routing.Span]Excerpt) []jsonExcerpt {
	out := make([]jsonExcerpt, 0, len(excerpts))
	for s, e := range excerpts {
		out = append(out, jsonExcerpt{jsonPlace(s), e.Text, e.From, e.To})
	}
	slices.SortFunc(out, func(a, b jsonExcerpt) int { return compareSpans(routing.Span(a.Place), routing.Span(b.Place)) })
	return out
}
