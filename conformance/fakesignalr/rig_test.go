package fakesignalr_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

const host = "chat.service.signalr.net"

// rig is a cluster that listens, and clients that go straight to it.
type rig struct {
	*fakesignalr.Cluster
	t testing.TB
}

func newRig(t testing.TB, services []fakesignalr.Service, turn ...func(*fakesignalr.Knobs)) *rig {
	t.Helper()
	knobs := fakesignalr.Defaults()
	for _, change := range turn {
		change(&knobs)
	}
	cluster, err := fakesignalr.NewCluster(services, knobs)
	if err != nil {
		t.Fatalf("the cluster was not made: %v", err)
	}
	if err := cluster.Listen(fakesignalr.Addresses{WithPlain: true}); err != nil {
		t.Fatalf("the cluster does not listen: %v", err)
	}
	t.Cleanup(func() {
		if err := cluster.Close(); err != nil {
			t.Errorf("the cluster does not close: %v", err)
		}
	})
	return &rig{cluster, t}
}

func single(t testing.TB, turn ...func(*fakesignalr.Knobs)) *rig {
	t.Helper()
	return newRig(t, fakesignalr.Single(host), turn...)
}

// client goes to instance n over TLS, with a good token.
func (r *rig) client(n int) *signalrclient.Client {
	r.t.Helper()
	i := r.Instances()[n]
	c, err := signalrclient.New("https://" + i.Host)
	if err != nil {
		r.t.Fatalf("no client was made: %v", err)
	}
	c.Address, c.Roots = i.Addr(), r.CA().Pool()
	c.Origin = "https://app.example.com"
	c.Token = r.mint(signalrclient.Access{Host: i.Host, Hub: "chat", Key: i.Keys[0]})
	id := signalrclient.NewRequestID(signalrclient.Traced, rand.New(rand.NewPCG(1, 2))) //nolint:gosec // the same id each run
	c.Query = signalrclient.RedirectQuery(signalrclient.Redirect{Hub: "Chat", Path: "/chat", RequestID: id, Version: "1"})
	return c
}

func (r *rig) mint(access signalrclient.Access) string {
	r.t.Helper()
	token, err := access.Mint()
	if err != nil {
		r.t.Fatalf("no token was minted: %v", err)
	}
	return token
}

func (r *rig) negotiate(c *signalrclient.Client) *signalrclient.Negotiation {
	r.t.Helper()
	n, err := c.Negotiate(soon(r.t))
	if err != nil {
		r.t.Fatalf("negotiate failed: %v", err)
	}
	return n
}

// last is the newest record.
func (r *rig) last() fakesignalr.Record {
	r.t.Helper()
	records := r.Records(fakesignalr.Filter{})
	if len(records) == 0 {
		r.t.Fatal("nothing was recorded")
	}
	return records[len(records)-1]
}

// eventually waits for something that follows an answer.
func (r *rig) eventually(what string, holds func() bool) {
	r.t.Helper()
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if holds() {
			return
		}
	}
	r.t.Errorf("it did not come true that %s", what)
}

func soon(t testing.TB) context.Context { return within(t, 5*time.Second) }

func within(t testing.TB, limit time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	t.Cleanup(cancel)
	return ctx
}

// connect negotiates and connects by transport: websocket, events or polling.
func (r *rig) connect(c *signalrclient.Client, transport string) (*signalrclient.Hub, string) {
	r.t.Helper()
	id := r.negotiate(c).ID()
	link, err := dial(soon(r.t), c, transport, id)
	if err != nil {
		r.t.Fatalf("%s does not connect: %v", transport, err)
	}
	return signalrclient.NewHub(link), id
}

// served connects and shakes hands.
func (r *rig) served(c *signalrclient.Client, transport string) (*signalrclient.Hub, string) {
	r.t.Helper()
	hub, id := r.connect(c, transport)
	if err := hub.Handshake(soon(r.t)); err != nil {
		r.t.Fatalf("%s does not shake hands: %v", transport, err)
	}
	return hub, id
}

func dial(ctx context.Context, c *signalrclient.Client, transport, id string) (signalrclient.Link, error) {
	switch transport {
	case "websocket":
		return c.ConnectWebSocket(ctx, id)
	case "events":
		return c.ConnectEvents(ctx, id)
	default:
		return c.ConnectPolling(ctx, id)
	}
}

var transports = []string{"websocket", "events", "polling"}
