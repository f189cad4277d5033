package refproxy

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

	"github.com/asrscheck/asrscheck/conformance/internal/testca"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Proxy is a gateway that runs. Close it when done.
type Proxy struct {
	config   Config
	gateway  *routing.Gateway
	ca       *testca.CA
	opening  sync.Mutex // guards doors
	doors    map[*routing.Listener]*door
	rounds   rounds
	crowd    crowd
	meddling meddling
	checkups checkups
	cache    cache
	reloads  reloads
	logging  sync.Mutex // guards the log
	speed    speed
	ctx      context.Context //nolint:containedctx // the proxy is what the context's life stands for
	cancel   context.CancelFunc
	gate     sync.Mutex // guards closed, and adding to serving
	closed   bool
	serving  sync.WaitGroup
}

// Start opens a socket on loopback for every listener of the gateway and serves.
func Start(config Config) (*Proxy, error) {
	if config.Gateway == nil || config.Dial == nil {
		return nil, errors.New("start reference proxy: gateway and dial are needed")
	}
	ca, err := testca.New("asrscheck reference proxy CA")
	if err != nil {
		return nil, fmt.Errorf("start reference proxy: %w", err)
	}
	p := &Proxy{config: config, gateway: config.Gateway, ca: ca, doors: map[*routing.Listener]*door{}}
	p.SetSpeed(config.Speed)
	for _, d := range config.Defects {
		if d.gateway != nil {
			p.gateway = d.gateway(p.gateway)
		}
	}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	for _, l := range p.gateway.Listeners {
		if err := p.open(p.gateway, l); err != nil {
			return nil, errors.Join(fmt.Errorf("open listener %s: %w", l.Name, err), p.Close())
		}
	}
	return p, nil
}

// Addr is the address of the socket that stands for a listener of the gateway; empty when the gateway has no such listener.
func (p *Proxy) Addr(l *routing.Listener) string {
	p.opening.Lock()
	defer p.opening.Unlock()
	if d := p.doors[l]; d != nil {
		return d.socket.Addr().String()
	}
	return ""
}

// Gateway is what runs, with what defects made of it.
func (p *Proxy) Gateway() *routing.Gateway { return p.gateway }

// reach is the address of the socket that stands for a listener. Those of other gateways of the estate are opened when they are first needed.
func (p *Proxy) reach(g *routing.Gateway, l *routing.Listener) (string, error) {
	if address := p.Addr(l); address != "" {
		return address, nil
	}
	if err := p.open(g, l); err != nil {
		return "", fmt.Errorf("open listener %s of %s: %w", l.Name, g.Name, err)
	}
	return p.Addr(l), nil
}

// CA is the authority that signed the certificates which the proxy shows to clients.
func (p *Proxy) CA() *testca.CA { return p.ca }

// closeGrace is how long Close waits for requests to end.
const closeGrace = 5 * time.Second

// Close ends all listeners and connections and waits for the requests under way.
func (p *Proxy) Close() error {
	p.gate.Lock()
	p.closed = true
	p.gate.Unlock()
	p.cancel()
	var errs []error
	p.opening.Lock()
	for _, d := range p.doors {
		errs = append(errs, d.server.Close())
	}
	p.opening.Unlock()
	done := make(chan struct{})
	go func() { p.serving.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(closeGrace):
		errs = append(errs, fmt.Errorf("close reference proxy: requests still run after %v", closeGrace))
	}
	return errors.Join(errs...)
}

// enter counts a request in; false means that the proxy is closing.
func (p *Proxy) enter() bool {
	p.gate.Lock()
	defer p.gate.Unlock()
	if p.closed {
		return false
	}
	p.serving.Add(1)
	return true
}

// door is the socket of one listener.
type door struct {
	proxy    *Proxy
	gateway  *routing.Gateway
	listener *routing.Listener
	socket   net.Listener
	server   *http.Server
}

func (p *Proxy) open(g *routing.Gateway, l *routing.Listener) error {
	p.opening.Lock()
	defer p.opening.Unlock()
	if p.doors[l] != nil {
		return nil
	}
	var config net.ListenConfig
	socket, err := config.Listen(p.ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	d := &door{proxy: p, gateway: g, listener: l, socket: socket}
	d.server = &http.Server{
		Handler: d, ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 64 << 10,
		DisableGeneralOptionsHandler: true, ErrorLog: log.New(io.Discard, "", 0),
		BaseContext: func(net.Listener) context.Context { return p.ctx },
	}
	p.doors[l] = d
	served := socket
	if l.TLS {
		served = p.secured(socket, l)
	}
	go func() { _ = d.server.Serve(served) }() // it returns when Close closes it
	return nil
}
