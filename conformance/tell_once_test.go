package conformance

import (
	"slices"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// about is a finding of a requirement at a line.
func about(requirement string, severity Severity, line int, message string) Result {
	f := Finding{Rule: "ASRS-X-001", Requirement: requirement, Severity: severity, Message: message, Span: routing.Span{File: "f", Line: line}, Probes: []string{requirement}}
	return Result{Requirement: requirement, Verdict: Broken, Findings: []Finding{f}}
}

func TestWhatOneLineBreaksIsToldAndCountedOnce(t *testing.T) {
	results := []Result{about("negotiate", Warning, 3, "a redirect"), about("websocket", Error, 3, "a redirect"), about("long-polling", Error, 3, "a redirect"), about("path", Error, 4, "a redirect")}
	tellOnce(results)
	root := results[1].Findings[0]
	if root.Told != "" || !slices.Equal(root.Breaks, []string{"negotiate", "long-polling"}) || !slices.Equal(root.Probes, []string{"negotiate", "websocket", "long-polling"}) {
		t.Errorf("the gravest finding is told under %q, breaks %v too, by %v; want it told where it is, with the two others", root.Told, root.Breaks, root.Probes)
	}
	for _, i := range []int{0, 2} {
		if told := results[i].Findings[0].Told; told != "websocket" {
			t.Errorf("that of %s is told under %q, want websocket", results[i].Requirement, told)
		}
	}
	r := &Report{Subjects: []Subject{{Results: results}}}
	if n := r.Findings(Notice); n != 2 {
		t.Errorf("%d findings are counted, want 2: another line is another finding", n)
	}
	for i := range results {
		if results[i].Verdict != Broken {
			t.Errorf("%s is %s, though it is broken wherever that is told", results[i].Requirement, results[i].Verdict)
		}
	}
}

func TestFindingsThatDifferAreToldEach(t *testing.T) {
	results := []Result{about("negotiate", Error, 3, "a redirect"), about("websocket", Error, 3, "no upgrade")}
	advice := about("cors", Notice, 3, "a redirect")
	advice.Findings[0].Advice = true
	version := about("limits", Error, 3, "a redirect")
	version.Findings[0].When = "NGINX 1.30"
	results = append(results, advice, version)
	tellOnce(results)
	for _, r := range results {
		if r.Findings[0].Told != "" {
			t.Errorf("that of %s is told under %s", r.Requirement, r.Findings[0].Told)
		}
	}
}
