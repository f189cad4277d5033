package refproxy

import (
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// maxHeld is what a gateway that buffers answers holds before it lets go.
const maxHeld = 8 << 20

// relay passes the answer on: at once, or whole where the gateway holds it.
func (x *exchange) relay() {
	h := x.w.Header()
	copyHeader(h, x.response.Header)
	apply(x.edits, h)
	x.remark(h)
	if len(h["Content-Type"]) == 0 {
		h["Content-Type"] = nil // or net/http would guess one
	}
	keep := x.proxy.cache.keeper(x)
	out := &relayed{exchange: x, holds: x.settings[routing.Buffering].text == "holds"}
	_, err := keep.Write(nil) // an answer without a body is complete
	if err == nil {
		err = out.begin()
	}
	if err == nil {
		_, err = io.Copy(io.MultiWriter(keep, out), x.response.Body)
	}
	switch {
	case errors.Is(err, errClientLeft):
	case err != nil && out.started:
		cut(x.w)
	case err != nil:
		x.giveUp(err)
	default:
		out.release()
	}
}

// remark says in headers what the gateway does beside what is done here.
func (x *exchange) remark(h http.Header) {
	for setting, header := range map[routing.Setting]string{routing.RateLimit: UncountedHeader, routing.Inspection: UninspectedHeader} {
		if v := x.settings[setting]; v.text+v.why != "" {
			h.Set(header, printable(v.text+v.why))
		}
	}
}

// giveUp answers for an upstream whose answer ended early, before anything of it was passed on.
func (x *exchange) giveUp(err error) {
	clear(x.w.Header())
	t := failed("read the answer of "+x.address, err)
	refuse(x.w, t.status, t.header, t.why)
}

func copyHeader(to, from http.Header) {
	for name, list := range from {
		if !hops[strings.ToLower(name)] {
			to[name] = append(to[name], list...)
		}
	}
}

// relayed writes an answer to the client.
type relayed struct {
	*exchange
	holds   bool
	started bool
	held    []byte
}

var errClientLeft = errors.New("the client left")

// begin passes the head on before any byte of the body is there.
func (o *relayed) begin() error {
	if o.holds {
		return nil
	}
	o.release()
	return o.flush()
}

// Write passes bytes on, or holds them back while they are few.
func (o *relayed) Write(p []byte) (int, error) {
	if o.holds && len(o.held)+len(p) <= maxHeld {
		o.held = append(o.held, p...)
		return len(p), nil
	}
	o.holds = false
	o.release()
	if _, err := o.w.Write(p); err != nil {
		return 0, errClientLeft
	}
	return len(p), o.flush()
}

func (o *relayed) flush() error {
	if http.NewResponseController(o.w).Flush() != nil {
		return errClientLeft
	}
	return nil
}

// release sends the head and what was held.
func (o *relayed) release() {
	if o.started {
		return
	}
	o.started = true
	o.w.WriteHeader(o.response.StatusCode)
	_, _ = o.w.Write(o.held) // a client that left is noticed by the next write
}
