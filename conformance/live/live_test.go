package live_test

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/onsi/gomega"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/live"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// gateway forwards everything to a service as it should.
func gateway() *routing.Gateway {
	text := routing.Text
	return &routing.Gateway{
		Kind: "test", Name: "edge",
		Listeners: []*routing.Listener{{Name: "*:443", Address: "*", Port: 443, TLS: true, Entry: "edge"}},
		Blocks: map[string][]routing.Step{"edge": {
			&routing.Set{What: routing.Place{Kind: routing.InHeader, Name: "Host"}, To: text("chat.service.signalr.net")},
			&routing.Forward{
				To: text("chat.service.signalr.net"), Scheme: text("https"), Target: routing.ReadOriginal(routing.InTarget, ""),
				Settings: routing.Settings{routing.SNI: text("chat.service.signalr.net"), routing.VerifyChain: text("true"), routing.VerifyName: text("true"), routing.Upgrade: text("native")},
			},
		}},
	}
}

func endpoint() conformance.Endpoint {
	return conformance.Endpoint{Scheme: "https", Host: "rt.example.com", Port: 443, Path: "/"}
}

func twin(t *testing.T) *live.Target {
	t.Helper()
	target, err := live.NewTwin(live.Twin{Gateway: gateway(), Endpoint: endpoint(), Services: conformance.NewServices(&routing.Estate{}, nil)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := target.Close(); err != nil {
			t.Error(err)
		}
	})
	return target
}

// quick are the cases that take no time, and need no service whose answers the test can shape.
func quick() []*live.Case {
	return slices.DeleteFunc(slices.Clone(live.All), func(c *live.Case) bool {
		return slices.Contains(c.Labels, live.Slow) || c.ID == "LIVE-SSE-02"
	})
}

func TestEveryCaseIsComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range live.All {
		if seen[c.ID] || !regexp.MustCompile(`^LIVE-[A-Z]+-\d\d$`).MatchString(c.ID) || live.ByID(c.ID) != c {
			t.Errorf("%q is no case id, or stands twice", c.ID)
		}
		if _, ok := conformance.RequirementByID(c.Requirement); !ok || !live.Judges(c.Requirement) {
			t.Errorf("%s judges %q, which is no requirement", c.ID, c.Requirement)
		}
		if c.Title == "" || c.Run == nil {
			t.Errorf("%s lacks title or function", c.ID)
		}
		for _, need := range c.Needs {
			if !seen[need] {
				t.Errorf("%s needs %s, which does not run before it", c.ID, need)
			}
		}
		seen[c.ID] = true
	}
	if live.ByID("LIVE-NONE-01") != nil || live.Judges("secrets") {
		t.Error("a case is found that does not exist")
	}
}

func TestSuiteRunsMoreThanOnceInOneProcess(t *testing.T) {
	target := twin(t)
	plain, err := live.Judge(context.Background(), target, quick())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		var console bytes.Buffer
		var told []string
		results, err := live.Run(context.Background(), target, live.Options{
			Cases: quick(), Console: &console, OnCase: func(r conformance.CaseResult) { told = append(told, r.ID) },
		})
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(verdicts(results), verdicts(plain)) {
			t.Errorf("Ginkgo and the plain runner disagree:\n%v\n%v", results, plain)
		}
		if len(told) == 0 || told[0] != "LIVE-HOST-01" {
			t.Errorf("cases were told of in the order %v", told)
		}
		if !strings.Contains(console.String(), "Ran ") {
			t.Errorf("Ginkgo's report went elsewhere: %q", console.String())
		}
	}
}

// verdicts are results without their evidence, in which what happens at the same time stands in any order.
func verdicts(r live.Results) live.Results {
	out := live.Results{}
	for id, cases := range r {
		for _, c := range cases {
			c.Evidence = nil
			out[id] = append(out[id], c)
		}
	}
	return out
}

