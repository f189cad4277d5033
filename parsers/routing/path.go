package routing

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Path is one way that a request can go through a gateway. Several paths of one trace differ in what was assumed about unknowns
// and in which member of a pool was picked. Exactly one of Delivery, Response and Unknown says how it ends.
type Path struct {
	Delivery *Delivery
	Response *Response
	// Unknown says why the end cannot be told: something that was not read, a script, too many possibilities, a loop.
	Unknown Value
	// CutShort says that the end is unknown because the program is longer than what is followed.
	CutShort bool
	// Gateway is the one in which the path ends: the one that was asked about, or another one of its estate.
	Gateway *Gateway
	// Via are the deliveries on the way: to the gateway's own listeners, and to other gateways of the estate.
	Via []*Delivery
	// Assumed are the answers that were assumed for conditions that cannot be decided by reading.
	Assumed []Assumption
	// Chosen are the picks that do not depend on the request.
	Chosen []Choice
	// Serves is what the route that was taken serves only (OnlySockets, OnlyRequests); unset where it is made for either.
	Serves Value
	// Ignored is what was written for the request and counts for nothing.
	Ignored []Ignore
	// Copied are the copies of the request that are sent elsewhere.
	Copied []Copy
	// Counted are the counts of the product that the request adds to.
	Counted []Counted
	// Logged are the lines that the product writes about the request.
	Logged []LogLine
	last   *event
	hungUp bool // the last hop gets no answer
}

// Assumption is an answer that one path assumes for an undecidable condition.
type Assumption struct {
	Key   string // equal for the same condition hanging on the same unknown
	Holds bool
	Why   string
	Span  Span
	// Chance says that it is answered anew for each request, whatever that is.
	Chance bool
}

// Choice is a pick that did not depend on the request: another request may fare otherwise.
type Choice struct {
	Pool   *Pool
	Member int
}

// Counted is a count that a request adds to. Requests with equal keys add to the same.
type Counted struct {
	*Count
	Key Value
}

// Times within which clients of SignalR send several requests: those with which they connect follow each other as soon as there is an answer, and
// those that lie beside each other are sent at once.
const (
	InARow = time.Second
	Beside = 50 * time.Millisecond
)

// Tight reports whether the requests of one client may be too many: those under way at once, or those that clients send without a pause.
func (c *Count) Tight() bool {
	return c.AtOnce == 1 || c.Every >= InARow || c.Every >= Beside && c.Burst == 0
}

// LogLine is a line that the product writes about a request.
type LogLine struct {
	Line  Value
	Parts []LoggedPart
	Sink  string
	Span  Span
}

// LoggedPart is a piece of a line: the configuration's name for it ("$request"), what it came out as, and where it is written.
type LoggedPart struct {
	Name  string
	Value Value
	Span  Span
}

// Response is an answer of the gateway itself.
type Response struct {
	Status   Value
	Location Value // of a redirect
	Body     string
	Label    string
	Reason   Reason
	// Upstream is the upstream that the request would have gone to, where the reason is that it cannot be resolved.
	Upstream Value
	Headers  []HeaderEdit
	Span     Span
}

// Event is one step that a path took. Decision marks the arms that were chosen, as opposed to what was then done.
type Event struct {
	Span     Span
	Text     string
	Decision bool
}

// event is an Event whose words are only found when somebody asks: most traces are judged and forgotten. Most events say no more than
// Event; the others are part of a change or a repetition.
type event struct {
	Event
	before *event
	change *change
	again  *repetition
}

// change is the event that a place of the request was changed.
type change struct {
	event
	verb  string // in front of what
	what  Place
	value Value
}

// repetition is an event that stands for the ones behind since, as often again as times says.
type repetition struct {
	event
	since *event
	times int
}

func (p *Path) note(at Span, text string) {
	p.last = &event{Event: Event{Span: at, Text: text}, before: p.last}
}

func (p *Path) decide(at Span, text string) {
	p.last = &event{Event: Event{at, text, true}, before: p.last}
}

// changed notes that a place of the request was changed. A parser's own variables, whose names begin with a colon, are nobody's business.
func (p *Path) changed(at Span, verb string, what Place, value Value) {
	if what.Kind == InVar && strings.HasPrefix(what.Name, ":") {
		return
	}
	c := &change{event: event{Event: Event{Span: at}, before: p.last}, verb: verb, what: what, value: value}
	c.change = c
	p.last = &c.event
}

// HeaderChanged is where a request header was last changed, or removed; a zero span where it was not.
func (p *Path) HeaderChanged(name string) Span {
	return p.lastChange(func(what Place) bool { return what.Kind == InHeader && strings.EqualFold(what.Name, name) })
}

// QueryChanged is where the query, or an argument in it, was last changed; a zero span where it was not.
func (p *Path) QueryChanged() Span {
	return p.lastChange(func(what Place) bool { return what.Kind == InQuery || what.Kind == InArgument })
}

func (p *Path) lastChange(concerns func(Place) bool) Span {
	for e := p.last; e != nil; e = e.before {
		if c := e.change; c != nil && concerns(c.what) {
			return c.Span
		}
	}
	return Span{}
}

// repeat notes that everything behind an event happens again.
func (p *Path) repeat(since *event, times int) {
	r := &repetition{event: event{before: p.last}, since: since, times: times}
	r.again = r
	p.last = &r.event
}

func (e *event) told() Event {
	if e.change != nil {
		return e.change.told()
	}
	return e.Event
}

