package live

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"strings"

	"github.com/onsi/gomega"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

var methods = []*Case{
	{
		ID: "LIVE-EXP-03", Requirement: "exposure", Title: "The proxy does not answer TRACE with the request",
		Level: Open, Run: nothingIsEchoed,
	},
	{
		ID: "LIVE-EXP-04", Requirement: "exposure", Title: "A client cannot tell the app another address than its own",
		Level: Token, View: Closer, Advises: true, Run: addressIsNotForged,
	},
	{
		ID: "LIVE-EXP-05", Requirement: "exposure", Title: "Cookies of the app stay away from the service",
		Level: Token, View: Closer, Advises: true, Run: cookiesStayAway,
	},
	{
		ID: "LIVE-EXP-06", Requirement: "exposure", Title: "The proxy opens no tunnel for CONNECT",
		Level: Open, Run: noTunnel,
	},
	{
		ID: "LIVE-EXP-07", Requirement: "exposure", Title: "PUT is refused",
		Level: Open, Advises: true, Run: putIsRefused,
	},
}

// echoed is what a TRACE carries, and would carry of a token (RFC 9110 section 9.3.8).
const echoed = "asrscheck-canary"

func nothingIsEchoed(ctx context.Context, g gomega.Gomega, t *Target) {
	s, err := t.session()
	t.must(err)
	trace := s.PollRequest("none", 0)
	trace.Method = http.MethodTrace
	trace.Set("Authorization", "Bearer "+echoed)
	x, err := s.Do(ctx, "trace", trace)
	back := err == nil && x.Status() == http.StatusOK && strings.Contains(string(x.Response.Body), echoed)
	g.Expect(back).To(gomega.BeFalse(), "expected TRACE to be refused, seen it answered with the request, Authorization included")
}

// forged is an address of RFC 5737.
const forged = "203.0.113.77"

// addressIsNotForged goes by how the app server's SDK finds the address of a client: the left-most of X-Forwarded-For (azure-signalr
// ClientConnectionContext.TryGetRemoteIpAddress).
func addressIsNotForged(ctx context.Context, g gomega.Gomega, t *Target) {
	s, err := t.session()
	t.must(err)
	s.Extra = append(s.Extra, signalrclient.Field{Name: "X-Forwarded-For", Value: forged})
	for _, r := range s.pass(ctx, conformance.Negotiate).records {
		first, _, _ := strings.Cut(strings.Join(r.Values("X-Forwarded-For"), ","), ",")
		g.Expect(strings.TrimSpace(first)).NotTo(gomega.Equal(forged), "expected the X-Forwarded-For of a client to be overwritten, seen it in front: the app takes it for the client's address")
	}
}

// cookiesStayAway matters where a client endpoint shares its host with the app: browsers then send the session's cookies along.
func cookiesStayAway(ctx context.Context, g gomega.Gomega, t *Target) {
	s, err := t.session()
	t.must(err)
	s.Extra = append(s.Extra, signalrclient.Field{Name: "Cookie", Value: "session=" + echoed})
	for _, r := range s.pass(ctx, conformance.Negotiate).records {
		g.Expect(r.Values("Cookie")).To(gomega.BeEmpty(), "expected cookies of the app not to reach the service, which has no use for them, seen one")
	}
}

// noTunnel asks for a tunnel to the proxy itself: whoever grants that grants one to anywhere (RFC 9110 section 9.3.6).
func noTunnel(ctx context.Context, g gomega.Gomega, t *Target) {
	s, err := t.session()
	t.must(err)
	r := s.PollRequest("none", 0)
	r.Method, r.Target = http.MethodConnect, net.JoinHostPort(t.endpoint.Host, strconv.Itoa(t.endpoint.Port))
	r.Set("Host", r.Target)
	x, err := s.Do(ctx, "connect tunnel", r)
	t.leaveWhereUnknown(x)
	g.Expect(x.Status()/100).NotTo(gomega.Equal(2), "expected CONNECT to be refused, seen %s: the proxy opens tunnels for strangers", t.seen(x, err))
}

func putIsRefused(ctx context.Context, g gomega.Gomega, t *Target) {
	s, err := t.session()
	t.must(err)
	r := s.PollRequest("none", 0)
	r.Method = http.MethodPut
	x, err := s.Do(ctx, "put", r)
	t.leaveWhereUnknown(x)
	g.Expect(x.Status()/100).NotTo(gomega.Equal(2), "expected PUT to be refused as the service does, seen %s", t.seen(x, err))
}
