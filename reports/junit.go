package reports

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/conformance"
)

// The shapes of JUnit XML as Jenkins, GitLab and Azure Pipelines read it (the Jenkins xUnit plugin's junit-10.xsd): a suite is a gateway and
// client endpoint, a test one requirement by reading, or one live case.
type (
	junitReport struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		File    string        `xml:"file,attr,omitempty"`
		Line    int           `xml:"line,attr,omitempty"`
		Failure *junitOutcome `xml:"failure"`
		Error   *junitOutcome `xml:"error"`
		Skipped *junitOutcome `xml:"skipped"`
		Output  string        `xml:"system-out,omitempty"`
	}
	junitOutcome struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// WriteJUnit renders a document as JUnit XML. What could not be judged is skipped, with the reason; what the run did not prove is an error.
// A requirement that is broken without an error, by a warning only, passes and says so in its output.
func WriteJUnit(w io.Writer, d *Document) error {
	out := junitReport{Name: "asrscheck"}
	for i := range d.Report.Subjects {
		out.add(junitSubject(&d.Report.Subjects[i]))
	}
	if gaps := d.Report.Gaps(); len(gaps) > 0 {
		s := junitSuite{Name: "asrscheck: what was proved"}
		for _, g := range gaps {
			s.Cases = append(s.Cases, junitCase{
				Class: "asrscheck", Name: g.What, File: g.Span.File, Line: g.Span.Line, Error: &junitOutcome{Message: g.What, Text: g.Fix},
			})
		}
		out.add(s)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	out.clean()
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(out); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// clean makes characters visible that would change what a reader sees.
func (r *junitReport) clean() {
	for i := range r.Suites {
		s := &r.Suites[i]
		s.Name = Printable(s.Name)
		for j := range s.Cases {
			c := &s.Cases[j]
			c.Class, c.Name, c.File, c.Output = Printable(c.Class), Printable(c.Name), Printable(c.File), lines(c.Output)
			for _, o := range []*junitOutcome{c.Failure, c.Error, c.Skipped} {
				if o != nil {
					o.Message, o.Text = Printable(o.Message), lines(o.Text)
				}
			}
		}
	}
}

// lines makes every line printable.
func lines(text string) string {
	all := strings.Split(text, "\n")
	for i := range all {
		all[i] = Printable(all[i])
	}
	return strings.Join(all, "\n")
}

func (r *junitReport) add(s junitSuite) {
	s.Tests = len(s.Cases)
	for _, c := range s.Cases {
		switch {
		case c.Failure != nil:
			s.Failures++
		case c.Error != nil:
			s.Errors++
		case c.Skipped != nil:
			s.Skipped++
		}
	}
	r.Suites = append(r.Suites, s)
	r.Tests, r.Failures, r.Errors, r.Skipped = r.Tests+s.Tests, r.Failures+s.Failures, r.Errors+s.Errors, r.Skipped+s.Skipped
}

func junitSubject(s *conformance.Subject) junitSuite {
	out := junitSuite{Name: s.Gateway + " at " + s.Endpoint}
	for i := range s.Results {
		r := &s.Results[i]
		if r.Verdict != "" {
			out.Cases = append(out.Cases, junitRead(out.Name, r))
		}
		if r.Live == nil {
			continue
		}
		for _, c := range r.Live.Cases {
			one, verdict := junitCase{Class: out.Name, Name: c.ID + " " + c.Title}, c.Verdict
			if r.Verdict == conformance.NotOffered && verdict == conformance.Broken {
				verdict = conformance.NotOffered // only reading can tell the two apart
			}
			one.tell(verdict, c.Message, strings.TrimSuffix(r.Requirement+"\nlikely: "+c.Cause, "\nlikely: "))
			if verdict == conformance.Holds {
				one.Output = c.Message
			}
			out.Cases = append(out.Cases, one)
		}
	}
	return out
}

// junitRead is a requirement as it was judged by reading, at the place of its first finding.
func junitRead(class string, r *conformance.Result) junitCase {
	out := junitCase{Class: class, Name: r.Requirement + " as read"}
	var lines, reasons []string
	for _, f := range r.Findings {
		if out.File == "" {
			out.File, out.Line = f.Span.File, f.Span.Line
		}
		lines = append(lines, fmt.Sprintf("%s%s: %s [%s]%s", placeOf(f.Span), f.Severity, f.Message, f.Rule, onlyOn(f.When)))
		if f.Fix != "" {
			lines = append(lines, "fix: "+f.Fix)
		}
	}
	for _, m := range r.Missing {
		reasons = append(reasons, m.Why)
	}
	message, text := strings.Join(reasons, "; "), strings.Join(lines, "\n")
	if r.Verdict == conformance.Broken && len(r.Findings) > 0 {
		message = r.Findings[0].Message
	}
	out.tell(r.Verdict, message, text)
	if r.Verdict != conformance.Unjudged && !slices.ContainsFunc(r.Findings, func(f conformance.Finding) bool { return f.Severity == conformance.Error && !f.Advice }) {
		out.Failure, out.Output = nil, text // CI systems know no warnings
	}
	return out
}

func (c *junitCase) tell(v conformance.Verdict, message, text string) {
	switch v {
	case conformance.Broken:
		c.Failure = &junitOutcome{message, text}
	case conformance.Unjudged, conformance.NotOffered:
		c.Skipped = &junitOutcome{Message: strings.TrimSuffix(string(v)+": "+message, ": ")}
	case conformance.Holds:
	}
}
