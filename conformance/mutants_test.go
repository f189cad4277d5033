package conformance_test

import (
	"context"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/live"
	"github.com/asrscheck/asrscheck/conformance/refproxy"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// drive judges a gateway by traffic.
func drive(t *testing.T, g *routing.Gateway, e conformance.Endpoint, defects ...refproxy.Defect) live.Results {
	t.Helper()
	services := conformance.NewServices(&routing.Estate{}, nil)
	target, err := live.NewTwin(live.Twin{Gateway: g, Endpoint: e, Services: services, Defects: defects})
	if err != nil {
		t.Error(err)
		return nil
	}
	results, err := live.Judge(context.Background(), target, live.All)
	if err := errors.Join(err, target.Close()); err != nil {
		t.Error(err)
	}
	return results
}

// withVerdict lists the requirements with a verdict, sorted.
func withVerdict(r live.Results, v conformance.Verdict) []string {
	var out []string
	for id := range r {
		if r.Verdict(id) == v {
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
		r := drive(t, p.build(), edge())
		if got := failures(r); got != "" {
			t.Errorf("%s:\n%s", name, got)
		}
	}
}

// oneSentence is how a failed case speaks.
var oneSentence = regexp.MustCompile(`^expected .*, seen .*[^.\n]$`)

func TestEveryDefectBreaksExactlyTheRequirementsItNames(t *testing.T) {
	t.Parallel()
	defects := refproxy.Defects()
	results := make([]live.Results, len(defects))
	together(len(defects), func(i int) { results[i] = drive(t, twoServices().build(), edge(), defects[i]) })
	for i, d := range defects {
		t.Run(d.Name, func(t *testing.T) {
			want := slices.Sorted(slices.Values(d.Breaks))
			if got := withVerdict(results[i], conformance.Broken); !slices.Equal(got, want) {
				t.Errorf("a proxy that %s breaks %q, want %q:\n%s", d.Does, got, want, failures(results[i]))
			}
			for _, c := range slices.Concat(slices.Collect(maps.Values(results[i]))...) {
				if c.Verdict == conformance.Broken && !oneSentence.MatchString(c.Message) {
					t.Errorf("%s does not say in one sentence what was expected and seen: %q", c.ID, c.Message)
				}
			}
		})
	}
	for _, c := range live.All {
		if c.View != live.Outside && !slices.ContainsFunc(results, func(r live.Results) bool { return finds(r, c) != "" }) {
			t.Errorf("no defect makes %s fail (%s): what it is there for is not shown", c.ID, c.Title)
		}
	}
	table(t, "testdata/MUTANTS.md", matrix(defects, results))
}

// finds is how a case tells of a defect: by its id, in brackets where it leaves its requirement open; empty when it does not tell, or only
// because another case failed.
func finds(r live.Results, c *live.Case) string {
	i := slices.IndexFunc(r[c.Requirement], func(result conformance.CaseResult) bool { return result.ID == c.ID })
	switch {
	case i >= 0 && r[c.Requirement][i].Verdict == conformance.Broken:
		return c.ID
	case i >= 0 && r[c.Requirement][i].Verdict == conformance.Unjudged && strings.Contains(r[c.Requirement][i].Message, "the longest that the SDK issues"):
		return "(" + c.ID + ")"
	}
	return ""
}

// matrix is the table of defects and of the cases that they break.
func matrix(defects []refproxy.Defect, results []live.Results) string {
	var b strings.Builder
	b.WriteString("# Which cases find which defects of a proxy\n\nIn brackets: the case leaves its requirement open and says why.\n\n| a proxy that … | defect | cases that find it |\n|---|---|---|\n")
	for i, d := range defects {
		var found []string
		for _, c := range live.All {
			if told := finds(results[i], c); told != "" {
				found = append(found, told)
			}
		}
		b.WriteString("| " + d.Does + " | `" + d.Name + "` | " + strings.Join(found, " ") + " |\n")
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
