package routing_test

import (
	"slices"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

func TestWhatAPlaceIsComparedWithIsAllThereIsUnlessThereAreParts(t *testing.T) {
	origin := routing.ReadOriginal(routing.InHeader, "Origin")
	equal := routing.Equal{Of: origin, To: routing.Text("https://b.example")}
	table := routing.Lookup{Key: routing.Read(routing.InHeader, "origin"), Exact: map[string]routing.Expr{"https://a.example": routing.Text("x")}}
	answer := &routing.Set{What: routing.Place{Kind: routing.InResponseHeader, Name: "X"}, To: table}
	for _, c := range []struct {
		cond routing.Cond
		want []string
		all  bool
	}{
		{routing.Any{equal, routing.Not{Cond: routing.Equal{Of: origin, To: routing.Text("")}}}, []string{"https://a.example", "https://b.example"}, true},
		{routing.Equal{Of: routing.Read(routing.InHeader, "Host"), To: routing.Text("https://c.example")}, []string{"https://a.example"}, true},
		{routing.All{equal, routing.Suffix{Of: origin, Want: ".example"}}, []string{"https://a.example", "https://b.example"}, false},
	} {
		g := &routing.Gateway{Blocks: map[string][]routing.Step{"here": {&routing.Match{Arms: []routing.Arm{{When: c.cond, Do: []routing.Step{answer}}}}}}}
		got, all := g.ComparedWith("here", routing.Place{Kind: routing.InHeader, Name: "Origin"})
		if !slices.Equal(got, c.want) || all != c.all {
			t.Errorf("%v compares with %q, all %t, want %q, %t", c.cond, got, all, c.want, c.all)
		}
	}
}
