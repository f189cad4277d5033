package signalrclient_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

// dials are the ways to connect.
var dials = map[string]func(*signalrclient.Client, context.Context, string) (signalrclient.Link, error){
	"websocket": func(c *signalrclient.Client, ctx context.Context, id string) (signalrclient.Link, error) {
		return c.ConnectWebSocket(ctx, id)
	},
	"events": func(c *signalrclient.Client, ctx context.Context, id string) (signalrclient.Link, error) {
		return c.ConnectEvents(ctx, id)
	},
	"polling": func(c *signalrclient.Client, ctx context.Context, id string) (signalrclient.Link, error) {
		return c.ConnectPolling(ctx, id)
	},
}

func connected(t *testing.T, c *signalrclient.Client, transport string) *signalrclient.Hub {
	t.Helper()
	n, err := c.Negotiate(soon(t))
	if err != nil {
		t.Fatalf("negotiate failed: %v", err)
	}
	link, err := dials[transport](c, soon(t), n.ID())
	if err != nil {
		t.Fatalf("%s does not connect: %v", transport, err)
	}
	hub := signalrclient.NewHub(link)
	if err := hub.Handshake(soon(t)); err != nil {
		t.Fatalf("%s does not shake hands: %v", transport, err)
	}
	return hub
}

func TestEveryTransportWorksFromNegotiateToClose(t *testing.T) {
	for transport := range dials {
		for name, style := range map[string]signalrclient.Style{"browser": signalrclient.Browser, "node": signalrclient.Node} {
			t.Run(transport+" as "+name, func(t *testing.T) {
				_, c := service(t)
				c.Style = style
				hub := connected(t, c, transport)
				if err := hub.Echo(soon(t), "hello ✓"); err != nil {
					t.Errorf("no echo: %v", err)
				}
				events, err := hub.Events(soon(t), 3, 20*time.Millisecond)
				if err != nil || len(events) != 3 {
					t.Errorf("%d events came (%v), want 3", len(events), err)
				}
				if err := hub.Close(soon(t)); err != nil {
					t.Errorf("it does not close: %v", err)
				}
			})
		}
	}
}

func TestTokenStandsWhereTheStylePutsIt(t *testing.T) {
	const header, query = fakesignalr.TokenInHeader, fakesignalr.TokenInQuery
	tests := map[signalrclient.Style]map[fakesignalr.Operation]fakesignalr.Placement{
		signalrclient.Browser: {"negotiate": header, "websocket": query, "events": query, "poll": header, "send": header, "delete": header},
		signalrclient.Node:    {"negotiate": header, "websocket": header, "events": query, "poll": header, "send": header, "delete": header},
	}
	for style, want := range tests {
		cluster, c := service(t)
		c.Style = style
		for transport := range dials {
			_ = connected(t, c, transport).Close(soon(t))
		}
		seen := map[fakesignalr.Operation]fakesignalr.Placement{}
		for _, record := range cluster.Records(fakesignalr.Filter{}) {
			seen[record.Operation] = record.TokenIn
		}
		for operation, place := range want {
			if seen[operation] != place {
				t.Errorf("style %d: the token of a %s came in %q, want %q", style, operation, seen[operation], place)
			}
		}
	}
}

func TestEveryRequestOfAConnectionCarriesTheRequestID(t *testing.T) {
	cluster, c := service(t)
	for transport := range dials {
		_ = connected(t, c, transport).Close(soon(t))
	}
	for _, record := range cluster.Records(fakesignalr.Filter{}) {
		if record.RequestID != "a+b=" || !strings.Contains(record.Target, "asrs_request_id=a%2Bb%3D") {
			t.Errorf("%s carried the request id %q in %s", record.Operation, record.RequestID, record.Target)
		}
	}
}

func TestPingIsAwaited(t *testing.T) {
	_, c := service(t, func(k *fakesignalr.Knobs) { k.PingPeriod = 50 * time.Millisecond })
	before := time.Now()
	m, err := connected(t, c, "websocket").AwaitPing(soon(t))
	if err != nil || m.Arrived.Before(before) {
		t.Errorf("ping at %v (%v)", m.Arrived, err)
	}
}

