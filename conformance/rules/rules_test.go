package rules

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/conformance"
)

// isHalf reports whether advice of others stands without whose it is, what it is, or why it does not fit.
func isHalf(c conformance.Contrary) bool { return c.Tool == "" || c.Says == "" || c.Why == "" }

// changeNothing are rules whose fix for Application Gateway is no change of the gateway.
var changeNothing = []string{"ASRS-IN-001", "ASRS-RED-001"}

func TestFixesOfApplicationGatewayAreSaidInEveryForm(t *testing.T) {
	for _, r := range All {
		fix, ok := r.Fix["appgateway"]
		if !ok || slices.Contains(changeNothing, r.ID) {
			continue
		}
		for _, form := range []string{"Portal: ", "az: `az network application-gateway ", "Terraform: ", "ARM and Bicep: "} {
			if !strings.Contains(fix, form) {
				t.Errorf("%s says nothing for %s", r.ID, form)
			}
		}
	}
}

// notDescribed are rules whose fix for API Management is no change of it, or of a policy that stands wherever it stands.
var notDescribed = []string{"ASRS-IN-001", "ASRS-HC-001", "ASRS-AM-002", "ASRS-AM-004", "ASRS-HOST-006"}

func TestFixesOfAPIManagementAreSaidInEveryForm(t *testing.T) {
	for _, r := range All {
		fix, ok := r.Fix["apim"]
		if !ok || slices.Contains(notDescribed, r.ID) {
			continue
		}
		for _, form := range []string{"ortal", "`az ", "Terraform", "ARM and Bicep"} {
			if !strings.Contains(fix, form) {
				t.Errorf("%s says nothing for %s", r.ID, form)
			}
		}
	}
}

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
