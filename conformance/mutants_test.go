package conformance_test

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/hubserver"
	"github.com/asrscheck/asrscheck/conformance/live"
	"github.com/asrscheck/asrscheck/conformance/refproxy"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// drive judges a gateway by traffic.
func drive(t *testing.T, g *routing.Gateway, e conformance.Endpoint, defects ...refproxy.Defect) live.Results {
	t.Helper()
	return driveWith(t, live.Twin{Gateway: g, Endpoint: e, Defects: defects}, live.Judging(), nil)
}

// driveWith runs cases on a twin, which can be prepared.
func driveWith(t *testing.T, twin live.Twin, cases []*live.Case, prepare func(*live.Target) error) live.Results {
	t.Helper()
	twin.Services = conformance.NewServices(&routing.Estate{}, nil)
	target, err := live.NewTwin(twin)
	if err == nil && prepare != nil {
		err = prepare(target)
	}
	if err != nil {
		t.Error(err)
		return nil
	}
	results, err := live.Judge(context.Background(), target, cases)
	if err := errors.Join(err, target.Close()); err != nil {
		t.Error(err)
	}
	return results
}

// withVerdict lists the requirements with a verdict, sorted, without those about which there is only advice.
func withVerdict(r live.Results, v conformance.Verdict) []string {
	var out []string
	for id, cases := range r {
		judged := slices.ContainsFunc(cases, func(c conformance.CaseResult) bool { return !c.Advice })
		if judged && r.Verdict(id) == v {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// failures are the messages of cases that were not kept.
func failures(r live.Results) string {
	var out []string
	for _, req := range conformance.Requirements {
		for _, c := range r[req.ID] {
			if c.Verdict != conformance.Holds {
				out = append(out, c.ID+" "+string(c.Verdict)+": "+c.Message)
			}
		}
	}
	return strings.Join(out, "\n")
}

func TestSoundGatewayBreaksNoCase(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]*program{"one service": soundProgram(), "two services": twoServices()} {
		twin := live.Twin{Gateway: p.build(), Endpoint: edge(), Log: filepath.Join(t.TempDir(), "access.log"), Reloads: true}
		r := driveWith(t, twin, live.All, askDirectly(t, true))
		if got := failures(r); got != "" {
			t.Errorf("%s:\n%s", name, got)
		}
		if got := advice(r); len(got) > 0 && name == "one service" {
			t.Errorf("%s: advice %q", name, got)
		}
	}
}

// advice are the cases that have something to say about what holds.
func advice(r live.Results) []string {
	var out []string
	for _, c := range live.All {
		if one := resultOf(r, c); one.Verdict == conformance.Holds && one.Message != "" {
			out = append(out, c.ID)
		}
	}
	return out
}

func resultOf(r live.Results, c *live.Case) conformance.CaseResult {
	i := slices.IndexFunc(r[c.Requirement], func(result conformance.CaseResult) bool { return result.ID == c.ID })
	if i < 0 {
		return conformance.CaseResult{}
	}
	return r[c.Requirement][i]
}

// oneSentence is how a failed case speaks.
var oneSentence = regexp.MustCompile(`^expected .*, seen .*[^.\n]$`)

// mutant is a proxy, a design or an app with something wrong, and what the cases made of it.
type mutant struct {
	kind    string // of the thing that is wrong
	name    string
	does    string
	breaks  []string
	twin    live.Twin
	cases   []*live.Case
	prepare func(*live.Target) error
	results live.Results
}

// mutants are all that the table tells of.
func mutants(t *testing.T) []*mutant {
	t.Helper()
	out := []*mutant{{kind: "a design that …", name: "two services", does: "shares connections out over two services by asrs_request_id", twin: live.Twin{Gateway: twoServices().build()}, cases: live.All}}
	for _, d := range refproxy.Defects() {
		out = append(out, &mutant{kind: "a proxy that …", name: d.Name, does: d.Does, breaks: d.Breaks, twin: live.Twin{Gateway: twoServices().build(), Defects: []refproxy.Defect{d}}, cases: live.All})
	}
	for _, d := range refproxy.Defects() {
		out = append(out, &mutant{kind: outside, name: d.Name, does: d.Does, twin: live.Twin{Gateway: soundProgram().build(), Defects: []refproxy.Defect{d}, Unseen: true}, cases: fromOutside()})
	}
	out = append(out, spreadReplicas(), stillPublic(t))
	for _, h := range badHubs() {
		out = append(out, &mutant{kind: "an app that …", name: h.name, does: h.does, breaks: []string{"client-endpoint"}, twin: live.Twin{Gateway: soundProgram().build()}, cases: []*live.Case{live.ByID("LIVE-CEP-01")}, prepare: h.serve(t)})
	}
	for i, m := range out {
		m.twin.Endpoint = edge()
		m.twin.Reloads = true
		m.twin.Log = filepath.Join(t.TempDir(), strconv.Itoa(i))
	}
	return out
}

// spreadReplicas is a proxy in front of two replicas of one service, of which neither knows the connections of the other.
func spreadReplicas() *mutant {
	d, _ := refproxy.DefectByName("round-robin")
	return &mutant{kind: outside, name: d.Name, does: d.Does, twin: live.Twin{Gateway: twoServices().build(), Defects: []refproxy.Defect{d}, Unseen: true, Related: true}, cases: fromOutside()}
}

// stillPublic is a service that anybody reaches.
func stillPublic(t *testing.T) *mutant {
	t.Helper()
	return &mutant{
		kind: "a service that …", name: "public", does: "answers who comes around the proxy", breaks: []string{"private-access"},
		twin: live.Twin{Gateway: soundProgram().build()}, cases: []*live.Case{live.ByID("LIVE-PRIV-01")}, prepare: askDirectly(t, false),
	}
}

// askDirectly names a service that is there beside the one behind the proxy, closed to the public or not.
func askDirectly(t *testing.T, shut bool) func(*live.Target) error {
	t.Helper()
	knobs := fakesignalr.Defaults()
	knobs.DenyAll = shut
	cluster, err := fakesignalr.NewCluster(fakesignalr.Single(chat), knobs)
	if err == nil {
		err = cluster.Listen(fakesignalr.Addresses{})
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cluster.Close() })
	return func(target *live.Target) error {
		return target.AskDirectly(chat, cluster.Instances()[0].Addr(), cluster.Roots())
	}
}

const outside = "a proxy, the service behind which cannot be seen, that …"

// fromOutside are the cases that make do without the service's side, and those that they need.
func fromOutside() []*live.Case {
	var ids []string
	for _, c := range live.All {
		if c.View == live.Outside {
			ids = append(ids, c.ID)
		}
	}
	cases, err := live.Selection{IDs: ids}.Cases()
	if err != nil {
		panic(err)
	}
	return cases
}

// badHub is an app server that sends clients to the wrong place.
type badHub struct{ name, does, endpoint, query string }

func badHubs() []badHub {
	return []badHub{
		{"no-endpoint", "names no client endpoint, so that clients go to the service itself", "https://" + chat + "/", ""},
		{"no-slash", "leaves the slash out behind the path of the client endpoint", "https://rt.example.com/signalr", ""},
		{"other-proxy", "names another proxy", "https://rt2.example.com/", ""},
		{"plain-http", "names the client endpoint with http://", "http://rt.example.com/", ""},
		{"second-hub", "has a parameter of its own that is called hub", "https://rt.example.com/", "hub=mine&"},
	}
}

// serve runs the app server, and tells the target of it.
func (b badHub) serve(t *testing.T) func(*live.Target) error {
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL.RawQuery = b.query + r.URL.RawQuery
		(&hubserver.Server{ClientEndpoint: b.endpoint, Host: chat, Key: "key", Hub: "chat"}).ServeHTTP(w, r)
	}))
	t.Cleanup(app.Close)
	return func(target *live.Target) error { return target.AskHub(app.URL + "/chat") }
}