func TestSelectionThatHoldsNothingIsAnError(t *testing.T) {
	target := twin(t)
	if _, err := live.Run(context.Background(), target, live.Options{Cases: selected(t, live.Selection{Labels: "nothing-has-this-label"})}); !errors.Is(err, live.ErrNothingRan) {
		t.Errorf("got %v", err)
	}
	if _, err := live.Judge(context.Background(), target, nil); !errors.Is(err, live.ErrNothingRan) {
		t.Errorf("got %v", err)
	}
	for name, s := range map[string]live.Selection{"a label filter that cannot be read": {Labels: "a && ("}, "an id that no case has": {IDs: []string{"LIVE-XX"}}} {
		if _, err := s.Cases(); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

// selected are the cases of a selection. None at all stays an empty list, which is not the same as a list that was not given.
func selected(t *testing.T, s live.Selection) []*live.Case {
	t.Helper()
	cases, err := s.Cases()
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

func TestShardsHoldEveryCaseAndWhatItNeeds(t *testing.T) {
	seen := map[string]bool{}
	for i := range 3 {
		cases := selected(t, live.Selection{Shard: live.Shard{Index: i + 1, Count: 3}})
		if len(cases) == 0 || len(cases) == len(live.All) {
			t.Errorf("shard %d holds %d of %d cases", i+1, len(cases), len(live.All))
		}
		here := map[string]bool{}
		for _, c := range cases {
			seen[c.ID], here[c.ID] = true, true
			for _, need := range c.Needs {
				if !here[need] {
					t.Errorf("shard %d holds %s, but not %s before it", i+1, c.ID, need)
				}
			}
		}
	}
	if len(seen) != len(live.All) {
		t.Errorf("all shards together hold %d of %d cases", len(seen), len(live.All))
	}
}

func TestShardsAreReadAsUsersWriteThem(t *testing.T) {
	if s, err := live.ParseShard("2/3"); err != nil || s != (live.Shard{Index: 2, Count: 3}) {
		t.Errorf("2/3 is read as %v, %v", s, err)
	}
	for _, text := range []string{"", "2", "0/3", "4/3", "1/0", "1/2/3", "a/b", "-1/2"} {
		if s, err := live.ParseShard(text); err == nil {
			t.Errorf("%q is read as %v", text, s)
		}
	}
}

func TestLabelsSelectCases(t *testing.T) {
	results, err := live.Run(context.Background(), twin(t), live.Options{Cases: selected(t, live.Selection{Labels: "path || LIVE-NEG-01"})})
	if err != nil || len(results) != 2 || results.Verdict("path") != conformance.Holds || len(results["negotiate"]) != 1 {
		t.Errorf("got %v, %v", results, err)
	}
}

func TestLabelsThatFollowSelectCases(t *testing.T) {
	for label, want := range map[string]func(*live.Case) bool{
		"fast":         func(c *live.Case) bool { return !slices.Contains(c.Labels, live.Slow) },
		"real-service": func(c *live.Case) bool { return c.View == live.Either || c.View == live.Outside },
		"L0":           func(c *live.Case) bool { return c.Level == live.Open || c.Level == live.Direct || c.Level == live.Log },
		"L1":           func(c *live.Case) bool { return c.Level == live.Token || c.Level == live.Reload },
		"L2":           func(c *live.Case) bool { return c.Level == live.Hub },
	} {
		picked := selected(t, live.Selection{Labels: label})
		for _, c := range live.All {
			if want(c) && !slices.Contains(picked, c) {
				t.Errorf("%s does not select %s", label, c.ID)
			}
			if other := selected(t, live.Selection{Labels: "!" + label, IDs: []string{c.ID}}); want(c) && slices.Contains(other, c) {
				t.Errorf("!%s selects %s", label, c.ID)
			}
			if only := selected(t, live.Selection{Labels: label, IDs: []string{c.ID}}); !want(c) && slices.Contains(only, c) {
				t.Errorf("%s selects %s", label, c.ID)
			}
		}
	}
}

func TestQuietConnectionsAreWatchedForAMinuteOrAsLongAsIsSaid(t *testing.T) {
	target, err := live.NewURL(endpoint(), live.Credentials{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := target.WatchedPings(); got != 4 {
		t.Errorf("of the real clocks, %d pings are watched, want those of a minute, 4", got)
	}
	target.Watch(5 * time.Minute)
	if got := target.WatchedPings(); got != 20 {
		t.Errorf("%d pings are watched in five minutes, want 20", got)
	}
	if got := twin(t).WatchedPings(); got != 2 {
		t.Errorf("of a twin, %d pings are watched, want 2", got)
	}
}

// made is a case of the test's own.
func made(id string, run func(context.Context, gomega.Gomega, *live.Target), needs ...string) *live.Case {
	return &live.Case{ID: id, Title: "Test", Requirement: "path", Needs: needs, Run: run}
}

func TestCasesEndAsTheyMay(t *testing.T) {
	cases := []*live.Case{
		made("LIVE-A-01", func(context.Context, gomega.Gomega, *live.Target) {}),
		made("LIVE-A-02", func(_ context.Context, g gomega.Gomega, _ *live.Target) {
			g.Expect(1).To(gomega.Equal(2), "expected two, seen %d", 1)
		}),
		made("LIVE-A-03", func(context.Context, gomega.Gomega, *live.Target) { panic("oh") }),
		made("LIVE-A-04", func(context.Context, gomega.Gomega, *live.Target) {}, "LIVE-A-01", "LIVE-A-02"),
	}
	results, err := live.Judge(context.Background(), twin(t), cases)
	if err != nil {
		t.Fatal(err)
	}
	want := []conformance.CaseResult{
		{ID: "LIVE-A-01", Title: "Test", Verdict: conformance.Holds},
		{ID: "LIVE-A-02", Title: "Test", Verdict: conformance.Broken, Message: "expected two, seen 1", Cause: "a rewrite changes path or query"},
		{ID: "LIVE-A-03", Title: "Test", Verdict: conformance.Unjudged, Message: "the case itself failed: oh"},
		{ID: "LIVE-A-04", Title: "Test", Verdict: conformance.Unjudged, Message: "needs LIVE-A-02 to hold first"},
	}
	if got := verdicts(results)["path"]; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
	if v := results.Verdict("path"); v != conformance.Broken {
		t.Errorf("the requirement is %s", v)
	}
	delete(results, "path")
	if v := results.Verdict("path"); v != conformance.Unjudged {
		t.Errorf("a requirement that no case judged is %s", v)
	}
}

func TestEndOfTheCallersContextEndsTheRun(t *testing.T) {
	why := errors.New("enough")
	for name, run := range map[string]func(context.Context, *live.Target, []*live.Case) (live.Results, error){
		"plain": live.Judge,
		"Ginkgo": func(ctx context.Context, target *live.Target, cases []*live.Case) (live.Results, error) {
			return live.Run(ctx, target, live.Options{Cases: cases})
		},
	} {
		ctx, cancel := context.WithCancelCause(context.Background())
		waits := made("LIVE-A-01", func(ctx context.Context, g gomega.Gomega, _ *live.Target) {
			cancel(why)
			<-ctx.Done()
			g.Expect(ctx.Err()).NotTo(gomega.HaveOccurred(), "expected time, seen none")
		})
		begun := time.Now()
		results, err := run(ctx, twin(t), []*live.Case{waits, made("LIVE-A-02", func(context.Context, gomega.Gomega, *live.Target) {})})
		if !errors.Is(err, why) || time.Since(begun) > 5*time.Second {
			t.Errorf("%s: ended with %v after %v", name, err, time.Since(begun))
		}
		got := results["path"]
		if len(got) != 2 || got[0].Verdict != conformance.Unjudged || got[1].Verdict != conformance.Unjudged || got[1].Message != "not run: enough" {
			t.Errorf("%s: got %v, want that nothing is judged, and that the second case is named", name, got)
		}
	}
}

func TestResultsStandBesideWhatReadingSaid(t *testing.T) {
	results := live.Results{"path": {{ID: "LIVE-PATH-01", Verdict: conformance.Broken}}, "negotiate": {{ID: "LIVE-NEG-01", Verdict: conformance.Holds}}}
	s := conformance.Subject{Results: []conformance.Result{{Requirement: "path", Verdict: conformance.Holds}}}
	results.Apply(&s)
	if r := s.Result("path"); r.Verdict != conformance.Holds || r.Live.Verdict != conformance.Broken || len(r.Live.Cases) != 1 {
		t.Errorf("path is %+v", r)
	}
	if r := s.Result("negotiate"); r == nil || r.Verdict != "" || r.Live.Verdict != conformance.Holds {
		t.Errorf("negotiate is %+v", r)
	}
	if s.Result("websocket") != nil {
		t.Error("a requirement that no case judged has a result")
	}
}

// behind starts a gateway and judges it as a proxy that runs somewhere, which knows the fake service as the real one.
func behind(t *testing.T, cluster *fakesignalr.Cluster) *live.Target {
	t.Helper()
	target, err := live.NewBehind(endpoint(), cluster, nil)
	if err != nil {
		t.Fatal(err)
	}
	return target
}

func TestNothingIsGuessedWithoutCredentialsOrSight(t *testing.T) {
	e, err := conformance.ParseEndpoint("http://127.0.0.1:1/")
	if err != nil {
		t.Fatal(err)
	}
	target, err := live.NewURL(e, live.Credentials{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	results, err := live.Judge(context.Background(), target, live.All)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"path", "upstream-tls", "websocket", "affinity", "host-override"} {
		if v := results.Verdict(id); v != conformance.Unjudged {
			t.Errorf("%s is %s, although nothing could be seen", id, v)
		}
	}
	if v := results.Verdict("negotiate"); v != conformance.Broken {
		t.Errorf("negotiate is %s, although nothing answers", v)
	}
}

func TestFakeServiceForgivesWhileItIsJudged(t *testing.T) {
	cluster, err := fakesignalr.NewCluster(fakesignalr.Single("chat.service.signalr.net"), fakesignalr.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cluster.Close() }()
	if target := behind(t, cluster); target.Endpoint() != endpoint() || !cluster.Knobs().ForgiveHost {
		t.Errorf("target %v, knobs %+v", target.Endpoint(), cluster.Knobs())
	}
}
