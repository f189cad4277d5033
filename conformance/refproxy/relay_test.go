package refproxy

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// dripping answers with an endless stream whose pieces come a time apart.
func dripping(apart time.Duration) func(net.Conn, *bufio.Reader) {
	return func(c net.Conn, _ *bufio.Reader) {
		_, err := io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
		for err == nil {
			_, err = io.WriteString(c, "data: x\r\n\r\n")
			time.Sleep(apart)
		}
	}
}

func TestStreamPassesUnlessItIsHeld(t *testing.T) {
	for mode, passes := range map[string]bool{"off": true, "passes": true, "holds": false} {
		p := start(t, forwarding(with(routing.Buffering, mode)), serve(t, nil, dripping(20*time.Millisecond)))
		c := connect(t, p)
		_ = c.SetDeadline(time.Now().Add(400 * time.Millisecond))
		_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		got, _ := io.ReadAll(c)
		if n := strings.Count(string(got), "data: x"); (n >= 3) != passes {
			t.Errorf("buffering %q: %d events came", mode, n)
		}
	}
}

func TestHeldAnswerComesWhole(t *testing.T) {
	answer := "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nf"
	u := serve(t, nil, func(c net.Conn, _ *bufio.Reader) {
		_, _ = io.WriteString(c, answer)
		time.Sleep(50 * time.Millisecond)
		_, _ = io.WriteString(c, "ine")
	})
	if _, body := get(t, start(t, forwarding(with(routing.Buffering, "holds")), u), "/"); body != "fine" {
		t.Errorf("got %q", body)
	}
}

func TestClientsGetTheStatusThatTheGatewayGives(t *testing.T) {
	u := serve(t, nil, func(c net.Conn, _ *bufio.Reader) {
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine")
	})
	if status, body := get(t, start(t, forwarding(with(routing.AnswerStatus, "418")), u), "/"); status.StatusCode != 418 || body != "fine" {
		t.Errorf("got %d %q", status.StatusCode, body)
	}
}

func TestReadTimeoutIsScaled(t *testing.T) {
	silent := func(_ net.Conn, in *bufio.Reader) { _, _ = in.ReadByte() }
	tests := []struct {
		name    string
		timeout string
		answer  func(net.Conn, *bufio.Reader)
		status  int
	}{
		{"no first byte", "6s", silent, 504},
		{"a first byte in time", "30s", func(c net.Conn, _ *bufio.Reader) { time.Sleep(100 * time.Millisecond); _, _ = io.WriteString(c, fine) }, 200},
		{"half an answer", "6s", func(c net.Conn, in *bufio.Reader) { _, _ = io.WriteString(c, "HTTP/1.1 200"); _, _ = in.ReadByte() }, 504},
		{"no answer at all", "6s", func(net.Conn, *bufio.Reader) {}, 502},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := start(t, forwarding(with(routing.ReadTimeout, tt.timeout)), serve(t, nil, tt.answer), func(c *Config) { c.Speed = 60 })
			if r, _ := get(t, p, "/"); r.StatusCode != tt.status {
				t.Errorf("answered %s, want %d", r.Status, tt.status)
			}
		})
	}
}

func TestUnknownReadTimeoutMattersForSlowAnswersOnly(t *testing.T) {
	silent := func(_ net.Conn, in *bufio.Reader) { _, _ = in.ReadByte() }
	p := start(t, forwarding(withUnknown(routing.ReadTimeout)), serve(t, nil, silent), func(c *Config) { c.Speed = 600 })
	if r, _ := get(t, p, "/"); r.StatusCode != 501 {
		t.Errorf("answered %s", r.Status)
	}
}

func TestStreamThatFallsSilentIsCut(t *testing.T) {
	u := serve(t, nil, func(c net.Conn, in *bufio.Reader) {
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n")
		_, _ = in.ReadByte()
	})
	p := start(t, forwarding(with(routing.ReadTimeout, "6s")), u, func(c *Config) { c.Speed = 60 })
	r := connect(t, p).ask(t, "GET / HTTP/1.1|Host: x||")
	if body, err := io.ReadAll(r.Body); string(body) != "x" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %q and %v, want it to be cut", body, err)
	}
}

func TestConnectTimeoutAnswers504(t *testing.T) {
	p := start(t, forwarding(with(routing.ConnectTimeout, "6s")), &upstream{}, func(c *Config) {
		c.Speed = 60
		c.Dial = func(ctx context.Context, _ string) (net.Conn, error) { <-ctx.Done(); return nil, ctx.Err() }
	})
	if r, _ := get(t, p, "/"); r.StatusCode != 504 {
		t.Errorf("answered %s", r.Status)
	}
}

