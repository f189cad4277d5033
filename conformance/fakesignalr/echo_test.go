package fakesignalr_test

import (
	"sync"
	"testing"

	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

func TestManyConnectionsAtOnce(t *testing.T) {
	r := single(t)
	var group sync.WaitGroup
	for n := range 40 {
		group.Go(func() {
			c := r.client(0)
			negotiation, err := c.Negotiate(soon(t))
			if err != nil {
				t.Errorf("negotiate failed: %v", err)
				return
			}
			link, err := dial(soon(t), c, transports[n%len(transports)], negotiation.ID())
			if err != nil {
				t.Errorf("connect failed: %v", err)
				return
			}
			hub := signalrclient.NewHub(link)
			if err := hub.Handshake(soon(t)); err != nil {
				t.Errorf("handshake failed: %v", err)
				return
			}
			if err := hub.Echo(soon(t), "hello"); err != nil {
				t.Errorf("echo failed: %v", err)
			}
		})
	}
	group.Wait()
}

func BenchmarkEcho(b *testing.B) {
	for _, transport := range transports {
		b.Run(transport, func(b *testing.B) {
			r := single(b)
			hub, _ := r.served(r.client(0), transport)
			ctx := b.Context()
			b.ReportAllocs()
			for b.Loop() {
				if err := hub.Echo(ctx, "hello"); err != nil {
					b.Fatalf("echo failed: %v", err)
				}
			}
		})
	}
}

func BenchmarkNegotiate(b *testing.B) {
	r := single(b)
	c := r.client(0)
	for b.Loop() {
		if _, err := c.Negotiate(b.Context()); err != nil {
			b.Fatalf("negotiate failed: %v", err)
		}
	}
}
