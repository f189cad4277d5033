package fakesignalr_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

// refused checks an answer that a connection gives to a request out of place.
func (r *rig) refused(what string, exchange *signalrclient.Exchange, status int, reason fakesignalr.Reason, body string) {
	r.t.Helper()
	if exchange.Status() != status {
		r.t.Errorf("%s got %d, want %d", what, exchange.Status(), status)
		return
	}
	if got := fakesignalr.Reason(exchange.Response.Header.Get(fakesignalr.ReasonHeader)); got != reason {
		r.t.Errorf("%s was refused because of %q, want %q", what, got, reason)
	}
	if got := string(exchange.Response.Body); got != body {
		r.t.Errorf("%s got the body %q, want %q", what, got, body)
	}
}

func (r *rig) do(c *signalrclient.Client, request signalrclient.Request) *signalrclient.Exchange {
	r.t.Helper()
	exchange, err := c.Do(soon(r.t), "request", request)
	if err != nil {
		r.t.Fatalf("%s %s got no answer: %v", request.Method, fakesignalr.RedactTarget(request.Target), err)
	}
	return exchange
}

// nonce makes a WebSocket handshake complete.
const nonce = "dGhlIHNhbXBsZSBub25jZQ=="

func TestRequestsOutOfPlaceAreRefused(t *testing.T) {
	r := single(t)
	c := r.client(0)
	const noID = "No Connection with that ID"
	const mid = "Cannot change transports mid-connection"

	_, ws := r.served(c, "websocket")
	r.refused("a second WebSocket", r.do(c, c.WebSocketRequest(ws, nonce, "")), 409, "transport-busy", "")
	r.refused("an event stream on a WebSocket", r.do(c, c.EventsRequest(ws)), 400, "transport-switch", mid)
	r.refused("a poll on a WebSocket", r.do(c, c.PollRequest(ws, 1)), 400, "transport-switch", mid)
	r.refused("a POST to a WebSocket", r.do(c, c.SendRequest(ws, []byte("x"))), 405, "post-to-websocket", "POST requests are not allowed for WebSocket connections.")
	r.refused("a DELETE of a WebSocket", r.do(c, c.DeleteRequest(ws)), 400, "delete-not-polling", "Cannot terminate this connection using the DELETE endpoint.")

	_, events := r.served(c, "events")
	r.refused("a second event stream", r.do(c, c.EventsRequest(events)), 409, "transport-busy", "")
	r.refused("a WebSocket on an event stream", r.do(c, c.WebSocketRequest(events, nonce, "")), 400, "transport-switch", mid)
	r.refused("a DELETE of an event stream", r.do(c, c.DeleteRequest(events)), 400, "delete-not-polling", "Cannot terminate this connection using the DELETE endpoint.")

	r.refused("a WebSocket with an unknown id", r.do(c, c.WebSocketRequest("nobody", nonce, "")), 404, "connection-unknown", noID)
	large := c.SendRequest(r.negotiate(c).ID(), make([]byte, 1<<20+1))
	r.refused("a POST over 1 MiB", r.do(c, large), 413, "body-too-large", "")
}

func TestPostAfterTheEventStreamEndedIsNotFound(t *testing.T) {
	r := single(t)
	c := r.client(0)
	hub, id := r.served(c, "events")
	if err := hub.Close(soon(t)); err != nil {
		t.Fatal(err)
	}
	r.eventually("a POST gets 404", func() bool { return r.do(c, c.SendRequest(id, []byte("x"))).Status() == 404 })
}

func TestConnectWindow(t *testing.T) {
	r := single(t, func(k *fakesignalr.Knobs) { k.ConnectWindow = 40 * time.Millisecond })
	c := r.client(0)
	id := r.negotiate(c).ID()
	time.Sleep(80 * time.Millisecond)
	r.refused("a late connect", r.do(c, c.WebSocketRequest(id, nonce, "")), 404, "connection-expired", "No Connection with that ID")
}

