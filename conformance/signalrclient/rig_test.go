package signalrclient_test

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

const host = "chat.service.signalr.net"

// service starts a fake service and returns it with a client that goes straight to it.
func service(t testing.TB, turn ...func(*fakesignalr.Knobs)) (*fakesignalr.Cluster, *signalrclient.Client) {
	t.Helper()
	knobs := fakesignalr.Defaults()
	for _, change := range turn {
		change(&knobs)
	}
	cluster, err := fakesignalr.NewCluster(fakesignalr.Single(host), knobs)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cluster.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := cluster.Listen(fakesignalr.Addresses{}); err != nil {
		t.Fatal(err)
	}
	i := cluster.Instances()[0]
	c := newClient(t, "https://"+host)
	c.Address, c.Roots = i.Addr(), cluster.CA().Pool()
	c.Query = "hub=chat&asrs_request_id=a%2Bb%3D"
	c.Origin = "https://app.example.com"
	c.Token, err = signalrclient.Access{Host: host, Hub: "chat", Key: i.Keys[0]}.Mint()
	if err != nil {
		t.Fatal(err)
	}
	return cluster, c
}

func newClient(t testing.TB, endpoint string) *signalrclient.Client {
	t.Helper()
	c, err := signalrclient.New(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// peer starts a server that reads one request head and then does what it likes, and returns a client for it.
func peer(t testing.TB, answer func(net.Conn)) *signalrclient.Client {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
					answer(conn)
				}
			}()
		}
	}()
	c := newClient(t, "http://"+listener.Addr().String())
	c.Query = "hub=chat"
	return c
}

// says is a peer's answer, after which it hangs until the client leaves.
func says(text string) func(net.Conn) {
	return func(conn net.Conn) {
		_, _ = conn.Write([]byte(text))
		hang(conn)
	}
}

// hang waits until the client leaves.
func hang(conn net.Conn) { _, _ = conn.Read(make([]byte, 1)) }

func within(t testing.TB, limit time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	t.Cleanup(cancel)
	return ctx
}

func soon(t testing.TB) context.Context { return within(t, 5*time.Second) }

// failure is the failure that an error must be.
func failure(t testing.TB, err error) *signalrclient.OperationError {
	t.Helper()
	var f *signalrclient.OperationError
	if !errors.As(err, &f) {
		t.Fatalf("the error %v is no *OperationError", err)
	}
	return f
}
