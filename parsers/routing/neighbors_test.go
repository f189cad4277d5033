package routing_test

import (
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// passing is a gateway at a name that sends everything on.
func passing(name, to string) *routing.Gateway {
	l := &routing.Listener{Name: "https", Address: "*", Port: 443, TLS: true, Entry: "entry", Hosts: []routing.HostEntry{{Host: name}}}
	forward := &routing.Forward{
		To: routing.Text(to), Scheme: routing.Text("https"), Target: routing.Read(routing.InTarget, ""),
		Settings: routing.Settings{routing.ReadTimeout: routing.Text(name)},
	}
	return &routing.Gateway{Name: name, Listeners: []*routing.Listener{l}, Blocks: map[string][]routing.Step{"entry": {
		&routing.Match{Arms: []routing.Arm{{
			When: routing.Equal{Of: routing.ReadOriginal(routing.InClientIP, ""), To: routing.Text("192.0.2.1")}, Label: "refused",
			Do: []routing.Step{&routing.Respond{Status: routing.Of("403", routing.Span{})}},
		}}},
		forward,
	}}}
}

func outcomes(gateways ...*routing.Gateway) (out []string) {
	(&routing.Estate{Gateways: gateways}).Connect()
	paths := gateways[0].Trace(gateways[0].Listeners[0], &routing.Request{Method: "GET", Scheme: "https", Host: "a.example", Target: "/", ClientIP: "203.0.113.9"})
	for i := range paths {
		out = append(out, paths[i].Outcome())
	}
	return out
}

func TestARequestGoesOnFromOneGatewayIntoAnother(t *testing.T) {
	first, second := passing("a.example", "b.example"), passing("b.example", "chat.service.signalr.net")
	(&routing.Estate{Gateways: []*routing.Gateway{first, second}}).Connect()
	for _, p := range first.Trace(first.Listeners[0], &routing.Request{Method: "GET", Scheme: "https", Host: "a.example", Target: "/"}) {
		if p.Delivery == nil {
			continue // the second one looks at the address of its client, which is not known
		}
		if p.Gateway != second || p.Delivery.Gateway != second || len(p.Via) != 1 || p.Via[0].Gateway != first || p.Via[0].Setting(routing.ReadTimeout).Text() != "a.example" {
			t.Errorf("it ends in %v by way of %v", p.Gateway, p.Via)
		}
		return
	}
	t.Error("nothing is delivered")
}

func TestWhatAnotherGatewaySeesOfTheFirstIsNotKnown(t *testing.T) {
	got := outcomes(passing("a.example", "b.example"), passing("b.example", "chat.service.signalr.net"))
	if len(got) != 2 || got[0] != "delivered to chat.service.signalr.net:443" || got[1] != "answered by the gateway: 403" {
		t.Errorf("the ways are %q", got)
	}
}

func TestGatewaysThatForwardInCirclesEnd(t *testing.T) {
	for _, got := range outcomes(passing("a.example", "b.example"), passing("b.example", "a.example")) {
		if got != "unknown: the request is forwarded in circles" && got != "answered by the gateway: 403" {
			t.Errorf("a way is %q", got)
		}
	}
}

func TestTwoGatewaysOfOneNameLeaveTheWayOpen(t *testing.T) {
	got := outcomes(passing("a.example", "b.example"), passing("b.example", "x.example"), passing("b.example", "y.example"))
	if len(got) != 1 || got[0] != "unknown: several gateways that were read answer for b.example:443: b.example and b.example" {
		t.Errorf("the ways are %q", got)
	}
}
