package signalrclient

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// maxHead bounds a response head, interim responses included.
const maxHead = 64 << 10

var errHeadTooLarge = fmt.Errorf("response head exceeds %d bytes", maxHead)

// wire is a connection after the request was sent and the head of the response was read.
type wire struct {
	net.Conn
	reader  *bufio.Reader
	limited *limitedConn
	guard   func() bool // takes the context's hand off the connection
}

// limitedConn bounds what http.ReadResponse may swallow, which by itself it does not.
type limitedConn struct {
	net.Conn
	left int // negative means without limit
}

func (l *limitedConn) Read(p []byte) (int, error) {
	if l.left == 0 {
		return 0, errHeadTooLarge
	}
	if l.left > 0 && len(p) > l.left {
		p = p[:l.left]
	}
	n, err := l.Conn.Read(p)
	if l.left > 0 {
		l.left -= n
	}
	return n, err
}

// open sends a request on a new connection and reads the head of the response. The context governs the connection until
// release; its cancellation ends any read or write.
func (d Dialer) open(ctx context.Context, u *url.URL, request Request) (*wire, *http.Response, *Exchange, error) {
	exchange := &Exchange{Request: request, Started: time.Now()}
	conn, err := d.dial(ctx, u)
	if err != nil {
		return nil, nil, exchange, err
	}
	exchange.connected(conn)
	w := &wire{Conn: conn, limited: &limitedConn{Conn: conn, left: maxHead}}
	w.reader = bufio.NewReader(w.limited)
	w.guard = bind(ctx, conn)
	response, err := w.exchangeHeads(request, exchange)
	if err != nil {
		w.guard()
		return nil, nil, exchange, errors.Join(because(ctx, err), ignoreClosed(conn.Close()))
	}
	w.limited.left = -1
	return w, response, exchange, nil
}

// bind makes a context end the reads and writes of a connection; the returned function undoes it.
func bind(ctx context.Context, conn net.Conn) func() bool {
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline) // fails on a closed connection only, which the next read tells
	}
	return context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
}

// because names the context's end rather than the deadline that it set on the connection.
func because(ctx context.Context, err error) error {
	var timeout net.Error
	if ctx.Err() == nil && errors.As(err, &timeout) && timeout.Timeout() {
		return fmt.Errorf("%w (%w)", context.DeadlineExceeded, err)
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%w (%w)", ctx.Err(), err)
	}
	return err
}

func (w *wire) exchangeHeads(request Request, exchange *Exchange) (*http.Response, error) {
	// A peer may answer before it has read everything, so a failed write is told only when there is no answer.
	_, writeErr := w.Write(request.Bytes())
	exchange.Sent = time.Now()
	response, err := w.readHead(request.Method, exchange)
	if err != nil {
		return nil, errors.Join(wrap("send request", writeErr), wrap("read response head", err))
	}
	exchange.Response = &Response{Proto: response.Proto, Status: response.StatusCode, Header: response.Header}
	return response, nil
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

// readHead skips interim responses (RFC 9110 section 15.2); maxHead bounds their number.
func (w *wire) readHead(method string, exchange *Exchange) (*http.Response, error) {
	if _, err := w.reader.Peek(1); err != nil {
		return nil, err
	}
	exchange.FirstByte = time.Now()
	for {
		response, err := http.ReadResponse(w.reader, &http.Request{Method: method})
		if err != nil {
			return nil, err
		}
		if response.StatusCode >= 200 || response.StatusCode == http.StatusSwitchingProtocols {
			return response, nil
		}
	}
}

// release frees the connection from the context of open, for a stream that outlives it.
func (w *wire) release() {
	w.guard()
	_ = w.SetDeadline(time.Time{})
}

// Read reads what follows the head.
func (w *wire) Read(p []byte) (int, error) { return w.reader.Read(p) }

func tlsState(conn net.Conn) *tls.ConnectionState {
	secure, ok := conn.(*tls.Conn)
	if !ok {
		return nil
	}
	state := secure.ConnectionState()
	return &state
}

var _ io.ReadWriteCloser = (*wire)(nil)
