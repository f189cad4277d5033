package fakesignalr

import (
	"context"
	"errors"
	"net/http"
)

// poll is a request for messages (ASP.NET LongPollingServerTransport.cs; HttpConnectionDispatcher.cs, AddNoCacheHeaders). The
// first one returns at once, the others are held.
func (v *visit) poll() {
	h := v.w.Header()
	h.Set("Cache-Control", "no-cache, no-store")
	h.Set("Pragma", "no-cache")
	h.Set("Expires", "Thu, 01 Jan 1970 00:00:00 GMT")
	c, f := v.lookup()
	if f != nil {
		v.refuse(f)
		return
	}
	now, _, f := c.attach(longPolling)
	if f != nil {
		v.refuse(f)
		return
	}
	defer c.release(now, c.pollGap)
	if c.firstPoll() {
		v.note(NoteFirstPoll)
		v.w.reply(http.StatusOK, "text/plain", nil)
		return
	}
	v.hold(c, now)
}

func (c *connection) firstPoll() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	first := !c.polled
	c.polled = true
	return first
}

// hold waits for messages, the time-out, the end of the connection, a newer poll, or the client to leave.
func (v *visit) hold(c *connection, now *carrier) {
	gone, cancel := now.during(v.r.Context())
	defer cancel()
	ctx, cancel := context.WithTimeout(gone, v.knobs.PollTimeout)
	defer cancel()
	messages, open, err := c.out.next(ctx)
	switch {
	case len(messages) > 0:
		v.w.reply(http.StatusOK, "application/octet-stream", joined(messages))
	case !open:
		c.die()
		v.w.reply(http.StatusNoContent, "", nil)
	case superseded(now):
		v.refuse(&fault{status: http.StatusNoContent, reason: ReasonPollSuperseded})
	case v.r.Context().Err() != nil: // nobody is there to be answered
	case err != nil && gone.Err() != nil:
		v.w.reply(http.StatusNoContent, "", nil)
	default:
		v.w.reply(http.StatusOK, "text/plain", nil)
	}
}

func superseded(now *carrier) bool { return errors.Is(context.Cause(now.ctx), errSuperseded) }

func joined(messages []frame) []byte {
	var all []byte
	for _, message := range messages {
		all = append(all, message.data...)
	}
	return all
}
