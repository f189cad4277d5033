package conformance

import "fmt"

// Verdict says whether a requirement's sentence is true. "Cannot tell" is Unjudged, never one of the others.
type Verdict string

// The verdicts.
const (
	Holds      Verdict = "holds"
	Broken     Verdict = "broken"
	Unjudged   Verdict = "unjudged"
	NotOffered Verdict = "not-offered" // a transport that a design knowingly gives up
)

// Severity says how much a finding matters; the gate of a pipeline decides by it.
type Severity string

// The severities.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Notice  Severity = "note"
)

var rank = map[Severity]int{Notice: 1, Warning: 2, Error: 3}

// AtLeast reports whether s matters as much as t or more.
func (s Severity) AtLeast(t Severity) bool { return rank[s] >= rank[t] }

// ParseSeverity reads a severity as users write it.
func ParseSeverity(s string) (Severity, error) {
	if _, ok := rank[Severity(s)]; !ok {
		return "", fmt.Errorf("severity %q is not one of error, warning, note", s)
	}
	return Severity(s), nil
}
