package fakesignalr_test

import (
	"bytes"
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

// throughputLinks WebSockets are used at once, each with up to throughputWindow calls that are not answered yet.
const (
	throughputLinks  = 8
	throughputWindow = 64
)

// BenchmarkEchoThroughput has clients call echo without waiting for each answer, and reports the calls in a second: each is a message to the service and
// two back. The clients share the machine with the service.
func BenchmarkEchoThroughput(b *testing.B) {
	r := single(b)
	links := make([]*signalrclient.Hub, throughputLinks)
	for i := range links {
		links[i], _ = r.served(r.client(0), "websocket")
	}
	each := max(1, b.N/throughputLinks)
	b.ResetTimer()
	var group sync.WaitGroup
	for _, hub := range links {
		group.Go(func() { callMany(b, hub, each) })
	}
	group.Wait()
	b.ReportMetric(float64(each*throughputLinks)/b.Elapsed().Seconds(), "echoes/s")
}

// callMany calls echo n times and waits until every call was answered.
func callMany(b *testing.B, hub *signalrclient.Hub, n int) {
	call := []byte(`{"type":1,"invocationId":"1","target":"echo","arguments":["hello"]}` + "\x1e")
	free := make(chan struct{}, throughputWindow)
	go func() {
		for range n {
			free <- struct{}{}
			if err := hub.Send(b.Context(), call); err != nil {
				b.Errorf("echo is not called: %v", err)
				return
			}
		}
	}()
	for answered := 0; answered < n; {
		chunk, err := hub.Receive(b.Context())
		if err != nil {
			b.Errorf("%d of %d calls were answered: %v", answered, n, err)
			return
		}
		for range bytes.Count(chunk.Data, []byte(`"type":3`)) {
			answered++
			<-free
		}
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
