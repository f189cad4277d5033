package fakesignalr_test

import (
	"strings"
	"testing"
	"time"

	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

// claiming is a client whose token holds claims that the SDK writes for the service.
func (r *rig) claiming(claims map[string]any) *signalrclient.Client {
	c := r.client(0)
	c.Token = r.mint(signalrclient.Access{Host: host, Hub: "chat", Key: r.Instances()[0].Keys[0], Claims: claims})
	return c
}

func TestTheTokenSaysHowLongAHandshakeIsWaitedFor(t *testing.T) {
	t.Parallel()
	r := single(t)
	hub, _ := r.connect(r.claiming(map[string]any{"asrs.s.cht": 1}), "websocket")
	begin := time.Now()
	_, err := hub.Next(within(t, 10*time.Second))
	if took := time.Since(begin); took < 900*time.Millisecond || took > 8*time.Second {
		t.Errorf("a handshake was waited for for %s (%v), want 1s", took, err)
	}
}

func TestTheTokenSaysHowLongAConnectionLivesBetweenPolls(t *testing.T) {
	t.Parallel()
	r := single(t)
	c := r.claiming(map[string]any{"asrs.s.ttl": "1"})
	_, id := r.served(c, "polling")
	time.Sleep(1500 * time.Millisecond)
	if got := r.do(c, c.PollRequest(id, 1)); got.Status() != 404 {
		t.Errorf("a poll 1.5s behind the last got %d, want 404", got.Status())
	}
}

func TestWithoutAppServersTheHandshakeIsRefused(t *testing.T) {
	r := single(t, func(k *fakesignalr.Knobs) { k.NoServers = true })
	for _, transport := range transports {
		hub, _ := r.connect(r.client(0), transport)
		err := hub.Handshake(soon(t))
		if err == nil || !strings.Contains(err.Error(), "However app servers are not connected.") {
			t.Errorf("the handshake by %s ends with %v", transport, err)
		}
	}
}

func TestAPostWithoutLengthIsRefusedWhereThatIsAskedFor(t *testing.T) {
	for _, required := range []bool{false, true} {
		r := single(t, func(k *fakesignalr.Knobs) { k.RequireLength = required })
		c := r.client(0)
		c.Shape = func(request *signalrclient.Request) { request.Remove("Content-Length") }
		want := map[bool]int{false: 200, true: 411}[required]
		if got := r.do(c, c.NegotiateRequest()); got.Status() != want {
			t.Errorf("required is %v: got %d, want %d", required, got.Status(), want)
		}
	}
}

func TestAMessageOverAMegabyteIsRefused(t *testing.T) {
	r := single(t)
	c := r.client(0)
	_, id := r.served(c, "polling")
	r.refused("a message of a megabyte and a byte", r.do(c, c.SendRequest(id, make([]byte, 1<<20+1))), 413, "body-too-large", "")
}

func TestAnEventStreamWithoutIDIsRefused(t *testing.T) {
	r := single(t)
	c := r.client(0)
	r.refused("an event stream without id", r.do(c, c.EventsRequest("")), 400, "id-missing", "Connection ID required")
}
