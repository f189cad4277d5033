package routing

import (
	"strings"
	"testing"
)

func TestARequestOfTooManyStepsIsLeftOpen(t *testing.T) {
	long := make([]Step, maxSteps+1)
	for i := range long {
		long[i] = &Set{What: Place{Kind: InVar, Name: "x"}, To: Text("1")}
	}
	g := &Gateway{Blocks: map[string][]Step{"start": long}, Listeners: []*Listener{{Entry: "start"}}}
	paths := g.Trace(g.Listeners[0], &Request{Method: "GET", Target: "/"})
	if len(paths) != 1 || !strings.Contains(paths[0].Outcome(), "more than 20000 steps") {
		t.Errorf("the ways are %+v", paths)
	}
}
