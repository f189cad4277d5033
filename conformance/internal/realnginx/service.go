package realnginx

import (
	"bufio"
	"context"
	"crypto/sha1" //nolint:gosec // RFC 6455 1.3 asks for it
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Seen is one request as a service received it.
type Seen struct {
	Host   string          `json:"host"` // the name whose address was connected to, or the address where it has no name
	Port   int             `json:"port"`
	TLS    bool            `json:"tls"`
	SNI    string          `json:"sni"`
	Line   string          `json:"line"`
	Fields []routing.Field `json:"fields"` // in order, names as they were written
	Body   int64           `json:"body"`   // bytes
	Again  bool            `json:"again"`  // it came over a connection that had served another
}

// ClosedPort is one on which no service listens.
const ClosedPort = 81

// Fails reports whether a service answers 503 to everything, which those do whose names begin with "failing".
func Fails(host string) bool { return strings.HasPrefix(host, "failing") }

// backlog is how long a service waits for the next bytes of a request.
const backlog = 10 * time.Second

// serve accepts connections on one port of every address.
func (r *Rig) serve(l net.Listener, port int) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go r.connection(c, port)
	}
}

func (r *Rig) connection(c net.Conn, port int) {
	defer func() { _ = c.Close() }() // a service that only pretends
	_ = c.SetDeadline(time.Now().Add(backlog))
	seen := Seen{Port: port}
	if local, err := netip.ParseAddrPort(c.LocalAddr().String()); err == nil {
		seen.Host = r.names.at(local.Addr())
	}
	if r.diverted(c, seen) {
		return
	}
	plain := &peeked{Conn: c, r: bufio.NewReader(c)}
	handshake := plain.handshake()
	seen.TLS = handshake && port != 80
	if handshake != seen.TLS || port == 443 && !handshake {
		return // what the port does not speak
	}
	if !seen.TLS {
		r.requests(plain, plain.r, seen)
		return
	}
	secure := tls.Server(plain, r.tls)
	if secure.Handshake() != nil { //nolint:noctx // the deadline bounds it
		return
	}
	seen.SNI = secure.ConnectionState().ServerName
	r.requests(secure, bufio.NewReader(secure), seen)
}

// diverted passes the bytes of a connection on where another takes the services' place.
func (r *Rig) diverted(c net.Conn, seen Seen) bool {
	r.mu.Lock()
	dial := r.divert
	r.mu.Unlock()
	if dial == nil {
		return false
	}
	to, err := dial(context.Background(), seen.Host, seen.Port)
	if err != nil {
		return true // as if nobody were there
	}
	_ = c.SetDeadline(time.Time{})
	go func() {
		_, _ = io.Copy(to, c) // an end is an end, whatever the reason
		_ = to.Close()
	}()
	_, _ = io.Copy(c, to) // as above
	_ = to.Close()
	return true
}

// peeked is a connection whose first bytes were looked at.
type peeked struct {
	net.Conn
	r *bufio.Reader
}

// Read implements io.Reader.
func (p *peeked) Read(b []byte) (int, error) { return p.r.Read(b) } //nolint:wrapcheck // a reader

// handshake reports whether the client begins with a TLS handshake, whose record type is 22 (RFC 8446 5.1).
func (p *peeked) handshake() bool {
	first, err := p.r.Peek(1)
	return err == nil && first[0] == 22
}

// requests answers one request after the other.
func (r *Rig) requests(c net.Conn, in *bufio.Reader, seen Seen) {
	for {
		_ = c.SetDeadline(time.Now().Add(backlog))
		h, err := readHead(in)
		if err != nil || !strings.Contains(h.line, " HTTP/1.") {
			return
		}
		seen.Line, seen.Fields = h.line, h.fields
		if seen.Body, err = h.body(in); err != nil {
			return
		}
		r.record(seen)
		if !answer(c, in, h, seen) {
			return
		}
		seen.Again = true
	}
}

// answer says what was seen; it reports whether the connection lives on.
func answer(c net.Conn, in *bufio.Reader, h *head, seen Seen) bool {
	if h.upgrades() && !Fails(seen.Host) {
		_, _ = io.WriteString(c, switching(h.get("Sec-WebSocket-Key")))
		_, _ = io.Copy(io.Discard, in) // until the other side ends the tunnel
		return false
	}
	body, _ := json.Marshal(seen) // text and numbers
	status := "200 OK"
	if Fails(seen.Host) {
		status = "503 Service Unavailable"
	}
	keep := strings.HasSuffix(h.line, "/1.1") && !h.list("Connection", "close")
	out := fmt.Sprintf("HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nUpgrade: h2c\r\n", status, len(body))
	if !keep {
		out += "Connection: close\r\n"
	}
	out += "\r\n"
	if !strings.HasPrefix(h.line, "HEAD ") {
		out += string(body)
	}
	_, err := io.WriteString(c, out)
	return keep && err == nil
}

// upgrades reports whether a request is a WebSocket handshake that a service must accept (RFC 6455 4.2.1).
func (h *head) upgrades() bool {
	return strings.HasPrefix(h.line, "GET ") && strings.HasSuffix(h.line, "/1.1") &&
		h.list("Upgrade", "websocket") && h.list("Connection", "upgrade") && h.get("Sec-WebSocket-Key") != ""
}

// switching is the answer to a handshake (RFC 6455 4.2.2).
func switching(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")) //nolint:gosec // RFC 6455 1.3
	return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
		base64.StdEncoding.EncodeToString(sum[:]) + "\r\n\r\n"
}
