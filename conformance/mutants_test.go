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
