package live

import (
	"context"
	"time"

	"github.com/onsi/gomega"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

var pollingForms = []*Case{
	{
		ID: "LIVE-LP-07", Requirement: "long-polling", Title: "A binary message arrives by POST", Needs: []string{"LIVE-LP-04"},
		Level: Token, View: Closer, Run: binaryMessageArrives,
	},
	{
		ID: "LIVE-LP-08", Requirement: "long-polling", Title: "A connection outlives polls without messages", Needs: []string{casePollAgain},
		Level: Token, View: Closer, Labels: []string{Timing}, Run: emptyPollsFollow,
	},
}

// packedPing is what a client of the MessagePack protocol sends to stay alive (HubProtocol.md).
var packedPing = []byte{0x02, 0x91, 0x06}

func binaryMessageArrives(ctx context.Context, g gomega.Gomega, t *Target) {
	s, err := t.negotiated(ctx)
	t.must(err)
	s.Shape = func(r *signalrclient.Request) { r.Set("Content-Type", "application/octet-stream") }
	ctx, cancel := context.WithTimeout(ctx, passLimit)
	defer cancel()
	x, err := s.Do(ctx, string(conformance.Send), s.SendRequest(s.id, packedPing))
	t.leaveWhereUnknown(x)
	records := s.records()
	g.Expect(records).NotTo(gomega.BeEmpty(), "expected a message of type application/octet-stream to arrive, seen %s", t.seen(x, err))
	g.Expect(records[0].BodyHash).To(gomega.Equal(fakesignalr.Fingerprint(string(packedPing))), "expected a binary message of %d bytes to arrive whole, seen %d bytes", len(packedPing), records[0].BodyBytes)
}

// The service drops a connection that does not poll within 5 seconds (azure-signalr ServiceOptions.cs, MaxPollIntervalInSeconds).
const (
	maxPollGap   = 5 * time.Second
	shortPoll    = 20 * time.Millisecond
	pollsInARow  = 4
	pollsMatched = pollsInARow + 1 // with the first one, which is answered at once
)

// emptyPollsFollow goes by the shortest of several gaps, so that a busy machine does not count.
func emptyPollsFollow(ctx context.Context, g gomega.Gomega, t *Target) {
	defer t.turn(func(k *fakesignalr.Knobs) { k.PollTimeout = shortPoll })()
	s := firstPoll(ctx, g, t, false)
	for range pollsInARow {
		x, err := s.Poll(ctx, s.id)
		t.excuse(s, "poll", x)
		if failed(x) {
			t.leave("the way to the service fails (%s), which is told elsewhere", t.seen(x, err))
		}
		g.Expect(x.Status()).To(gomega.Equal(200), "expected one poll without messages to follow another, seen %s", t.seen(x, err))
	}
	records := s.records()
	if len(records) != pollsMatched {
		t.leave("of %d polls %d arrive, which is told elsewhere", pollsMatched, len(records))
	}
	gap := time.Hour
	for i := 1; i < len(records); i++ {
		gap = min(gap, records[i].Time.Sub(records[i-1].Answered))
	}
	limit := t.patience(maxPollGap)
	g.Expect(gap).To(gomega.BeNumerically("<", limit), "expected the next poll at the service less than %s behind the last, seen %s", t.asModel(limit), t.asModel(gap))
}
