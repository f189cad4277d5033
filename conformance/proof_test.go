package conformance_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// judged is a report with one verdict and nothing to complain about.
func judged() *conformance.Report {
	return &conformance.Report{
		Inputs: []routing.Input{{Name: "a.conf", Format: "nginx", Gateways: 1}},
		Subjects: []conformance.Subject{{Gateway: "a.conf", Probes: 8, Results: []conformance.Result{
			{Requirement: "configuration", Verdict: conformance.Holds},
			{Requirement: "path", Verdict: conformance.Broken},
			{Requirement: "cors", Verdict: conformance.Unjudged, Live: &conformance.Live{Verdict: conformance.Holds}},
			{Requirement: "limits", Verdict: conformance.Unjudged},
			{Requirement: "secrets"},
		}}},
	}
}

func TestAReportCountsWhatItProves(t *testing.T) {
	r := judged()
	r.Inputs = append(r.Inputs, routing.Input{Name: "notes.txt"})
	r.Idle = []string{"nginx b.conf"}
	want := conformance.Proof{Inputs: 1, Skipped: 1, Gateways: 1, Idle: 1, Endpoints: 1, Probes: 8, Judged: 3, Unjudged: 2}
	if got := r.Proof(); got != want {
		t.Errorf("the report counts %+v instead of %+v", got, want)
	}
}

func TestAReportThatProvesAllItSaysHasNoGaps(t *testing.T) {
	if gaps := judged().Gaps(); len(gaps) > 0 {
		t.Errorf("there are gaps: %v", gaps)
	}
}

func TestGapsSayWhyAReportProvesLess(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*conformance.Report)
		want   string
	}{
		"an input could not be read": {func(r *conformance.Report) {
			r.Problems = []routing.Problem{{Span: routing.Span{File: "b.json"}, Message: "is empty", Kind: routing.Unread}}
		}, "is empty"},
		"an input was skipped": {func(r *conformance.Report) { r.Inputs = append(r.Inputs, routing.Input{Name: "notes.txt"}) }, "was skipped"},
		"a part of the configuration is missing": {func(r *conformance.Report) {
			r.Subjects[0].Results[0].Missing = []conformance.Missing{{Why: "an include could not be read"}}
		}, "an include could not be read"},
		"nothing was judged": {func(r *conformance.Report) { r.Subjects[0].Results = r.Subjects[0].Results[3:] }, "no requirement could be judged"},
		"no route leads on":  {func(r *conformance.Report) { r.Subjects = nil }, "no route leads to an Azure SignalR service"},
		"there is nothing":   {func(r *conformance.Report) { *r = conformance.Report{} }, "no gateway was found"},
	} {
		t.Run(name, func(t *testing.T) {
			r := judged()
			c.change(r)
			gaps := r.Gaps()
			if !slices.ContainsFunc(gaps, func(g conformance.Gap) bool { return strings.Contains(g.What, c.want) }) {
				t.Errorf("no gap says %q: %v", c.want, gaps)
			}
		})
	}
}

func TestAGapOfAGatewayIsToldOnceForAllOfItsClientEndpoints(t *testing.T) {
	r := judged()
	r.Subjects[0].Results[0].Missing = []conformance.Missing{{Why: "an include could not be read"}}
	r.Subjects = append(r.Subjects, r.Subjects[0])
	if gaps := r.Gaps(); len(gaps) != 1 {
		t.Errorf("there are %d gaps instead of one: %v", len(gaps), gaps)
	}
}

func TestTheWorseOfReadingAndTrafficCounts(t *testing.T) {
	live := func(v conformance.Verdict) *conformance.Live { return &conformance.Live{Verdict: v} }
	for _, c := range []struct {
		says conformance.Verdict
		does *conformance.Live
		want conformance.Verdict
	}{
		{conformance.Holds, nil, conformance.Holds},
		{conformance.Holds, live(conformance.Broken), conformance.Broken},
		{conformance.Broken, live(conformance.Holds), conformance.Broken},
		{conformance.Unjudged, live(conformance.Holds), conformance.Holds},
		{"", live(conformance.Unjudged), conformance.Unjudged},
	} {
		r := conformance.Result{Verdict: c.says, Live: c.does}
		if got := r.Overall(); got != c.want {
			t.Errorf("%q by reading and %v by traffic make %q instead of %q", c.says, c.does, got, c.want)
		}
	}
}

func TestProblemsOfIdleGatewaysAndUnknownEndpointsAreTold(t *testing.T) {
	estate := &routing.Estate{Gateways: []*routing.Gateway{
		{Kind: "nginx", Name: "a", Problems: []routing.Problem{{Message: "an include could not be read", Kind: routing.NotWhole}}},
		{Kind: "nginx", Name: "b"},
	}}
	elsewhere, err := conformance.ParseEndpoint("https://elsewhere.example.com/")
	if err != nil {
		t.Fatal(err)
	}
	r := conformance.Check(estate, conformance.Options{Endpoints: []conformance.Endpoint{elsewhere}})
	var told []string
	for _, p := range r.Problems {
		told = append(told, p.Message)
	}
	want := []string{"an include could not be read", "no gateway serves the client endpoint https://elsewhere.example.com/"}
	if !slices.Equal(told, want) {
		t.Errorf("the problems told are %q instead of %q", told, want)
	}
}

func TestAGatewayWhoseUpstreamIsNotKnownMayLeadToAService(t *testing.T) {
	why := routing.UnknownOf("variable hosts has no value", routing.Span{File: "a.tf", Line: 3, Col: 5})
	for name, c := range map[string]struct {
		steps []routing.Step
		want  string
	}{
		"an unknown address": {
			[]routing.Step{&routing.Forward{To: routing.Lit{Value: why}, Scheme: routing.Lit{Value: routing.Of("https", routing.Span{})}}},
			"whether appgateway a leads to an Azure SignalR service is not known: variable hosts has no value",
		},
		"unknown steps": {
			[]routing.Step{&routing.Opaque{Why: why.Why(), Span: why.Span}},
			"whether appgateway a leads to an Azure SignalR service is not known: variable hosts has no value",
		},
		"another address": {
			[]routing.Step{&routing.Forward{To: routing.Lit{Value: routing.Of("www.contoso.example", routing.Span{})}, Scheme: routing.Lit{Value: routing.Of("https", routing.Span{})}}},
			"",
		},
	} {
		g := &routing.Gateway{
			Kind: "appgateway", Name: "a", Blocks: map[string][]routing.Step{"in": c.steps},
			Listeners: []*routing.Listener{{Name: "l", Port: 443, TLS: true, Entry: "in"}},
		}
		r := conformance.Check(&routing.Estate{Gateways: []*routing.Gateway{g}}, conformance.Options{})
		got := ""
		if len(r.Problems) > 0 {
			got = r.Problems[0].Message
		}
		if got != c.want {
			t.Errorf("%s: the problem told is %q instead of %q", name, got, c.want)
		}
	}
}
