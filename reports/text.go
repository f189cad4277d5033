package reports

import (
	"io"
	"strings"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// WriteText renders a document as plain text.
func WriteText(w io.Writer, d *Document) error {
	t := &text{newPrinter(w, d.Color), d}
	for i := range d.Report.Subjects {
		t.subject(&d.Report.Subjects[i])
	}
	t.gaps()
	t.proved()
	return t.flush()
}

type text struct {
	*printer
	*Document
}

func (t *text) subject(s *conformance.Subject) {
	t.printf("%s\n", styled{bold, strings.TrimSpace(s.Kind + " " + s.Gateway)})
	t.printf("  client endpoint   %s%s\n", s.Endpoint, inParentheses(s.Source))
	t.printf("  services reached  %s\n", orNone(s.Services))
	for _, n := range s.Notes {
		t.wrap("  ", "note             ", placeOf(n.Span)+n.Text)
	}
	t.printf("\n")
	t.requirements(s)
	t.findings(s)
	t.traffic(s)
	t.missing(s)
	t.printf("\n")
}

func inParentheses(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}

// Widths of the columns of requirements.
const (
	idWidth      = 19
	verdictWidth = 12
)

func (t *text) requirements(s *conformance.Subject) {
	read, live := isRead(s), isLive(s)
	t.printf("  %s", styled{faint, pad("requirement", idWidth)})
	if read {
		t.printf("%s", styled{faint, pad("says", verdictWidth)})
	}
	if live {
		t.printf("%s", styled{faint, pad("does", verdictWidth)})
	}
	t.printf("%s\n", styled{faint, "what is asked"})
	for i := range s.Results {
		r := &s.Results[i]
		t.printf("  %s", pad(r.Requirement, idWidth))
		if read {
			t.verdict(says(r))
		}
		if live {
			t.verdict(does(r))
		}
		t.printf("%s\n", styled{faint, titleOf(r.Requirement)})
	}
}

var verdictStyles = map[string]style{
	string(conformance.Holds): green, string(conformance.Broken): red, string(conformance.Unjudged): yellow, string(conformance.NotOffered): yellow,
}

func (t *text) verdict(v string) {
	t.printf("%s", styled{verdictStyles[v], pad(v, verdictWidth)})
}

func titleOf(requirement string) string {
	r, _ := conformance.RequirementByID(requirement)
	return r.Title
}

var severityStyles = map[conformance.Severity]style{conformance.Error: red, conformance.Warning: yellow, conformance.Notice: cyan}

func (t *text) findings(s *conformance.Subject) {
	for _, r := range s.Results {
		for i := range r.Findings {
			if r.Findings[i].Told == "" {
				t.finding(&r.Findings[i])
			}
		}
	}
}

func (t *text) finding(f *conformance.Finding) {
	t.printf("\n%s%s: %s%s %s\n", placeOf(f.Span), styled{severityStyles[f.Severity], string(f.Severity)}, styled{bold, f.Message},
		onlyOn(f.When), styled{faint, "[" + f.Rule + " " + strings.Join(append([]string{f.Requirement}, f.Breaks...), ", ") + "]"})
	t.excerpt(f.Span, true)
	for _, n := range f.Related {
		t.printf("  %s%s\n", placeOf(n.Span), n.Text)
		t.excerpt(n.Span, false)
	}
	if f.Fix != "" {
		t.wrap("  ", "fix:", f.Fix)
	}
	if len(f.Probes) > 0 {
		t.wrap("  ", "probes:", strings.Join(f.Probes, ", "))
	}
}

// placeOf is a place in front of what is said about it; empty where there is none.
func placeOf(s routing.Span) string {
	if s.String() == "" {
		return ""
	}
	return s.String() + ": "
}

func onlyOn(version string) string {
	if version == "" {
		return ""
	}
	return " (on " + version + ")"
}

// excerpt shows a source line, with carets under the columns that matter if asked for.
func (t *text) excerpt(s routing.Span, carets bool) {
	e, ok := t.excerpts[s]
	if !ok {
		return
	}
	t.printf("%6d %s %s\n", s.Line, styled{faint, "|"}, e.Text)
	if carets {
		before, marked, _ := e.Parts()
		t.printf("       %s %s%s\n", styled{faint, "|"}, strings.Repeat(" ", len([]rune(before))), styled{red, strings.Repeat("^", max(1, len([]rune(marked))))})
	}
}

// traffic tells the live cases that did not hold, and those that hold with a remark. Those that lack the same thing share a line.
func (t *text) traffic(s *conformance.Subject) {
	lacking := idsByMessage(s)
	for _, r := range s.Results {
		if r.Live == nil {
			continue
		}
		for _, c := range r.Live.Cases {
			if c.Verdict == conformance.Holds && c.Message == "" {
				continue
			}
			if ids := lacking[c.Message]; c.Verdict == conformance.Unjudged && len(ids) > 1 {
				if c.ID == ids[0] {
					t.printf("\n")
					t.wrap("", string(c.Verdict), strings.Join(ids, ", "))
					t.wrap("  ", "traffic:", c.Message)
				}
				continue
			}
			t.printf("\n%s %s: %s %s\n", styled{verdictStyles[string(c.Verdict)], string(c.Verdict)}, c.ID, c.Title, styled{faint, "[" + r.Requirement + "]"})
			t.wrap("  ", map[bool]string{true: "advice:", false: "traffic:"}[c.Advice], c.Message)
			if c.Cause != "" {
				t.wrap("  ", "likely:", c.Cause)
			}
		}
	}
}

// idsByMessage are the cases that were left open, by why.
func idsByMessage(s *conformance.Subject) map[string][]string {
	out := map[string][]string{}
	for _, r := range s.Results {
		if r.Live == nil {
			continue
		}
		for _, c := range r.Live.Cases {
			if c.Verdict == conformance.Unjudged {
				out[c.Message] = append(out[c.Message], c.ID)
			}
		}
	}
	return out
}

// missing tells what could not be judged; requirements that lack the same thing share a line.
func (t *text) missing(s *conformance.Subject) {
	list := missingOf(s)
	if len(list) == 0 {
		return
	}
	t.printf("\n%s\n", styled{bold, "what could not be judged, and why"})
	for _, m := range list {
		t.wrap("  ", strings.Join(m.Requirements, ", ")+":", m.Why+inParentheses(m.Span.String()))
	}
}

func (t *text) gaps() {
	list := t.Report.Gaps()
	if len(list) == 0 {
		return
	}
	t.printf("%s\n", styled{bold, "why this report proves less than it seems to"})
	for _, g := range list {
		t.wrap("  ", "-", placeOf(g.Span)+g.What)
		t.excerpt(g.Span, true)
		if g.Fix != "" {
			t.wrap("    ", "fix:", g.Fix)
		}
	}
	t.printf("\n")
}

func (t *text) proved() {
	t.printf("%s\n", styled{bold, "what was proved"})
	for _, row := range proofRows(t.Report) {
		t.printf("  %s%s\n", pad(row.Name, idWidth), row.Value)
	}
	n := tallyOf(t.Report)
	t.printf("  %s%s, %s, %s\n", pad("findings", idWidth), count(n.Errors, "error"), count(n.Warnings, "warning"), count(n.Notes, "note"))
}
