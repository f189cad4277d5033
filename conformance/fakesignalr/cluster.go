package fakesignalr

import (
	"context"
	"crypto/x509"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/asrscheck/asrscheck/conformance/internal/testca"
)

// Cluster is a set of services that share a log, knobs and a certificate authority.
type Cluster struct {
	log       requestLog
	all       []*Instance
	ca        *testca.CA
	knobs     atomic.Pointer[Knobs]
	changing  sync.Mutex
	registry  registry
	ctx       context.Context //nolint:containedctx // the cluster is what the context's life stands for
	cancel    context.CancelFunc
	doors     sync.Mutex // guards closed, and adding to serving
	closed    bool
	serving   sync.WaitGroup
	closeOnce sync.Once
	closeErr  error
}

// NewCluster lays out services (see Single, Replicas, Services) with the given knobs. It does not listen yet: use an Instance
// as handler, or call Listen. Close it when done.
func NewCluster(services []Service, knobs Knobs) (*Cluster, error) {
	if err := knobs.check(); err != nil {
		return nil, err
	}
	c := &Cluster{}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.knobs.Store(&knobs)
	all, err := c.instances(services)
	if err != nil {
		return nil, err
	}
	c.all = all
	if err := c.certify(); err != nil {
		return nil, fmt.Errorf("certify cluster: %w", err)
	}
	return c, nil
}

func (c *Cluster) certify() error {
	ca, err := testca.New("asrscheck fake service CA")
	if err != nil {
		return err
	}
	rogue, err := testca.New("asrscheck rogue CA")
	if err != nil {
		return err
	}
	c.ca = ca
	for _, i := range c.all {
		if i.certificates, err = issueAll(ca, rogue, i.Host); err != nil {
			return err
		}
	}
	return nil
}

// Instances lists the instances in the order of the services.
func (c *Cluster) Instances() []*Instance { return append([]*Instance(nil), c.all...) }

// Instance finds an instance by its tag, or by the connection id that it made; nil when there is none.
func (c *Cluster) Instance(tagOrID string) *Instance {
	if len(tagOrID) > tagSize {
		tagOrID = tagOrID[len(tagOrID)-tagSize:]
	}
	for _, i := range c.all {
		if i.Tag == tagOrID {
			return i
		}
	}
	return nil
}

// CA is the authority that signed the instances' certificates.
func (c *Cluster) CA() *testca.CA { return c.ca }

// Roots are the authority of the instances' certificates.
func (c *Cluster) Roots() *x509.CertPool { return c.ca.Pool() }

// Knobs are the current knobs.
func (c *Cluster) Knobs() Knobs { return *c.knobs.Load() }

// Turn changes knobs. It refuses a combination that makes no sense and then changes nothing. When certificates change, all
// connections are cut, because a kept one would hide it.
func (c *Cluster) Turn(change func(*Knobs)) error {
	c.changing.Lock()
	defer c.changing.Unlock()
	old := c.Knobs()
	knobs := old
	change(&knobs)
	if err := knobs.check(); err != nil {
		return err
	}
	c.knobs.Store(&knobs)
	if knobs.certificate() != old.certificate() {
		c.CutConnections()
	}
	return nil
}

// certificate is the part of the knobs that chooses certificates.
func (k Knobs) certificate() Knobs {
	return Knobs{Rogue: k.Rogue, Misname: k.Misname, NoSNI: k.NoSNI}
}

// CutConnections closes every connection to the listeners, without a word.
func (c *Cluster) CutConnections() {
	for _, i := range c.all {
		i.cut()
	}
}

// enter counts a handler or goroutine in; false means that the cluster is closing.
func (c *Cluster) enter() bool {
	c.doors.Lock()
	defer c.doors.Unlock()
	if c.closed {
		return false
	}
	c.serving.Add(1)
	return true
}

func (c *Cluster) leave() { c.serving.Done() }

// closeGrace is how long Close waits for handlers.
const closeGrace = 5 * time.Second

// Close ends all listeners and connections and waits for the handlers.
func (c *Cluster) Close() error {
	c.closeOnce.Do(func() { c.closeErr = c.close() })
	return c.closeErr
}

func (c *Cluster) close() error {
	c.doors.Lock()
	c.closed = true
	c.doors.Unlock()
	c.cancel()
	for _, i := range c.all {
		i.closeServers()
	}
	done := make(chan struct{})
	go func() { c.serving.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-time.After(closeGrace):
		return fmt.Errorf("close cluster: requests still run after %v", closeGrace)
	}
}
