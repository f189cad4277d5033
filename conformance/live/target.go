package live

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/refproxy"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

// Target is a proxy as the clients of one endpoint see it. Close it when done.
type Target struct {
	endpoint  conformance.Endpoint
	door      door
	tokens    tokens // empty without credentials
	service   string // the service's name; empty where the credentials did not say
	speed     float64
	slower    int                       // how many times as long what should come at once may take, in a second try
	cluster   service                   // the service's side; nil where it cannot be seen
	own       *fakesignalr.Cluster      // the same where it was started for the target
	lag       *atomic.Int64             // delays answers of the service, in nanoseconds; nil where it cannot
	proxy     *refproxy.Proxy           // nil unless it is run here
	isService func(address string) bool // of an address that a proxy that is run here connects to
	model     model                     // what is known of the gateway that a twin runs
	blocked   string                    // why nothing can be judged
	closers   []func() error
	shared    *shared
	kind      string                      // of the proxy, as formats are named; empty when it is not known
	hurry     time.Duration               // bounds every case where that is not zero
	watch     time.Duration               // how long quiet connections are watched, in whole pings; a minute where it is zero
	without   []string                    // transports that the design does without
	hub       *signalrclient.Client       // of the app's hub at its server; nil where it was not named
	direct    *signalrclient.Client       // of the service itself, past the proxy; nil where its host was not named
	origin    string                      // of the app's pages; empty where nobody named it
	accessLog string                      // path of the proxy's access log
	reload    func(context.Context) error // has the proxy load its configuration again
	lacking   map[Level]string            // what is missing for the cases of a level, in words
	plain     string                      // address at which the proxy may speak plain HTTP with the endpoint's clients; empty where there is none
	scope     *scope                      // of the case that runs
}

// model is what the gateway of a twin leaves open or may do by request: what the twin shows of it is not the whole truth.
type model struct {
	unbounded    string // why limits that are not met are not known to be all
	tellsOrigins bool   // answers depend on the Origin header
	origin       string // one that it names; empty where it names none
	page         string // the origin of pages that are let in, where others are turned away
	roams        bool   // what becomes of a request may depend on the client's address
	bounded      string // what bounds the number of requests, all of which come from one client here
	versions     string // why the versions of TLS that clients may speak are not known
}

// door is where clients connect.
type door struct {
	address string // empty: where the endpoint's name leads
	tls     bool
	roots   *x509.CertPool // nil: the system's
}

// shared is what cases of one target share.
type shared struct {
	mu       sync.Mutex
	source   *rand.Rand
	sessions int
	sent     atomic.Int64
	sweep    *sweep
	offered  map[string]bool // transports that negotiate offered through the proxy; nil before it did
	kind     string          // of the proxy, as its answers show
	place    sync.Once
	here     bool   // whether the proxy listens on this machine
	spoiled  bool   // bad certificates were shown, after which a proxy may take the service for dead
	astray   string // what retries of the proxy hide; empty where nothing is known of any
}

func newShared() *shared {
	return &shared{source: rand.New(rand.NewPCG(20, 26))} //nolint:gosec // the same ids in every run, so that runs can be compared
}

// scope is what one run of one case keeps.
type scope struct {
	requirement string
	left        string // why it could not be judged
	remark      string // on a case that holds
	lostToken   bool   // from the query of a request, which is what became of the path
	log         evidence
	swept       bool // the evidence holds the sweep
}

// Credentials let a client in at a real service.
type Credentials struct {
	Host string // of the service, as in Endpoint=
	Key  string // access key

	token, hub string // instead of a key (ParseToken)
}

// NewURL is a proxy that runs somewhere, with the real service behind it. Without credentials only a few cases can judge. roots are
// the authorities of the proxy's own certificate; nil for the system's.
func NewURL(e conformance.Endpoint, credentials Credentials, roots *x509.CertPool) (*Target, error) {
	t := &Target{endpoint: e, speed: 1, shared: newShared(), door: door{tls: e.Scheme == "https", roots: roots}, service: credentials.Host}
	if credentials.token != "" {
		t.tokens = tokens{short: credentials.token, hub: credentials.hub}
		return t, nil
	}
	if credentials.Key == "" {
		t.Lack(Token, "needs an access token: set ASRSCHECK_CONNECTION_STRING to the service's connection string, or ASRSCHECK_TOKEN to a client access token")
		return t, nil
	}
	var err error
	t.tokens, err = mint(credentials.Host, conformance.UsualHub, credentials.Key)
	return t, err
}

// NewBehind is a proxy that runs somewhere and was told to take a fake service for the real one; the target closes it. roots are the authorities of the
// proxy's own certificate; nil for the system's.
func NewBehind(e conformance.Endpoint, cluster *fakesignalr.Cluster, roots *x509.CertPool) (*Target, error) {
	return newBehind(e, cluster, roots)
}

