package reports

import (
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// proofRow is one line of what was proved.
type proofRow struct{ Name, Value string }

// shownInputs bounds how many inputs are named.
const shownInputs = 20

func proofRows(r *conformance.Report) []proofRow {
	p := r.Proof()
	rows := []proofRow{{"inputs read", fmt.Sprint(p.Inputs) + inParentheses(inputsOf(r))}}
	if p.Skipped > 0 {
		rows = append(rows, proofRow{"inputs not read", fmt.Sprint(p.Skipped)})
	}
	rows = append(rows, proofRow{"gateways", fmt.Sprint(p.Gateways)})
	if p.Idle > 0 {
		rows = append(rows, proofRow{"idle gateways", fmt.Sprint(p.Idle) + inParentheses("they lead to no service: "+firstOf(r.Idle))})
	}
	return append(rows, proofRow{"client endpoints", fmt.Sprint(p.Endpoints)}, proofRow{"probes traced", fmt.Sprint(p.Probes)},
		proofRow{"requirements", fmt.Sprintf("%d judged, %d not judged", p.Judged, p.Unjudged)})
}

func inputsOf(r *conformance.Report) string {
	var names []string
	for _, in := range r.Inputs {
		if in.Format != "" {
			names = append(names, strings.TrimSuffix(in.Name+" as "+in.Format+", "+in.Note, ", "))
		}
	}
	return firstOf(names)
}

// firstOf names the first of a list and counts the others.
func firstOf(list []string) string {
	if more := len(list) - shownInputs; more > 0 {
		return strings.Join(list[:shownInputs], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(list, ", ")
}

func count(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}

// gap is what several requirements lack.
type gap struct {
	Requirements []string
	Why          string
	Span         routing.Span
}

func missingOf(s *conformance.Subject) []*gap {
	var out []*gap
	known := map[conformance.Missing]*gap{}
	for _, r := range s.Results {
		for _, m := range r.Missing {
			if known[m] == nil {
				known[m] = &gap{Why: m.Why, Span: m.Span}
				out = append(out, known[m])
			}
			known[m].Requirements = append(known[m].Requirements, r.Requirement)
		}
	}
	return out
}
