package routing

import "testing"

// answerOf runs steps that end in a Respond whose status is the expression.
func answerOf(t *testing.T, req *Request, steps ...Step) *Path {
	t.Helper()
	g := &Gateway{Listeners: []*Listener{{Address: "*", Port: 80, Entry: "in"}}, Blocks: map[string][]Step{"in": steps}}
	paths := g.Trace(g.Listeners[0], req)
	return &paths[0]
}

func forwardHeaders() Step {
	return &Forward{To: Text("a.example.com"), Scheme: Text("https"), Target: Read(InTarget, "")}
}

func TestARemarkSaysWhoseDefaultAValueIsAndWhatHadAPartInIt(t *testing.T) {
	remark := Remark{Of: Read(InHost, ""), Default: "NGINX", Related: []Note{{Span: at(3), Text: "cuts the inheritance"}}}
	p := answerOf(t, &Request{Host: "edge.example.com"}, &Set{What: Place{InHeader, "Host"}, To: remark, Span: at(7)}, forwardHeaders())
	v := p.Delivery.Header("Host")[0]
	if v.String() != "edge.example.com (default of NGINX)" || !v.Span.IsZero() || len(v.Related) != 1 {
		t.Errorf("the value is %s at %s with %v", v, v.Span, v.Related)
	}
}

func TestAFailedMatchForgetsTheGroupsOfTheOneBeforeWhereTheProductDoes(t *testing.T) {
	for forget, want := range map[bool]string{false: "a", true: ""} {
		first := &Match{Arms: []Arm{{When: Matches{Of: Text("a"), Pattern: pattern(t, "(a)", false)}}}}
		second := &Match{Arms: []Arm{{When: Matches{Of: Text("a"), Pattern: pattern(t, "(b)", false), Forget: forget}}}}
		p := answerOf(t, &Request{}, first, second, &Redirect{Status: Of("302", Span{}), To: Read(InCapture, "1")})
		if got := p.Response.Location.Text(); got != want {
			t.Errorf("forget %v: the group reads %q, want %q", forget, got, want)
		}
	}
}

func TestAllHeadersCanBeRemoved(t *testing.T) {
	req := &Request{Host: "edge.example.com", Header: []Field{{"Accept", "*/*"}, {"Authorization", "x"}}}
	p := answerOf(t, req, &Remove{What: Place{InHeader, AllHeaders}}, forwardHeaders())
	if n := len(p.Delivery.Headers); n != 0 {
		t.Errorf("%d headers are left, want none", n)
	}
}

func TestAHeaderOfUnknownValueSurvivesAHop(t *testing.T) {
	g := &Gateway{
		Listeners: []*Listener{{Address: "*", Port: 80, Entry: "in"}, {Address: "unix:/run/inner.sock", Entry: "inner"}},
		Blocks: map[string][]Step{
			"in": {
				&Set{What: Place{InHeader, "X-Request-Id"}, To: Lit{UnknownOf("a random number", Span{})}},
				&Forward{To: Text("unix:/run/inner.sock"), Scheme: Text("http"), Target: Read(InTarget, "")},
			},
			"inner": {&Set{What: Place{InHeader, "X-Copy"}, To: ReadOriginal(InHeader, "X-Request-Id")}, forwardHeaders()},
		},
	}
	p := g.Trace(g.Listeners[0], &Request{Host: "edge.example.com", Target: "/"})[0]
	if p.Delivery == nil || len(p.Via) != 1 || !p.Delivery.Header("X-Copy")[0].IsUnknown() {
		t.Errorf("the request ended as %s", p.Outcome())
	}
}

func TestTheSizeOfABodyInChunksSurvivesAHop(t *testing.T) {
	g := &Gateway{
		Listeners: []*Listener{{Address: "*", Port: 80, Entry: "in"}, {Address: "unix:/run/inner.sock", Entry: "inner"}},
		Blocks: map[string][]Step{
			"in":    {&Forward{To: Text("unix:/run/inner.sock"), Scheme: Text("http"), Target: Read(InTarget, "")}},
			"inner": {&Set{What: Place{InHeader, "X-Size"}, To: ReadOriginal(InBodySize, "")}, forwardHeaders()},
		},
	}
	p := g.Trace(g.Listeners[0], &Request{Host: "edge.example.com", Target: "/", Header: []Field{{"Transfer-Encoding", "chunked"}}, BodySize: 200})[0]
	if p.Delivery == nil || p.Delivery.Header("X-Size")[0].Text() != "200" {
		t.Errorf("the request ended as %s with %v", p.Outcome(), p.Delivery)
	}
}
