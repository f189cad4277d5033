package realnginx

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// patience is how long a client waits for its answer.
const patience = 10 * time.Second

// Answer is what a client gets.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Send sends a request to an address of the front as it stands, byte by byte, and waits for the answer. The body is BodySize bytes
// of text; that NGINX may answer before all of it was sent is no error.
func (r *Rig) Send(ctx context.Context, to netip.AddrPort, req *routing.Request) (*Answer, error) {
	return send(ctx, to, req, 0)
}

// SendApart is Send with a pause between head and body. Where NGINX answers to the head and does not wait for the body, bytes of that which come
// behind its answer reset the connection, and take away what was not read yet.
func (r *Rig) SendApart(ctx context.Context, to netip.AddrPort, req *routing.Request) (*Answer, error) {
	const pause = 500 * time.Millisecond
	return send(ctx, to, req, pause)
}

func send(ctx context.Context, to netip.AddrPort, req *routing.Request, pause time.Duration) (*Answer, error) {
	if req.Protocol == HTTP2 {
		return sendHTTP2(ctx, to, req)
	}
	c, err := dial(ctx, to, req)
	if err != nil {
		return nil, fmt.Errorf("connect to nginx: %w", err)
	}
	defer func() { _ = c.Close() }() // the answer was read
	_ = c.SetDeadline(time.Now().Add(patience))
	go func() {
		_, _ = io.WriteString(c, wire(req))
		time.Sleep(pause)
		writeBody(c, req)
	}()
	return receive(bufio.NewReader(c), req.Method)
}

// dial connects from the client's address, which must be one of the front's own.
func dial(ctx context.Context, to netip.AddrPort, req *routing.Request) (net.Conn, error) {
	d := &net.Dialer{Timeout: patience}
	if from, err := netip.ParseAddr(req.ClientIP); err == nil {
		d.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(from, 0))
	}
	c, err := d.DialContext(ctx, "tcp", to.String())
	if err != nil || req.Scheme != "https" {
		return c, err //nolint:wrapcheck // Send wraps it
	}
	offered := []string{"http/1.1"}
	if req.Protocol == HTTP2 {
		offered = []string{"h2", "http/1.1"}
	}
	secure := tls.Client(c, &tls.Config{
		ServerName: req.SNI, NextProtos: offered,
		InsecureSkipVerify: true, //nolint:gosec // which certificate NGINX shows is not the question
	})
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = c.Close()   // useless now
		return nil, err //nolint:wrapcheck // Send wraps it
	}
	return secure, nil
}

// wire is the head of a request. A request without Host is one whose Host is empty.
func wire(req *routing.Request) string {
	var b strings.Builder
	protocol := req.Protocol
	if protocol == "" {
		protocol = "HTTP/1.1"
	}
	b.WriteString(req.Method + " " + req.Target + " " + protocol + "\r\n")
	if req.Host != "" {
		b.WriteString("Host: " + req.Host + "\r\n")
	}
	for _, f := range req.Header {
		b.WriteString(f.Name + ": " + f.Value + "\r\n")
	}
	b.WriteString("\r\n")
	return b.String()
}

// writeBody sends the body, in chunks where the request says so.
func writeBody(c io.Writer, req *routing.Request) {
	coding, _ := req.Get("Transfer-Encoding")
	if !strings.EqualFold(coding, "chunked") {
		_, _ = io.CopyN(c, endless{}, req.BodySize)
		return
	}
	for left := req.BodySize; left > 0; {
		n := min(left, 100)
		_, _ = fmt.Fprintf(c, "%x\r\n", n)
		_, _ = io.CopyN(c, endless{}, n)
		_, _ = io.WriteString(c, "\r\n")
		left -= n
	}
	_, _ = io.WriteString(c, "0\r\n\r\n")
}

// endless is a body of any length.
type endless struct{}

// Read implements io.Reader.
func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'x'
	}
	return len(b), nil
}

// receive reads the final answer; interim ones are passed over (RFC 9110 15.2), except that 101 is final. It takes whatever NGINX
// writes, as header values may hold any byte.
func receive(in *bufio.Reader, method string) (*Answer, error) {
	for {
		h, err := readHead(in)
		if err != nil {
			return nil, fmt.Errorf("read the answer of nginx: %w", err)
		}
		_, text, _ := strings.Cut(h.line, " ")
		status, err := strconv.Atoi(text[:min(3, len(text))])
		if err != nil {
			return nil, fmt.Errorf("read the answer of nginx: it begins with %q", h.line)
		}
		if status < 200 && status != http.StatusSwitchingProtocols {
			continue
		}
		out := &Answer{Status: status, Header: http.Header{}}
		for _, f := range h.fields {
			out.Header.Add(f.Name, f.Value)
		}
		if out.Body, err = h.content(in, method, status); err != nil {
			return nil, fmt.Errorf("read the answer of nginx: %w", err)
		}
		return out, nil
	}
}

// content is the body of an answer (RFC 9112 6.3).
func (h *head) content(in *bufio.Reader, method string, status int) ([]byte, error) {
	length, err := strconv.ParseInt(h.get("Content-Length"), 10, 64)
	switch {
	case method == http.MethodHead, status < 200, status == http.StatusNoContent, status == http.StatusNotModified:
		return nil, nil
	case h.list("Transfer-Encoding", "chunked"):
		return io.ReadAll(httputil.NewChunkedReader(in)) //nolint:wrapcheck // receive wraps it
	case err == nil:
		body := make([]byte, length)
		_, err := io.ReadFull(in, body)
		return body, err //nolint:wrapcheck // receive wraps it
	}
	return io.ReadAll(in) //nolint:wrapcheck // receive wraps it
}
