package live

import (
	"context"
	"fmt"
	"strings"

	"github.com/onsi/gomega"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
)

var appParameters = []*Case{
	{
		ID: "LIVE-PATH-02", Requirement: "path", Title: "Parameters of an app's own arrive", Needs: []string{casePath},
		Level: Token, View: Closer, Run: ownParametersArrive,
	},
	{
		ID: "LIVE-PATH-03", Requirement: "path", Title: "An access token in a query arrives as it was sent", Needs: []string{casePath},
		Level: Token, View: Closer, Run: queryTokenIsUnchanged,
	},
	{
		ID: "LIVE-PATH-04", Requirement: "path", Title: "Negotiate is served with a slash at its end too",
		Level: Open, Advises: true, Run: slashIsServed,
	},
}

// ownParameters is what an app may have its clients add to the query: names like those of the service, nothing behind a name, what is
// encoded and what need not be, and many.
func ownParameters() string {
	all := []string{"hub2=x", "empty=", "flag", "name=%C3%A9", "title=My+Chat", "tenant=a%2Fb%3D"}
	for i := range 40 {
		all = append(all, fmt.Sprintf("p%d=%d", i, i))
	}
	return strings.Join(all, "&")
}

func ownParametersArrive(ctx context.Context, g gomega.Gomega, t *Target) {
	s, err := t.session()
	t.must(err)
	s.Query += "&" + ownParameters()
	p := s.pass(ctx, conformance.Negotiate)
	t.leaveWhereUnknown(p.exchange)
	if !p.arrived() {
		if t.passageOf(ctx, conformance.Negotiate).arrived() {
			t.remark("negotiate with %d parameters of an app's own is turned away (%s)", strings.Count(ownParameters(), "&")+1, t.seen(p.exchange, p.err))
		}
		return
	}
	want, got := fakesignalr.RedactTarget(t.wanted(p.sent)), p.records[0].Target
	g.Expect(got).To(gomega.Equal(want), "expected negotiate with parameters of an app's own to arrive as %s", difference(got, want))
}

// queryTokenIsUnchanged asks with a token in which characters stand that a query must not hold as they are: + / = are those of base64. One in a
// header is another matter.
func queryTokenIsUnchanged(ctx context.Context, g gomega.Gomega, t *Target) {
	for _, kind := range []conformance.ProbeKind{conformance.WebSocket, conformance.Events} {
		s, err := t.negotiated(ctx)
		t.must(err)
		s.Token = t.tokens.short + "+/="
		p := s.pass(ctx, kind)
		t.leaveWhereUnknown(p.exchange)
		for _, r := range p.records {
			g.Expect(r.TokenIn != fakesignalr.TokenInQuery || r.Token == fakesignalr.Fingerprint(s.Token)).To(gomega.BeTrue(),
				"expected the access token of the %s to arrive as it was sent, seen another one: %%2B, %%2F and %%3D in it were decoded or cut off", kind)
		}
	}
}

// slashIsServed asks in the spelling of Microsoft's pages (learn.microsoft.com, "Client negotiation in Azure SignalR Service"), to which the
// service answers as well; clients leave the slash out.
func slashIsServed(ctx context.Context, g gomega.Gomega, t *Target) {
	s, err := t.session()
	t.must(err)
	s.Token = ""
	plain, err := s.Do(ctx, "negotiate", s.NegotiateRequest())
	if err != nil || plain.Status() != 401 {
		return // which is told elsewhere
	}
	request := s.NegotiateRequest()
	request.Target = strings.Replace(request.Target, "/negotiate?", "/negotiate/?", 1)
	x, err := s.Do(ctx, "negotiate with a slash", request)
	t.leaveWhereUnknown(x)
	g.Expect(x.Status()).To(gomega.Equal(401), "expected POST %snegotiate/ without a token to be answered by the service with 401, as without the slash, seen %s", s.Path(), t.seen(x, err))
}
