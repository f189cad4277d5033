package fakesignalr_test

import (
	"testing"

	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

// What nobody knows of the real service is a knob, and each of them does something.

func TestTheAnswerToAForeignHostIsAKnob(t *testing.T) {
	r := single(t, func(k *fakesignalr.Knobs) { k.UnknownHost = 421 })
	c := r.client(0)
	request := c.NegotiateRequest()
	for n := range request.Header {
		if request.Header[n].Name == "Host" {
			request.Header[n].Value = "proxy.example.com"
		}
	}
	exchange, err := c.Do(soon(t), "negotiate", request)
	if err != nil || exchange.Status() != 421 {
		t.Errorf("a foreign Host got %d (%v), want 421", exchange.Status(), err)
	}
}

func TestTheBodyOf401IsAKnob(t *testing.T) {
	r := single(t, func(k *fakesignalr.Knobs) { k.ChallengeBody = "Unauthorized" })
	exchange := r.ask(asked{"POST", "/client/negotiate?hub=chat", "", ""})
	if exchange.Status() != 401 || string(exchange.Response.Body) != "Unauthorized" {
		t.Errorf("got %d %q", exchange.Status(), exchange.Response.Body)
	}
}

func TestWhichAudiencesAreGoodIsAKnob(t *testing.T) {
	for _, loose := range []bool{false, true} {
		r := single(t, func(k *fakesignalr.Knobs) { k.LooseAudience = loose })
		token := r.mint(signalrclient.Access{Host: "signalr.example.com", Hub: "chat", Key: r.Instances()[0].Keys[0]})
		want := map[bool]int{false: 401, true: 200}[loose]
		if got := r.ask(asked{"POST", "/client/negotiate?hub=chat", token, ""}).Status(); got != want {
			t.Errorf("loose is %v: a custom domain in the audience got %d, want %d", loose, got, want)
		}
	}
}

func TestOriginsAreKnobs(t *testing.T) {
	for _, test := range []struct {
		origins, want string
	}{{"*", "https://app.example.com"}, {"https://a.example.com, https://app.example.com", "https://app.example.com"}, {"https://a.example.com", ""}} {
		r := single(t, func(k *fakesignalr.Knobs) { k.Origins = test.origins })
		c := r.client(0)
		for _, request := range []signalrclient.Request{c.NegotiateRequest(), c.PreflightRequest("POST", c.NegotiateTarget())} {
			exchange, err := c.Do(soon(t), "ask", request)
			if got := exchange.Response.Header.Get("Access-Control-Allow-Origin"); err != nil || got != test.want {
				t.Errorf("with %q a %s allows %q, want %q (%v)", test.origins, request.Method, got, test.want, err)
			}
		}
	}
}

func TestWhetherWebSocketsAreHeldToOriginsIsAKnob(t *testing.T) {
	for _, held := range []bool{false, true} {
		r := single(t, func(k *fakesignalr.Knobs) { k.Origins, k.CheckOrigin = "https://a.example.com", held })
		c := r.client(0)
		_, err := c.ConnectWebSocket(soon(t), r.negotiate(c).ID())
		if (err != nil) != held {
			t.Errorf("held is %v: connecting from another origin gives %v", held, err)
		}
	}
}

func TestANetworkACLTellsTypesOfRequestsApart(t *testing.T) {
	r := single(t, func(k *fakesignalr.Knobs) { k.Deny = "server,rest" })
	for target, want := range map[string]int{
		"/client/?hub=chat": 401, "/aspnetclient/negotiate": 401, "/server/?hub=chat": 403, "/aspnetserver/?hub=chat": 403,
		"/api/v1/hubs/chat": 403, "/api/health": 200, "/client/../server/?hub=chat": 403,
	} {
		if got := r.ask(asked{"GET", target, "", ""}).Status(); got != want {
			t.Errorf("%s got %d, want %d", target, got, want)
		}
	}
}
