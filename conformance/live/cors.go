package live

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/onsi/gomega"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/refproxy"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

var cors = []*Case{
	{
		ID: "LIVE-CORS-01", Requirement: "cors", Title: "The answer to a preflight lets browsers negotiate",
		Level: Open, Run: preflightAllows,
	},
	{
		ID: "LIVE-CORS-02", Requirement: "cors", Title: "The answer to a preflight lets browsers end a connection",
		Level: Open, Run: preflightAllowsDelete,
	},
	{
		ID: "LIVE-CORS-04", Requirement: "cors", Title: "The preflights of a message and of a poll get through where that of negotiate does",
		Level: Open, Run: laterPreflightsGetThrough,
	},
	{
		ID: "LIVE-CORS-03", Requirement: "cors", Title: "Browsers are given the answers of the service",
		Level: Token, Run: answersAreLetIn,
	},
}

func preflightAllows(ctx context.Context, g gomega.Gomega, t *Target) {
	s, err := t.session()
	t.must(err)
	s.Origin = cmp.Or(t.model.origin, s.Origin)
	h := t.permission(ctx, g, s, conformance.Negotiate, "POST", s.NegotiateTarget())
	allowed := strings.Join(h.Values("Access-Control-Allow-Headers"), ",")
	for wanted := range strings.SplitSeq(conformance.PreflightHeaders, ",") {
		g.Expect(lists(allowed, wanted)).To(gomega.BeTrue(), "expected the answer to the preflight to allow the header %s, seen %q", wanted, allowed)
	}
	t.leaveOrigin()
}

func preflightAllowsDelete(ctx context.Context, g gomega.Gomega, t *Target) {
	s, err := t.session()
	t.must(err)
	s.Origin = cmp.Or(t.model.origin, s.Origin)
	h := t.permission(ctx, g, s, conformance.Delete, "DELETE", s.ConnectTarget("none"))
	allowed := strings.Join(h.Values("Access-Control-Allow-Methods"), ",")
	g.Expect(lists(allowed, "DELETE")).To(gomega.BeTrue(), "expected the answer to the preflight to allow DELETE, seen %q", allowed)
	t.leaveOrigin()
}

// laterPreflightsGetThrough is about requests behind negotiate: a browser asks before each POST, and before each poll, whose URL is another one
// every time.
func laterPreflightsGetThrough(ctx context.Context, g gomega.Gomega, t *Target) {
	s, err := t.session()
	t.must(err)
	t.permission(ctx, g, s, conformance.Negotiate, "POST", s.NegotiateTarget())
	for _, later := range []struct {
		kind           conformance.ProbeKind
		what           string
		method, target string
	}{
		{conformance.Send, "a message", "POST", s.ConnectTarget("none")},
		{conformance.Poll, "a poll", "GET", s.PollRequest("none", time.Now().UnixMilli()).Target},
	} {
		if t.sees() && !t.passageOf(ctx, later.kind).arrived() {
			t.leave("the %s does not get through, which is told elsewhere", later.kind)
		}
		x, err := s.Preflight(ctx, later.method, later.target)
		t.excuse(s, string(conformance.Preflight), x)
		g.Expect(x.Status()).To(gomega.And(gomega.BeNumerically(">=", 200), gomega.BeNumerically("<", 300)),
			"expected the preflight of %s to be answered, as that of negotiate is, seen %s", later.what, t.seen(x, err))
	}
}

// permission is the answer to a preflight of a request, if it lets the origin in. That either is turned away is told elsewhere.
func (t *Target) permission(ctx context.Context, g gomega.Gomega, s *session, kind conformance.ProbeKind, method, target string) http.Header {
	if t.sees() && !t.passageOf(ctx, kind).arrived() {
		t.leave("the %s does not get through, which is told elsewhere", kind)
	}
	x, err := s.Preflight(ctx, method, target)
	t.excuse(s, string(conformance.Preflight), x)
	if x.Status() < 200 || x.Status() > 299 {
		t.leave("the preflight does not get through (%s), which is told under negotiate", t.seen(x, err))
	}
	t.originIsAllowed(g, "preflight", x)
	return x.Response.Header
}

