package fakesignalr_test

import (
	"testing"

	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

func TestPreflightsPassWithoutToken(t *testing.T) {
	r := single(t)
	c := r.client(0)
	for method, target := range map[string]string{"POST": c.NegotiateTarget(), "GET": c.ConnectTarget("x"), "DELETE": c.ConnectTarget("x")} {
		exchange, err := c.Preflight(soon(t), method, target)
		if err != nil || exchange.Status() != 204 {
			t.Errorf("the preflight of a %s got %d (%v), want 204", method, exchange.Status(), err)
			continue
		}
		for name, want := range map[string]string{
			"Access-Control-Allow-Origin": c.Origin, "Access-Control-Allow-Credentials": "true",
			"Access-Control-Allow-Methods": method, "Access-Control-Allow-Headers": "authorization,x-requested-with,x-signalr-user-agent",
		} {
			if got := exchange.Response.Header.Values(name); len(got) != 1 || got[0] != want {
				t.Errorf("%s is %q for a %s, want %q once", name, got, method, want)
			}
		}
		if got := r.last(); got.Operation != fakesignalr.OperationPreflight || got.TokenIn != fakesignalr.TokenNowhere {
			t.Errorf("recorded as %s with a token in %q", got.Operation, got.TokenIn)
		}
	}
}

func TestOriginIsEchoedOnErrorsToo(t *testing.T) {
	r := single(t)
	c := r.client(0)
	c.Token = ""
	exchange := r.do(c, c.NegotiateRequest())
	if got := exchange.Response.Header.Get("Access-Control-Allow-Origin"); exchange.Status() != 401 || got != c.Origin {
		t.Errorf("a %d allows the origin %q, want 401 and %q", exchange.Status(), got, c.Origin)
	}
	c.Origin = ""
	exchange = r.do(c, c.NegotiateRequest())
	if got, present := exchange.Response.Header["Access-Control-Allow-Origin"]; present {
		t.Errorf("without Origin the answer allows %q", got)
	}
}

func TestPreflightOfAnUnknownHostIsRefused(t *testing.T) {
	r := single(t)
	c := r.client(0)
	c.Shape = func(request *signalrclient.Request) { request.Set("Host", "proxy.example.com") }
	exchange, err := c.Preflight(soon(t), "POST", c.NegotiateTarget())
	if err != nil || exchange.Status() != 404 || len(exchange.Response.Header.Values("Access-Control-Allow-Origin")) != 0 {
		t.Errorf("got %d (%v), want 404 without a word on origins", exchange.Status(), err)
	}
}
