package reports

import (
	"io"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/conformance"
)

// Example gives the text of a fixture that a rule names.
type Example func(name string) ([]byte, error)

// WriteRule renders the documentation of a rule: what it asks and why, how to fix what it finds, and a bad and a good example.
func WriteRule(w io.Writer, r *conformance.Rule, example Example, color bool) error {
	p := newPrinter(w, color)
	p.printf("%s  %s\n\n", styled{bold, r.ID}, styled{bold, r.Title})
	if r.Check == nil {
		p.wrap("  ", "names", "a cause for which "+r.Requirement+" and others are broken")
	} else {
		p.wrap("  ", "judges", r.Requirement+", as "+withArticle(string(r.Severity)))
	}
	p.heading("why")
	p.wrap("", " ", r.Why)
	p.heading("how to fix it")
	for _, kind := range fixKinds(r) {
		p.wrap("  ", pad(nameOfKind(kind), kindWidth), r.Fix[kind])
	}
	p.contrary(r.Contrary)
	p.example("bad", r.Bad, example)
	p.example("good", r.Good, example)
	p.sources(r.Sources)
	return p.flush()
}

// kindWidth is the width of the column of gateway kinds.
const kindWidth = 14

func withArticle(severity string) string {
	if strings.HasPrefix(severity, "e") {
		return "an " + severity
	}
	return "a " + severity
}

// fixKinds are the kinds of gateways that a rule knows a fix for, the general one last.
func fixKinds(r *conformance.Rule) []string {
	var out []string
	for kind := range r.Fix {
		if kind != "" {
			out = append(out, kind)
		}
	}
	slices.Sort(out)
	return append(out, "")
}

func nameOfKind(kind string) string {
	if kind == "" {
		return "otherwise"
	}
	return kind
}

func (p *printer) heading(text string) { p.printf("\n%s\n", styled{bold, text}) }

// contrary tells what other authorities advise, and how to have them leave it.
func (p *printer) contrary(list []conformance.Contrary) {
	if len(list) == 0 {
		return
	}
	p.heading("what others advise, and why it is different here")
	for _, c := range list {
		p.wrap("  ", c.Tool+":", c.Says+" "+c.Why)
		if c.Waiver != "" {
			p.wrap("    ", "waiver:", c.Waiver)
		}
	}
}

func (p *printer) example(what, name string, example Example) {
	if name == "" {
		return
	}
	p.heading(what + " example: fixtures/" + name)
	text, err := example(name)
	if err != nil {
		p.wrap("", " ", "is not at hand: "+err.Error())
		return
	}
	for line := range strings.Lines(string(text)) {
		p.printf("  %s\n", drawn([]byte(Redact(strings.TrimRight(line, "\r\n")))))
	}
}

func (p *printer) sources(list []string) {
	p.heading("sources")
	for _, s := range list {
		p.printf("  %s\n", s)
	}
}

// Case is the documentation of a live case.
type Case struct {
	ID, Title, Requirement string
	Needs                  []string // cases that must have held
	Conditions             []string // when it can be run
}

// Catalog is all that can be explained.
type Catalog struct {
	Rules []*conformance.Rule
	Cases []Case
}

// WriteCase renders the documentation of a live case.
func WriteCase(w io.Writer, c Case, color bool) error {
	p := newPrinter(w, color)
	p.printf("%s  %s\n\n", styled{bold, c.ID}, styled{bold, c.Title})
	p.wrap("  ", "judges", c.Requirement+", by traffic")
	if len(c.Needs) > 0 {
		p.wrap("  ", "needs", strings.Join(c.Needs, ", ")+" to have held")
	}
	for _, condition := range c.Conditions {
		p.wrap("  ", "-", condition)
	}
	return p.flush()
}

// WriteRequirement renders a requirement with the rules and cases that judge it.
func (c *Catalog) WriteRequirement(w io.Writer, r conformance.Requirement, color bool) error {
	p := newPrinter(w, color)
	p.printf("%s  %s\n\n", styled{bold, r.ID}, styled{bold, r.Title})
	p.wrap("", " ", "It holds when "+r.Demand+".")
	p.heading("judged by")
	if p.judges(c, r.ID) == 0 {
		p.printf("  no rule and no case yet: it is left unjudged\n")
	}
	p.sources([]string{r.Source})
	return p.flush()
}

// judges lists what judges a requirement, and counts it.
func (p *printer) judges(c *Catalog, requirement string) int {
	n := 0
	for _, rule := range c.Rules {
		if rule.Requirement == requirement {
			p.printf("  %s%s\n", pad(rule.ID, idWidth), rule.Title)
			n++
		}
	}
	for _, live := range c.Cases {
		if live.Requirement == requirement {
			p.printf("  %s%s\n", pad(live.ID, idWidth), live.Title)
			n++
		}
	}
	return n
}

// WriteIndex lists every requirement with the rules and cases that judge it.
func (c *Catalog) WriteIndex(w io.Writer, color bool) error {
	p := newPrinter(w, color)
	for _, r := range conformance.Requirements {
		p.printf("%s%s\n", styled{bold, pad(r.ID, idWidth+2)}, r.Title)
		p.judges(c, r.ID)
	}
	return p.flush()
}
