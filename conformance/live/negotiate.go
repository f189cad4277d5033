package live

import (
	"context"
	"slices"
	"time"

	"github.com/onsi/gomega"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

// Ids of cases that others need.
const (
	caseNegotiate = "LIVE-NEG-01"
	caseWebSocket = "LIVE-WS-01"
	caseEvents    = "LIVE-SSE-01"
	casePoll      = "LIVE-LP-01"
)

var negotiate = []*Case{
	{
		ID: caseNegotiate, Requirement: "negotiate", Title: "POST negotiate is answered by the service",
		Level: Token, Run: negotiateIsAnswered,
	},
	{
		ID: "LIVE-NEG-02", Requirement: "negotiate", Title: "A browser's preflight is let through",
		Level: Open, Run: preflightIsLetThrough,
	},
	{
		ID: "LIVE-NEG-03", Requirement: "negotiate", Title: "A slow answer to negotiate is waited for", Needs: []string{caseNegotiate},
		Level: Token, View: InTwin, Labels: []string{Timing}, Run: slowAnswerIsWaitedFor,
	},
	{
		ID: "LIVE-NEG-04", Requirement: "negotiate", Title: "POST negotiate without a token is refused by the service, not by a page",
		Level: Open, View: Outside, Run: serviceAsksForToken,
	},
	longToken("LIVE-NEG-05", "negotiate", caseNegotiate, conformance.Negotiate),
}

func negotiateIsAnswered(ctx context.Context, g gomega.Gomega, t *Target) {
	s, err := t.session()
	t.must(err)
	x, err := s.Do(ctx, "negotiate", s.NegotiateRequest())
	for _, r := range s.records() {
		t.excuse(s, "negotiate", x)
		g.Expect(r.Method).To(gomega.Equal("POST"), "expected negotiate to arrive as POST, seen %s", r.Method)
		g.Expect(r.Token).To(gomega.Equal(fakesignalr.Fingerprint(t.tokens.short)), "expected the access token of negotiate to arrive in Authorization, seen %s", tokenSeen(&r))
	}
	t.answered(g, s, "negotiate", x, err, 200)
	n, err := s.Negotiate(ctx)
	g.Expect(err).NotTo(gomega.HaveOccurred(), "expected a connection id from negotiate, seen %v", err)
	for _, r := range s.records() {
		g.Expect(r.Connection == "" || slices.ContainsFunc(s.records(), func(r fakesignalr.Record) bool { return r.Connection == n.ID() })).To(gomega.BeTrue(),
			"expected the answer to negotiate to come back as the service gave it, seen the id of a connection that it never gave")
	}
	g.Expect(n.Transports).NotTo(gomega.BeEmpty(), "expected negotiate to offer transports, seen none")
	t.shared.offer(n.Transports)
}

// offer remembers the transports that clients are offered: what they are not offered they do not try.
func (s *shared) offer(transports []signalrclient.Transport) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.offered = map[string]bool{}
	for _, t := range transports {
		s.offered[t.Name] = true
	}
}

func tokenSeen(r *fakesignalr.Record) string {
	if r.TokenIn == fakesignalr.TokenNowhere {
		return "none"
	}
	return "another token (" + string(r.TokenIn) + ")"
}

// preflightIsLetThrough accepts an answer of the proxy's own; whether it admits browsers is another requirement.
func preflightIsLetThrough(ctx context.Context, g gomega.Gomega, t *Target) {
	s, err := t.session()
	t.must(err)
	x, err := s.Preflight(ctx, "POST", s.NegotiateTarget())
	t.excuse(s, string(conformance.Preflight), x)
	g.Expect(x.Status()).To(gomega.And(gomega.BeNumerically(">=", 200), gomega.BeNumerically("<", 300)),
		"expected the preflight of negotiate to be answered with 204, seen %s", t.seen(x, err))
	for _, r := range s.records() {
		g.Expect(r.Method).To(gomega.Equal("OPTIONS"), "expected the preflight to arrive as OPTIONS, seen %s", r.Method)
	}
}

// slowNegotiate is close to the five seconds that a proxy must wait.
const slowNegotiate = 4500 * time.Millisecond

func slowAnswerIsWaitedFor(ctx context.Context, g gomega.Gomega, t *Target) {
	t.lag.Store(int64(float64(slowNegotiate) / t.speed))
	defer t.lag.Store(0)
	s, err := t.session()
	t.must(err)
	x, err := s.Do(ctx, "negotiate", s.NegotiateRequest())
	t.answered(g, s, "negotiate", x, err, 200)
}

// serviceAsksForToken works without a token: the service answers 401, and says how it wants one (RFC 9110 section 11.6.1).
func serviceAsksForToken(ctx context.Context, g gomega.Gomega, t *Target) {
	s, err := t.session()
	t.must(err)
	s.Token = ""
	x, err := s.Do(ctx, "negotiate", s.NegotiateRequest())
	t.leaveWrongScheme(x)
	g.Expect(x.Status()).To(gomega.Equal(401), "expected POST negotiate without a token to be answered by the service with 401, seen %s", t.seen(x, err))
	g.Expect(x.Response.Header.Get("WWW-Authenticate")).To(gomega.ContainSubstring("Bearer"), "expected the service's WWW-Authenticate header, seen none")
}
