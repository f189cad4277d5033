package fakesignalr

import (
	"bufio"
	"net"
	"net/http"
	"strconv"
	"time"
)

// answer is a ResponseWriter that records the status before it is sent, so that whoever has the answer finds the record
// complete.
type answer struct {
	http.ResponseWriter
	log     *requestLog
	record  *Record
	started bool
}

func (a *answer) WriteHeader(status int) {
	if !a.started && (status >= 200 || status == http.StatusSwitchingProtocols) {
		a.started = true
		a.log.update(a.record, func(r *Record) { r.Status, r.Answered = status, time.Now() })
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(p []byte) (int, error) {
	if !a.started {
		a.WriteHeader(http.StatusOK)
	}
	return a.ResponseWriter.Write(p) //nolint:gosec // JSON, plain text and events; nothing of the request goes into HTML
}

// Unwrap lets http.ResponseController and the WebSocket library reach the real writer.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// socketBuffer is what a WebSocket's connection is read and written through. net/http's own buffers are eight times as large, which thousands
// of idle connections would keep.
const socketBuffer = 512

// Hijack hands out the connection with smaller buffers.
func (a *answer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(a.ResponseWriter).Hijack()
	if err != nil || rw.Reader.Buffered() > 0 {
		return conn, rw, err
	}
	return conn, bufio.NewReadWriter(bufio.NewReaderSize(conn, socketBuffer), bufio.NewWriterSize(conn, socketBuffer)), nil
}

// reply sends a whole answer with Content-Length.
func (a *answer) reply(status int, contentType string, body []byte) {
	h := a.Header()
	if contentType == "" {
		h["Content-Type"] = nil // or net/http would guess one
	} else {
		h.Set("Content-Type", contentType)
	}
	if status != http.StatusNoContent {
		h.Set("Content-Length", strconv.Itoa(len(body)))
	}
	a.WriteHeader(status)
	_, _ = a.Write(body) // a client that left is noticed where it matters
}

func (v *visit) refuse(f *fault) {
	h := v.w.Header()
	h.Set(ReasonHeader, string(f.reason))
	if f.challenge != "" {
		h.Set("WWW-Authenticate", f.challenge)
		f.body = v.knobs.ChallengeBody
		if f.body != "" {
			f.contentType = "text/plain"
		}
	}
	v.update(func(r *Record) { r.Reason = f.reason })
	v.w.reply(f.status, f.contentType, []byte(f.body))
}
