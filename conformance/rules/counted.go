package rules

import (
	"fmt"
	"slices"
	"time"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// letInBeside judges requests beside which a client has another one under way: where only one of a client's is let in at a time, the second
// is turned away.
func letInBeside(p *conformance.Pass, kind conformance.ProbeKind) func(*conformance.Arrival) conformance.Opinion {
	return func(a *conformance.Arrival) conformance.Opinion {
		for _, c := range a.Counted {
			if c.AtOnce != 1 || !slices.ContainsFunc(p.Arrivals(kind), func(b *conformance.Arrival) bool { return addsTo(b, c) }) {
				continue
			}
			return conformance.Bad(conformance.Finding{
				Message: fmt.Sprintf("%s lets in one request of a client at a time, but while the %s is open the client sends messages", c.Label, a.Probe.Kind),
				Span:    c.Span, Related: where(a, c.Span),
				Fix: "Let a client have several requests under way. NGINX: a larger number in `limit_conn` or `max_conns=`, or none for the location of /client/: each client holds one open for as long as it is connected.",
			})
		}
		return conformance.NoOpinion()
	}
}

// letInTogether judges the last of several requests that clients send within a time: where fewer are let in than that, it is turned away.
func letInTogether(p *conformance.Pass, within time.Duration, kinds ...conformance.ProbeKind) func(*conformance.Arrival) conformance.Opinion {
	return func(a *conformance.Arrival) conformance.Opinion {
		for _, c := range a.Counted {
			if c.Every < within {
				continue
			}
			sent := 0
			for _, kind := range kinds {
				if slices.ContainsFunc(p.Arrivals(kind), func(b *conformance.Arrival) bool { return addsTo(b, c) }) {
					sent++
				}
			}
			if sent > 1+c.Burst {
				return conformance.Bad(conformance.Finding{
					Message: fmt.Sprintf("%s lets in %d at once and then one every %s, but clients send %d in quick succession", c.Label, 1+c.Burst, c.Every, sent),
					Span:    c.Span, Related: where(a, c.Span),
					Fix: "Let in what clients need to connect: negotiate, the preflight before it, the connect request, and messages and polls without WebSocket. NGINX: a higher rate in `limit_req_zone`, and `burst=20 nodelay` or more in `limit_req`.",
				})
			}
		}
		return conformance.NoOpinion()
	}
}

// addsTo reports whether a request adds to the same count as another one, without doubt.
func addsTo(a *conformance.Arrival, to routing.Counted) bool {
	return len(a.Assumed) == 0 && slices.ContainsFunc(a.Counted, func(c routing.Counted) bool {
		return c.Name == to.Name && !c.Key.IsUnknown() && !to.Key.IsUnknown() && c.Key.Text() == to.Key.Text()
	})
}
