package routing

import "testing"

func TestWaysThatPartChangeNothingOfEachOther(t *testing.T) {
	header := func(name string) Place { return Place{InHeader, name} }
	variable := Place{InVar, "v"}
	unknown := Given{UnknownOf("what is on the disk", Span{Line: 3})}
	again := func(of Expr) Expr { return Concat{Parts: []Expr{of, Text("+")}} }
	g := &Gateway{
		Listeners: []*Listener{{Name: "in", Address: "*", Port: 80, Entry: "in"}},
		Blocks: map[string][]Step{"in": {
			&Set{What: header("A"), To: Text("before")},
			&Set{What: variable, To: Text("before")},
			&Match{Arms: []Arm{{When: unknown, Label: "a file", Do: []Step{
				&Set{What: header("A"), To: Text("file")},
				&Set{What: variable, To: Text("file")},
				&Add{What: header("B"), To: Text("file")},
				&Remove{What: header("C")},
			}}}},
			&Set{What: header("A"), To: again(Read(InHeader, "A"))},
			&Set{What: variable, To: again(Read(InVar, "v"))},
			&Set{What: header("V"), To: Read(InVar, "v")},
			&Remove{What: Place{InHeader, AllHeaders}, Only: func(name string) bool { return name == "D" }},
			&Forward{To: Text("10.0.0.1:80"), Scheme: Text("http"), Target: Read(InTarget, "")},
		}},
	}
	paths := g.Trace(g.Listeners[0], &Request{Method: "GET", Host: "h", Target: "/", Header: []Field{{"C", "c"}, {"D", "d"}}})
	if len(paths) != 2 {
		t.Fatalf("there are %d ways, want 2", len(paths))
	}
	for _, p := range paths {
		want := map[string]string{"Host": "h", "A": "before+", "V": "before+", "C": "c"}
		if p.Assumed[0].Holds {
			want = map[string]string{"Host": "h", "A": "file+", "V": "file+", "B": "file"}
		}
		if len(p.Delivery.Headers) != len(want) {
			t.Errorf("with a file %v: the headers sent are %v, want %v", p.Assumed[0].Holds, p.Delivery.Headers, want)
		}
		for _, h := range p.Delivery.Headers {
			if h.Value.Text() != want[h.Name] {
				t.Errorf("with a file %v: %s is sent as %q, want %q", p.Assumed[0].Holds, h.Name, h.Value.Text(), want[h.Name])
			}
		}
	}
}
