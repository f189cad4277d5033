package live

import (
	"context"
	"errors"
	"time"

	"github.com/onsi/gomega"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

var serverSentEvents = []*Case{
	{
		ID: caseEvents, Requirement: "server-sent-events", Title: "The event stream opens at once",
		Level: Token, Labels: []string{Timing}, Run: func(ctx context.Context, g gomega.Gomega, t *Target) { openEvents(ctx, g, t) },
	},
	{
		ID: "LIVE-SSE-02", Requirement: "server-sent-events", Title: "Events that are sent apart arrive apart", Needs: []string{caseEvents},
		Level: Token, View: Closer, Labels: []string{Timing}, Run: eventsArriveApart,
	},
	{
		ID: "LIVE-SSE-03", Requirement: "server-sent-events", Title: "A quiet event stream stays open", Needs: []string{caseEvents},
		Level: Token, Labels: []string{Slow, Timing}, Run: quietStreamLives,
	},
	{
		ID: "LIVE-SSE-04", Requirement: "server-sent-events", Title: "A message of an event stream's client arrives by POST", Needs: []string{caseNegotiate},
		Level: Token, Run: messageArrives,
	},
	longToken("LIVE-SSE-05", "server-sent-events", caseEvents, conformance.Events),
}

// atOnce is how soon the first bytes of a stream must be there, which the service sends before anything happened.
const atOnce = 1500 * time.Millisecond

// openEvents opens an event stream and waits for its first bytes.
func openEvents(ctx context.Context, g gomega.Gomega, t *Target) *streamed {
	s, err := t.negotiated(ctx)
	t.must(err)
	limit := atOnce * time.Duration(max(1, t.slower))
	soon, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	stream, err := s.ConnectEvents(soon, s.id)
	if err != nil {
		x := exchangeOf(err)
		t.excuse(s, "event stream", x)
		g.Expect(err).NotTo(gomega.HaveOccurred(), "expected the event stream to open at once, seen %s", t.seen(x, err)+heldBack(s, err))
	}
	_, err = stream.AwaitOpen(soon)
	g.Expect(err).NotTo(gomega.HaveOccurred(), "expected the first bytes of the event stream within %s, seen none", limit)
	for _, r := range s.records() {
		g.Expect(r.Method).To(gomega.Equal("GET"), "expected the event stream to be asked for by GET, seen %s", r.Method)
	}
	return &streamed{stream, s}
}

// heldBack says so when the service has opened the stream, but nothing of it came.
func heldBack(s *session, err error) string {
	if !errors.Is(err, context.DeadlineExceeded) {
		return ""
	}
	for _, r := range s.records() {
		if r.Status == 200 {
			return ": the service opened it, but the proxy holds it back"
		}
	}
	return ""
}

// streamed is an event stream whose messages to the service go past the proxy where that is possible, so that it does not depend on
// whether the proxy lets them through.
type streamed struct {
	*signalrclient.EventStream
	session *session
}

// Send posts messages.
func (s *streamed) Send(ctx context.Context, data []byte) error {
	if !s.session.t.sees() {
		return s.EventStream.Send(ctx, data)
	}
	direct, err := s.session.direct()
	if err == nil {
		_, err = direct.Send(ctx, s.session.id, data)
	}
	return err
}

// speak shakes hands over an open stream.
func (s *streamed) speak(ctx context.Context, g gomega.Gomega) (h *signalrclient.Hub, served bool) {
	h = signalrclient.NewHub(s)
	err := h.Handshake(ctx)
	if errors.As(err, new(*signalrclient.HandshakeError)) {
		return h, false
	}
	g.Expect(err).NotTo(gomega.HaveOccurred(), "expected the service's first message on the event stream, seen %v", err)
	return h, true
}

// The events of the case; their times are not scaled, for a proxy holds bytes back by size, not by time.
const (
	eventCount   = 4
	eventSpacing = 200 * time.Millisecond
)

func eventsArriveApart(ctx context.Context, g gomega.Gomega, t *Target) {
	stream := openEvents(ctx, g, t)
	defer stream.Close(ctx) //nolint:errcheck // how a connection ends is not asked here
	h, _ := stream.speak(ctx, g)
	events, err := h.Events(ctx, eventCount, eventSpacing)
	g.Expect(err).NotTo(gomega.HaveOccurred(), "expected %d events, %v apart, seen %d and %v", eventCount, eventSpacing, len(events), err)
	spread := events[len(events)-1].Arrived.Sub(events[0].Arrived)
	g.Expect(spread).To(gomega.BeNumerically(">", (eventCount-2)*eventSpacing),
		"expected %d events to arrive %v apart, seen them arrive together", eventCount, eventSpacing)
}

func quietStreamLives(ctx context.Context, g gomega.Gomega, t *Target) {
	stream := openEvents(ctx, g, t)
	defer stream.Close(ctx) //nolint:errcheck // how a connection ends is not asked here
	h, served := stream.speak(ctx, g)
	if !served {
		t.leave("no app server is connected to the service, so that it sends no pings")
	}
	for range t.watchedPings() {
		_, err := h.AwaitPing(ctx)
		g.Expect(err).NotTo(gomega.HaveOccurred(), "expected a quiet event stream to live on until the service's next ping after %s, seen %v", t.asModel(t.pings()), err)
	}
}
