package routing

import (
	"slices"
	"strings"
	"testing"
)

// explained is a program whose upstream a table names, by way of a value that is computed once, and whose pool picks by a key.
func explained() *Gateway {
	line := func(n int) Span { return Span{File: "f", Line: n, Col: 1} }
	table := Once{Name: ":of pool", Of: Lookup{
		Key: Read(InArgument, "hub"), Label: "map hub", Exact: map[string]Expr{"chat": Lit{Of("two", line(2))}}, Default: Lit{Of("", line(3))}, Span: line(1),
	}}
	return &Gateway{
		Listeners: []*Listener{{Name: "*:80", Entry: "start"}},
		Pools: map[string]*Pool{"two": {
			Name: "two", Pick: Pick{How: "hash", Key: Read(InArgument, "id")},
			Members: []Member{{Address: Of("a:1", line(5)), Span: line(5)}, {Address: Of("b:1", line(6)), Span: line(6)}},
		}},
		Blocks: map[string][]Step{"start": {
			&Match{Arms: []Arm{
				{When: Equal{Of: table, To: Text("other")}, Label: "not taken", Span: line(7)},
				{When: Always{}, Do: []Step{&Forward{To: table, Scheme: Text("http"), Target: Read(InTarget, ""), Span: line(8)}}, Span: line(8)},
			}},
		}},
	}
}

func textsOf(paths []Path) []string {
	var out []string
	for i := range paths {
		for _, e := range paths[i].Events() {
			out = append(out, e.Span.String()+" "+e.Text)
		}
	}
	return out
}

func TestATracerThatExplainsTellsTheLineAndTheMember(t *testing.T) {
	g := explained()
	req := &Request{Method: "GET", Host: "h", Target: "/?hub=chat&id=1"}
	got := textsOf((&Tracer{Gateway: g, Explain: true}).Trace(g.Listeners[0], req))
	if want := `f:2:1 map hub, for "chat", gives "two"`; len(got) < 2 || got[0] != want {
		t.Errorf("the first step is not %q in\n%s", want, strings.Join(got, "\n"))
	}
	if len(got) < 2 || !strings.Contains(got[1], `picks`) || !strings.Contains(got[1], `the key "1" (hash)`) {
		t.Errorf("the second step does not tell the member in\n%s", strings.Join(got, "\n"))
	}
}

func TestOtherTracersTellOnlyTheSteps(t *testing.T) {
	g := explained()
	got := textsOf(g.Trace(g.Listeners[0], &Request{Method: "GET", Host: "h", Target: "/?hub=chat&id=1"}))
	if len(got) != 2 || slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, "map hub") }) {
		t.Errorf("a trace for a verdict tells\n%s", strings.Join(got, "\n"))
	}
}
