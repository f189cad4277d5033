package signalrclient_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

const (
	eventHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
	jsonHead  = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n"
)

// operations are all ways to begin a talk with a peer.
var operations = map[string]func(*signalrclient.Client, context.Context) error{
	"negotiate": func(c *signalrclient.Client, ctx context.Context) error {
		_, err := c.Negotiate(ctx)
		return err
	},
	"websocket": func(c *signalrclient.Client, ctx context.Context) error {
		_, err := c.ConnectWebSocket(ctx, "x")
		return err
	},
	"polling": func(c *signalrclient.Client, ctx context.Context) error {
		_, err := c.ConnectPolling(ctx, "x")
		return err
	},
	"events": func(c *signalrclient.Client, ctx context.Context) error {
		stream, err := c.ConnectEvents(ctx, "x")
		if err != nil {
			return err
		}
		_, err = stream.Receive(ctx)
		return err
	},
}

func TestBadPeersEndInAnErrorByTheDeadline(t *testing.T) {
	endless := func(prefix, text string) func(net.Conn) {
		return func(conn net.Conn) {
			_, err := conn.Write([]byte(prefix))
			for err == nil {
				_, err = conn.Write([]byte(text))
			}
		}
	}
	peers := map[string]func(net.Conn){
		"silent":            hang,
		"hangs up":          func(net.Conn) {},
		"garbage":           says("\x16\x03\x01\x00 what\r\n\r\n"),
		"half a head":       says("HTTP/1.1 200 OK\r\nX: "),
		"half a body":       says(jsonHead + "{"),
		"endless line":      endless("HTTP/1.1 200 OK\r\nX: ", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
		"endless head":      endless("HTTP/1.1 200 OK\r\n", "X: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n"),
		"endless interim":   endless("", "HTTP/1.1 103 Early Hints\r\n\r\n"),
		"endless event":     endless(eventHead, "data: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
		"bad gzip":          says("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Encoding: gzip\r\n\r\nxxxxxxxxxxxxxxxxxxx"),
		"bad chunks":        says("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
		"101 for anything":  says("HTTP/1.1 101 Switching Protocols\r\n\r\n"),
		"101 of a liar":     says("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n"),
		"redirect":          says("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"),
		"preserving redir.": says("HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"),
	}
	for peerName, answer := range peers {
		for operationName, operation := range operations {
			t.Run(operationName+" with a peer that is "+peerName, func(t *testing.T) {
				t.Parallel()
				c := peer(t, answer)
				began := time.Now()
				if err := operation(c, within(t, 400*time.Millisecond)); err == nil {
					t.Error("it succeeded")
				}
				if took := time.Since(began); took > 3*time.Second {
					t.Errorf("it took %v with a deadline of 400ms", took)
				}
			})
		}
	}
}

func TestDeadlineIsNamed(t *testing.T) {
	for name, operation := range operations {
		if err := operation(peer(t, hang), within(t, 50*time.Millisecond)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s with a silent peer gives %v, want the deadline", name, err)
		}
	}
}

func TestCancellationEndsAnExchange(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(30*time.Millisecond, cancel)
	if _, err := peer(t, hang).Negotiate(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was canceled", err)
	}
}

func TestRedirectsAreReportedNotFollowed(t *testing.T) {
	for name, operation := range operations {
		c := peer(t, says("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"))
		requests := 0
		c.Observe = func(string, *signalrclient.Exchange) { requests++ }
		f := failure(t, operation(c, soon(t)))
		if f.Exchange.Status() != 302 || f.Exchange.Response.Header.Get("Location") != "/elsewhere" || requests != 1 {
			t.Errorf("%s: got %d after %d requests, want 302 after one", name, f.Exchange.Status(), requests)
		}
	}
}

func TestFailuresHoldTheAnswer(t *testing.T) {
	page := "<html>no such page</html>"
	for name, operation := range operations {
		c := peer(t, says("HTTP/1.1 404 Not Found\r\nContent-Length: 25\r\n\r\n"+page))
		err := operation(c, soon(t))
		f := failure(t, err)
		if f.Exchange.Status() != 404 || string(f.Exchange.Response.Body) != page {
			t.Errorf("%s: the failure holds %d %q", name, f.Exchange.Status(), f.Exchange.Response.Body)
		}
		var status *signalrclient.StatusError
		if !errors.As(err, &status) || status.Status != 404 || !strings.Contains(err.Error(), "no such page") {
			t.Errorf("%s: the error %v does not tell status and body", name, err)
		}
	}
}

func TestHTMLIsNoNegotiation(t *testing.T) {
	c := peer(t, says("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>"))
	if _, err := c.Negotiate(soon(t)); err == nil || !strings.Contains(err.Error(), "<html>") {
		t.Errorf("got %v, want an error that shows the page", err)
	}
	c = peer(t, says(jsonHead[:len(jsonHead)-5]+"14\r\n\r\n"+`{"error":"no"}`))
	if _, err := c.Negotiate(soon(t)); err == nil || !strings.Contains(err.Error(), "refuses: no") {
		t.Errorf("got %v, want the service's refusal", err)
	}
	c = peer(t, says("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
	if _, err := c.Negotiate(soon(t)); err == nil {
		t.Error("an empty answer passed for a negotiation")
	}
}

func TestEventStreamNeedsItsContentType(t *testing.T) {
	c := peer(t, says("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n:\r\n"))
	if _, err := c.ConnectEvents(soon(t), "x"); err == nil || !strings.Contains(err.Error(), "text/plain") {
		t.Errorf("got %v, want an error that names the content type", err)
	}
}

func TestBodyIsCapped(t *testing.T) {
	c := peer(t, func(conn net.Conn) {
		_, err := conn.Write([]byte("HTTP/1.1 200 OK\r\n\r\n"))
		for err == nil {
			_, err = conn.Write(make([]byte, 64<<10))
		}
	})
	exchange, err := c.Poll(soon(t), "x")
	if err != nil || len(exchange.Response.Body) != signalrclient.MaxBody || !exchange.Response.Truncated {
		t.Errorf("%d bytes are kept, truncated=%v (%v)", len(exchange.Response.Body), exchange.Response.Truncated, err)
	}
}

func TestEarlyAnswerToALongBodyIsRead(t *testing.T) {
	c := peer(t, func(conn net.Conn) {
		_, _ = conn.Write([]byte("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
		time.Sleep(100 * time.Millisecond)
	})
	exchange, _ := c.Send(within(t, 2*time.Second), "x", make([]byte, 100<<10))
	if exchange.Status() != 413 {
		t.Errorf("got %d, want 413", exchange.Status())
	}
}
