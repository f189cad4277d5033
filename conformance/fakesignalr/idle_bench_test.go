package fakesignalr_test

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

// idleClients is set, in the environment of a second process, to what its clients are told.
const idleClients = "ASRSCHECK_IDLE_CLIENTS"

// idleOrder is what that process is asked to do.
type idleOrder struct {
	Address, Token, Query string
	Count                 int
}

// BenchmarkIdleWebSockets opens as many connections over TLS as it is asked to (-benchtime 10000x) from a process of their own, and reports what one
// takes at the service.
func BenchmarkIdleWebSockets(b *testing.B) {
	if os.Getenv(idleClients) != "" {
		holdConnections(b)
		return
	}
	r := single(b)
	c := r.client(0)
	before := memory()
	order, err := json.Marshal(idleOrder{r.Instances()[0].Addr(), c.Token, c.Query, b.N})
	if err != nil {
		b.Fatal(err)
	}
	clients := exec.Command(os.Args[0], "-test.run=^$", "-test.bench=^BenchmarkIdleWebSockets$", "-test.benchtime=1x") //nolint:gosec // this very program
	clients.Env = append(os.Environ(), idleClients+"="+string(order))
	clients.Stderr = os.Stderr
	stop, err := clients.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	said, err := clients.StdoutPipe()
	if err == nil {
		err = clients.Start()
	}
	if err != nil {
		b.Fatal(err)
	}
	var heard []string
	for lines := bufio.NewScanner(said); !slices.Contains(heard, "connected"); heard = append(heard, lines.Text()) {
		if !lines.Scan() {
			b.Fatalf("the clients did not connect:\n%s", strings.Join(heard, "\n"))
		}
	}
	after := memory()
	b.ReportMetric(float64(after.Sys-before.Sys)/float64(b.N), "B/connection")
	b.ReportMetric(float64(after.HeapInuse+after.StackInuse-before.HeapInuse-before.StackInuse)/float64(b.N), "live-B/connection")
	b.ReportMetric(float64(after.Sys)/1e6, "MB-in-all")
	_ = stop.Close()
	_ = clients.Wait() // it was told to end
}

func memory() runtime.MemStats {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // pools are emptied by the second
	runtime.ReadMemStats(&m)
	return m
}

// holdConnections is the second process: it connects, says so, and waits for the end of its input.
func holdConnections(b *testing.B) {
	var order idleOrder
	if err := json.Unmarshal([]byte(os.Getenv(idleClients)), &order); err != nil {
		b.Fatal(err)
	}
	links := make([]signalrclient.Link, order.Count)
	var failed atomic.Pointer[error]
	var all sync.WaitGroup
	slots := make(chan struct{}, 32)
	for i := range links {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			var err error
			if links[i], err = order.connect(b); err != nil {
				failed.Store(&err)
			}
		})
	}
	all.Wait()
	if err := failed.Load(); err != nil {
		b.Fatalf("a client failed: %v", *err)
	}
	_, _ = os.Stdout.WriteString("\nconnected\n")
	_, _ = os.Stdin.Read(make([]byte, 1))
	runtime.KeepAlive(links)
}

func (o idleOrder) connect(b *testing.B) (signalrclient.Link, error) {
	c, err := signalrclient.New("https://" + host)
	if err != nil {
		return nil, err
	}
	c.Address, c.Token, c.Query, c.Insecure = o.Address, o.Token, o.Query, true
	negotiation, err := c.Negotiate(b.Context())
	if err != nil {
		return nil, err
	}
	link, err := dial(b.Context(), c, "websocket", negotiation.ID())
	if err != nil {
		return nil, err
	}
	return link, signalrclient.NewHub(link).Handshake(b.Context())
}
