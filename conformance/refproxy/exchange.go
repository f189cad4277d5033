package refproxy

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// exchange is one request on its way to an upstream and back, on a connection of its own.
type exchange struct {
	*sending
	proxy    *Proxy
	from     *routing.Gateway // that sends it
	w        http.ResponseWriter
	r        *http.Request
	conn     net.Conn
	wait     *patience
	upgrade  bool // the client asks for an upgrade, and the gateway may relay it
	response *http.Response
	reader   *bufio.Reader
}

// trouble is an answer that the proxy gives because something went wrong, or is not known.
type trouble struct {
	status int
	header string
	why    string
}

// Error is the reason.
func (t *trouble) Error() string { return t.why }

func unknowable(format string, args ...any) *trouble {
	return &trouble{http.StatusNotImplemented, UnknownHeader, fmt.Sprintf(format, args...)}
}

// failed is a connection that failed: 504 when time ran out, else 502.
func failed(what string, err error) *trouble {
	status := http.StatusBadGateway
	var timeout net.Error
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout() {
		status = http.StatusGatewayTimeout
	}
	return &trouble{status, CauseHeader, what + ": " + err.Error()}
}

// forward sends a request on and relays the answer.
func (p *Proxy) forward(w http.ResponseWriter, r *http.Request, from *routing.Gateway, s *sending) {
	if p.cache.serve(w, s) {
		return
	}
	x := &exchange{sending: s, proxy: p, from: from, w: w, r: r}
	defer x.close()
	for _, step := range []func() *trouble{x.prepare, x.connect, x.secure, x.write, x.read, x.admit} {
		if t := step(); t != nil {
			refuse(w, t.status, t.header, t.why)
			return
		}
	}
	if x.response.StatusCode == http.StatusSwitchingProtocols {
		x.tunnel()
		return
	}
	x.relay()
}

func (x *exchange) close() {
	if x.conn != nil {
		_ = x.conn.Close()
	}
}

// connect opens the connection. It ends with the client's, or with the proxy.
func (x *exchange) connect() *trouble {
	ctx := x.r.Context()
	if d, ok := x.settings[routing.ConnectTimeout].duration(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, x.proxy.scaled(d))
		defer cancel()
	}
	conn, err := x.dial(ctx)
	if err != nil {
		return failed("connect to "+x.address, err)
	}
	x.conn = conn
	context.AfterFunc(x.r.Context(), func() { _ = conn.Close() })
	return nil
}

// dial leads addresses of listeners, of the gateway that sends and of others of its estate, to the sockets that stand for them.
func (x *exchange) dial(ctx context.Context) (net.Conn, error) {
	next, why := x.from.Onward(x.address)
	switch {
	case why != "":
		return nil, errors.New(why)
	case len(next) == 0:
		return x.proxy.config.Dial(ctx, x.address)
	}
	address, err := x.proxy.reach(next[0].Gateway, next[0].Listener)
	if err != nil {
		return nil, err
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", address)
}

// maxHead bounds the head of an answer, interim answers included.
const maxHead = 64 << 10

// unknownPatience is how long an answer may take when nobody knows how long the gateway would wait: one ping period.
const unknownPatience = 15 * time.Second

// read reads the head of the answer.
func (x *exchange) read() *trouble {
	first := x.firstByte()
	limit, bounded := first.duration()
	unknown := first.unknown()
	if unknown {
		limit, bounded = unknownPatience, true
	}
	x.wait = &patience{Conn: x.conn, left: maxHead}
	if bounded {
		x.wait.limit = x.proxy.scaled(limit)
	}
	x.reader = bufio.NewReader(x.wait)
	for {
		response, err := http.ReadResponse(x.reader, &http.Request{Method: x.method}) //nolint:bodyclose // it ends with the connection
		var timeout net.Error
		switch {
		case unknown && errors.As(err, &timeout) && timeout.Timeout():
			return unknowable("how long an answer is waited for: %s", first.why)
		case err != nil:
			return failed("read the answer of "+x.address, err)
		case response.StatusCode >= 200 || response.StatusCode == http.StatusSwitchingProtocols:
			status := x.settings[routing.AnswerStatus]
			if doubt := x.settings[routing.Doubt]; doubt.unknown() {
				return unknowable("what clients get: %s", doubt.why)
			}
			if status.unknown() {
				return unknowable("the status that clients get: %s", status.why)
			}
			if t := x.otherError(response); t != nil {
				return t
			}
			if fixed, err := strconv.Atoi(status.text); err == nil {
				response.StatusCode = fixed
			}
			x.spoilAnswer(response)
			if t := x.otherAnswer(response); t != nil {
				return t
			}
			x.response, x.wait.left = response, -1
			x.waitBetweenReads()
			return nil
		}
	}
}

// otherError shows the gateway's own page in the place of an error.
func (x *exchange) otherError(response *http.Response) *trouble {
	status := routing.ErrorStatus(routing.Of(x.settings[routing.ErrorStatuses].text, routing.Span{}), response.StatusCode)
	switch status {
	case response.StatusCode:
		return nil
	case 0:
		return unknowable("what the page answers that takes the place of %d", response.StatusCode)
	}
	response.StatusCode = status
	withoutBody(response)
	return nil
}

// otherAnswer takes the body off an answer whose body the gateway replaces: with what, nobody looks at.
func (x *exchange) otherAnswer(response *http.Response) *trouble {
	switch body := x.settings[routing.AnswerBody]; {
	case body.unknown():
		return unknowable("the body that clients get: %s", body.why)
	case body.text != "":
		withoutBody(response)
	}
	return nil
}

func withoutBody(response *http.Response) {
	response.Body = http.NoBody
	for _, name := range []string{"Content-Length", "Content-Encoding", "Transfer-Encoding"} {
		response.Header.Del(name)
	}
}

// firstByte bounds the wait for the head of the answer.
func (x *exchange) firstByte() fact {
	if f := x.settings[routing.FirstByte]; f.state != routing.Unset {
		return f
	}
	return x.settings[routing.ReadTimeout]
}

// waitBetweenReads bounds the reads behind the head.
func (x *exchange) waitBetweenReads() {
	x.wait.limit = 0
	if limit, bounded := x.settings[routing.ReadTimeout].duration(); bounded {
		x.wait.limit = x.proxy.scaled(limit)
	} else if x.settings[routing.ReadTimeout].unknown() {
		x.wait.limit = x.proxy.scaled(unknownPatience)
	}
}

// patience is a connection on which a read waits only so long, and that reads only so much while left is not negative.
type patience struct {
	net.Conn
	limit time.Duration // none when zero
	left  int
}

var errHeadTooLarge = fmt.Errorf("the head of the answer exceeds %d bytes", maxHead)

// Read reads what comes in time.
func (p *patience) Read(b []byte) (int, error) {
	if p.left == 0 {
		return 0, errHeadTooLarge
	}
	if p.left > 0 && len(b) > p.left {
		b = b[:p.left]
	}
	if p.limit > 0 {
		if err := p.SetReadDeadline(time.Now().Add(p.limit)); err != nil {
			return 0, err
		}
	}
	n, err := p.Conn.Read(b)
	if p.left > 0 {
		p.left -= n
	}
	return n, err
}
