package routing_test

import (
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

func TestWhatDecidesIsToldFromWhatIsOnlyPassedOn(t *testing.T) {
	id := routing.Place{Kind: routing.InArgument, Name: "id"}
	isID := func(p routing.Place) bool { return p == id }
	read, variable := routing.Part{Of: id}, routing.Place{Kind: routing.InVar, Name: "kept"}
	kept := &routing.Set{What: variable, To: read}
	send := func(to routing.Expr, settings routing.Settings) *routing.Forward {
		return &routing.Forward{To: to, Scheme: routing.Text("https"), Target: read, Settings: settings}
	}
	fixed := routing.Text("a.example")
	on := func(of routing.Expr) *routing.Match {
		return &routing.Match{Arms: []routing.Arm{{When: routing.Equal{Of: of, To: routing.Text("x")}}}}
	}
	for name, tt := range map[string]struct {
		steps []routing.Step
		want  bool
	}{
		"a condition":                   {[]routing.Step{on(read)}, true},
		"a condition on what was kept":  {[]routing.Step{kept, on(routing.Part{Of: variable})}, true},
		"a condition before it is kept": {[]routing.Step{on(routing.Part{Of: variable}), kept}, true}, // programs go round
		"whether it is empty":           {[]routing.Step{&routing.Match{Arms: []routing.Arm{{When: routing.Equal{Of: read, To: routing.Text("")}}}}}, false},
		"a header":                      {[]routing.Step{&routing.Set{What: routing.Place{Kind: routing.InHeader, Name: "X-Id"}, To: read}, send(fixed, nil)}, false},
		"the Host":                      {[]routing.Step{&routing.Set{What: routing.Place{Kind: routing.InHeader, Name: "host"}, To: read}, send(fixed, nil)}, true},
		"the upstream":                  {[]routing.Step{send(read, nil)}, true},
		"a setting":                     {[]routing.Step{send(fixed, routing.Settings{routing.SNI: read})}, true},
		"the key of a cache":            {[]routing.Step{send(fixed, routing.Settings{routing.CacheKey: read})}, false},
		"the target":                    {[]routing.Step{send(fixed, nil)}, false},
		"the key of a map":              {[]routing.Step{send(routing.Lookup{Key: read, Default: fixed}, nil)}, true},
		"something else that is kept":   {[]routing.Step{kept, on(routing.Part{Of: routing.Place{Kind: routing.InVar, Name: "other"}})}, false},
	} {
		g := &routing.Gateway{Blocks: map[string][]routing.Step{"start": tt.steps}}
		if got := g.DecidesBy("start", isID); got != tt.want {
			t.Errorf("%s: decides is %v, want %v", name, got, tt.want)
		}
	}
}
