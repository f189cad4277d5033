package live

import (
	"context"
	"errors"
	"time"

	"github.com/onsi/gomega"
)

// fromOutside judges what needs a look at the service's side by what the real one answers.
var fromOutside = []*Case{
	{
		ID: "LIVE-SSE-07", Requirement: "server-sent-events", Title: "An event arrives while its stream is open", Needs: []string{caseEvents},
		Level: Token, View: Outside, Labels: []string{Timing}, Run: eventArrives,
	},
	{
		ID: "LIVE-LP-09", Requirement: "long-polling", Title: "A poll without news waits", Needs: []string{casePoll},
		Level: Token, View: Outside, Labels: []string{Timing}, Run: pollWaits,
	},
}

// eventArrives uses that the answer to the first message is an event of two bytes: a proxy that holds small events back holds that one, too.
func eventArrives(ctx context.Context, g gomega.Gomega, t *Target) {
	stream := openEvents(ctx, g, t)
	defer stream.Close(ctx) //nolint:errcheck // how a connection ends is not asked here
	soon, cancel := context.WithTimeout(ctx, passLimit*time.Duration(max(1, t.slower)))
	defer cancel()
	if _, served := stream.speak(soon, g); !served {
		t.leave("no app server is connected to the service, which closes the stream behind its first event: whether events are held back cannot be told")
	}
}

// quietPoll is how long a poll without news is watched; the service holds it for 90 seconds, and sends a ping every 15.
const quietPoll = time.Second

// pollWaits is about caches: an answer without news that comes at once is that of an earlier poll.
func pollWaits(ctx context.Context, g gomega.Gomega, t *Target) {
	s := firstPoll(ctx, g, t, true) // the service waits 15 seconds for the handshake, which is left out: its answer would be news
	for range 2 {                   // a ping may come
		quiet, cancel := context.WithTimeout(ctx, quietPoll)
		x, err := s.Poll(quiet, s.id)
		cancel()
		if errors.Is(err, context.DeadlineExceeded) {
			return
		}
		t.excuse(s, "poll", x)
		g.Expect(x.Status() == 200 && len(x.Response.Body) == 0).To(gomega.BeFalse(), "expected a poll without news to wait, seen it answered at once with nothing: with what an earlier one got")
		if x.Status() != 200 {
			t.leave("polls fail (%s), which is told elsewhere", t.seen(x, err))
		}
	}
	t.leave("the service has news with every poll, so that whether polls wait cannot be told")
}
