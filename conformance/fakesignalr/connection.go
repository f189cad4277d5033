package fakesignalr

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// connection is a SignalR connection, from negotiate to its end.
type connection struct {
	cluster  *Cluster
	owner    *Instance
	id       string
	key      string // what the client sends as id: the connection token, or in version 0 the connection id
	stateful bool
	claims   claims
	window   time.Duration
	pollGap  time.Duration
	born     time.Time
	ctx      context.Context //nolint:containedctx // a connection outlives the requests that carry it
	cancel   context.CancelFunc
	out      *outbox
	hub      *session
	ordered  atomic.Bool // SendEvents is at work

	mu        sync.Mutex
	transport transport
	carrier   *carrier // the request that brings messages to the client now
	polled    bool
	gap       *time.Timer
	died      time.Time
	closeCode int
	closeText string
}

// carrier is a WebSocket, an event stream or a poll; its context ends with the connection, and when a newer one takes its place.
type carrier struct {
	ctx    context.Context //nolint:containedctx // a carrier is what the context's life stands for
	cancel context.CancelCauseFunc
}

var errSuperseded = errors.New("a newer carrier came")

func newConnection(v *visit, version int) *connection {
	c := &connection{
		cluster: v.cluster, owner: v.Instance, id: newID(v.Tag), claims: v.claims, born: time.Now(),
		window: v.knobs.ConnectWindow, out: newOutbox(), closeCode: 1000,
		stateful: strings.EqualFold(v.query.last("useStatefulReconnect"), "true"),
		pollGap:  v.claims.PollGap.seconds(300, v.knobs.PollGap),
	}
	c.key = c.id
	if version > 0 {
		c.key = newID(v.Tag)
	}
	c.ctx, c.cancel = context.WithCancel(v.cluster.ctx)
	c.hub = newSession(c)
	return c
}

// token is the connection token, which version 0 does not have.
func (c *connection) token() string {
	if c.key == c.id {
		return ""
	}
	return c.key
}

// deadFor is how long the connection has been of no use; negative while it is.
func (c *connection) deadFor(now time.Time) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.died.IsZero() {
		return now.Sub(c.died)
	}
	if c.transport == noTransport && now.Sub(c.born) > c.window {
		return now.Sub(c.born.Add(c.window))
	}
	return -1
}

func notFound(reason Reason) *fault {
	return textFault(http.StatusNotFound, reason, "No Connection with that ID")
}

// alive refuses a connection that ended, or that nobody connected to in time (troubleshooting guide, "404": five seconds).
func (c *connection) alive() *fault {
	if !c.died.IsZero() {
		return notFound(ReasonConnectionClosed)
	}
	if c.transport == noTransport && time.Since(c.born) > c.window {
		return notFound(ReasonConnectionExpired)
	}
	return nil
}

// attach binds a GET request to the connection, with the refusals of HttpConnectionDispatcher.cs, EnsureConnectionStateAsync
// and TryActivatePersistentConnection. resumed tells a stateful reconnect.
func (c *connection) attach(t transport) (now *carrier, resumed bool, f *fault) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f := c.alive(); f != nil {
		return nil, false, f
	}
	if !c.claims.allows(t) {
		body := transportNames[t] + " transport not supported by this end point type"
		return nil, false, textFault(http.StatusNotFound, ReasonTransportDisabled, body)
	}
	if c.transport != noTransport && c.transport != t {
		body := "Cannot change transports mid-connection"
		return nil, false, textFault(http.StatusBadRequest, ReasonTransportSwitch, body)
	}
	resumable := c.stateful && t == webSockets
	if c.carrier != nil && t != longPolling && !resumable {
		return nil, false, &fault{status: http.StatusConflict, reason: ReasonTransportBusy}
	}
	resumed = c.transport != noTransport && resumable
	return c.carryBy(t), resumed, nil
}

// carryBy puts a new carrier in the place of the old.
func (c *connection) carryBy(t transport) *carrier {
	if c.carrier != nil {
		c.carrier.cancel(errSuperseded)
	}
	if c.gap != nil {
		c.gap.Stop()
	}
	if c.transport == noTransport {
		c.transport = t
		c.hub.begin(t)
	}
	c.carrier = &carrier{}
	c.carrier.ctx, c.carrier.cancel = context.WithCancelCause(c.ctx)
	return c.carrier
}

// during is a context that ends with the carrier, or with a request.
func (now *carrier) during(request context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(request)
	stop := context.AfterFunc(now.ctx, cancel)
	return ctx, func() { stop(); cancel() }
}

// release ends a carrier. The connection dies with it, unless it polls, or may be resumed: then after a while.
func (c *connection) release(ended *carrier, linger time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	ended.cancel(nil)
	if c.carrier != ended {
		return
	}
	c.carrier = nil
	if linger <= 0 {
		c.dieLocked()
		return
	}
	c.gap = time.AfterFunc(linger, c.dieAlone)
}

// dieAlone is for a timer that may fire just as a new carrier comes.
func (c *connection) dieAlone() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.carrier == nil {
		c.dieLocked()
	}
}

// finish sends a last message, if any, and lets the transport end with a WebSocket close code.
func (c *connection) finish(message []byte, code int, text string) {
	if message != nil {
		c.out.put(frame{data: message})
	}
	c.mu.Lock()
	c.closeCode, c.closeText = code, text
	c.mu.Unlock()
	c.out.finish()
}

func (c *connection) farewell() (code int, text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closeCode, c.closeText
}

func (c *connection) die() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dieLocked()
}

func (c *connection) dieLocked() {
	if !c.died.IsZero() {
		return
	}
	c.died = time.Now()
	if c.gap != nil {
		c.gap.Stop()
	}
	c.out.finish()
	c.cancel()
}
