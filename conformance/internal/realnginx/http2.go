package realnginx

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// HTTP2 is the protocol of a request that is sent over HTTP/2, as NGINX names it.
const HTTP2 = "HTTP/2.0"

// Speaks reports whether NGINX agrees to speak HTTP/2 with a client that sends a request over TLS (RFC 7301).
func (r *Rig) Speaks(ctx context.Context, to netip.AddrPort, req *routing.Request) bool {
	c, err := dial(ctx, to, req)
	if err != nil {
		return false
	}
	defer func() { _ = c.Close() }() // nothing was sent
	secure, ok := c.(*tls.Conn)
	return ok && secure.ConnectionState().NegotiatedProtocol == "h2"
}

// sendHTTP2 sends a request over HTTP/2. Go's client writes it, so that it must be one that may be sent so (RFC 9113 8.2.2).
func sendHTTP2(ctx context.Context, to netip.AddrPort, req *routing.Request) (*Answer, error) {
	t := &http.Transport{
		ForceAttemptHTTP2: true, DisableCompression: true,
		DialTLSContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx, to, req) },
	}
	defer t.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	out := &http.Request{
		Method: req.Method, URL: &url.URL{Scheme: "https", Host: to.String(), Opaque: req.Target}, Host: req.Host,
		Header: http.Header{"User-Agent": nil}, ContentLength: req.BodySize, Body: http.NoBody,
	}
	if req.BodySize > 0 {
		out.Body = io.NopCloser(io.LimitReader(endless{}, req.BodySize))
	}
	for _, f := range req.Header {
		if !strings.EqualFold(f.Name, "Content-Length") {
			out.Header[f.Name] = append(out.Header[f.Name], f.Value)
		}
	}
	answer, err := t.RoundTrip(out.WithContext(ctx))
	if err != nil {
		return nil, fmt.Errorf("send over HTTP/2: %w", err)
	}
	defer func() { _ = answer.Body.Close() }() // it was read
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, fmt.Errorf("read the answer of nginx: %w", err)
	}
	return &Answer{Status: answer.StatusCode, Header: answer.Header, Body: body}, nil
}
