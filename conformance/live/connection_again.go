package live

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/onsi/gomega"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

var connectionAgain = []*Case{
	{
		ID: "LIVE-AFF-02", Requirement: "affinity", Title: "Connections of a serverless app, which have no request id, stay together too",
		Level: Token, View: Closer, Advises: true, Run: serverlessStaysTogether,
	},
	{
		ID: "LIVE-AFF-03", Requirement: "affinity", Title: "A WebSocket that broke off is opened again where it was", Needs: []string{caseWebSocket},
		Level: Token, View: Closer, Run: socketIsResumed,
	},
	{
		ID: "LIVE-AFF-04", Requirement: "affinity", Title: "A client that falls back to another transport negotiates where it did",
		Level: Token, View: Closer, Run: fallbackStaysThere,
	},
	{
		ID: "LIVE-AFF-05", Requirement: "affinity", Title: "A cookie of the proxy's is one that browsers send back from other sites",
		Level: Token, Advises: true, Run: cookiesComeBack,
	},
}

// serverlessSamples are connections; two instances picked by chance agree on all of them once in 2^12 runs.
const serverlessSamples = 12

// serverlessStaysTogether is about the Management SDK and Azure Functions, which put no asrs_request_id into the URL (azure-signalr
// Management/Negotiation/NegotiateProcessor.cs). Whether an app is one of these is not known here.
func serverlessStaysTogether(ctx context.Context, g gomega.Gomega, t *Target) {
	if len(t.cluster.Seats()) == 1 {
		return
	}
	for i := range serverlessSamples {
		s, err := t.session()
		t.must(err)
		s.Query, s.id = signalrclient.RedirectQuery(signalrclient.Redirect{Hub: t.hubName()}), strangerID
		var seen []string
		for n, kind := range []conformance.ProbeKind{conformance.Negotiate, conformance.WebSocket} {
			for _, r := range s.from(i, n).pass(ctx, kind).records {
				seen = append(seen, t.serviceOf(&r))
			}
		}
		seen = slices.Compact(seen)
		g.Expect(len(seen)).To(gomega.BeNumerically("<=", 1), "expected all requests of a connection without asrs_request_id, as those of serverless apps are, at one instance, seen them at %s", strings.Join(seen, " and "))
	}
}

// socketIsResumed is what clients with stateful reconnect do: they open the same URL again (ASP.NET Core 8, "Stateful reconnect").
func socketIsResumed(ctx context.Context, g gomega.Gomega, t *Target) {
	s, err := t.session()
	t.must(err)
	s.Query += "&useStatefulReconnect=true"
	direct, err := s.direct()
	t.must(err)
	n, err := direct.Negotiate(ctx)
	t.must(err)
	s.id = n.ID()
	for range 2 {
		ws, err := s.ConnectWebSocket(ctx, s.id)
		if err != nil {
			x := exchangeOf(err)
			t.excuse(s, "WebSocket handshake", x)
			if failed(x) {
				t.leave("the way to the service fails (%s), which is told elsewhere", t.seen(x, err))
			}
			g.Expect(err).NotTo(gomega.HaveOccurred(), "expected a WebSocket to be opened again by the same URL, seen %s", t.seen(x, err))
		}
		ws.Cut()
	}
	t.atOnePlace(g, s, "a WebSocket that is opened again")
}

func fallbackStaysThere(ctx context.Context, g gomega.Gomega, t *Target) {
	s, err := t.session()
	t.must(err)
	for n := range 2 {
		x, err := s.from(n, n).Do(ctx, "negotiate", s.from(n, n).NegotiateRequest())
		t.excuse(s, "negotiate", x)
		if n == 0 && x.Status() != http.StatusOK || failed(x) {
			return // told elsewhere
		}
		g.Expect(x.Status()).To(gomega.Equal(http.StatusOK), "expected a client to negotiate again by the same URL, for another transport, seen %s", t.seen(x, err))
	}
	t.atOnePlace(g, s, "a client that negotiates again")
}

// atOnePlace demands that all requests of a session came to one instance.
func (t *Target) atOnePlace(g gomega.Gomega, s *session, who string) {
	var seen []string
	for _, r := range t.cluster.Records(byRequestID(s.requestID)) {
		if len(r.Values(directHeader)) == 0 {
			seen = append(seen, t.serviceOf(&r))
		}
	}
	slices.Sort(seen)
	seen = slices.Compact(seen)
	g.Expect(len(seen)).To(gomega.BeNumerically("<=", 1), "expected %s at one instance, seen it at %s", who, strings.Join(seen, " and "))
}

// cookiesComeBack goes by what browsers want of a cookie that is sent from the page of another site (RFC 6265bis, "SameSite").
func cookiesComeBack(ctx context.Context, g gomega.Gomega, t *Target) {
	s, err := t.session()
	t.must(err)
	x, err := s.Do(ctx, "negotiate", s.NegotiateRequest())
	if err != nil || x.Response == nil {
		return
	}
	for _, cookie := range (&http.Response{Header: x.Response.Header}).Cookies() {
		g.Expect(cookie.Secure && cookie.SameSite == http.SameSiteNoneMode).To(gomega.BeTrue(),
			"expected the cookie %q of the proxy to be Secure and SameSite=None, without which browsers do not send it from other sites, seen neither or one", cookie.Name)
	}
}
