package fakesignalr_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

func TestEveryTransportEchoes(t *testing.T) {
	r := single(t)
	for _, transport := range transports {
		for name, style := range map[string]signalrclient.Style{"browser": signalrclient.Browser, "node": signalrclient.Node} {
			t.Run(transport+" as "+name, func(t *testing.T) {
				c := r.client(0)
				c.Style = style
				hub, _ := r.served(c, transport)
				for _, text := range []string{"x", "grüße & <b> ✓\n", strings.Repeat("y", 256<<10)} {
					if err := hub.Echo(soon(t), text); err != nil {
						t.Errorf("%d bytes do not echo: %v", len(text), err)
					}
				}
				if err := hub.Close(soon(t)); err != nil {
					t.Errorf("the link does not close: %v", err)
				}
			})
		}
	}
}

func TestEchoAlsoInvokesTheClient(t *testing.T) {
	r := single(t)
	hub, _ := r.served(r.client(0), "websocket")
	if err := hub.Send(soon(t), []byte(`{"type":1,"target":"ECHO","arguments":["a",{"b":1}]}`+"\x1e")); err != nil {
		t.Fatal(err)
	}
	m, err := hub.Next(soon(t))
	if err != nil || m.Target != "echo" || len(m.Arguments) != 2 || string(m.Arguments[1]) != `{"b":1}` {
		t.Errorf("got %+v (%v), want an invocation of echo with both arguments", m, err)
	}
}

func TestVersionZeroConnectsWithItsConnectionID(t *testing.T) {
	r := single(t)
	c := r.client(0)
	c.Query, c.VersionZero = "hub=chat", true
	n := r.negotiate(c)
	if n.Version != 0 || n.ConnectionToken != "" {
		t.Fatalf("version 0 got version %d and token %q", n.Version, n.ConnectionToken)
	}
	if _, err := c.ConnectWebSocket(soon(t), n.ConnectionID); err != nil {
		t.Errorf("the connection id does not connect: %v", err)
	}
}

func TestPingsComeEachPeriodButNotWhileSilent(t *testing.T) {
	r := single(t, func(k *fakesignalr.Knobs) { k.PingPeriod = 30 * time.Millisecond })
	for _, transport := range []string{"websocket", "events"} {
		hub, _ := r.served(r.client(0), transport)
		for range 3 {
			if _, err := hub.AwaitPing(soon(t)); err != nil {
				t.Fatalf("no ping came by %s: %v", transport, err)
			}
		}
	}
	if err := r.Turn(func(k *fakesignalr.Knobs) { k.Silent = true }); err != nil {
		t.Fatal(err)
	}
	hub, _ := r.served(r.client(0), "websocket")
	if m, err := hub.Next(within(t, 200*time.Millisecond)); err == nil {
		t.Errorf("a silent service sent %+v", m)
	}
}

func TestPollingHasNoPings(t *testing.T) {
	r := single(t, func(k *fakesignalr.Knobs) { k.PingPeriod = 10 * time.Millisecond })
	hub, _ := r.served(r.client(0), "polling")
	if m, err := hub.Next(within(t, 150*time.Millisecond)); err == nil {
		t.Errorf("a poll brought %+v", m)
	}
}

func TestEventsArriveApart(t *testing.T) {
	r := single(t)
	for _, transport := range transports {
		t.Run(transport, func(t *testing.T) {
			hub, id := r.served(r.client(0), transport)
			r.eventually("events come apart", func() bool { // on a busy machine one may be late
				events, err := hub.Events(soon(t), 4, 60*time.Millisecond)
				if err != nil {
					t.Fatalf("events do not come: %v", err)
				}
				for i := 1; i < len(events); i++ {
					if events[i].Arrived.Sub(events[i-1].Arrived) < 30*time.Millisecond {
						return false
					}
				}
				return true
			})
			r.eventually("events can be ordered again", func() bool { return r.SendEvents(id, 1, 0) == nil })
			if m, err := hub.Next(soon(t)); err != nil || m.Target != "event" {
				t.Errorf("an event ordered by API brought %+v (%v)", m, err)
			}
		})
	}
}

