package fakesignalr

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

// Instance is one running copy of a service. It is an http.Handler, and Listen gives it listeners of its own.
type Instance struct {
	Host string   // of its service, in lower case
	Tag  string   // the last nine characters of every connection id that it makes
	Keys []string // primary and secondary access key

	cluster      *Cluster
	certificates certificates

	mu        sync.Mutex
	secure    net.Listener
	plain     net.Listener
	servers   []*http.Server
	taps      map[*wiretap]bool
	listening bool
	closed    bool
}

// Addresses say where the instances of a cluster listen. An empty address means a free port of 127.0.0.1.
type Addresses struct {
	TLS   []string // one an instance, in order; those that are missing get a free port
	Plain []string // likewise
	// WithPlain opens plain HTTP too, which the real service does not offer to clients that matter.
	WithPlain bool
}

// Listen opens the listeners of every instance and serves. On an error nothing listens any more.
func (c *Cluster) Listen(a Addresses) error {
	for n, i := range c.all {
		if err := i.listen(addressAt(a.TLS, n), addressAt(a.Plain, n), a.WithPlain); err != nil {
			return errors.Join(fmt.Errorf("listen as %s (%s): %w", i.Host, i.Tag, err), c.Close())
		}
	}
	return nil
}

func addressAt(addresses []string, n int) string {
	if n < len(addresses) && addresses[n] != "" {
		return addresses[n]
	}
	return "127.0.0.1:0"
}

func (i *Instance) listen(secure, plain string, withPlain bool) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.listening {
		return errors.New("already listening")
	}
	i.listening = true
	var err error
	if i.secure, err = i.serve(&tapListener{instance: i, config: i.tlsConfig()}, secure); err != nil {
		return err
	}
	if withPlain {
		i.plain, err = i.serve(&tapListener{instance: i}, plain)
	}
	return err
}

// serverHeadLimit is net/http's bound of a request head; it adds 4096 bytes. The service's own, smaller limits are judged by the
// handler (see checkSize).
const serverHeadLimit = 64 << 10

func (i *Instance) serve(l *tapListener, address string) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(i.cluster.ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	l.Listener = listener
	server := &http.Server{
		Handler:                      i,
		ReadHeaderTimeout:            10 * time.Second,
		IdleTimeout:                  5 * time.Minute,
		MaxHeaderBytes:               serverHeadLimit,
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     log.New(io.Discard, "", 0),
		ConnContext: func(ctx context.Context, conn net.Conn) context.Context {
			return context.WithValue(ctx, tapKey{}, conn)
		},
	}
	server.Protocols = new(http.Protocols)
	server.Protocols.SetHTTP1(true)
	server.Protocols.SetUnencryptedHTTP2(l.config != nil) // to net/http, what the tap has decrypted is plain
	i.servers = append(i.servers, server)
	go func() { _ = server.Serve(l) }() // it returns when closeServers closes it
	return listener, nil
}

// Addr is the address of the HTTPS listener, or nothing before Listen.
func (i *Instance) Addr() string { return addressOf(i.secure) }

// PlainAddr is the address of the plain HTTP listener, if there is one.
func (i *Instance) PlainAddr() string { return addressOf(i.plain) }

func addressOf(l net.Listener) string {
	if l == nil {
		return ""
	}
	return l.Addr().String()
}

// remember keeps track of a connection, so that it can be cut.
func (i *Instance) remember(t *wiretap) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.closed {
		return false
	}
	if i.taps == nil {
		i.taps = map[*wiretap]bool{}
	}
	i.taps[t] = true
	return true
}

func (i *Instance) forget(t *wiretap) {
	i.mu.Lock()
	defer i.mu.Unlock()
	delete(i.taps, t)
}

// cut closes the sockets below the taps: closing a tls.Conn would wait to say goodbye.
func (i *Instance) cut() {
	i.mu.Lock()
	defer i.mu.Unlock()
	for tap := range i.taps {
		_ = tap.socket().Close()
	}
}

func (t *wiretap) socket() net.Conn {
	if t.hello != nil {
		return t.hello.Conn
	}
	return t.Conn
}

func (i *Instance) closeServers() {
	i.mu.Lock()
	i.closed = true
	servers := i.servers
	i.mu.Unlock()
	for _, server := range servers {
		_ = server.Close()
	}
	i.cut()
}
