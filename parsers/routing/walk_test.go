package routing_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// The order decides which paths are tried as client endpoints, and which place a report names first.
func TestWhatStandsInATableIsMetInTheOrderOfItsKeys(t *testing.T) {
	g := &routing.Gateway{Blocks: map[string][]routing.Step{}}
	to := map[string]routing.TableEntry{}
	var want []string
	for i := range 50 {
		path := fmt.Sprintf("/api%02d", i)
		g.Blocks[path] = []routing.Step{
			&routing.Match{Arms: []routing.Arm{{When: routing.Prefix{Of: routing.Read(routing.InPath, ""), Want: path}}}},
			&routing.Forward{To: routing.Text(path)},
		}
		to[path] = routing.TableEntry{Block: path}
		want = append(want, path)
	}
	g.Blocks["entry"] = []routing.Step{&routing.Table{Key: routing.Read(routing.InPath, ""), To: to}}
	if got := slices.Collect(g.Prefixes("entry")); !slices.Equal(got, want) {
		t.Errorf("prefixes are met as %v", got)
	}
	var got []string
	for v := range g.Literals("entry") {
		if v.Text() != "" {
			got = append(got, v.Text())
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("literals are met as %v", got)
	}
	for v := range g.Literals("entry") {
		if v.Text() == want[1] {
			break // which is the end of it
		}
	}
}
