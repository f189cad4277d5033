package routing

import (
	"maps"
	"slices"
)

// round is where a walk was when it took a counted jump: a walk that comes back as it was goes round until the count is full.
type round struct {
	jump   *Jump
	jumps  int
	left   int
	last   *event
	at     string
	whole  *flight // nil until the path came back: most walks jump once
	length int
}

// goesRound tells how often a walk that takes a counted jump goes round before the count is full, and what it passes each time; times
// is 0 where the next round may differ. What follows depends on the request in flight and on what was assumed, and on nothing else
// unless somebody chooses.
func (r *tracing) goesRound(w *walk, s *Jump) (times int, before *round) {
	if r.Choose != nil || w.story != nil { // a story tells each line once, not once a round
		return 0, nil
	}
	before = w.round
	now := &round{jump: s, jumps: w.jumps, left: r.left, last: w.path.last, at: w.flight.path.text, length: w.path.length()}
	w.round = now
	if before == nil || before.jump != s || before.jumps+1 != w.jumps || before.at != now.at || before.length != now.length {
		return 0, nil
	}
	if before.whole == nil || !before.whole.same(w.flight) {
		now.whole = w.flight.fork()
		return 0, nil
	}
	times = s.Max + 1 - w.jumps
	if steps := before.left - r.left; r.left < times*steps {
		return 0, nil // it runs out of steps on the way
	}
	return times, before
}

// length counts what a path has gathered beside its events.
func (p *Path) length() int {
	return len(p.Via) + len(p.Assumed) + len(p.Chosen) + len(p.Ignored) + len(p.Logged) + len(p.Copied) + len(p.Counted)
}

// same reports whether nothing that a step can read or change differs, the count of jumps aside.
func (f *flight) same(g *flight) bool {
	return f.listener == g.listener && f.req == g.req && f.method.same(g.method) && f.path.same(g.path) && f.query.same(g.query) && f.upstream.same(g.upstream) &&
		slices.EqualFunc(f.headers, g.headers, HeaderValue.same) && slices.EqualFunc(f.dropped, g.dropped, HeaderValue.same) &&
		slices.EqualFunc(f.response, g.response, HeaderEdit.same) && maps.EqualFunc(f.vars, g.vars, func(a, b *Value) bool { return a == b || a.same(*b) }) && maps.Equal(f.captures, g.captures)
}

func (h HeaderValue) same(o HeaderValue) bool { return h.Name == o.Name && h.Value.same(o.Value) }

func (h HeaderEdit) same(o HeaderEdit) bool {
	return h.Name == o.Name && h.Add == o.Add && h.Span == o.Span && h.Value.same(o.Value)
}

func (v Value) same(o Value) bool {
	return v.text == o.text && v.note == o.note && v.state == o.state && v.Span == o.Span && slices.Equal(v.Related, o.Related)
}
