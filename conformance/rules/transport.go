package rules

import (
	"fmt"
	"slices"
	"time"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// The timers of the service and its clients (facts of the SignalR hub protocol and of the ASP.NET Core long polling transport): a ping
// every 15 seconds on quiet connections, polls held for 90 seconds.
const (
	pingPeriod  = 15 * time.Second
	pollHeld    = 90 * time.Second
	safeIdle    = 2 * pingPeriod
	safePolling = 120 * time.Second
)

// onTheWay asks about every delivery of a request, first to last, until one breaks something: what one of them cuts or holds back, the others
// cannot mend, nor does it matter then what is unknown of them.
func onTheWay(a *conformance.Arrival, ask func(*routing.Delivery) (o conformance.Opinion, ended bool)) (open conformance.Opinion, ended bool) {
	for _, d := range a.Deliveries() {
		o, here := ask(d)
		switch {
		case here && o.Breaks():
			return o.On(d), true
		case here && !ended:
			open, ended = o, true
		}
	}
	return open, ended
}

// alsoWhereItFails asks what else is wrong on ways that end in a connection to the service that cannot succeed: readers should not have to
// mend that before they learn of the rest.
func alsoWhereItFails(ask func(*conformance.Arrival) conformance.Opinion) func(*conformance.Arrival) conformance.Opinion {
	return func(a *conformance.Arrival) conformance.Opinion {
		if a.Kind != conformance.Failed {
			return conformance.NoOpinion()
		}
		if o := ask(a); o.Breaks() {
			return o
		}
		return conformance.NoOpinion()
	}
}

// firstByteTimeout is how long a delivery waits for the first byte of an answer.
func firstByteTimeout(d *routing.Delivery) routing.Value {
	if v := d.Setting(routing.FirstByte); v.IsSet() {
		return v
	}
	return d.Setting(routing.ReadTimeout)
}

// outlivesPings judges the time that a quiet connection is left open, by every delivery of the request.
func outlivesPings(p *conformance.Pass, a *conformance.Arrival, setting routing.Setting, what string) conformance.Opinion {
	if o, ended := onTheWay(a, func(d *routing.Delivery) (conformance.Opinion, bool) { return outlivesPingsOn(p, d, setting, what) }); ended {
		return o
	}
	return conformance.Fine()
}

func outlivesPingsOn(p *conformance.Pass, on *routing.Delivery, setting routing.Setting, what string) (conformance.Opinion, bool) {
	v := on.Setting(setting)
	d, ok := v.Duration()
	switch {
	case !v.IsSet():
	case !ok:
		return cannotTell(v, on.Forward.Span), true
	case d <= pingPeriod:
		return wrong(v, on.Forward.Span, fmt.Sprintf("a quiet %s is cut after %s%s, but pings come only every %s", what, seconds(d), defaultOf(v), seconds(pingPeriod))), true
	case d < safeIdle:
		p.Advise(conformance.Finding{
			Message: fmt.Sprintf("a quiet %s is cut after %s; one late ping ends it. Allow %s or more", what, seconds(d), seconds(safeIdle)),
			Span:    at(v, on.Forward.Span), Related: v.Related,
		})
	}
	return conformance.Opinion{}, false
}

// messagesCanBeSent judges a request that follows negotiate on another method. What refuses it as it refused negotiate is told
// there, once.
func messagesCanBeSent(p *conformance.Pass, method string) func(*conformance.Arrival) conformance.Opinion {
	told := refusalsOf(p, conformance.Negotiate)
	return func(a *conformance.Arrival) conformance.Opinion {
		if !a.Arrived() {
			if span, _ := a.Blame(); slices.Contains(told, span) {
				return conformance.NoOpinion()
			}
		}
		if o, ended := arrives(a); ended {
			return o
		}
		if o, ended := unchanged(a, method); ended {
			return o
		}
		if o, ended := otherBody(a); ended && method == "POST" {
			return o
		}
		return conformance.Fine()
	}
}

// otherBody ends the judgement of a message that arrives with another body than it was sent with.
func otherBody(a *conformance.Arrival) (conformance.Opinion, bool) {
	return onTheWay(a, func(d *routing.Delivery) (conformance.Opinion, bool) {
		v := d.Setting(routing.Body)
		switch {
		case v.IsUnknown():
			return cannotTell(v, d.Forward.Span), true
		case v.Text() != "":
			return wrong(v, d.Forward.Span, "messages arrive with another body than clients sent: that of "+v.Text()), true
		}
		return conformance.Opinion{}, false
	})
}

// refusalsOf are the places where requests of some kinds are turned away.
func refusalsOf(p *conformance.Pass, kinds ...conformance.ProbeKind) []routing.Span {
	var out []routing.Span
	for _, kind := range kinds {
		for _, sample := range p.Samples() {
			for _, a := range p.ArrivalsOf(kind, sample) {
				if !a.Arrived() {
					span, _ := a.Blame()
					out = append(out, span)
				}
			}
		}
	}
	return out
}

// leaveLongTokens says so when a probe arrives with a short token but not with the longest that the SDK issues.
func leaveLongTokens(p *conformance.Pass, kind conformance.ProbeKind) {
	if !p.LimitsBelow(conformance.MaxToken + 1024) { // target and header name around it are shorter than that
		return
	}
	long := conformance.DefaultSample()
	long.Token = conformance.TokenOf(conformance.MaxToken)
	short := p.Arrivals(kind)
	for i, a := range p.ArrivalsOf(kind, long) {
		if a.Arrived() || i >= len(short) || !short[i].Arrived() {
			continue
		}
		span, _ := a.Blame()
		p.Leave(fmt.Sprintf("depends on the length of the access token: with one of %d characters, the longest that the SDK issues, the %s is turned away (%s)",
			conformance.MaxToken, kind, a.Why), span)
	}
}

// givenUp reports whether the design gives a transport up: the route that its first request takes serves only what the others need
// (learn.microsoft.com, "How to use Azure SignalR Service with Azure API Management": a suffix is either of a WebSocket API or of an HTTP API).
func givenUp(p *conformance.Pass, kind conformance.ProbeKind, serves, left string) bool {
	arrivals := p.Arrivals(kind)
	for _, a := range arrivals {
		if a.Serves.Text() != serves {
			return false
		}
	}
	if len(arrivals) == 0 {
		return false
	}
	what := "takes WebSocket handshakes only"
	if serves == routing.OnlyRequests {
		what = "takes requests only, and relays no upgrade"
	}
	p.GiveUp(conformance.Finding{
		Message: fmt.Sprintf("the route %s, so that this transport is not offered: pin clients to HttpTransportType.%s, or they try it in vain", what, left),
		Span:    arrivals[0].Serves.Span,
	})
	return true
}