// NewRecorded is a proxy that runs somewhere, in front of a fake service that another process runs; the target leaves it as it found it. roots
// are the authorities of the proxy's own certificate; nil for the system's.
func NewRecorded(e conformance.Endpoint, remote *fakesignalr.Remote, roots *x509.CertPool) (*Target, error) {
	old := remote.Knobs()
	t, err := newBehind(e, remote, roots)
	if err != nil {
		return nil, err
	}
	restore := func() error { return remote.Turn(func(k *fakesignalr.Knobs) { *k = old }) }
	t.closers = append([]func() error{restore}, t.closers...)
	return t, nil
}

func newBehind(e conformance.Endpoint, behind service, roots *x509.CertPool) (*Target, error) {
	t := &Target{endpoint: e, speed: 1, shared: newShared(), door: door{tls: e.Scheme == "https", roots: roots}, cluster: behind}
	t.closers = append(t.closers, behind.Close)
	first := behind.Seats()[0]
	var err error
	if t.tokens, err = mint(first.Host, conformance.UsualHub, first.Keys[0]); err != nil {
		return nil, err
	}
	return t, behind.Turn(forgive)
}

// forgive lets the fake service overlook what a proxy does wrong, so that every requirement is judged on its own and one fault does
// not hide the next. What is overlooked is recorded.
func forgive(k *fakesignalr.Knobs) {
	k.ForgiveHost, k.ForgivePath, k.ForgiveQuery, k.ForgiveToken, k.ForgiveOwner = true, true, true, true, true
}

// Close ends what the target runs.
func (t *Target) Close() error {
	var errs []error
	for _, c := range t.closers {
		errs = append(errs, c())
	}
	return errors.Join(errs...)
}

// Endpoint is the client endpoint that is judged.
func (t *Target) Endpoint() conformance.Endpoint { return t.endpoint }

// Sent counts the requests that were sent through the proxy.
func (t *Target) Sent() int { return int(t.shared.sent.Load()) }

// sees reports whether the service's side can be seen.
func (t *Target) sees() bool { return t.cluster != nil }

// given reports whether there is what the cases of a level need.
func (t *Target) given(l Level) bool {
	switch l {
	case Token:
		return t.tokens.short != ""
	case Hub:
		return t.hub != nil
	case Direct:
		return t.direct != nil
	case Log:
		return t.accessLog != ""
	case Reload:
		return t.reload != nil
	case Open:
	}
	return true
}

// Lack tells the target in words what is missing for the cases of a level. Where nobody says so, the cases are left out.
func (t *Target) Lack(l Level, what string) {
	if t.lacking == nil {
		t.lacking = map[Level]string{}
	}
	t.lacking[l] = what
}

// ComeFrom tells the target the origin of the app's pages, which must be let in.
func (t *Target) ComeFrom(origin string) { t.origin = origin }

// ConnectTo leads clients to an address (host:port) instead of to where the endpoint's name leads.
func (t *Target) ConnectTo(address string) { t.door.address = address }

// scoped is the target for one run of one case.
func (t *Target) scoped(c *Case) *Target {
	s := *t
	s.scope = &scope{requirement: c.Requirement}
	return &s
}

// ticks reports whether the clocks of service and proxy are the real ones, which are slow.
func (t *Target) ticks() bool { return t.proxy == nil && t.speed == 1 }

// Without tells the target which transports the design of the proxy knowingly does without: websocket, server-sent-events, long-polling.
func (t *Target) Without(transports ...string) { t.without = transports }

// pings is the time between the service's pings, and polls the time for which it holds a poll. The real service's are from the
// sources of ASP.NET Core SignalR.
func (t *Target) pings() time.Duration {
	if t.sees() {
		return t.cluster.Knobs().PingPeriod
	}
	return 15 * time.Second
}

// usualWatch is for how long quiet connections are watched where nobody says otherwise. Other cases hold a poll for 90 seconds meanwhile.
const usualWatch = time.Minute

// Watch tells the target for how long to watch quiet connections, as the real service's clocks count. Some proxies cut what is minutes old.
func (t *Target) Watch(d time.Duration) { t.watch = d }

// watchedPings is how many pings a quiet connection must outlive. Limits in configurations that a twin runs are for silence, which two pings show.
func (t *Target) watchedPings() int {
	if !t.ticks() {
		return 2
	}
	const period = 15 * time.Second
	return max(2, int((cmp.Or(t.watch, usualWatch)+period-1)/period))
}

func (t *Target) polls() time.Duration {
	if t.sees() {
		return t.cluster.Knobs().PollTimeout
	}
	return 90 * time.Second
}

// asModel says a duration as the gateway's configuration would.
func (t *Target) asModel(d time.Duration) string {
	return time.Duration(float64(d) * t.speed).Round(time.Second).String()
}

// closedAddress is an address of loopback on which nothing listens.
func closedAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // closed at once
	if err != nil {
		return "", fmt.Errorf("find a closed port: %w", err)
	}
	return l.Addr().String(), l.Close()
}
