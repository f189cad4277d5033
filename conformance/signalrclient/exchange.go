package signalrclient

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// MaxBody bounds the part of a response body that is kept.
const MaxBody = 2 << 20

// Exchange is one request with what came back, as far as it got.
type Exchange struct {
	Request  Request
	Response *Response // nil when there was none

	Local, Remote string
	TLS           *tls.ConnectionState // nil on plain HTTP

	Started, Connected, Sent, FirstByte, Ended time.Time
}

// Response is an answer. Header keeps every line of a repeated name, in order.
type Response struct {
	Proto     string
	Status    int
	Header    http.Header
	Body      []byte // decompressed; of a 101 or an event stream, nothing
	Truncated bool   // there was more than MaxBody
}

// Status is that of the response, or 0 without one.
func (e *Exchange) Status() int {
	if e == nil || e.Response == nil {
		return 0
	}
	return e.Response.Status
}

func (e *Exchange) connected(conn net.Conn) {
	e.Connected = time.Now()
	e.Local, e.Remote = conn.LocalAddr().String(), conn.RemoteAddr().String()
	e.TLS = tlsState(conn)
}

// Do sends a request on a connection of its own and reads the whole answer, whatever its status. The exchange is never nil;
// on an error it holds what was seen until then.
func (d Dialer) Do(ctx context.Context, u *url.URL, request Request) (*Exchange, error) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	w, response, exchange, err := d.open(ctx, u, request) //nolint:bodyclose // closing the connection is enough
	defer func() { exchange.Ended = time.Now() }()
	if err != nil {
		return exchange, err
	}
	defer func() {
		w.guard()
		_ = w.Close()
	}()
	if response.StatusCode == http.StatusSwitchingProtocols {
		return exchange, nil // what follows is not HTTP
	}
	if err := exchange.readBody(response); err != nil {
		return exchange, fmt.Errorf("read response body: %w", because(ctx, err))
	}
	return exchange, nil
}

func bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, fallbackTimeout)
}

func (e *Exchange) readBody(response *http.Response) error {
	body, err := decoded(response)
	if err != nil {
		return err
	}
	e.Response.Body, err = io.ReadAll(io.LimitReader(body, MaxBody+1))
	if len(e.Response.Body) > MaxBody {
		e.Response.Body, e.Response.Truncated = e.Response.Body[:MaxBody], true
	}
	return err
}

// decoded undoes gzip, which a proxy may apply because browsers offer it.
func decoded(response *http.Response) (io.Reader, error) {
	if !strings.EqualFold(response.Header.Get("Content-Encoding"), "gzip") {
		return response.Body, nil
	}
	body, err := gzip.NewReader(response.Body)
	if errors.Is(err, io.EOF) {
		return strings.NewReader(""), nil
	}
	if err != nil {
		return nil, fmt.Errorf("decompress: %w", err)
	}
	return body, nil
}
