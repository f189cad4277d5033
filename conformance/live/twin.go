package live

import (
	"cmp"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/refproxy"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Twin says how a gateway is run locally in front of the fake service.
type Twin struct {
	Gateway  *routing.Gateway
	Endpoint conformance.Endpoint
	Services *conformance.Services
	Speed    float64 // 60 when zero: a minute passes in a second
	Defects  []refproxy.Defect
	// Unseen has the fake service stand for the real one: it forgives nothing, and what arrives there is not seen.
	Unseen bool
	// Related has the services take each other's tokens, as replicas of one resource do.
	Related bool
	// Log is the file that the reference proxy writes its access log to; empty for none.
	Log string
	// Reloads has it tried what becomes of connections when the reference proxy loads its configuration again: nothing, unless a defect says so.
	Reloads bool
}

// speedOfTwins makes a poll of 90 seconds last one and a half.
const speedOfTwins = 60

// The fake service's timers, before they are scaled. Configurations write 15 seconds, which is too short, and 20, which is not; 85,
// too short, and 90: the timers lie between, so that a busy machine does not change a verdict.
const (
	twinPings = 17400 * time.Millisecond
	twinPolls = 87600 * time.Millisecond
)

// NewTwin runs a gateway in the reference proxy, in front of a fake service with an instance for every service that the gateway may
// reach.
func NewTwin(w Twin) (*Target, error) {
	t, stage := w.target()
	for _, step := range []func() error{
		func() error { return t.startService(w, stage) },
		func() error { return t.startProxy(w, stage) },
		func() error { return t.openTwin(stage) },
	} {
		if err := step(); err != nil {
			return nil, errors.Join(fmt.Errorf("start twin of %s: %w", w.Gateway.Name, err), t.Close())
		}
	}
	if w.Unseen {
		t.cluster = nil
	}
	return t, nil
}

// target is what is known of the gateway as a target before anything runs, and what it takes to run it.
func (w *Twin) target() (*Target, conformance.Stage) {
	w.Speed = cmp.Or(w.Speed, speedOfTwins)
	stage := conformance.NewStage(w.Gateway, w.Endpoint, w.Services)
	t := &Target{endpoint: w.Endpoint, speed: w.Speed, shared: newShared(), lag: &atomic.Int64{}, model: modelOf(*w, stage), kind: w.Gateway.Kind}
	if len(stage.Listeners) > 1 {
		t.blocked = "the client endpoint may stand for several listeners of the gateway, and which one is not known"
	}
	return t, stage
}

// probes reports whether the proxy is run here and has health probes, which can be seen to arrive.
func (t *Target) probes() bool { return t.proxy != nil && t.sees() && t.proxy.Gateway().Probes() }

func modelOf(w Twin, stage conformance.Stage) model {
	m := model{tellsOrigins: stage.TellsOrigins, origin: stage.Origin, page: stage.Page, roams: stage.Roams, bounded: stage.Bounded}
	if !w.Gateway.LimitsKnown || w.Gateway.Bounds != "" {
		m.unbounded = "what this kind of gateway bounds, and what its firewall blocks, is not in what was read"
	}
	for _, l := range stage.Listeners {
		if v := l.LowestTLS(w.Endpoint.Host); v.State() != routing.Known {
			m.versions = cmp.Or(v.Why(), "which versions of TLS the listener offers is not stated")
		}
	}
	return m
}

func (t *Target) startService(w Twin, stage conformance.Stage) error {
	hosts := stage.Services
	if len(hosts) == 0 {
		hosts = []string{"nobody.service.signalr.net"} // nothing leads there, which the cases find out
	}
	knobs := fakesignalr.Defaults()
	if !w.Unseen {
		forgive(&knobs)
	}
	knobs.ForgiveToken = knobs.ForgiveToken || w.Related
	timers(w.Speed)(&knobs)
	cluster, err := fakesignalr.NewCluster(fakesignalr.Services(hosts...), knobs)
	if err != nil {
		return err
	}
	t.cluster, t.own, t.service = cluster, cluster, hosts[0]
	t.closers = append(t.closers, cluster.Close)
	if t.tokens, err = mint(hosts[0], cmp.Or(stage.Hub, conformance.UsualHub), cluster.Instances()[0].Keys[0]); err != nil {
		return err
	}
	return cluster.Listen(fakesignalr.Addresses{WithPlain: true})
}

// timers scales what the service's clocks say.
func timers(speed float64) func(*fakesignalr.Knobs) {
	return func(k *fakesignalr.Knobs) {
		k.PingPeriod = time.Duration(float64(twinPings) / speed)
		k.PollTimeout = time.Duration(float64(twinPolls) / speed)
	}
}

// slowMotion is how much slower a twin runs when a case that depends on timers failed and is tried again: then a busy machine can
// hardly be the reason.
const slowMotion = 4

// slowed is the target in slow motion, as far as its clocks are ours. back returns to the old speed.
func (t *Target) slowed() (slow *Target, back func(), err error) {
	if t.proxy == nil {
		return t, func() {}, nil
	}
	s := *t
	s.speed /= slowMotion
	s.slower = slowMotion
	t.proxy.SetSpeed(s.speed)
	back = func() {
		t.proxy.SetSpeed(t.speed)
		_ = t.own.Turn(timers(t.speed)) // they were good before
	}
	return &s, back, t.own.Turn(timers(s.speed))
}

func (t *Target) startProxy(w Twin, stage conformance.Stage) error {
	d := &dialer{cluster: t.own, ties: stage.Ties, lag: t.lag}
	t.isService = func(address string) bool { return d.instance(routing.HostName(address)) != nil }
	config := refproxy.Config{Gateway: w.Gateway, Dial: d.dial, RootCAs: t.cluster.Roots(), Speed: w.Speed, ClientIP: clientIP, Defects: w.Defects}
	if w.Log != "" {
		log, err := os.OpenFile(w.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return fmt.Errorf("open access log: %w", err)
		}
		config.Log, t.accessLog = log, w.Log
		t.closers = append([]func() error{log.Close}, t.closers...)
	}
	proxy, err := refproxy.Start(config)
	if err != nil {
		return err
	}
	t.proxy = proxy
	if w.Reloads {
		t.reload = proxy.Reload
	}
	t.closers = append([]func() error{proxy.Close}, t.closers...)
	return nil
}

func (t *Target) openTwin(stage conformance.Stage) error {
	if t.endpoint.Scheme == "https" {
		plain := conformance.Endpoint{Scheme: "http", Host: t.endpoint.Host, Port: 80, Path: t.endpoint.Path}
		for _, l := range conformance.ListenersFor(t.proxy.Gateway(), plain) {
			t.plain = t.proxy.Addr(l)
		}
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(t.proxy.CA().PEM())
	return t.openDoor(stage, roots, t.proxy.Addr)
}

// openDoor leads clients to the listener that serves the endpoint, or to nowhere.
func (t *Target) openDoor(stage conformance.Stage, roots *x509.CertPool, address func(*routing.Listener) string) (err error) {
	t.door.roots, t.door.tls = roots, t.endpoint.Scheme == "https"
	if len(stage.Listeners) == 0 {
		t.door.address, err = closedAddress()
		return err
	}
	t.door.address, t.door.tls = address(stage.Listeners[0]), stage.Listeners[0].TLS
	return nil
}

// clientIP shows clients on loopback to the gateway as addresses of the Internet, different ones where they differ: 127.1.8.7 as
// 198.18.8.7 (of the networks in RFC 2544 and RFC 5737).
func clientIP(a net.Addr) string {
	host, _, err := net.SplitHostPort(a.String())
	parts := strings.Split(host, ".")
	if err != nil || len(parts) != 4 || parts[1] == "0" {
		return conformance.DefaultSample().ClientIP
	}
	network := map[string]string{"1": "198.18.", "2": "198.19."}[parts[1]]
	return cmp.Or(network, "198.51.") + parts[2] + "." + parts[3]
}