func TestEventsOutOfBoundsAreRefused(t *testing.T) {
	r := single(t)
	hub, id := r.served(r.client(0), "websocket")
	if r.SendEvents("nobody", 1, 0) == nil || r.SendEvents(id, 0, 0) == nil || r.SendEvents(id, 1, -1) == nil || r.SendEvents(id, 1<<30, 0) == nil {
		t.Error("an order for events out of bounds was accepted")
	}
	if _, err := hub.Invoke(soon(t), "events", "many"); err == nil {
		t.Error("an invocation of events without numbers was accepted")
	}
}

func TestEventStreamHeadAndFirstBytes(t *testing.T) {
	r := single(t)
	c := r.client(0)
	id := r.negotiate(c).ID()
	request := c.EventsRequest(id)
	exchange, err := c.Do(within(t, 300*time.Millisecond), "events", request)
	if err == nil {
		t.Fatal("the event stream ended by itself")
	}
	if got := string(exchange.Response.Body); got != ":\r\n" {
		t.Errorf("first bytes are %q, want %q", got, ":\r\n")
	}
	for name, want := range map[string]string{
		"Content-Type": "text/event-stream", "Cache-Control": "no-cache,no-store", "Pragma": "no-cache", "Content-Encoding": "identity",
	} {
		if got := exchange.Response.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestPollsAsTheSpecificationWantsThem(t *testing.T) {
	r := single(t, func(k *fakesignalr.Knobs) { k.PollTimeout = 150 * time.Millisecond })
	c := r.client(0)
	id := r.negotiate(c).ID()
	poll := func() *signalrclient.Exchange {
		exchange, err := c.Poll(soon(t), id)
		if err != nil {
			t.Fatalf("a poll got no answer: %v", err)
		}
		return exchange
	}
	first := poll()
	if first.Status() != 200 || first.Response.Header.Get("Content-Length") != "0" || first.Ended.Sub(first.Started) > 100*time.Millisecond {
		t.Errorf("first poll got %d, length %s, after %v; want 200, 0, at once",
			first.Status(), first.Response.Header.Get("Content-Length"), first.Ended.Sub(first.Started))
	}
	second := poll()
	if held := second.Ended.Sub(second.Started); second.Status() != 200 || held < 140*time.Millisecond || len(second.Response.Body) != 0 {
		t.Errorf("second poll got %d after %v, want 200 and nothing after 150ms", second.Status(), held)
	}
	for name, want := range map[string]string{
		"Cache-Control": "no-cache, no-store", "Pragma": "no-cache", "Expires": "Thu, 01 Jan 1970 00:00:00 GMT", "Content-Type": "text/plain",
	} {
		if got := second.Response.Header.Get(name); got != want {
			t.Errorf("%s of a poll is %q, want %q", name, got, want)
		}
	}
	if sent, err := c.Send(soon(t), id, []byte(`{"protocol":"json","version":1}`+"\x1e")); err != nil || sent.Status() != 200 || len(sent.Response.Body) != 0 {
		t.Errorf("send got %d (%v), want 200 and nothing", sent.Status(), err)
	}
	third := poll()
	if third.Response.Header.Get("Content-Type") != "application/octet-stream" || string(third.Response.Body) != "{}\x1e" {
		t.Errorf("a poll with data brought %q as %q", third.Response.Body, third.Response.Header.Get("Content-Type"))
	}
}

func TestNewerPollEndsTheOlder(t *testing.T) {
	r := single(t)
	c := r.client(0)
	id := r.negotiate(c).ID()
	if _, err := c.Poll(soon(t), id); err != nil {
		t.Fatal(err)
	}
	older := make(chan int, 1)
	go func() {
		exchange, _ := c.Poll(soon(t), id)
		older <- exchange.Status()
	}()
	polls := func() int { return len(r.Records(fakesignalr.Filter{Operation: fakesignalr.OperationPoll})) }
	r.eventually("the older poll arrives", func() bool { return polls() == 2 })
	go func() { _, _ = c.Poll(soon(t), id) }()
	if status := <-older; status != 204 {
		t.Errorf("the older poll got %d, want 204", status)
	}
	if deleted, err := c.Delete(soon(t), id); err != nil || deleted.Status() != 202 {
		t.Errorf("delete got %d (%v), want 202", deleted.Status(), err)
	}
}

func TestDeleteEndsTheRunningPollAndTheConnection(t *testing.T) {
	r := single(t)
	c := r.client(0)
	id := r.negotiate(c).ID()
	if _, err := c.Poll(soon(t), id); err != nil {
		t.Fatal(err)
	}
	running := make(chan int, 1)
	go func() {
		exchange, _ := c.Poll(soon(t), id)
		running <- exchange.Status()
	}()
	r.eventually("the poll is held", func() bool { return len(r.Records(fakesignalr.Filter{Operation: fakesignalr.OperationPoll})) == 2 })
	deleted, err := c.Delete(soon(t), id)
	if err != nil || deleted.Status() != 202 {
		t.Errorf("delete got %d (%v), want 202", deleted.Status(), err)
	}
	if status := <-running; status != 204 {
		t.Errorf("the running poll got %d, want 204", status)
	}
	if again, _ := c.Delete(soon(t), id); again.Status() != 404 {
		t.Errorf("a second delete got %d, want 404", again.Status())
	}
}

func TestPollingConnectionDiesWithoutPolls(t *testing.T) {
	r := single(t, func(k *fakesignalr.Knobs) { k.PollGap = 30 * time.Millisecond })
	c := r.client(0)
	id := r.negotiate(c).ID()
	if _, err := c.Poll(soon(t), id); err != nil {
		t.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond)
	if late, _ := c.Poll(soon(t), id); late.Status() != 404 || r.last().Reason != fakesignalr.ReasonConnectionClosed {
		t.Errorf("a poll after the gap got %d %q, want 404 connection-closed", late.Status(), r.last().Reason)
	}
}

func TestServerCloseReachesEveryTransport(t *testing.T) {
	r := single(t)
	for _, transport := range transports {
		t.Run(transport, func(t *testing.T) {
			hub, _ := r.served(r.client(0), transport)
			if _, err := hub.Invoke(soon(t), "close"); err != nil {
				t.Fatalf("close is not answered: %v", err)
			}
			m, err := hub.Next(soon(t))
			if err != nil || m.Type != signalrclient.TypeClose {
				t.Fatalf("got %+v (%v), want a close message", m, err)
			}
			if _, err := hub.Receive(soon(t)); !errors.Is(err, io.EOF) {
				t.Errorf("after the close message the link gave %v, want its orderly end", err)
			}
		})
	}
}

func TestWebSocketCloseCodesAreGivenAndRecorded(t *testing.T) {
	r := single(t)
	hub, _ := r.served(r.client(0), "websocket")
	if _, err := hub.Invoke(soon(t), "close", 4001, "moved"); err != nil {
		t.Fatal(err)
	}
	_, _ = hub.Next(soon(t))
	if _, err := hub.Receive(soon(t)); err == nil || !strings.Contains(err.Error(), "4001") || !strings.Contains(err.Error(), "moved") {
		t.Errorf("the client saw %v, want 4001 and the text", err)
	}
	codes := func(code int) func() bool {
		return func() bool {
			return slices.ContainsFunc(r.Records(fakesignalr.Filter{Operation: fakesignalr.OperationWebSocket}),
				func(record fakesignalr.Record) bool { return record.CloseCode == code && !record.Ended.IsZero() })
		}
	}
	r.eventually("the code 4001 is recorded", codes(4001))

	cut, err := r.client(0).ConnectWebSocket(soon(t), r.negotiate(r.client(0)).ID())
	if err != nil {
		t.Fatal(err)
	}
	cut.Cut()
	r.eventually("a cut socket is recorded as 1006", codes(1006))
}