// passageOf is what became of a request of the sweep.
func (t *Target) passageOf(ctx context.Context, kind conformance.ProbeKind) *passage {
	all := t.sweep(ctx).passages
	i := slices.IndexFunc(all, func(p passage) bool { return p.kind == kind })
	return &all[i]
}

// scripted are the requests of a browser whose answers are kept from it without permission; WebSocket needs none.
var scripted = []conformance.ProbeKind{conformance.Negotiate, conformance.Events, conformance.Poll, conformance.Send, conformance.Delete}

func answersAreLetIn(ctx context.Context, g gomega.Gomega, t *Target) {
	seen := false
	for _, p := range t.scriptedAnswers(ctx) {
		if slices.Contains(scripted, p.kind) && p.answered() {
			t.originIsAllowed(g, string(p.kind), p.exchange)
			seen = true
		}
	}
	if !seen {
		t.leaveUnknown(ctx)
		t.leave("no answer of the service comes back")
	}
}

// scriptedAnswers are passages of requests of a browser. Where the service is the real one, not all of them: it wants them in order.
func (t *Target) scriptedAnswers(ctx context.Context) []passage {
	if t.sees() {
		return t.arrived(ctx)
	}
	return t.withToken(ctx, t.tokens.short, []conformance.ProbeKind{conformance.Negotiate, conformance.Events, conformance.Poll})
}

// answered reports whether the service's own answer came back, to a request with which nothing else was wrong.
func (p *passage) answered() bool {
	x := p.exchange
	if p.served {
		return true
	}
	return x != nil && x.Response != nil && len(p.records) > 0 && unknown(x) == "" && x.Response.Header.Get(refproxy.CauseHeader) == "" && told[p.records[0].Reason] == ""
}

// originIsAllowed demands what browsers do of an answer to a request with credentials (Fetch standard, "CORS check").
func (t *Target) originIsAllowed(g gomega.Gomega, what string, x *signalrclient.Exchange) {
	h := x.Response.Header
	for _, why := range h.Values(refproxy.UncertainHeader) {
		if strings.HasPrefix(why, "Access-Control-") {
			t.leave("%s", why)
		}
	}
	origins := h.Values("Access-Control-Allow-Origin")
	if len(origins) == 0 && t.origin == "" && (t.proxy == nil || t.model.tellsOrigins) {
		t.leave("the answer to the %s lets the origin %s not in; whether it is one that your app has is not known%s", what, originOf(x), hintOrigin[t.proxy == nil])
	}
	g.Expect(origins).To(gomega.HaveLen(1), "expected one Access-Control-Allow-Origin in the answer to the %s, seen %q", what, origins)
	g.Expect(origins[0]).NotTo(gomega.Equal("*"), "expected the origin in Access-Control-Allow-Origin of the answer to the %s, as browsers want it for requests with credentials, seen \"*\"", what)
	if origins[0] != originOf(x) {
		t.leave("the answer to the %s lets in the origin %s, but not %s, which asked; whether it is that of your app is not known", what, origins[0], originOf(x))
	}
	credentials := h.Values("Access-Control-Allow-Credentials")
	g.Expect(credentials).To(gomega.Equal([]string{"true"}), "expected Access-Control-Allow-Credentials \"true\" once in the answer to the %s, seen %q", what, credentials)
}

// hintOrigin is what to do about that where it can be done.
var hintOrigin = map[bool]string{true: ": --origin https://app.example.com names that of your app"}

// leaveOrigin is for what is right for an origin that the gateway names.
func (t *Target) leaveOrigin() {
	if t.model.origin != "" {
		t.leave("the gateway names the origins that it lets in, such as %s; whether that of your app is among them is not known", t.model.origin)
	}
}

func originOf(x *signalrclient.Exchange) string {
	for _, f := range x.Request.Header {
		if f.Name == "Origin" {
			return f.Value
		}
	}
	return "of the request"
}

// lists reports whether a comma-separated list has a member, whatever its letters' case.
func lists(list, member string) bool {
	for part := range strings.SplitSeq(list, ",") {
		if strings.EqualFold(strings.TrimSpace(part), member) {
			return true
		}
	}
	return false
}