func TestTransportsThatTheTokenRulesOut(t *testing.T) {
	r := single(t)
	c := r.client(0)
	c.Token = r.mint(signalrclient.Access{Host: host, Hub: "chat", Key: r.Instances()[0].Keys[0], Claims: map[string]any{"asrs.s.htt": 4}})
	id := r.negotiate(c).ID()
	r.refused("a WebSocket", r.do(c, c.WebSocketRequest(id, nonce, "")), 404, "transport-disabled", "WebSockets transport not supported by this end point type")
	r.refused("an event stream", r.do(c, c.EventsRequest(id)), 404, "transport-disabled", "ServerSentEvents transport not supported by this end point type")
	if first := r.do(c, c.PollRequest(id, 1)); first.Status() != 200 {
		t.Errorf("a poll got %d, want 200", first.Status())
	}
}

func TestHandshakeThatLostItsUpgradeIsTakenForAPoll(t *testing.T) {
	r := single(t)
	c := r.client(0)
	c.Style = signalrclient.Node
	request := c.WebSocketRequest(r.negotiate(c).ID(), nonce, "")
	request.Remove("Upgrade")
	request.Set("Connection", "close")
	if exchange := r.do(c, request); exchange.Status() != 200 || !r.last().HasNote(fakesignalr.NoteUpgradeLost) {
		t.Errorf("got %d with notes %v, want 200 and upgrade-lost", exchange.Status(), r.last().Notes)
	}
}

func TestUpgradeOverHTTP10IsTakenForAPoll(t *testing.T) {
	r := single(t)
	c := r.client(0)
	c.Style = signalrclient.Node
	request := c.WebSocketRequest(r.negotiate(c).ID(), nonce, "")
	request.Proto = "HTTP/1.0"
	if exchange := r.do(c, request); exchange.Status() != 200 || r.last().Proto != "HTTP/1.0" || !r.last().HasNote(fakesignalr.NoteUpgradeLost) {
		t.Errorf("got %d by %s with notes %v, want 200 by HTTP/1.0 and upgrade-lost", exchange.Status(), r.last().Proto, r.last().Notes)
	}
}

func TestSkippedNegotiationNeedsAKnob(t *testing.T) {
	r := single(t)
	c := r.client(0)
	c.Shape = func(request *signalrclient.Request) {
		request.Target = strings.Replace(request.Target, "&id=", "&no=", 1)
	}
	_, err := c.ConnectWebSocket(soon(t), "x")
	var failure *signalrclient.OperationError
	if !errors.As(err, &failure) || failure.Exchange.Status() != 400 {
		t.Errorf("a WebSocket without id got %v, want 400", err)
	}
	if err := r.Turn(func(k *fakesignalr.Knobs) { k.SkipNegotiation = true }); err != nil {
		t.Fatal(err)
	}
	if _, err := c.ConnectWebSocket(soon(t), "x"); err != nil {
		t.Errorf("with the knob, a WebSocket without id got %v", err)
	}
}

func TestStatefulReconnectResumes(t *testing.T) {
	r := single(t)
	c := r.client(0)
	c.Query += "&useStatefulReconnect=true"
	hub, id := r.served(c, "websocket")
	hub.Link.(*signalrclient.WebSocket).Cut()
	again, err := c.ConnectWebSocket(soon(t), id)
	if err != nil {
		t.Fatalf("the same id does not connect again: %v", err)
	}
	resumed := signalrclient.NewHub(again)
	if err := resumed.Echo(soon(t), "still there"); err != nil {
		t.Errorf("the resumed connection does not echo without a handshake: %v", err)
	}
	if !r.Records(fakesignalr.Filter{Operation: fakesignalr.OperationWebSocket})[1].HasNote(fakesignalr.NoteResumed) {
		t.Error("the record does not say that the connection was resumed")
	}
}

