package routing

import "testing"

// programFrom builds a gateway out of arbitrary bytes, so that the fuzzer can compose every kind of step, condition and expression.
type programFrom struct{ data []byte }

func (p *programFrom) next(n int) int {
	if len(p.data) == 0 {
		return 0
	}
	b := p.data[0]
	p.data = p.data[1:]
	return int(b) % n
}

var fuzzTexts = []string{"", "/", "/client/", "a", "b", "signalr", "upgrade", "chat.service.signalr.net", "127.0.0.1:81", "0"}

func (p *programFrom) text() string { return fuzzTexts[p.next(len(fuzzTexts))] }

func (p *programFrom) place() Place {
	return Place{PlaceKind(p.next(int(InUpstreamHost) + 1)), p.text()}
}

func (p *programFrom) expr(depth int) Expr {
	kind := p.next(8)
	if depth > 3 {
		kind %= 3
	}
	switch kind {
	case 0:
		return Text(p.text())
	case 1:
		return Part{Of: p.place(), Original: p.next(2) == 0}
	case 2:
		return Lit{UnknownOf("fuzz "+p.text(), Span{})}
	case 3:
		return Concat{Parts: []Expr{p.expr(depth + 1), p.expr(depth + 1)}}
	case 4:
		return Lookup{Key: p.expr(depth + 1), Exact: map[string]Expr{p.text(): p.expr(depth + 1)}, Default: p.expr(depth + 1)}
	case 5:
		return Split{Key: p.expr(depth + 1), Buckets: []Bucket{{0.5, p.expr(depth + 1)}, {0.5, p.expr(depth + 1)}}}
	case 6:
		return Choose{Arms: []ChooseArm{{p.cond(depth + 1), p.expr(depth + 1)}}}
	default:
		return Call{Fn: func(a ...string) string { return a[0] + a[0] }, Args: []Expr{p.expr(depth + 1)}}
	}
}

func (p *programFrom) cond(depth int) Cond {
	kind := p.next(9)
	if depth > 3 {
		kind %= 4
	}
	switch kind {
	case 0:
		return Always{}
	case 1:
		return Given{UnknownOf("condition "+p.text(), Span{})}
	case 2:
		return Prefix{Of: p.expr(4), Want: p.text(), Fold: p.next(2) == 0}
	case 3:
		return Longer{Of: p.expr(4), Max: p.next(20)}
	case 4:
		return All{p.cond(depth + 1), p.cond(depth + 1)}
	case 5:
		return Any{p.cond(depth + 1), p.cond(depth + 1)}
	case 6:
		return Not{p.cond(depth + 1)}
	case 7:
		re, _ := NewPattern("^(/?)(.*)$", p.next(2) == 0)
		return Matches{Of: p.expr(depth + 1), Pattern: re}
	default:
		return Equal{Of: p.expr(depth + 1), To: p.expr(depth + 1)}
	}
}

func (p *programFrom) steps(depth int) []Step {
	var out []Step
	for range p.next(5) {
		out = append(out, p.step(depth))
	}
	return out
}

func (p *programFrom) step(depth int) Step {
	kind := p.next(9)
	if depth > 3 && kind == 0 {
		kind = 1
	}
	switch kind {
	case 0:
		var arms []Arm
		for range p.next(4) {
			arms = append(arms, Arm{When: p.cond(0), Do: p.steps(depth + 1), Label: p.text()})
		}
		return &Match{Arms: arms}
	case 1:
		return &Set{What: p.place(), To: p.expr(0)}
	case 2:
		return &Add{What: p.place(), To: p.expr(0)}
	case 3:
		return &Remove{What: p.place()}
	case 4:
		return &Jump{To: p.text(), Max: p.next(3)}
	case 5:
		return &Table{Key: p.expr(0), To: map[string]TableEntry{p.text(): {Block: p.text()}}, Fold: p.next(2) == 0}
	case 6:
		return &Respond{Status: Of("404", Span{})}
	case 7:
		return &Redirect{Status: Of("301", Span{}), To: p.expr(0)}
	default:
		return &Forward{To: p.expr(0), Scheme: Text([]string{"http", "https"}[p.next(2)]), Target: p.expr(0), Settings: Settings{Upgrade: p.expr(0), SNI: p.expr(0)}}
	}
}

func (p *programFrom) gateway() *Gateway {
	g := &Gateway{
		Listeners: []*Listener{{Address: "*", Port: 80, Entry: "/"}, {Address: "127.0.0.1", Port: 81, Entry: "a"}},
		Pools: map[string]*Pool{"signalr": {Name: "signalr", Pick: Pick{Key: p.expr(0)}, Members: []Member{
			{Address: Of("chat.service.signalr.net:443", Span{})}, {Address: Of("127.0.0.1:81", Span{}), Weight: p.next(3)},
		}}},
		Blocks: map[string][]Step{},
	}
	for _, name := range fuzzTexts {
		g.Blocks[name] = p.steps(0)
	}
	return g
}

func FuzzTraceEndsAndTellsExactlyOneOutcome(f *testing.F) {
	f.Add([]byte{}, "/client/?hub=chat")
	f.Add([]byte{0, 4, 4, 1, 2, 0, 4, 2, 1, 2, 8, 0, 3, 1, 5, 5, 5, 5, 8, 7, 1, 1}, "/client/negotiate")
	f.Fuzz(func(t *testing.T, program []byte, target string) {
		g := (&programFrom{program}).gateway()
		paths := g.Trace(g.Listeners[0], &Request{Method: "GET", Target: target, Host: "edge.example.com", Header: []Field{{"Upgrade", "websocket"}}})
		if len(paths) == 0 || len(paths) > 2*maxPaths {
			t.Fatalf("%d paths", len(paths))
		}
		for i := range paths {
			p := &paths[i]
			ends := 0
			for _, is := range []bool{p.Delivery != nil, p.Response != nil, p.Unknown.IsUnknown()} {
				if is {
					ends++
				}
			}
			if ends != 1 {
				t.Fatalf("path %d has %d ends: %s", i, ends, p.Outcome())
			}
			if p.Delivery != nil {
				p.Delivery.Upgrades()
			}
		}
	})
}
