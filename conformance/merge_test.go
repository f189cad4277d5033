package conformance_test

import (
	"testing"

	"github.com/asrscheck/asrscheck/conformance"
)

func TestPartsOfARunArePutTogether(t *testing.T) {
	part := func(read conformance.Verdict, cases ...conformance.CaseResult) *conformance.Report {
		return &conformance.Report{Subjects: []conformance.Subject{{Kind: "nginx", Gateway: "edge", Endpoint: "https://rt.example.com/", Probes: 3, Results: []conformance.Result{{
			Requirement: "websocket", Verdict: read, Live: &conformance.Live{Verdict: conformance.Together(cases), Cases: cases},
		}}}}}
	}
	other := part(conformance.Holds)
	other.Subjects[0].Endpoint = "https://other.example.com/"
	got := conformance.Merge([]*conformance.Report{
		part("", conformance.CaseResult{ID: "LIVE-WS-02", Verdict: conformance.Holds}),
		part(conformance.Broken, conformance.CaseResult{ID: "LIVE-WS-02", Verdict: conformance.Broken}, conformance.CaseResult{ID: "LIVE-WS-01", Verdict: conformance.Holds}),
		other,
	})
	if len(got.Subjects) != 2 || got.Subjects[0].Probes != 6 {
		t.Fatalf("got %d subjects, the first with %d probes; want 2 and 6", len(got.Subjects), got.Subjects[0].Probes)
	}
	r := got.Subjects[0].Result("websocket")
	if r.Verdict != conformance.Broken || r.Live.Verdict != conformance.Broken || len(r.Live.Cases) != 2 || r.Live.Cases[0].ID != "LIVE-WS-01" || r.Live.Cases[1].Verdict != conformance.Broken {
		t.Errorf("the requirement is put together as %+v with %+v", r, r.Live)
	}
}

func TestRequirementsOfPartsKeepTheirOrder(t *testing.T) {
	part := func(requirement string) *conformance.Report {
		return &conformance.Report{Subjects: []conformance.Subject{{Kind: "proxy", Endpoint: "https://rt.example.com/", Results: []conformance.Result{{Requirement: requirement}}}}}
	}
	got := conformance.Merge([]*conformance.Report{part("websocket"), part("exposure"), part("tls-sni")}).Subjects[0].Results
	if len(got) != 3 || got[0].Requirement != "tls-sni" || got[1].Requirement != "websocket" || got[2].Requirement != "exposure" {
		t.Errorf("the requirements stand as %v", got)
	}
}
