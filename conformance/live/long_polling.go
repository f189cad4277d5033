package live

import (
	"context"

	"github.com/onsi/gomega"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

const casePollAgain = "LIVE-LP-02"

var longPolling = []*Case{
	{
		ID: casePoll, Requirement: "long-polling", Title: "The first poll is answered at once",
		Level: Token, Run: func(ctx context.Context, g gomega.Gomega, t *Target) { firstPoll(ctx, g, t, false) },
	},
	{
		ID: casePollAgain, Requirement: "long-polling", Title: "Every poll reaches the service", Needs: []string{casePoll},
		Level: Token, View: Closer, Run: pollsAreNotCached,
	},
	{
		ID: "LIVE-LP-03", Requirement: "long-polling", Title: "A poll may be held as long as the service likes", Needs: []string{casePoll},
		Level: Token, Labels: []string{Slow, Timing}, Run: pollIsHeld,
	},
	{
		ID: "LIVE-LP-04", Requirement: "long-polling", Title: "A message of a polling client arrives by POST", Needs: []string{caseNegotiate},
		Level: Token, Run: messageArrives,
	},
	{
		ID: "LIVE-LP-05", Requirement: "long-polling", Title: "The closing DELETE arrives", Needs: []string{caseNegotiate},
		Level: Token, Run: deleteArrives,
	},
	longToken("LIVE-LP-06", "long-polling", casePoll, conformance.Poll),
}

// greeting is the first message of a client (HubProtocol.md).
const greeting = "{\"protocol\":\"json\",\"version\":1}\x1e"

// firstPoll is the first poll of a connection; without stamps it polls as clients do that count on answers not being stored.
func firstPoll(ctx context.Context, g gomega.Gomega, t *Target, unstamped bool) *session {
	s, err := t.negotiated(ctx)
	t.must(err)
	s.Unstamped = unstamped
	x, err := s.Poll(ctx, s.id)
	t.excuse(s, "poll", x)
	for _, r := range s.records() {
		g.Expect(r.Method).To(gomega.Equal("GET"), "expected the poll to arrive as GET, seen %s", r.Method)
	}
	t.answered(g, s, "first poll", x, err, 200)
	return s
}

func pollsAreNotCached(ctx context.Context, g gomega.Gomega, t *Target) {
	s := firstPoll(ctx, g, t, true)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	answered := make(chan struct{})
	var x *signalrclient.Exchange
	var err error
	go func() {
		defer close(answered)
		x, err = s.Poll(ctx, s.id)
	}()
	reached := s.await(untilClosed(ctx, answered), 2)
	cancel()
	<-answered
	t.excuse(s, "poll", x)
	g.Expect(reached).To(gomega.BeTrue(), "expected the second poll to reach the service, seen it answered without (%s)", t.seen(x, err))
}

func pollIsHeld(ctx context.Context, g gomega.Gomega, t *Target) {
	s := firstPoll(ctx, g, t, false)
	s.greet(ctx)
	x, err := s.Poll(ctx, s.id)
	t.excuse(s, "poll", x)
	held := x.Ended.Sub(x.Sent)
	g.Expect(x.Status()).To(gomega.Equal(200), "expected a poll to be held for %s and answered with 200, seen %s", t.asModel(t.polls()), t.seen(x, err))
	g.Expect(held).To(gomega.BeNumerically(">", t.polls()*9/10), "expected a poll to be held for %s, seen an answer after %s", t.asModel(t.polls()), t.asModel(held))
}

// greet shakes hands on a polling connection, past the proxy where that is possible: the service ends one that does not within 15 seconds,
// which is less than it holds a poll.
func (s *session) greet(ctx context.Context) {
	by := s.Client
	if s.t.sees() {
		direct, err := s.direct()
		s.t.must(err)
		by = direct
	}
	_, err := by.Send(ctx, s.id, []byte(greeting))
	s.t.must(err)
	x, err := by.Poll(ctx, s.id)
	s.t.must(err)
	if x.Status() != 200 || string(x.Response.Body) != "{}\x1e" {
		s.t.leave("the service does not shake hands on a polling connection, and holds no poll then")
	}
}

func messageArrives(ctx context.Context, g gomega.Gomega, t *Target) {
	s, err := t.negotiated(ctx)
	t.must(err)
	if !t.sees() {
		x, err := s.Poll(ctx, s.id) // the real service may want a transport first
		t.answered(g, s, "first poll", x, err, 200)
	}
	x, err := s.Send(ctx, s.id, []byte(greeting))
	for _, r := range s.records() {
		t.excuse(s, "send", x)
		g.Expect(r.Method).To(gomega.Equal("POST"), "expected the send to arrive as POST, seen %s", r.Method)
		g.Expect(r.BodyHash).To(gomega.Equal(fakesignalr.Fingerprint(greeting)), "expected the message of %d bytes to arrive whole, seen %d bytes", len(greeting), r.BodyBytes)
	}
	t.answered(g, s, "send", x, err, 200)
}

// deleteArrives polls past the proxy where that is possible, for only a polling connection can be ended so.
func deleteArrives(ctx context.Context, g gomega.Gomega, t *Target) {
	s, err := t.negotiated(ctx)
	t.must(err)
	by := s.Client
	if t.sees() {
		by, err = s.direct()
		t.must(err)
	}
	_, err = by.Poll(ctx, s.id)
	t.must(err)
	x, err := s.Delete(ctx, s.id)
	t.answered(g, s, "DELETE", x, err, 202)
}