func TestConnectionOfAnotherReplica(t *testing.T) {
	r := newRig(t, fakesignalr.Replicas(host, 2))
	first, second := r.client(0), r.client(1)
	id := r.negotiate(first).ID()
	if !strings.HasSuffix(id, r.Instances()[0].Tag) || r.Instance(id) != r.Instances()[0] {
		t.Errorf("the id %s does not lead to the instance that made it", id)
	}
	r.refused("another replica", r.do(second, second.WebSocketRequest(id, nonce, "")), 404, "connection-foreign", "No Connection with that ID")
	if _, err := first.ConnectWebSocket(soon(t), id); err != nil {
		t.Errorf("its own replica does not connect it: %v", err)
	}
	second.Token = first.Token
	if _, err := second.Negotiate(soon(t)); err != nil {
		t.Errorf("replicas do not share keys: %v", err)
	}
}

func TestHandshakeProblems(t *testing.T) {
	r := single(t, func(k *fakesignalr.Knobs) { k.HandshakeTimeout = 300 * time.Millisecond })
	for request, want := range map[string]string{
		`{"protocol":"blazorpack","version":1}`: "The protocol 'blazorpack' is not supported.",
		`{"protocol":"json","version":9}`:       "version",
		`nonsense`:                              "not a valid handshake",
		``:                                      "Handshake was canceled.",
	} {
		hub, _ := r.connect(r.client(0), "websocket")
		if request != "" {
			request += "\x1e"
		}
		if err := hub.Send(soon(t), []byte(request)); err != nil {
			t.Fatal(err)
		}
		chunk, err := hub.Receive(soon(t))
		if err != nil || !strings.Contains(string(chunk.Data), want) || !strings.HasPrefix(string(chunk.Data), `{"error":`) {
			t.Errorf("%q got %q (%v), want an error that says %q", request, chunk.Data, err, want)
		}
	}
}

func TestHandshakeInTwoPieces(t *testing.T) {
	r := single(t)
	hub, _ := r.connect(r.client(0), "events")
	for _, piece := range []string{`{"protocol":"js`, `on","version":1}` + "\x1e" + `{"type":6}`, "\x1e"} {
		if err := hub.Send(soon(t), []byte(piece)); err != nil {
			t.Fatal(err)
		}
	}
	if chunk, err := hub.Receive(soon(t)); err != nil || string(chunk.Data) != "{}\x1e" {
		t.Errorf("got %q (%v), want {}", chunk.Data, err)
	}
}

func TestMessagesThatAreNoneEndTheConnection(t *testing.T) {
	r := single(t)
	hub, _ := r.served(r.client(0), "websocket")
	if err := hub.Send(soon(t), []byte("[1,2\x1e")); err != nil {
		t.Fatal(err)
	}
	if m, err := hub.Next(soon(t)); err != nil || m.Type != signalrclient.TypeClose || m.Error == "" {
		t.Errorf("got %+v (%v), want a close message with an error", m, err)
	}
}

func TestUnknownMethodIsAnError(t *testing.T) {
	r := single(t)
	hub, _ := r.served(r.client(0), "websocket")
	if _, err := hub.Invoke(soon(t), "nothing"); err == nil || !strings.Contains(err.Error(), "Unknown hub method 'nothing'") {
		t.Errorf("got %v, want an unknown method", err)
	}
	if err := hub.Echo(soon(t), "still there"); err != nil {
		t.Errorf("the connection did not survive it: %v", err)
	}
}

func TestClientThatPingedAndFellSilentIsDropped(t *testing.T) {
	r := single(t, func(k *fakesignalr.Knobs) { k.ClientTimeout = 80 * time.Millisecond })
	silent, _ := r.served(r.client(0), "websocket")
	pinged, _ := r.served(r.client(0), "websocket")
	if err := pinged.Ping(soon(t)); err != nil {
		t.Fatal(err)
	}
	if m, err := pinged.Next(soon(t)); err != nil || m.Type != signalrclient.TypeClose {
		t.Errorf("got %+v (%v), want a close message", m, err)
	}
	if err := silent.Echo(soon(t), "x"); err != nil {
		t.Errorf("a client that never pinged was dropped: %v", err)
	}
}
