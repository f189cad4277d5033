package fakesignalr_test

import (
	"runtime"
	"sync"
	"testing"

	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

// BenchmarkIdleWebSockets opens as many connections as it is asked to (-benchtime 10000x) and reports what one takes, its client included.
func BenchmarkIdleWebSockets(b *testing.B) {
	r := single(b)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	links := make([]signalrclient.Link, b.N)
	var all sync.WaitGroup
	slots := make(chan struct{}, 32)
	for i := range links {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			c := r.client(0)
			negotiation, err := c.Negotiate(b.Context())
			if err != nil {
				b.Errorf("negotiate failed: %v", err)
				return
			}
			if links[i], err = dial(b.Context(), c, "websocket", negotiation.ID()); err != nil {
				b.Errorf("connect failed: %v", err)
				return
			}
			if err := signalrclient.NewHub(links[i]).Handshake(b.Context()); err != nil {
				b.Errorf("handshake failed: %v", err)
			}
		})
	}
	all.Wait()
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.Sys-before.Sys)/float64(b.N), "B/connection")
	b.ReportMetric(float64(after.HeapInuse+after.StackInuse-before.HeapInuse-before.StackInuse)/float64(b.N), "live-B/connection")
	runtime.KeepAlive(links)
}
