package live

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"runtime"
	"sync"

	"github.com/onsi/gomega"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
)

var affinity = []*Case{{
	ID: "LIVE-AFF-01", Requirement: "affinity", Title: "All requests of a connection reach one instance",
	Level: Token, View: Inside, Run: connectionsStayTogether,
}}

// sampleCount connections are followed: two instances picked by chance agree on all of them once in 2^24 runs.
const sampleCount = 24

// connectionKinds are the requests of one connection.
var connectionKinds = []conformance.ProbeKind{
	conformance.Negotiate, conformance.WebSocket, conformance.Events, conformance.Poll, conformance.Send, conformance.Delete,
}

// atATime bounds the requests under way.
const atATime = 16

func connectionsStayTogether(ctx context.Context, g gomega.Gomega, t *Target) {
	t.arrived(ctx)
	if len(t.cluster.Seats()) == 1 {
		return
	}
	lost, arrived := "", false
	for _, w := range t.followConnections(ctx) {
		var first *fakesignalr.Record
		var kind conformance.ProbeKind
		for _, p := range w.passages {
			lost = cmp.Or(unknown(p.exchange), lost)
			for _, r := range p.records {
				if first == nil {
					first, kind = &r, p.kind
				}
				g.Expect(r.Instance).To(gomega.Equal(first.Instance), "expected all requests of a connection at one instance, seen its %s at %s and its %s at %s",
					kind, t.serviceOf(first), p.kind, t.serviceOf(&r))
			}
		}
		if first != nil {
			arrived = true
			stray, astray := w.stray(ctx, first.Instance)
			g.Expect(astray).To(gomega.BeFalse(), "expected all requests of a connection at one instance, seen its %s at %s and its %s on the way to %s, where the TLS handshake fails",
				kind, t.serviceOf(first), stray.kind, t.serviceOf(&fakesignalr.Record{Instance: stray.instance}))
		}
	}
	switch {
	case lost != "":
		t.leave("%s", lost)
	case !arrived:
		t.leave("no request of the connections that were followed reaches the service")
	}
}

// way is one connection with its requests.
type way struct {
	session  *session
	index    int
	passages []passage
}

// followConnections sends every kind of request of every connection, each from another address and without cookies. As clients do, it waits for
// the answer to negotiate before it sends the others: a proxy may remember where it led that.
func (t *Target) followConnections(ctx context.Context) []way {
	ways := make([]way, sampleCount)
	slots := make(chan struct{}, atATime)
	var all sync.WaitGroup
	for i := range ways {
		s, err := t.session()
		t.must(err)
		s.id = fmt.Sprintf("NgYK8WrQ7HaSqzNZN%04dAnobody001", i)
		ways[i] = way{s, i, make([]passage, len(connectionKinds))}
		send := func(n int) {
			slots <- struct{}{}
			defer func() { <-slots }()
			ways[i].passages[n] = s.from(i, n).pass(ctx, connectionKinds[n])
		}
		all.Go(func() {
			send(0)
			for n := range connectionKinds[1:] {
				all.Go(func() { send(n + 1) })
			}
		})
	}
	all.Wait()
	return ways
}

// straying is a request that went to another instance and got lost there.
type straying struct {
	kind     conformance.ProbeKind
	instance string
}

// straySamples is how often a request that got lost is sent again, alone, to see where it goes.
const straySamples = 4

// stray looks for a request of the connection that got lost in a TLS handshake with another instance than home.
func (w way) stray(ctx context.Context, home string) (straying, bool) {
	for n, p := range w.passages {
		if p.arrived() || p.exchange.Status() != http.StatusBadGateway {
			continue
		}
		for range straySamples {
			before := len(w.session.t.cluster.Handshakes())
			w.session.from(w.index, n).pass(ctx, p.kind)
			for _, h := range w.session.t.cluster.Handshakes()[before:] {
				if h.Instance != home {
					return straying{p.kind, h.Instance}, true
				}
			}
		}
	}
	return straying{}, false
}

// from is the same connection from another client address, in another network each time, with a mark of its own.
func (s *session) from(i, n int) *session {
	other, client := *s, *s.Client
	other.Client = &client
	other.mark = fmt.Sprintf("%s-%d", s.mark, n)
	client.Extra = append(client.Extra[:0:0], client.Extra...)
	client.Extra[0].Value = other.mark
	client.Source = s.t.network(1+n%2, int64(31*i+(5*n+n*n)/2))
	return &other
}

// network is a loopback address of a network of its own, of one of two blocks, with a last byte of its own too, by which some proxies go; clientIP
// shows it to the proxy. Other systems than Linux give loopback one address only, and a proxy on another machine cannot be reached from one.
func (t *Target) network(block int, n int64) netip.Addr {
	if runtime.GOOS != "linux" || !t.isHere() {
		return netip.Addr{}
	}
	return netip.AddrFrom4([4]byte{127, byte(block), byte(n % 250), byte(1 + n%250)}) //nolint:gosec // below 250
}
