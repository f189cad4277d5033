package live

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/onsi/gomega"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/refproxy"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

var limits = []*Case{
	{
		ID: "LIVE-LIM-01", Requirement: "limits", Title: "Requests with the longest access token arrive",
		Level: Token, Run: longTokensArrive,
	},
	{
		ID: "LIVE-LIM-02", Requirement: "limits", Title: "A message as long as a hub accepts arrives",
		Level: Token, Run: longMessagesArrive,
	},
	{
		ID: "LIVE-LIM-03", Requirement: "limits", Title: "Many clients may negotiate at once", Needs: []string{caseNegotiate},
		Level: Token, Run: manyNegotiate,
	},
}

// longTokensArrive tries shorter tokens where the longest does not arrive: what turns every one away is no limit.
func longTokensArrive(ctx context.Context, g gomega.Gomega, t *Target) {
	t.needsKey()
	kinds := conformance.ProbeKinds
	if !t.sees() {
		kinds = firstKinds
	}
	for _, long := range t.withToken(ctx, t.tokens.long, kinds) {
		if long.arrived() || long.kind == conformance.Preflight {
			continue
		}
		kind := []conformance.ProbeKind{long.kind}
		if t.sees() && !t.withToken(ctx, conformance.CanaryToken, kind)[0].arrived() {
			continue
		}
		if short := t.withToken(ctx, t.tokens.short, kind)[0]; !short.arrived() && !t.sees() {
			t.leave("the %s does not get through (%s), which is told elsewhere", short.kind, t.seen(short.exchange, short.err))
		} else if !short.arrived() {
			t.tooLong(g, short, fmt.Sprintf("the %s with an access token of %d characters", short.kind, len(t.tokens.short)))
		}
		t.tooLong(g, long, fmt.Sprintf("the %s with an access token of %d characters", long.kind, len(t.tokens.long)))
	}
	t.leaveLimits()
}

// firstKinds are requests that a connection may begin with at the real service.
var firstKinds = []conformance.ProbeKind{conformance.Negotiate, conformance.WebSocket, conformance.NodeSocket, conformance.Events, conformance.Poll}

// withToken sends requests of some kinds, each with a connection of its own.
func (t *Target) withToken(ctx context.Context, token string, kinds []conformance.ProbeKind) []passage {
	out := make([]passage, len(kinds))
	var all sync.WaitGroup
	for i, kind := range kinds {
		s, err := t.negotiated(ctx)
		t.must(err)
		s.Token = token
		all.Go(func() { out[i] = s.pass(ctx, kind) })
	}
	all.Wait()
	return out
}

// tooLong fails the case for a request that was turned away, if it was.
func (t *Target) tooLong(g gomega.Gomega, p passage, what string) {
	if why := unknown(p.exchange); why != "" {
		t.leave("%s", why)
	}
	if p.exchange == nil || p.exchange.Response == nil {
		t.leave("%s gets no answer (%v)", what, p.err)
	}
	if failed(p.exchange) {
		t.leave("the way to the service fails (%s), which is told elsewhere", t.seen(p.exchange, p.err))
	}
	g.Expect(p.arrived()).To(gomega.BeTrue(), "expected %s to arrive, seen %s", what, t.seen(p.exchange, p.err))
}

// failed reports whether the proxy says that the service, and no limit of its own, is why it does not answer.
func failed(x *signalrclient.Exchange) bool {
	return x.Status() == http.StatusBadGateway || x.Status() == http.StatusGatewayTimeout
}

// leaveLimits leaves the case where limits may be that the twin does not have.
func (t *Target) leaveLimits() {
	if t.model.unbounded != "" {
		t.leave("%s", t.model.unbounded)
	}
}

func longMessagesArrive(ctx context.Context, g gomega.Gomega, t *Target) {
	long := t.withBody(ctx, conformance.LongMessage)
	if !long.arrived() && t.withBody(ctx, 1).arrived() {
		if short := t.withBody(ctx, conformance.ShortMessage); !short.arrived() {
			t.tooLong(g, *short, fmt.Sprintf("a message of %d bytes", conformance.ShortMessage))
		}
		t.tooLong(g, *long, fmt.Sprintf("a message of %d bytes", conformance.LongMessage))
	}
	if !long.arrived() {
		t.leave("no message arrives, which is told elsewhere")
	}
	t.leaveLimits()
}

// withBody sends a message. One that arrives in part has not arrived: proxies that pass bodies on as they come notice late that one is too long.
func (t *Target) withBody(ctx context.Context, size int) *passage {
	s, err := t.negotiated(ctx)
	t.must(err)
	ctx, cancel := context.WithTimeout(ctx, passLimit)
	defer cancel()
	p := &passage{kind: conformance.Send}
	if !t.sees() {
		_, err = s.Poll(ctx, s.id) // the real service may want a transport first
		t.must(err)
	}
	p.exchange, p.err = s.Do(ctx, string(conformance.Send), s.SendRequest(s.id, bytes.Repeat([]byte(" "), size)))
	if !t.sees() {
		p.served = usual(p.exchange.Status())
		return p
	}
	p.records = slices.DeleteFunc(s.records(), func(r fakesignalr.Record) bool { return r.Status == 0 || r.HasNote(fakesignalr.NoteBodyIncomplete) })
	return p
}

// crowd is how many clients connect at once, as they do when a network comes back; crowdLag is how long their requests are held where
// that can be arranged, so that they are under way at the same time.
const (
	crowd    = 30
	crowdLag = 300 * time.Millisecond
)

func manyNegotiate(ctx context.Context, g gomega.Gomega, t *Target) {
	if t.lag != nil {
		t.lag.Store(int64(crowdLag))
		defer t.lag.Store(0)
	}
	seen := t.negotiateAtOnce(ctx)
	for _, x := range seen {
		if !t.sees() && t.proxy == nil && (x.Status() == 429 || x.Status() == 503) {
			t.leave("%d clients negotiate at once, and some get %d: whether the proxy or the service says so cannot be seen", crowd, x.Status())
		}
		if failed(x) {
			t.leave("the way to the service fails (%s), which is told elsewhere", t.seen(x, nil))
		}
		g.Expect(x.Status()).To(gomega.Equal(200), "expected %d clients to negotiate at once, seen %s", crowd, t.seen(x, nil))
		if what := x.Response.Header.Get(refproxy.UncountedHeader); what != "" {
			t.leave("%s", fmt.Sprintf("the number of requests is bounded by %s, which the twin does not count", what))
		}
	}
	t.leaveLimits()
}

func (t *Target) negotiateAtOnce(ctx context.Context) []*signalrclient.Exchange {
	seen := make([]*signalrclient.Exchange, crowd)
	var all sync.WaitGroup
	for i := range seen {
		s, err := t.session()
		t.must(err)
		all.Go(func() { seen[i], _ = s.Do(ctx, "negotiate", s.NegotiateRequest()) }) // the exchange says what became of it
	}
	all.Wait()
	return seen
}
