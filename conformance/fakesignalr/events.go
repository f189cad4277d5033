package fakesignalr

import (
	"bytes"
	"net/http"
)

// events is the event stream (ASP.NET ServerSentEventsServerTransport.cs, ServerSentEventsMessageFormatter.cs).
func (v *visit) events() {
	c, f := v.lookup()
	if f != nil {
		v.refuse(f)
		return
	}
	now, _, f := c.attach(serverEvents)
	if f != nil {
		v.refuse(f)
		return
	}
	defer c.release(now, 0)
	h := v.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-cache,no-store")
	h.Set("Pragma", "no-cache")
	h.Set("Content-Encoding", "identity") // keeps proxies from compressing, and so from buffering
	v.w.WriteHeader(http.StatusOK)
	if v.writeOut([]byte(":\r\n")) {
		v.stream(c, now)
	}
}

func (v *visit) stream(c *connection, now *carrier) {
	ctx, cancel := now.during(v.r.Context())
	defer cancel()
	for {
		messages, open, err := c.out.next(ctx)
		if err != nil {
			return
		}
		for _, message := range messages {
			if !v.writeOut(formatEvent(message.data)) {
				return
			}
		}
		if !open {
			return
		}
	}
}

// writeOut sends bytes at once.
func (v *visit) writeOut(p []byte) bool {
	if _, err := v.w.Write(p); err != nil {
		return false
	}
	return http.NewResponseController(v.w).Flush() == nil
}

// formatEvent writes one event: a data line for every line of the message, and an empty line.
func formatEvent(message []byte) []byte {
	var event []byte
	for line := range bytes.SplitSeq(message, []byte("\n")) {
		event = append(event, "data: "...)
		event = append(event, bytes.TrimSuffix(line, []byte("\r"))...)
		event = append(event, "\r\n"...)
	}
	return append(event, "\r\n"...)
}
