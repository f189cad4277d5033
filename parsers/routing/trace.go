package routing

import (
	"fmt"
	"slices"
	"strconv"
)

// Bounds of one trace; a program that needs more ends in an unknown outcome that says so.
const (
	maxSteps = 20_000
	maxPaths = 64
	maxHops  = 8
)

// Tracer follows requests through a gateway's program.
type Tracer struct {
	Gateway *Gateway
	// StayInside ends a path at the first delivery, even where that goes to a listener of the same gateway or of another one of the estate.
	StayInside bool
	// Unlogged leaves out what the product writes about the request, which costs more than to tell where it goes.
	Unlogged bool
	// Choose picks a member where the choice does not depend on the request; without it every member is followed.
	Choose func(p *Pool) int
	// Explain has the paths tell which lines of maps and the like the values came from, and which member of a pool was picked.
	Explain bool
}

// Trace says what happens to a request that arrives at a listener of the gateway: one path, or several where unknowns or the
// gateway's own dice decide. It always ends and never returns an empty list.
func (g *Gateway) Trace(l *Listener, req *Request) []Path {
	return (&Tracer{Gateway: g}).Trace(l, req)
}

// Trace is Gateway.Trace with the tracer's choices.
func (t *Tracer) Trace(l *Listener, req *Request) []Path {
	r := &tracing{Tracer: t, left: maxSteps}
	first := &walk{flight: newFlight(l, req), gateway: t.Gateway, rest: block(t.Gateway, l.Entry)}
	if t.Explain {
		first.story = &story{kept: map[string][]Event{}}
	}
	r.pending = []*walk{first}
	for len(r.pending) > 0 {
		w := r.pending[len(r.pending)-1]
		r.pending = r.pending[:len(r.pending)-1]
		r.run(w)
	}
	return r.done
}

// tracing is the state of one trace.
type tracing struct {
	*Tracer
	pending []*walk
	done    []Path
	forks   int
	left    int
}

// walk is one path under way.
type walk struct {
	*flight
	gateway *Gateway // in which it is
	path    Path
	rest    frame
	round   *round // the last one
	over    bool
}

// frame is a list of steps still to do, and what comes behind it.
type frame struct {
	steps []Step
	next  *frame
}

func block(g *Gateway, name string) frame {
	return frame{steps: g.Block(name)}
}

func (w *walk) fork() *walk {
	return &walk{flight: w.flight.fork(), gateway: w.gateway, path: w.path.fork(), rest: w.rest, round: w.round}
}

// next takes the next step off the walk, nil when there is none.
func (w *walk) next() Step {
	for len(w.rest.steps) == 0 {
		if w.rest.next == nil {
			return nil
		}
		w.rest = *w.rest.next
	}
	s := w.rest.steps[0]
	w.rest.steps = w.rest.steps[1:]
	return s
}

// end closes the walk.
func (r *tracing) end(w *walk) {
	w.over = true
	w.path.Gateway = w.gateway
	w.path.intercepted()
	w.path.restated()
	w.path.asked()
	w.path.relocated()
	r.done = append(r.done, w.path)
}

func (r *tracing) lose(w *walk, why string, at Span) {
	w.path.Unknown = UnknownOf(why, at)
	r.end(w)
}

func (r *tracing) run(w *walk) {
	for !w.over {
		s := w.next()
		if s == nil {
			r.respond(w, &Respond{Status: UnknownOf("the configuration does not say what happens", Span{}), Label: "no route"})
			return
		}
		if r.left--; r.left < 0 {
			w.path.CutShort = true
			r.lose(w, fmt.Sprintf("a request takes more than %d steps: the configuration runs in circles, or is longer than what is followed", maxSteps), s.At())
			return
		}
		r.step(w, s)
	}
}

func (r *tracing) step(w *walk, s Step) {
	switch s := s.(type) {
	case *Match:
		r.match(w, s)
	case *Table:
		r.table(w, s)
	case *Set, *Add, *Remove:
		w.change(s)
	case *Jump:
		r.jump(w, s)
	case *Serve:
		w.path.Serves = Of(s.What, s.Span)
	case *Ignore:
		w.path.Ignored = append(w.path.Ignored, *s)
	case *Copy:
		w.path.Copied = append(w.path.Copied, *s)
		w.path.note(s.Span, "sends a copy of the request elsewhere")
	case *Count:
		if key := s.Key.eval(w.flight); key.IsUnknown() || key.Text() != "" {
			w.path.Counted = append(w.path.Counted, Counted{s, key})
		}
		w.forget()
	case *Log:
		if !r.Unlogged {
			w.path.Logged = append(w.path.Logged, LogLine{s.Line.eval(w.flight).At(s.Span), s.parts(w.flight), s.Sink, s.Span})
			w.forget()
		}
	case *Respond:
		r.respond(w, s)
	case *Redirect:
		r.redirect(w, s)
	case *Opaque:
		r.lose(w, s.Why, s.Span)
	case *Forward:
		r.forward(w, s)
	}
}

// change carries out a step that changes the request in flight.
func (w *walk) change(s Step) {
	switch s := s.(type) {
	case *Set:
		v := s.To.eval(w.flight).At(s.Span)
		w.because()
		w.path.changed(s.Span, "sets", s.What, v)
		w.assign(s.What, v)
	case *Add:
		v := s.To.eval(w.flight).At(s.Span)
		w.because()
		w.path.changed(s.Span, "adds", s.What, v)
		w.add(s.What, v)
	case *Remove:
		if s.Only != nil {
			w.removeHeaders(s.Only)
			return
		}
		if s.What.Kind != InHeader || s.What.Name == AllHeaders || w.header(s.What.Name).IsSet() {
			w.path.changed(s.Span, "removes", s.What, Value{})
		}
		w.assign(s.What, Value{Span: s.Span, Related: s.Related})
	}
}

