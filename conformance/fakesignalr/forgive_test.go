package fakesignalr_test

import (
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

// wrongs are what a proxy may do to every request, each with the knob that overlooks it.
var wrongs = []struct {
	name    string
	damage  func(*signalrclient.Request)
	forgive func(*fakesignalr.Knobs)
	what    fakesignalr.Forgiveness
}{
	{
		"foreign Host",
		func(r *signalrclient.Request) { r.Set("Host", "proxy.example.com") },
		func(k *fakesignalr.Knobs) { k.ForgiveHost = true },
		fakesignalr.ForgaveHost,
	},
	{
		"prefix left on",
		func(r *signalrclient.Request) { r.Target = "/signalr" + r.Target },
		func(k *fakesignalr.Knobs) { k.ForgivePath = true },
		fakesignalr.ForgavePath,
	},
	{
		"path cut off",
		func(r *signalrclient.Request) { r.Target = strings.TrimPrefix(r.Target, "/client") },
		func(k *fakesignalr.Knobs) { k.ForgivePath = true },
		fakesignalr.ForgavePath,
	},
	{
		"query dropped",
		func(r *signalrclient.Request) { r.Target, _, _ = strings.Cut(r.Target, "?") },
		func(k *fakesignalr.Knobs) { k.ForgiveQuery = true },
		fakesignalr.ForgaveQuery,
	},
	{
		"query doubled",
		func(r *signalrclient.Request) {
			_, query, _ := strings.Cut(r.Target, "?")
			r.Target += "&" + query
		},
		func(k *fakesignalr.Knobs) { k.ForgiveQuery = true },
		fakesignalr.ForgaveQuery,
	},
}

func TestEachWrongBreaksUnlessItIsForgiven(t *testing.T) {
	for _, wrong := range wrongs {
		t.Run(wrong.name, func(t *testing.T) {
			r := single(t)
			c := r.client(0)
			c.Style, c.Mark, c.Shape = signalrclient.Node, true, wrong.damage
			if _, err := c.Negotiate(soon(t)); err == nil {
				t.Error("a strict service served it")
			}
			if err := r.Turn(wrong.forgive); err != nil {
				t.Fatal(err)
			}
			for _, transport := range []string{"websocket", "polling"} {
				hub, _ := r.served(c, transport)
				if err := hub.Echo(soon(t), "x"); err != nil {
					t.Errorf("forgiven, it does not echo by %s: %v", transport, err)
				}
			}
			if got := r.last(); !got.HasForgiven(wrong.what) {
				t.Errorf("the record forgives %v, want %s", got.Forgiven, wrong.what)
			}
		})
	}
}

func TestForgivenOwner(t *testing.T) {
	r := newRig(t, fakesignalr.Replicas(host, 2), func(k *fakesignalr.Knobs) { k.ForgiveOwner = true })
	link, err := r.client(1).ConnectWebSocket(soon(t), r.negotiate(r.client(0)).ID())
	if err != nil {
		t.Fatalf("another replica does not serve the connection: %v", err)
	}
	hub := signalrclient.NewHub(link)
	if err := hub.Handshake(soon(t)); err != nil {
		t.Error(err)
	}
	if got := r.last(); !got.HasForgiven(fakesignalr.ForgaveOwner) || got.Instance != r.Instances()[1].Tag {
		t.Errorf("the record of %s forgives %v, want owner", got.Instance, got.Forgiven)
	}
}

func TestForgivenToken(t *testing.T) {
	r := newRig(t, fakesignalr.Services(host, "other.service.signalr.net"), func(k *fakesignalr.Knobs) { k.ForgiveToken = true })
	c := r.client(0)
	good := c.Token
	c.Token = r.client(1).Token
	r.negotiate(c)
	if got := r.last(); !got.HasForgiven(fakesignalr.ForgaveToken) {
		t.Errorf("the record forgives %v, want token", got.Forgiven)
	}
	c.Token = good + "x"
	if _, err := c.Negotiate(soon(t)); err == nil {
		t.Error("a token of no service was forgiven")
	}
}

func TestForgivenHostIsServedAsTheTenantOfTheAddress(t *testing.T) {
	r := newRig(t, fakesignalr.Services(host, "other.service.signalr.net"), func(k *fakesignalr.Knobs) { k.ForgiveHost = true })
	c := r.client(1)
	c.Shape = func(request *signalrclient.Request) { request.Set("Host", host) }
	r.negotiate(c)
	c.Token = r.client(0).Token
	if _, err := c.Negotiate(soon(t)); err == nil || r.last().Reason != fakesignalr.ReasonTokenForeign {
		t.Errorf("the token of the service that Host names got %q at another address", r.last().Reason)
	}
}