func TestReceiveThatTimesOutDoesNoHarm(t *testing.T) {
	for transport := range dials {
		_, c := service(t)
		hub := connected(t, c, transport)
		if _, err := hub.Next(within(t, 60*time.Millisecond)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: got %v, want the deadline", transport, err)
		}
		if err := hub.Echo(soon(t), "still there"); err != nil {
			t.Errorf("%s: after a time-out there is no echo: %v", transport, err)
		}
	}
}

func TestArrivalTimesDoNotDependOnTheReader(t *testing.T) {
	for _, transport := range []string{"websocket", "events"} {
		cluster, c := service(t)
		hub := connected(t, c, transport)
		id := cluster.Records(fakesignalr.Filter{Operation: fakesignalr.OperationNegotiate})[0].Connection
		if err := cluster.SendEvents(id, 2, 80*time.Millisecond); err != nil {
			t.Fatal(err)
		}
		time.Sleep(250 * time.Millisecond)
		first, err := hub.Next(soon(t))
		if err != nil {
			t.Fatal(err)
		}
		second, err := hub.Next(soon(t))
		if gap := second.Arrived.Sub(first.Arrived); err != nil || gap < 40*time.Millisecond || gap > 200*time.Millisecond {
			t.Errorf("%s: events read late are %v apart (%v), want about 80ms", transport, gap, err)
		}
	}
}

func TestEventStreamOpensAtOnce(t *testing.T) {
	_, c := service(t)
	n, err := c.Negotiate(soon(t))
	if err != nil {
		t.Fatal(err)
	}
	stream, err := c.ConnectEvents(soon(t), n.ID())
	if err != nil {
		t.Fatal(err)
	}
	at, err := stream.AwaitOpen(soon(t))
	if err != nil || at.Before(stream.Exchange.FirstByte) {
		t.Errorf("the first byte came at %v (%v), the head at %v", at, err, stream.Exchange.FirstByte)
	}
}

func TestWebSocketFramesAndPings(t *testing.T) {
	_, c := service(t)
	hub := connected(t, c, "websocket")
	ws, ok := hub.Link.(*signalrclient.WebSocket)
	if !ok {
		t.Fatal("the link is no WebSocket")
	}
	if err := ws.Ping(soon(t)); err != nil {
		t.Errorf("no pong: %v", err)
	}
	if err := ws.SendBinary(soon(t), []byte(`{"type":6}`+"\x1e")); err != nil {
		t.Errorf("a binary frame does not go out: %v", err)
	}
	if err := hub.Echo(soon(t), "x"); err != nil {
		t.Errorf("no echo after a binary frame: %v", err)
	}
}

func TestClosingACutWebSocketIsAnError(t *testing.T) {
	cluster, c := service(t)
	hub := connected(t, c, "websocket")
	cluster.CutConnections()
	if _, err := hub.Receive(soon(t)); !errors.Is(err, signalrclient.ErrEnded) {
		t.Errorf("a cut WebSocket gives %v, want that it was cut", err)
	}
	if err := hub.Close(soon(t)); err == nil {
		t.Error("a cut WebSocket closed as if in order")
	}
}

func TestCompressionIsOfferedAndUsed(t *testing.T) {
	for _, accepted := range []bool{false, true} {
		_, c := service(t, func(k *fakesignalr.Knobs) { k.Compression = accepted })
		c.Compression = true
		hub := connected(t, c, "websocket")
		if err := hub.Echo(soon(t), strings.Repeat("z", 100_000)); err != nil {
			t.Errorf("no echo with compression accepted=%v: %v", accepted, err)
		}
		ws, ok := hub.Link.(*signalrclient.WebSocket)
		if !ok {
			t.Fatal("the link is no WebSocket")
		}
		got := ws.Exchange.Response.Header.Get("Sec-WebSocket-Extensions")
		if strings.Contains(got, "permessage-deflate") != accepted {
			t.Errorf("with accepted=%v the answer's extensions are %q", accepted, got)
		}
	}
}
