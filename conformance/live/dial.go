package live

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
)

// dialer leads the addresses that a gateway connects to, to the fake service.
type dialer struct {
	cluster *fakesignalr.Cluster
	ties    map[string]string
	lag     *atomic.Int64
}

func (d *dialer) dial(ctx context.Context, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	instance := d.instance(strings.ToLower(strings.TrimSuffix(host, ".")))
	if instance == nil {
		return nil, fmt.Errorf("%s is not known to be an Azure SignalR service", host)
	}
	to := instance.Addr()
	switch port {
	case "443":
	case "80":
		to = instance.PlainAddr()
	default:
		return d.undecided(ctx, instance), nil
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", to)
	if err != nil {
		return nil, err
	}
	return &laggard{Conn: conn, lag: d.lag}, nil
}

// instance is the one of that name; an address that is no service's name may be tied to one.
func (d *dialer) instance(host string) *fakesignalr.Instance {
	for _, name := range []string{host, d.ties[host]} {
		for _, i := range d.cluster.Instances() {
			if i.Host == name {
				return i
			}
		}
	}
	return nil
}

// laggard is a connection on which the first read behind each request takes a time longer. Handshakes of TLS, for which proxies have limits of
// their own, are as fast as ever.
type laggard struct {
	net.Conn
	lag   *atomic.Int64
	wrote atomic.Bool
}

// Write writes.
func (l *laggard) Write(p []byte) (int, error) {
	if len(p) > 0 && (p[0] < tlsChangeCipherSpec || p[0] > tlsHandshake) {
		l.wrote.Store(true)
	}
	return l.Conn.Write(p)
}

// Read waits and reads.
func (l *laggard) Read(p []byte) (int, error) {
	if l.wrote.Swap(false) {
		time.Sleep(time.Duration(l.lag.Load()))
	}
	return l.Conn.Read(p)
}

// undecided is a connection to a port of which only the first byte sent says whether TLS is spoken there.
func (d *dialer) undecided(ctx context.Context, i *fakesignalr.Instance) net.Conn {
	here, there := net.Pipe()
	go func() {
		first := make([]byte, 1)
		if _, err := there.Read(first); err != nil {
			return
		}
		to := i.PlainAddr()
		if first[0] == tlsHandshake {
			to = i.Addr()
		}
		conn, err := (&net.Dialer{}).DialContext(context.WithoutCancel(ctx), "tcp", to)
		if err != nil {
			_ = there.Close()
			return
		}
		join(there, conn, first)
	}()
	return here
}

// Types of TLS records (RFC 8446 section 5.1); the first record of a connection is one of the handshake.
const (
	tlsChangeCipherSpec = 20
	tlsHandshake        = 22
)

// join passes bytes between two connections until either ends.
func join(a, b net.Conn, first []byte) {
	var once sync.Once
	end := func() { _ = a.Close(); _ = b.Close() }
	pass := func(to, from net.Conn) {
		defer once.Do(end)
		buf := make([]byte, 16<<10)
		for {
			n, err := from.Read(buf)
			if _, werr := to.Write(buf[:n]); werr != nil || err != nil {
				return
			}
		}
	}
	if _, err := b.Write(first); err != nil {
		once.Do(end)
		return
	}
	go pass(a, b)
	pass(b, a)
}
