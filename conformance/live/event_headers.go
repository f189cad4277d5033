package live

import (
	"context"
	"strings"

	"github.com/onsi/gomega"
)

var eventHeaders = []*Case{{
	ID: "LIVE-SSE-06", Requirement: "server-sent-events", Title: "An event stream is neither stored nor compressed on the way", Needs: []string{caseEvents},
	Level: Token, Advises: true, Run: eventsStayAsTheyAre,
}}

// eventsStayAsTheyAre is about what a proxy may do, but what makes streams stutter (ASP.NET Core ServerSentEventsServerTransport.cs sends
// Cache-Control: no-cache,no-store and Content-Encoding: identity against it).
func eventsStayAsTheyAre(ctx context.Context, g gomega.Gomega, t *Target) {
	stream := openEvents(ctx, g, t)
	defer stream.Close(ctx) //nolint:errcheck // how a connection ends is not asked here
	h := stream.Exchange.Response.Header
	stored := !strings.Contains(h.Get("Cache-Control"), "no-cache") && !strings.Contains(h.Get("Cache-Control"), "no-store")
	g.Expect(stored).To(gomega.BeFalse(), "expected Cache-Control: no-cache in the answer to the event stream, seen %q", h.Get("Cache-Control"))
	encoding := h.Get("Content-Encoding")
	g.Expect(encoding == "" || strings.EqualFold(encoding, "identity")).To(gomega.BeTrue(), "expected the event stream without compression, seen Content-Encoding %q", encoding)
}
