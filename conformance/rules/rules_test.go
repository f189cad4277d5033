package rules

import (
	"regexp"
	"slices"
	"testing"

	"github.com/asrscheck/asrscheck/conformance"
)

// isHalf reports whether advice of others stands without whose it is, what it is, or why it does not fit.
func isHalf(c conformance.Contrary) bool { return c.Tool == "" || c.Says == "" || c.Why == "" }

func TestEveryRuleIsComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range All {
		if seen[r.ID] {
			t.Errorf("two rules have the id %s", r.ID)
		}
		seen[r.ID] = true
		if !regexp.MustCompile(`^ASRS-[A-Z]+-\d{3}$`).MatchString(r.ID) {
			t.Errorf("%q is not a rule id", r.ID)
		}
		if _, ok := conformance.RequirementByID(r.Requirement); !ok {
			t.Errorf("%s judges %q, which is no requirement", r.ID, r.Requirement)
		}
		if r.Title == "" || r.Why == "" || r.Fix[""] == "" || r.Bad == "" || r.Good == "" || len(r.Sources) == 0 || slices.ContainsFunc(r.Contrary, isHalf) {
			t.Errorf("%s lacks title, why, fix, examples or sources", r.ID)
		}
	}
}
