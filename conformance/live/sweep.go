package live

import (
	"context"
	"io"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

// sweep is one request of every kind, and what arrived of it.
type sweep struct {
	passages   []passage
	handshakes []fakesignalr.Handshake // with the service, that failed meanwhile
	evidence   []witnessed
}

// passage is one request through the proxy.
type passage struct {
	kind     conformance.ProbeKind
	sent     string // its target
	exchange *signalrclient.Exchange
	err      error
	records  []fakesignalr.Record // as which it arrived
	served   bool                 // it was answered as the service does; only where that cannot be seen
}

func (p *passage) arrived() bool { return len(p.records) > 0 || p.served }

// sweep sends one request of every kind, once for all cases that only want to see how they arrive.
func (t *Target) sweep(ctx context.Context) *sweep {
	t.shared.mu.Lock()
	known := t.shared.sweep
	t.shared.mu.Unlock()
	if known != nil {
		t.takeOver(known)
		return known
	}
	done := t.sendAll(ctx)
	t.shared.mu.Lock()
	defer t.shared.mu.Unlock()
	if t.scope != nil {
		done.evidence = t.scope.log.all()
		t.scope.swept = true
	}
	t.shared.sweep = done
	return done
}

// takeOver has what another case sent stand in the evidence of this one, once.
func (t *Target) takeOver(s *sweep) {
	if t.scope != nil && !t.scope.swept {
		t.scope.swept = true
		t.scope.log.include(s.evidence)
	}
}

// sendAll sends one request of every kind, all at once.
func (t *Target) sendAll(ctx context.Context) *sweep {
	sessions := t.sessionsForAll(ctx)
	before := len(t.cluster.Handshakes())
	passages := t.passAll(ctx, sessions)
	failed := slices.DeleteFunc(t.cluster.Handshakes()[before:], abandoned)
	return &sweep{passages: passages, handshakes: failed}
}

// abandoned reports whether a TLS handshake ended because the proxy no longer needed the connection: one that refuses a certificate says
// so by an alert (RFC 8446 section 6.2), one whose own client left, or that found another connection meanwhile, does not.
func abandoned(h fakesignalr.Handshake) bool {
	return h.Error == io.EOF.Error() || strings.Contains(h.Error, syscall.ECONNRESET.Error())
}

// sessionsForAll are as many connections as there are kinds of requests.
func (t *Target) sessionsForAll(ctx context.Context) []*session {
	sessions := make([]*session, len(conformance.ProbeKinds))
	for i := range sessions {
		s, err := t.negotiated(ctx)
		t.must(err)
		sessions[i] = s
	}
	return sessions
}

func (t *Target) passAll(ctx context.Context, sessions []*session) []passage {
	passages := make([]passage, len(sessions))
	var all sync.WaitGroup
	for i, s := range sessions {
		all.Go(func() { passages[i] = s.pass(ctx, conformance.ProbeKinds[i]) })
	}
	all.Wait()
	return passages
}

// Bounds of a single request: for an answer, and for the rest of an answer once the request was seen to arrive. That of an event stream has no
// end; the others come at once, unless the machine is busy.
const (
	passLimit  = 3 * time.Second
	eventsRest = 30 * time.Millisecond
	passRest   = time.Second
)

// pass sends one request and waits until it was answered or has arrived.
func (s *session) pass(ctx context.Context, kind conformance.ProbeKind) passage {
	ctx, cancel := context.WithTimeout(ctx, passLimit)
	defer cancel()
	if kind == conformance.NodeSocket {
		s.Style = signalrclient.Node
	}
	request := s.request(kind)
	p := passage{kind: kind, sent: request.Target}
	if !s.t.sees() {
		p.exchange, p.err = s.Do(ctx, string(kind), request)
		p.served = usual(p.exchange.Status())
		return p
	}
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		p.exchange, p.err = s.Do(ctx, string(kind), request)
	}()
	if s.await(untilClosed(ctx, answered), 1) {
		rest := passRest
		if kind == conformance.Events {
			rest = eventsRest
		}
		select {
		case <-answered:
		case <-time.After(rest):
		}
	}
	cancel() // ends an answer that goes on and on
	<-answered
	p.records = s.records()
	return p
}

// untilClosed is a context that also ends with a channel.
func untilClosed(ctx context.Context, closed <-chan struct{}) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		defer cancel()
		select {
		case <-closed:
		case <-ctx.Done():
		}
	}()
	return ctx
}

const nonce = "dGhlIHNhbXBsZSBub25jZQ=="

func (s *session) request(kind conformance.ProbeKind) signalrclient.Request {
	switch kind {
	case conformance.Preflight:
		return s.PreflightRequest("POST", s.NegotiateTarget())
	case conformance.Negotiate:
		return s.NegotiateRequest()
	case conformance.WebSocket, conformance.NodeSocket:
		return s.WebSocketRequest(s.id, nonce, "")
	case conformance.Events:
		return s.EventsRequest(s.id)
	case conformance.Send:
		return s.SendRequest(s.id, []byte(greeting))
	case conformance.Delete:
		return s.DeleteRequest(s.id)
	case conformance.Poll:
	}
	return s.PollRequest(s.id, time.Now().UnixMilli())
}

// arrived are the requests of a sweep that arrived; the case is left when none did.
func (t *Target) arrived(ctx context.Context) []passage {
	var out []passage
	for _, p := range t.sweep(ctx).passages {
		if p.arrived() {
			out = append(out, p)
		}
	}
	if len(out) == 0 {
		t.leaveUnknown(ctx)
		t.leave("no request reaches the service")
	}
	return out
}

// leaveUnknown leaves the case when the reference proxy did not know where one of the requests goes.
func (t *Target) leaveUnknown(ctx context.Context) {
	for _, p := range t.sweep(ctx).passages {
		if why := unknown(p.exchange); why != "" {
			t.leave("%s", why)
		}
	}
}

// leaveUnseen leaves the case when requests got lost in TLS handshakes: what they carried cannot be seen.
func (t *Target) leaveUnseen(ctx context.Context) {
	if failed := t.sweep(ctx).handshakes; len(failed) > 0 {
		t.leave("TLS handshakes with the service fail (%s), so that not every request can be seen", failed[0].Error)
	}
}

// wanted is the target that the service must see for one that a client sent.
func (t *Target) wanted(sent string) string { return "/" + strings.TrimPrefix(sent, t.endpoint.Path) }

// serviceOf is the host of the service that received a request.
func (t *Target) serviceOf(r *fakesignalr.Record) string { return t.serviceHost(r.Instance) }
