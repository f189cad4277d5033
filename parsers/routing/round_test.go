package routing

import (
	"fmt"
	"slices"
	"testing"
)

// circling is a program that jumps between blocks as long as it may.
func circling(what Place, to Expr) *Gateway {
	return &Gateway{
		Listeners: []*Listener{{Name: "in", Address: "*", Port: 80, Entry: "in"}},
		Blocks: map[string][]Step{
			"in": {
				&Match{Arms: []Arm{{When: Prefix{Of: Read(InPath, ""), Want: "/stop/xxxxxxx"}, Label: "stops", Do: []Step{&Respond{Status: Of("204", Span{})}}}}},
				&Match{Arms: []Arm{{When: Truthy{Of: Lit{UnknownOf("what is on the disk", Span{Line: 7})}}, Label: "a file", Do: []Step{&Respond{Status: Of("200", Span{})}}}}},
				&Set{What: what, To: to, Span: Span{Line: 8}},
				&Jump{To: "in", Max: 10, Label: "again", Over: []Step{&Respond{Status: Of("500", Span{}), Label: "too often"}}},
			},
		},
	}
}

func TestGoingRoundIsTheSameAsEachRoundByItself(t *testing.T) {
	path := Read(InPath, "")
	for name, g := range map[string]*Gateway{
		"the same each time":           circling(Place{Kind: InPath}, Text("/index.html")),
		"as it was":                    circling(Place{InVar, "seen"}, path),
		"another path each time":       circling(Place{Kind: InPath}, Concat{Parts: []Expr{path, Text("x")}}),
		"a variable that grows":        circling(Place{InVar, "n"}, Concat{Parts: []Expr{Read(InVar, "n"), Text("x")}}),
		"a header that grows":          circling(Place{InHeader, "X"}, Concat{Parts: []Expr{Read(InHeader, "X"), Text("x")}}),
		"an answer header each time":   circling(Place{InResponseHeader, "X"}, Text("x")),
		"a query that comes out alike": circling(Place{Kind: InQuery}, Concat{Parts: []Expr{Text("a="), Read(InMethod, "")}}),
	} {
		t.Run(name, func(t *testing.T) {
			req := &Request{Method: "GET", Target: "/stop/"}
			short := (&Tracer{Gateway: g}).Trace(g.Listeners[0], req)
			whole := (&Tracer{Gateway: g, Choose: func(*Pool) int { return 0 }}).Trace(g.Listeners[0], req)
			if got, want := ways(short), ways(whole); !slices.Equal(got, want) {
				t.Errorf("cut short\n%q\nround by round\n%q", got, want)
			}
		})
	}
}

func ways(paths []Path) []string {
	var out []string
	for i := range paths {
		out = append(out, fmt.Sprint(paths[i].Events(), paths[i].Assumed, paths[i].Response.Headers))
	}
	return out
}

func TestWhatComesBackAsItWasIsNotTracedAgain(t *testing.T) {
	g := circling(Place{Kind: InPath}, Text("/index.html"))
	asked := 0
	count := Call{Name: "count", Fn: func(...string) string { asked++; return "/index.html" }}
	g.Blocks["in"][2] = &Set{What: Place{Kind: InPath}, To: count}
	paths := g.Trace(g.Listeners[0], &Request{Method: "GET", Target: "/"})
	if asked >= 10 || len(paths) == 0 {
		t.Errorf("%d rounds were traced", asked)
	}
}