func TestAppServerThatSendsClientsHereBreaksNothing(t *testing.T) {
	t.Parallel()
	good := badHub{endpoint: "https://rt.example.com/"}
	r := driveWith(t, live.Twin{Gateway: soundProgram().build(), Endpoint: edge()}, []*live.Case{live.ByID("LIVE-CEP-01")}, good.serve(t))
	if failures(r) != "" || len(r) == 0 {
		t.Errorf("%s", failures(r))
	}
}

func TestEveryDefectBreaksExactlyTheRequirementsItNames(t *testing.T) {
	t.Parallel()
	all := mutants(t)
	together(len(all), func(i int) { all[i].results = driveWith(t, all[i].twin, all[i].cases, all[i].prepare) })
	for _, m := range all {
		t.Run(m.kind+" "+m.name, func(t *testing.T) { m.check(t) })
	}
	found := map[string]bool{}
	for _, m := range all {
		told := m.told(all[0])
		if m.kind != outside && len(told) == 0 {
			t.Errorf("no case finds %s %s", strings.TrimSuffix(m.kind, " …"), m.does)
		}
		for id := range told {
			found[id] = true
		}
	}
	for _, c := range live.All {
		if !found[c.ID] {
			t.Errorf("nothing makes %s fail (%s): what it is there for is not shown", c.ID, c.Title)
		}
	}
	table(t, "testdata/MUTANTS.md", matrix(all))
}

