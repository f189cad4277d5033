package rules

import (
	"regexp"
	"testing"

	"github.com/asrscheck/asrscheck/conformance"
)

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
		if r.Title == "" || r.Why == "" || r.Fix[""] == "" || r.Bad == "" || r.Good == "" || len(r.Sources) == 0 {
			t.Errorf("%s lacks title, why, fix, examples or sources", r.ID)
		}
	}
}
