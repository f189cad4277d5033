package reports

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

//go:embed html.tmpl
var htmlText string

var htmlTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
	"says": says, "does": does, "isRead": isRead, "isLive": isLive, "title": titleOf, "demand": demandOf, "mark": markOf,
	"join": strings.Join, "printable": Printable, "prose": proseOf, "count": count, "tally": tallyOf, "proved": proofRows, "missing": missingOf,
	"findings": findingsOf, "cases": casesOf, "lines": lines, "verdicts": verdictsOf,
}).Parse(htmlText))

// WriteHTML renders a document as one page that needs nothing else: no script, no font, no request.
func WriteHTML(w io.Writer, d *Document) error {
	if err := htmlTemplate.Execute(w, htmlPage{d}); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

type htmlPage struct{ *Document }

// Rule is the documentation of a finding's rule; nil when there is none.
func (p htmlPage) Rule(id string) *conformance.Rule { return p.rule(id) }

// Excerpt is the source line of a place; nil when it is not at hand.
func (p htmlPage) Excerpt(s routing.Span) *htmlExcerpt {
	e, ok := p.excerpts[s]
	if !ok {
		return nil
	}
	before, marked, after := e.Parts()
	return &htmlExcerpt{s.Line, before, marked, after}
}

type htmlExcerpt struct {
	Line                  int
	Before, Marked, After string
}

// prose is a piece of running text; what stood between backticks is code.
type prose struct {
	Text string
	Code bool
}

func proseOf(text string) []prose {
	var out []prose
	for i, piece := range strings.Split(Printable(text), "`") {
		if piece != "" {
			out = append(out, prose{piece, i%2 == 1})
		}
	}
	return out
}

func demandOf(requirement string) string {
	r, _ := conformance.RequirementByID(requirement)
	return r.Demand
}

// markOf is the sign of a verdict, so that its meaning does not hang on color.
func markOf(verdict string) string {
	switch conformance.Verdict(verdict) {
	case conformance.Holds:
		return "✓"
	case conformance.Broken:
		return "✗"
	case conformance.Unjudged:
		return "?"
	case conformance.NotOffered:
		return "∅"
	}
	return ""
}

// findingsOf are the findings of a subject, each where it is told.
func findingsOf(s *conformance.Subject) []conformance.Finding {
	var out []conformance.Finding
	for _, r := range s.Results {
		for _, f := range r.Findings {
			if f.Told == "" {
				out = append(out, f)
			}
		}
	}
	return out
}

// htmlCase is a live case with the requirement that it judges.
type htmlCase struct {
	Requirement string
	conformance.CaseResult
}

func casesOf(s *conformance.Subject) []htmlCase {
	var out []htmlCase
	for _, r := range s.Results {
		if r.Live == nil {
			continue
		}
		for _, c := range r.Live.Cases {
			out = append(out, htmlCase{r.Requirement, c})
		}
	}
	return out
}

// verdictsOf counts the requirements of a subject by verdict; what traffic shows to be broken is broken.
func verdictsOf(s *conformance.Subject, verdict string) int {
	n := 0
	for i := range s.Results {
		if string(s.Results[i].Overall()) == verdict {
			n++
		}
	}
	return n
}