func (e *change) told() Event {
	if e.verb == "removes" {
		return Event{Span: e.Span, Text: "removes " + e.what.String()}
	}
	if e.what.Kind == InHeader && e.value.State() == Known && e.value.Text() == "" {
		return Event{Span: e.Span, Text: "leaves " + e.what.String() + " out, as its value is empty"}
	}
	link := " to "
	if e.verb == "adds" {
		link = ": "
	}
	return Event{Span: e.Span, Text: e.verb + " " + e.what.String() + link + e.value.String()}
}

// intercepted leaves the end open where a hop on the way replaces the error that comes back.
func (p *Path) intercepted() {
	status := p.answered()
	if n, err := strconv.Atoi(status.Text()); status.State() == Known && (err != nil || n < 300) || !status.IsSet() {
		return
	}
	for _, via := range p.Via {
		if on, ok := via.Setting(Intercept).Bool(); ok && on {
			p.Delivery, p.Response = nil, nil
			p.Unknown = UnknownOf("what the error page answers that takes the place of status "+status.Text()+" of the listener behind", via.Forward.Span)
			return
		}
	}
}

// restated gives what comes back through a hop the status that the gateway in front answers with whatever that is; the one in front has the
// last word.
func (p *Path) restated() {
	over := p.Via
	if p.hungUp {
		over = over[:len(over)-1] // the nearest got no answer to restate
	}
	for _, via := range slices.Backward(over) {
		status := via.Setting(AnswerStatus)
		switch {
		case !status.IsUnknown() && status.Text() == "":
		case p.Response != nil:
			p.Response.Status = status
		case p.Delivery != nil:
			p.Delivery.restated = status
		}
	}
}

// asked has hops on the way buffer as the listener behind asks them to in its answers.
func (p *Path) asked() {
	for i, via := range p.Via {
		next := p.Delivery
		if i+1 < len(p.Via) {
			next = p.Via[i+1]
		}
		if next == nil {
			return
		}
		if how := via.Setting(AskedBuffering); how.IsSet() && how.Text() != "ignored" {
			via.asked = asks(next.Response, how)
		}
	}
}

// asks is the buffering that the headers of an answer ask for, of which the last that says anything counts
// (ngx_http_upstream_process_buffering); unset where none does.
func asks(answer []HeaderEdit, on Value) (how Value) {
	for _, e := range answer {
		if !strings.EqualFold(e.Name, "X-Accel-Buffering") {
			continue
		}
		switch said := lower(strings.TrimSpace(e.Value.Text())); {
		case e.Value.IsUnknown():
			how = e.Value
		case said == "no":
			how = Of("off", e.Span)
		case said == "yes":
			how = on.With(on.Span, "answers are buffered here where they ask for it")
			how.Span = e.Span
		}
	}
	return how
}

// relocated leaves open where a redirect leads that a hop on the way rewrites.
func (p *Path) relocated() {
	if p.Response == nil || !p.Response.Location.IsSet() {
		return
	}
	for _, via := range p.Via {
		begins := via.Setting(Relocates)
		if begins.IsUnknown() || begins.Text() != "" && strings.HasPrefix(p.Response.Location.Text(), begins.Text()) {
			p.Response.Location = UnknownOf("what the gateway in front makes of a redirect of the listener behind", via.Forward.Span)
			return
		}
	}
}

// answered is the status that the gateway decides on; unset where the upstream does.
func (p *Path) answered() Value {
	switch {
	case p.Response != nil:
		return p.Response.Status
	case p.Delivery != nil:
		return p.Delivery.Setting(AnswerStatus)
	}
	return Value{}
}

// Events are the steps that the path took, in order, and how it ended.
func (p *Path) Events() []Event {
	n := 1
	for e := p.last; e != nil; e = e.before {
		n++
	}
	out := append(make([]Event, 0, n), Event{Span: p.endedAt(), Text: p.Outcome()})
	out = told(out, p.last, nil)
	slices.Reverse(out)
	return out
}

// told appends the events from the last one back to one that is not among them.
func told(out []Event, last, since *event) []Event {
	for e := last; e != since; e = e.before {
		if e.again == nil {
			out = append(out, e.told())
			continue
		}
		for range e.again.times {
			out = told(out, e.before, e.again.since)
		}
	}
	return out
}

func (p *Path) endedAt() Span {
	switch {
	case p.Delivery != nil:
		return p.Delivery.Address.Span
	case p.Response != nil:
		return p.Response.Span
	}
	return p.Unknown.Span
}

// Outcome says in a few words how the path ends.
func (p *Path) Outcome() string {
	switch {
	case p.Delivery != nil:
		return "delivered to " + p.Delivery.Address.String()
	case p.Response != nil && p.Response.Location.IsSet():
		return "redirected (" + p.Response.Status.String() + ") to " + p.Response.Location.String()
	case p.Response != nil && p.Response.Reason == NoListener:
		return p.Response.Label
	case p.Response != nil && p.Response.Status.IsUnknown() && p.Response.Label != "":
		return "answered by the gateway: " + p.Response.Label
	case p.Response != nil:
		return strings.TrimSpace("answered by the gateway: " + p.Response.Status.String() + " " + p.Response.Label)
	}
	return "unknown: " + p.Unknown.Why()
}

func (p *Path) assumed(key string) (holds, ok bool) {
	for _, a := range p.Assumed {
		if a.Key == key {
			return a.Holds, true
		}
	}
	return false, false
}

// fork returns a copy whose lists can grow without touching the original's.
func (p *Path) fork() Path {
	c := *p
	c.Via, c.Assumed = slices.Clip(p.Via), slices.Clip(p.Assumed)
	c.Chosen, c.Logged, c.Ignored, c.Copied = slices.Clip(p.Chosen), slices.Clip(p.Logged), slices.Clip(p.Ignored), slices.Clip(p.Copied)
	c.Counted = slices.Clip(p.Counted)
	return c
}