func TestUpstreamThatRefusesAnswers502(t *testing.T) {
	p := start(t, forwarding(), &upstream{address: "127.0.0.1:1"})
	if r, _ := get(t, p, "/"); r.StatusCode != 502 || r.Header.Get(CauseHeader) == "" {
		t.Errorf("answered %s, cause %q", r.Status, r.Header.Get(CauseHeader))
	}
}

func TestCacheServesOnePollToAnother(t *testing.T) {
	for _, on := range []string{"true", "false"} {
		u := serve(t, nil, saying(fine))
		p := start(t, forwarding(with(routing.Cache, on)), u)
		get(t, p, "/client/?id=1")
		_, body := get(t, p, "/client/?id=1")
		get(t, p, "/client/?id=1&_=2")
		if reached := len(u.heads); body != "fine" || (reached == 2) != (on == "true") {
			t.Errorf("cache %s: %d of 3 requests reached the upstream, got %q", on, reached, body)
		}
	}
}

func TestUnknownCacheMattersForTheSecondRequest(t *testing.T) {
	p := start(t, forwarding(withUnknown(routing.Cache)), serve(t, nil, saying(fine)))
	if r, _ := get(t, p, "/"); r.StatusCode != 200 {
		t.Errorf("first answered %s", r.Status)
	}
	if r, _ := get(t, p, "/"); r.StatusCode != 501 {
		t.Errorf("second answered %s", r.Status)
	}
}

func TestPoolsGoByTurns(t *testing.T) {
	g := forwarding()
	g.Pools = map[string]*routing.Pool{service: {Name: service, Members: []routing.Member{{Address: routing.Of("a", routing.Span{})}, {Address: routing.Of("b", routing.Span{})}}}}
	var dialed []string
	u := serve(t, nil, saying(fine))
	p := start(t, g, u, func(c *Config) {
		inner := c.Dial
		c.Dial = func(ctx context.Context, address string) (net.Conn, error) {
			dialed = append(dialed, address)
			return inner(ctx, address)
		}
	})
	for range 3 {
		get(t, p, "/")
	}
	if got := strings.Join(dialed, " "); got != "a:80 b:80 a:80" {
		t.Errorf("dialed %s", got)
	}
}

func TestOwnListenersAreReached(t *testing.T) {
	g := forwarding()
	g.Listeners = append(g.Listeners, &routing.Listener{Name: "inner", Address: "127.0.0.1", Port: 9001, TLS: true, Entry: "inner"})
	g.Blocks["inner"] = g.Blocks["in"]
	g.Blocks["in"] = []routing.Step{&routing.Forward{
		To: routing.Text("127.0.0.1:9001"), Scheme: routing.Text("https"), Target: routing.Text("/inner"),
		Settings: routing.Settings{routing.VerifyChain: routing.Text("true"), routing.VerifyName: routing.Text("true")},
	}}
	u := serve(t, nil, saying(fine))
	if r, body := get(t, start(t, g, u), "/"); body != "fine" {
		t.Errorf("answered %s %q, cause %q", r.Status, body, r.Header.Get(CauseHeader))
	}
	if head := <-u.heads; !strings.HasPrefix(head, "GET /inner ") {
		t.Errorf("upstream got %q", head)
	}
}

func TestUpstreamsSwitchBufferingWhereTheyAreHeeded(t *testing.T) {
	for _, tt := range []struct{ buffering, asked, said, want string }{
		{"holds", "holds", "no", "4 events"},
		{"off", "holds", "yes", "0 events"},
		{"holds", "ignored", "no", "0 events"},
		{"off", "passes", "yes", "4 events"},
		{"holds", "", "no", "0 events"},
	} {
		u := serve(t, nil, func(c net.Conn, _ *bufio.Reader) {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nX-Accel-Buffering: "+tt.said+"\r\n\r\n"+strings.Repeat("data: x\n\n", 4))
			time.Sleep(2 * time.Second)
		})
		f := forwarding(with(routing.Buffering, tt.buffering))
		if tt.asked != "" {
			f = forwarding(with(routing.Buffering, tt.buffering), with(routing.AskedBuffering, tt.asked))
		}
		c := connect(t, start(t, f, u))
		_ = c.SetDeadline(time.Now().Add(time.Second))
		_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		got, _ := io.ReadAll(c)
		if n := strconv.Itoa(strings.Count(string(got), "data: x")) + " events"; n != tt.want {
			t.Errorf("buffering %q, asked %q, and the upstream says %q: %s came", tt.buffering, tt.asked, tt.said, n)
		}
		if strings.Contains(string(got), "X-Accel") && tt.asked != "" {
			t.Errorf("what the upstream says of buffering reaches the client")
		}
	}
}
