// Package reports renders what a run found out: one file a format. A report renders and does not think: every verdict, count and
// word of advice comes from package conformance, and the same input gives the same bytes.
package reports

import (
	"io"
	"maps"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Format is one way to render a document.
type Format struct {
	Name  string // for --report
	Title string
	Write func(io.Writer, *Document) error
}

var formats = []Format{
	{"text", "plain text for people, with the source lines", WriteText},
	{"json", "everything, for programs and for `asrscheck report` (JSON Schema: reports/schema.json)", WriteJSON},
	{"junit", "JUnit XML, for the test pages of CI systems", WriteJUnit},
	{"html", "one self-contained page for reviewers", WriteHTML},
}

// Formats are all formats, the default first.
func Formats() []Format { return formats }

// FormatByName finds a format; nil when there is none of that name.
func FormatByName(name string) *Format {
	for i := range formats {
		if formats[i].Name == name {
			return &formats[i]
		}
	}
	return nil
}

// Sources opens a file that a report points into.
type Sources func(file string) (io.ReadCloser, error)

// Document is a report made ready for every format: secrets are taken out of it, and the source lines that it points at are at hand.
type Document struct {
	Report   *conformance.Report
	Rules    []*conformance.Rule // for titles, reasons and links
	Version  string              // of asrscheck; empty when it is not known
	Color    bool                // for text only
	excerpts map[routing.Span]Excerpt
}

// New makes a document. sources may be nil; a file that it fails for is shown without its lines.
func New(r *conformance.Report, sources Sources) *Document {
	clean := redacted(r)
	return &Document{Report: clean, excerpts: collect(shownSpans(clean), sources)}
}

// Merge puts documents together, with the source lines of all.
func Merge(all []*Document) *Document {
	if len(all) == 1 {
		return all[0]
	}
	var list []*conformance.Report
	out := &Document{Version: all[0].Version, Rules: all[0].Rules, excerpts: map[routing.Span]Excerpt{}}
	for _, d := range all {
		list = append(list, d.Report)
		maps.Copy(out.excerpts, d.excerpts)
	}
	out.Report = conformance.Merge(list)
	return out
}

// rule finds the documentation of a rule; nil when the document has none.
func (d *Document) rule(id string) *conformance.Rule {
	for _, r := range d.Rules {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// tally counts findings by severity.
type tally struct{ Errors, Warnings, Notes int }

func tallyOf(r *conformance.Report) tally {
	notes := r.Findings(conformance.Notice)
	warnings := r.Findings(conformance.Warning)
	errors := r.Findings(conformance.Error)
	return tally{errors, warnings - errors, notes - warnings}
}

// isLive reports whether traffic was driven for a subject.
func isLive(s *conformance.Subject) bool {
	for i := range s.Results {
		if s.Results[i].Live != nil {
			return true
		}
	}
	return false
}

// isRead reports whether a subject was judged by reading.
func isRead(s *conformance.Subject) bool {
	for i := range s.Results {
		if s.Results[i].Verdict != "" {
			return true
		}
	}
	return false
}

// says is the verdict by reading, does the one by traffic; a dash where there is none.
func says(r *conformance.Result) string { return orDash(r.Verdict) }

func does(r *conformance.Result) string {
	if r.Live == nil {
		return "-"
	}
	return orDash(r.Live.Verdict)
}

func orDash(v conformance.Verdict) string {
	if v == "" {
		return "-"
	}
	return string(v)
}