// match runs the first arm that holds. Where an arm cannot be decided, one walk assumes that it holds and this one that it does not.
func (r *tracing) match(w *walk, m *Match) {
	if m.opening.excludes(w.asked.start) {
		return
	}
	for i := range m.Arms {
		arm := &m.Arms[i]
		t := arm.When.holds(w.flight)
		switch {
		case t.Is == Maybe && t.Dice != nil:
			t = r.throw(w, arm, t)
		case t.Is == Maybe:
			t = r.assume(w, arm, *t.Because)
		}
		if t.Is == Yes {
			w.take(arm)
			return
		}
		if t.Is == Maybe {
			r.lose(w, "too much is unknown to follow every possibility: "+t.Because.Why(), arm.Span)
			return
		}
		w.forget()
	}
}

func (w *walk) take(arm *Arm) {
	w.because()
	if arm.Label != "" {
		w.path.decide(arm.Span, arm.Label)
	}
	behind := w.rest
	w.rest = frame{steps: arm.Do, next: &behind}
}

// throw answers a condition by the gateway's dice: as whoever follows one request chooses, or with both answers on two walks.
func (r *tracing) throw(w *walk, arm *Arm, t Truth) Truth {
	if r.Choose != nil {
		return truth(r.Choose(t.Dice)%len(t.Dice.Members) == 0)
	}
	if r.forks++; r.forks >= maxPaths {
		return Truth{Is: Maybe, Because: t.Because}
	}
	yes := w.fork()
	yes.path.Chosen = append(yes.path.Chosen, Choice{t.Dice, 0})
	yes.take(arm)
	r.pending = append(r.pending, yes)
	w.path.Chosen = append(w.path.Chosen, Choice{t.Dice, 1})
	return Truth{}
}

// assume answers an undecidable condition: as this path answered it before, or with both answers on two walks.
func (r *tracing) assume(w *walk, arm *Arm, because Value) Truth {
	key := arm.Span.String() + "|" + arm.Label + "|" + because.Why()
	if holds, ok := w.path.assumed(key); ok {
		return truth(holds)
	}
	if r.forks++; r.forks >= maxPaths {
		return maybe(because)
	}
	yes := w.fork()
	yes.path.Assumed = append(yes.path.Assumed, Assumption{key, true, because.Why(), because.Span, because.chance})
	yes.take(arm)
	r.pending = append(r.pending, yes)
	w.path.Assumed = append(w.path.Assumed, Assumption{key, false, because.Why(), because.Span, because.chance})
	return Truth{}
}

func (r *tracing) table(w *walk, s *Table) {
	key := s.Key.eval(w.flight)
	if key.IsUnknown() {
		at := key.Span
		if at.IsZero() {
			at = s.Span
		}
		r.lose(w, key.Why(), at)
		return
	}
	text := key.Text()
	if s.Fold {
		text = lower(text)
	}
	defer w.forget()
	if to, ok := s.To[text]; ok {
		w.because()
		if to.Label != "" {
			w.path.decide(to.Span, to.Label)
		}
		w.rest = block(w.gateway, to.Block)
	}
}

func (r *tracing) jump(w *walk, s *Jump) {
	if s.Label != "" {
		w.path.note(s.Span, s.Label)
	}
	if s.Max > 0 {
		w.jumps++
		if times, from := r.goesRound(w, s); times > 0 {
			w.path.repeat(from.last, times)
			r.left -= times * (from.left - r.left)
			w.jumps += times
		}
		if w.jumps > s.Max {
			r.giveUp(w, s)
			return
		}
	}
	w.rest = block(w.gateway, s.To)
}

// giveUp ends what jumps more often than it may.
func (r *tracing) giveUp(w *walk, s *Jump) {
	if s.Over != nil {
		w.rest = frame{steps: s.Over}
		return
	}
	r.respond(w, &Respond{Status: Of("500", s.Span), Label: "rewritten more than " + strconv.Itoa(s.Max) + " times", Span: s.Span})
}

func (r *tracing) respond(w *walk, s *Respond) {
	status := s.Status
	if s.Override != nil {
		if v := s.Override.eval(w.flight); v.IsUnknown() || v.Text() != "" {
			status = v
			w.because()
		}
	}
	w.path.Response = &Response{Status: status, Body: s.Body, Label: s.Label, Reason: s.Reason, Headers: w.response, Span: s.Span}
	if status.Text() == hangsUp && slices.ContainsFunc(w.path.Via, func(d *Delivery) bool { return !d.Relays() }) {
		w.path.hungUp = true
		w.path.Response = &Response{Status: Of("502", s.Span), Label: "the listener behind closes the connection", Span: s.Span}
	}
	r.end(w)
}

// hangsUp is the status by which NGINX closes the connection without an answer.
const hangsUp = "444"

// parts are the named pieces of a log line.
func (s *Log) parts(f *flight) []LoggedPart {
	out := make([]LoggedPart, 0, len(s.Parts))
	for _, p := range s.Parts {
		out = append(out, LoggedPart{p.Name, p.Of.eval(f), p.Span})
	}
	return out
}

func (r *tracing) redirect(w *walk, s *Redirect) {
	to := s.To.eval(w.flight).At(s.Span)
	w.because()
	w.path.Response = &Response{Status: s.Status, Location: to, Headers: w.response, Span: s.Span}
	r.end(w)
}
