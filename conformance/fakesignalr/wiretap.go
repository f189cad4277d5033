package fakesignalr

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"
)

// tlsHandshakeLimit bounds a TLS handshake.
const tlsHandshakeLimit = 10 * time.Second

// wiretap is a connection that keeps the request heads that pass through it, after decryption. net/http folds header lines
// into a map, keeps one Host and answers some requests (two Hosts, say) before any handler sees them; the tap sees them all.
type wiretap struct {
	net.Conn
	instance *Instance
	secure   *tls.Conn // nil on plain HTTP
	hello    *helloConn
	shake    sync.Once
	shakeErr error

	mu      sync.Mutex
	framer  framer
	stopped bool
	used    bool // something was read
}

// helloConn remembers the SNI of a TLS client; tls.ClientHelloInfo.Conn leads back to it.
type helloConn struct {
	net.Conn
	sni string
}

type tapKey struct{}

// tapOf finds the tap of the connection that a request came on. There is none when the handler runs on a foreign server.
func tapOf(ctx context.Context) *wiretap {
	tap, _ := ctx.Value(tapKey{}).(*wiretap)
	return tap
}

func (t *wiretap) Read(p []byte) (int, error) {
	if err := t.handshake(); err != nil {
		return 0, err
	}
	n, err := t.Conn.Read(p)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.used = t.used || n > 0; !t.used && err != nil {
		t.abandoned()
	}
	if !t.stopped {
		t.framer.feed(p[:n])
	}
	return n, err
}

// abandoned counts a handshake among the failed ones whose connection ends without a request, where it asked for another name than the
// instance's: NGINX looks at the name in a certificate when the handshake is over (ngx_http_upstream_ssl_handshake).
func (t *wiretap) abandoned() {
	if t.secure == nil || strings.EqualFold(t.sni(), t.instance.Host) {
		return
	}
	t.used = true
	t.failed("the connection ended behind the handshake, without a request")
}

func (t *wiretap) failed(why string) {
	t.instance.cluster.log.failedHandshake(Handshake{
		Time: time.Now(), Instance: t.instance.Tag, Remote: t.RemoteAddr().String(), SNI: t.sni(), Error: why,
	})
}

// handshake runs the TLS handshake by itself, so that its failure can be told from other read errors.
func (t *wiretap) handshake() error {
	if t.secure == nil {
		return nil
	}
	t.shake.Do(func() {
		ctx, cancel := context.WithTimeout(t.instance.cluster.ctx, tlsHandshakeLimit)
		defer cancel()
		if t.shakeErr = t.secure.HandshakeContext(ctx); t.shakeErr != nil {
			t.failed(t.shakeErr.Error())
		}
		if t.secure.ConnectionState().NegotiatedProtocol == "h2" {
			t.stop() // its heads are compressed
		}
	})
	return t.shakeErr
}

func (t *wiretap) sni() string {
	if t.hello == nil {
		return ""
	}
	return t.hello.sni
}

// ownAnswer is how net/http writes an answer of its own making: without Date, which no handler's answer lacks
// (Go net/http server.go, conn.serve).
const ownAnswer = "\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"

// Write notices when net/http itself answers a request that the handler never gets.
func (t *wiretap) Write(p []byte) (int, error) {
	if bytes.HasPrefix(p, []byte("HTTP/1.1 ")) && bytes.Contains(p, []byte(ownAnswer)) {
		t.recordRefused(answeredStatus(p))
	}
	return t.Conn.Write(p)
}

func answeredStatus(p []byte) int {
	var status int
	if _, err := fmt.Sscanf(string(p[:min(len(p), 16)]), "HTTP/1.1 %d", &status); err != nil {
		return 0
	}
	return status
}

// Close records complete requests that nobody answered.
func (t *wiretap) Close() error {
	t.recordRefused(0)
	t.instance.forget(t)
	return t.Conn.Close()
}

func (t *wiretap) recordRefused(status int) {
	head, ok := t.refusedHead(status)
	if !ok {
		return
	}
	t.instance.recordRefused(t, parseHead(head), status)
}

// refusedHead is the oldest head that waits, or, for an answer that came early, the part of one that arrived.
func (t *wiretap) refusedHead(status int) ([]byte, bool) {
	if head, ok := t.next(); ok {
		return head, true
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stopped || status == 0 || len(t.framer.buf) == 0 {
		return nil, false
	}
	head := t.framer.buf
	t.framer = framer{state: lost}
	return head, true
}

// next takes the oldest head that waits.
func (t *wiretap) next() ([]byte, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stopped || len(t.framer.heads) == 0 {
		return nil, false
	}
	head := t.framer.heads[0]
	t.framer.heads = t.framer.heads[1:]
	return head, true
}

// claim takes the head of the request that a handler is given.
func (t *wiretap) claim(method, target string) (rawHead, bool) {
	for {
		head, ok := t.next()
		if !ok {
			return rawHead{}, false
		}
		if h := parseHead(head); h.method == method && h.target == target {
			return h, true
		}
	}
}

// stop ends the tapping, once the connection speaks something else than HTTP.
func (t *wiretap) stop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stopped = true
	t.framer = framer{state: lost}
}

// tapListener hands out tapped connections.
type tapListener struct {
	net.Listener
	instance *Instance
	config   *tls.Config // nil for plain HTTP
}

func (l *tapListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	tap := &wiretap{Conn: conn, instance: l.instance}
	if l.config != nil {
		tap.hello = &helloConn{Conn: conn}
		tap.secure = tls.Server(tap.hello, l.config)
		tap.Conn = tap.secure
	}
	if !l.instance.remember(tap) {
		return nil, errors.Join(net.ErrClosed, conn.Close())
	}
	return tap, nil
}
