package refproxy

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// speaking is a client that speaks HTTP/2 where it may, and trusts the proxy.
func speaking(t *testing.T, p *Proxy) (*http.Client, string) {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(p.CA().PEM())
	transport := &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "rt.example.com"}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}, "https://" + p.Addr(p.config.Gateway.Listeners[0])
}

func TestClientsSpeakHTTP2WhereTheGatewayDoes(t *testing.T) {
	for _, two := range []bool{false, true} {
		g := forwarding()
		g.Listeners[0].TLS, g.Listeners[0].HTTP2 = true, two
		u := serve(t, nil, saying(fine))
		client, url := speaking(t, start(t, g, u))
		r, err := client.Post(url+"/client/negotiate?hub=chat", "", nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r.Body)
		_ = r.Body.Close()
		if want := map[bool]int{false: 1, true: 2}[two]; err != nil || r.ProtoMajor != want || r.StatusCode != 200 || len(body) == 0 {
			t.Errorf("HTTP2 is %v: HTTP/%d was spoken (%d, %q, %v), want HTTP/%d", two, r.ProtoMajor, r.StatusCode, body, err, want)
		}
		if got := <-u.heads; !strings.HasSuffix(strings.TrimSpace(strings.SplitN(got, "\n", 2)[0]), "HTTP/1.1") || !strings.Contains(got, "Content-Length: 0") {
			t.Errorf("HTTP2 is %v: the service was sent %q, want HTTP/1.1 with Content-Length: 0", two, got)
		}
	}
}

func TestWebSocketsComeOverHTTP1WhereTheGatewaySpeaksHTTP2(t *testing.T) {
	g := forwarding(with(routing.Upgrade, "native"))
	g.Listeners[0].TLS, g.Listeners[0].HTTP2 = true, true
	p := start(t, g, serve(t, nil, saying("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")))
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(p.CA().PEM())
	conn, err := tls.Dial("tcp", p.Addr(g.Listeners[0]), &tls.Config{RootCAs: roots, ServerName: "rt.example.com", NextProtos: []string{"http/1.1"}})
	if err != nil {
		t.Fatal(err)
	}
	defer func(c net.Conn) { _ = c.Close() }(conn)
	_, err = io.WriteString(conn, "GET /client/ HTTP/1.1\r\nHost: rt.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
	head := make([]byte, 12)
	if _, rerr := io.ReadFull(conn, head); err != nil || rerr != nil || string(head) != "HTTP/1.1 101" {
		t.Errorf("answered %q (%v, %v), want 101", head, err, rerr)
	}
}
