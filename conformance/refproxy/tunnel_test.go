package refproxy

import (
	"bufio"
	"io"
	"net"
	"testing"
	"time"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

const handshake = "GET / HTTP/1.1|Host: x|Connection: Upgrade|Upgrade: websocket||"

// echoing switches protocols, says hello in the same write, and sends back what comes.
func echoing(c net.Conn, in *bufio.Reader) {
	_, _ = io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello")
	_, _ = io.Copy(c, in)
}

func read(t *testing.T, c *client, n int) string {
	t.Helper()
	buf := make([]byte, n)
	if _, err := io.ReadFull(c.in, buf); err != nil {
		t.Fatalf("read from the tunnel: %v", err)
	}
	return string(buf)
}

func TestUpgradedConnectionIsATunnel(t *testing.T) {
	for _, mode := range []string{"native", "headers"} {
		c := connect(t, start(t, forwarding(with(routing.Upgrade, mode)), serve(t, nil, echoing)))
		if r := c.ask(t, handshake+"early"); r.StatusCode != 101 || r.Header.Get("Upgrade") != "websocket" {
			t.Fatalf("%s: answered %s", mode, r.Status)
		}
		if got := read(t, c, 10); got != "helloearly" {
			t.Errorf("%s: got %q", mode, got)
		}
	}
}

func TestTunnelEndsWithEitherSide(t *testing.T) {
	gone := make(chan struct{})
	u := serve(t, nil, func(c net.Conn, in *bufio.Reader) { echoing(c, in); close(gone) })
	c := connect(t, start(t, forwarding(with(routing.Upgrade, "native")), u))
	c.ask(t, handshake)
	_ = c.Close()
	select {
	case <-gone:
	case <-time.After(5 * time.Second):
		t.Error("the upstream was not told that the client left")
	}
}

func TestQuietTunnelIsCut(t *testing.T) {
	p := start(t, forwarding(with(routing.Upgrade, "native"), with(routing.IdleTimeout, "12s")), serve(t, nil, echoing), func(c *Config) { c.Speed = 60 })
	c := connect(t, p)
	c.ask(t, handshake)
	read(t, c, 5)
	for range 6 { // half the limit apart, together more than it
		time.Sleep(100 * time.Millisecond)
		_, _ = io.WriteString(c, "x")
		read(t, c, 1)
	}
	quiet := time.Now()
	if _, err := c.in.ReadByte(); err == nil || time.Since(quiet) < 150*time.Millisecond {
		t.Errorf("ended by %v after %v, want a cut after 200ms", err, time.Since(quiet))
	}
}

func TestUpgradeIsNotRelayedWhereTheGatewayCannot(t *testing.T) {
	u := serve(t, nil, saying("HTTP/1.1 101 Switching Protocols\r\n\r\n"))
	r := connect(t, start(t, forwarding(with(routing.Upgrade, "never")), u)).ask(t, handshake)
	if r.StatusCode != 502 {
		t.Errorf("answered %s", r.Status)
	}
}

func TestUnknownIdleTimeoutMattersForTunnels(t *testing.T) {
	p := start(t, forwarding(with(routing.Upgrade, "native"), withUnknown(routing.IdleTimeout)), serve(t, nil, echoing))
	if r := connect(t, p).ask(t, handshake); r.StatusCode != 501 {
		t.Errorf("answered %s", r.Status)
	}
}

func TestCloseEndsTunnels(t *testing.T) {
	p, err := Start(Config{Gateway: forwarding(with(routing.Upgrade, "native")), Dial: start(t, forwarding(), serve(t, nil, echoing)).config.Dial})
	if err != nil {
		t.Fatal(err)
	}
	c := connect(t, p)
	c.ask(t, handshake)
	read(t, c, 5)
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if _, err := c.in.ReadByte(); err == nil {
		t.Error("the tunnel outlived the proxy")
	}
}
