package live

import (
	"context"
	"net"
	"strings"

	"github.com/onsi/gomega"

	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
)

var hostOverride = []*Case{
	{
		ID: "LIVE-HOST-01", Requirement: "host-override", Title: "Every request arrives with one Host header, the service's own",
		Level: Token, View: Inside, Run: hostIsTheServices,
	},
	{
		ID: caseHostOutside, Requirement: "host-override", Title: "The service answers for itself when no hub is named",
		Level: Open, View: Outside, Run: serviceAsksForHub,
	},
}

func hostIsTheServices(ctx context.Context, g gomega.Gomega, t *Target) {
	for _, p := range t.arrived(ctx) {
		r := p.records[0]
		service := t.serviceOf(&r)
		g.Expect(r.Hosts).To(gomega.HaveLen(1), "expected the %s to arrive at %s with one Host header, seen %d: %q", p.kind, service, len(r.Hosts), r.Hosts)
		if strings.EqualFold(r.Hosts[0], service+":443") && r.TLS {
			t.leave("the %s arrives with the Host %q, port included; whether the service accepts that is not documented", p.kind, r.Hosts[0])
		}
		g.Expect(hostName(strings.TrimSuffix(r.Hosts[0], standIn(&r)))).To(gomega.Equal(service), "expected the %s to arrive with the Host %s, seen %q", p.kind, service, r.Hosts[0])
	}
	t.leaveUnknown(ctx)
	t.leaveUnseen(ctx)
}

// standIn is the port of a fake service that listens at another one than the real service does: proxies that are led there name it, and would
// not name 443.
func standIn(r *fakesignalr.Record) string {
	_, port, err := net.SplitHostPort(r.Local)
	if err != nil || port == "443" || port == "80" {
		return ""
	}
	return ":" + port
}

// hostName compares as DNS does.
func hostName(s string) string { return strings.ToLower(strings.TrimSuffix(s, ".")) }

// hubIsAsked is the service's own answer to who names no hub.
const hubIsAsked = "'hub' query parameter is required."

// serviceAsksForHub uses that the service answers GET /client/ with 400 before it looks at any token (learn.microsoft.com, "How to use
// Azure SignalR Service with Azure Application Gateway"). What it says to a Host that it does not know is not documented; what is plainly
// somebody else's answer, or none, is no sign of that.
func serviceAsksForHub(ctx context.Context, g gomega.Gomega, t *Target) {
	s, err := t.session()
	t.must(err)
	s.Query = ""
	request := s.PollRequest("", 0)
	request.Target = s.Path() // with the slash, as clients ask: a proxy may answer /client by itself
	x, err := s.Do(ctx, "ask without hub", request)
	t.leaveWrongScheme(x)
	seen := t.seen(x, err)
	if !mayBeOfStranger(x.Status()) {
		t.leave("GET %s is not answered by the service (%s), so that the Host that it was sent cannot be told; what that does to clients is told under negotiate", request.Target, seen)
	}
	g.Expect(x.Status()).To(gomega.Equal(400), "expected the service to answer GET %s with 400 and %q, seen %s", request.Target, hubIsAsked, seen)
	g.Expect(string(x.Response.Body)).To(gomega.ContainSubstring(hubIsAsked), "expected the service to answer GET %s with %q, seen another text", request.Target, hubIsAsked)
}

// mayBeOfStranger reports whether a status may be what a service of many tenants says to a Host that is none of theirs: an error of the client,
// but no question for credentials (401), no refusal that the service's network rules give too (403), and not that of a gateway that got no answer.
// One that asks for time (429, 503) is asked once more.
func mayBeOfStranger(status int) bool {
	switch status {
	case 401, 403:
		return false
	case 503:
		return true
	}
	return status >= 400 && status < 500
}
