package refproxy

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

func BenchmarkProxy(b *testing.B) {
	p, err := Start(Config{Gateway: forwarding(), Dial: func(context.Context, string) (net.Conn, error) {
		here, there := net.Pipe()
		go func() {
			if _, err := http.ReadRequest(bufio.NewReader(there)); err == nil {
				_, _ = io.WriteString(there, fine)
			}
		}()
		return here, nil
	}})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	url := "http://" + p.Addr(p.config.Gateway.Listeners[0]) + "/client/negotiate?hub=chat"
	b.ReportAllocs()
	for b.Loop() {
		r, err := http.Post(url, "", strings.NewReader("")) //nolint:gosec // our own address
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
	}
}