// check demands that what is broken is what was meant to be, and that it is told as it should be.
func (m *mutant) check(t *testing.T) {
	want := slices.Sorted(slices.Values(m.breaks))
	if got := withVerdict(m.results, conformance.Broken); m.kind != outside && !slices.Equal(got, want) {
		t.Errorf("%s %s breaks %q, want %q:\n%s", strings.TrimSuffix(m.kind, " …"), m.does, got, want, failures(m.results))
	}
	for _, c := range slices.Concat(slices.Collect(maps.Values(m.results))...) {
		speaks := c.Verdict == conformance.Broken || c.Advice && c.Verdict == conformance.Holds && c.Message != ""
		if speaks && (!oneSentence.MatchString(c.Message) || c.Cause == "") {
			t.Errorf("%s does not say in one sentence what was expected and seen, and what is likely behind it: %q (%q)", c.ID, c.Message, c.Cause)
		}
	}
}

// told is how cases tell of a mutant, by their ids: in brackets where they leave their requirement open, in italics where they only advise. What
// they tell of the sound proxy too does not count.
func (m *mutant) told(base *mutant) map[string]string {
	out := map[string]string{}
	for _, c := range m.cases {
		one := resultOf(m.results, c)
		switch {
		case m.kind == outside && c.View != live.Outside: // it is told of elsewhere
		case one.Verdict == conformance.Broken:
			out[c.ID] = c.ID
		case one.Verdict == conformance.Unjudged && strings.Contains(one.Message, "the longest that the SDK issues"):
			out[c.ID] = "(" + c.ID + ")"
		case c.Advises && one.Verdict == conformance.Holds && one.Message != "" && (m == base || resultOf(base.results, c).Message == ""):
			out[c.ID] = "*" + c.ID + "*"
		}
	}
	return out
}

// matrix is the table of what is wrong and of the cases that find it.
func matrix(all []*mutant) string {
	var b strings.Builder
	b.WriteString("# Which cases find which defects\n\nIn brackets: the case leaves its requirement open and says why. In italics: the requirement holds, and the case advises.\n")
	kind := ""
	for _, m := range all {
		told := m.told(all[0])
		if m.kind == outside && len(told) == 0 {
			continue
		}
		if m.kind != kind {
			kind = m.kind
			b.WriteString("\n| " + kind + " | defect | cases that find it |\n|---|---|---|\n")
		}
		var found []string
		for _, c := range live.All {
			if text := told[c.ID]; text != "" {
				found = append(found, text)
			}
		}
		b.WriteString("| " + m.does + " | `" + m.name + "` | " + strings.Join(found, " ") + " |\n")
	}
	return b.String()
}

// together does n things, several at a time: they mostly wait.
func together(n int, do func(i int)) {
	slots := make(chan struct{}, 12)
	var all sync.WaitGroup
	for i := range n {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			do(i)
		})
	}
	all.Wait()
}
