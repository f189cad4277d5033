package live

import (
	"context"
	"errors"
	"strings"

	"github.com/onsi/gomega"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

var websocket = []*Case{
	{
		ID: caseWebSocket, Requirement: "websocket", Title: "A browser's WebSocket connects and carries messages both ways",
		Level: Token, Run: func(ctx context.Context, g gomega.Gomega, t *Target) { converse(ctx, g, t, signalrclient.Browser) },
	},
	{
		ID: "LIVE-WS-02", Requirement: "websocket", Title: "A WebSocket with the token in Authorization connects too",
		Level: Token, Run: func(ctx context.Context, g gomega.Gomega, t *Target) { converse(ctx, g, t, signalrclient.Node) },
	},
	{
		ID: "LIVE-WS-03", Requirement: "websocket", Title: "A quiet WebSocket stays open", Needs: []string{caseWebSocket},
		Level: Token, Labels: []string{Slow, Timing}, Run: quietSocketLives,
	},
	longToken("LIVE-WS-04", "websocket", caseWebSocket, conformance.WebSocket),
}

// openWebSocket connects and shakes hands; a service without an app server refuses, which proves that the way to it is whole.
func openWebSocket(ctx context.Context, g gomega.Gomega, t *Target, style signalrclient.Style) (h *signalrclient.Hub, served bool) {
	s, err := t.negotiated(ctx)
	t.must(err)
	s.Style = style
	ws, err := s.ConnectWebSocket(ctx, s.id)
	if err != nil {
		x := exchangeOf(err)
		t.excuse(s, "WebSocket handshake", x)
		g.Expect(err).NotTo(gomega.HaveOccurred(), "expected the WebSocket handshake to be answered with 101, seen %s", t.seen(x, err)+lostUpgrade(s))
	}
	h = signalrclient.NewHub(ws)
	err = h.Handshake(ctx)
	if errors.As(err, new(*signalrclient.HandshakeError)) {
		return h, false
	}
	g.Expect(err).NotTo(gomega.HaveOccurred(), "expected the service to answer the first message on the WebSocket, seen %v", err)
	return h, true
}

func lostUpgrade(s *session) string {
	for _, r := range s.records() {
		if r.HasNote(fakesignalr.NoteUpgradeLost) {
			return ": it arrived as a plain " + r.Method + " over " + r.Proto + ", without the upgrade"
		}
	}
	return ""
}

func converse(ctx context.Context, g gomega.Gomega, t *Target, style signalrclient.Style) {
	h, served := openWebSocket(ctx, g, t, style)
	if !served {
		t.remark("the service answers that no app server is connected to it: the way there and back is whole, more was not to be seen")
	}
	if !served || !t.sees() {
		return
	}
	err := h.Echo(ctx, strings.Repeat("hello ", 2000))
	g.Expect(err).NotTo(gomega.HaveOccurred(), "expected a message of 12000 bytes to come back whole, seen %v", err)
	_ = h.Close(ctx) // how a connection ends is not asked here
}

func quietSocketLives(ctx context.Context, g gomega.Gomega, t *Target) {
	h, served := openWebSocket(ctx, g, t, signalrclient.Browser)
	if !served {
		t.leave("no app server is connected to the service, so that it sends no pings")
	}
	defer h.Close(ctx) //nolint:errcheck // how a connection ends is not asked here
	for range t.watchedPings() {
		_, err := h.AwaitPing(ctx)
		g.Expect(err).NotTo(gomega.HaveOccurred(), "expected a quiet WebSocket to live on until the service's next ping after %s, seen %v", t.asModel(t.pings()), err)
	}
}
