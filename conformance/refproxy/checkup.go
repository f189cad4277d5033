package refproxy

import (
	"context"
	"net"
	"net/http"
	"slices"
	"sync"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Checkup is a health probe of the gateway's own, for an upstream that it has sent requests to.
type Checkup struct {
	Probe   *routing.Probe
	Address string // host:port of the upstream
	Scheme  string // that requests are sent over
	from    *routing.Gateway
	checks  map[routing.Setting]fact // how certificates are verified
}

// checkups are those that are due.
type checkups struct {
	mu  sync.Mutex
	all []Checkup
}

// maxCheckups bounds what is remembered.
const maxCheckups = 100

// note remembers the probes of the upstreams that a request is sent to.
func (c *checkups) note(p *Proxy, from *routing.Gateway, paths []routing.Path) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range paths {
		d := paths[i].Delivery
		if d == nil || d.Probe() == nil || d.Address.IsUnknown() || len(c.all) >= maxCheckups {
			continue
		}
		due := Checkup{Probe: d.Probe(), Address: d.Address.Text(), Scheme: d.Scheme.Text(), from: from, checks: map[routing.Setting]fact{}}
		for _, s := range []routing.Setting{routing.VerifyChain, routing.VerifyName} {
			due.checks[s] = factOf(d.Setting(s))
		}
		for _, defect := range p.config.Defects {
			if defect.probe != nil {
				due.Probe = defect.probe(*due.Probe)
			}
		}
		if !slices.ContainsFunc(c.all, due.same) {
			c.all = append(c.all, due)
		}
	}
}

func (c *Checkup) same(o Checkup) bool {
	return c.Address == o.Address && c.Scheme == o.Scheme && c.Probe.Span == o.Probe.Span && c.Probe.Host.Text() == o.Probe.Host.Text()
}

// Checkups are the health probes of all upstreams that requests were sent to so far, each once.
func (p *Proxy) Checkups() []Checkup {
	p.checkups.mu.Lock()
	defer p.checkups.mu.Unlock()
	return slices.Clone(p.checkups.all)
}

// URL is what the probe asks for.
func (c *Checkup) URL() string {
	return c.Probe.Scheme.Text() + "://" + net.JoinHostPort(hostOf(c.Address), c.port()) + c.Probe.Path.Text()
}

// port is the probe's own, or that of the upstream.
func (c *Checkup) port() string {
	if c.Probe.Port.IsSet() {
		return c.Probe.Port.Text()
	}
	_, port, err := net.SplitHostPort(c.Address)
	if err != nil {
		return map[string]string{"https": "443", "http": "80"}[c.Probe.Scheme.Text()]
	}
	return port
}

// CheckUp sends a health probe as the gateway would, and returns the status that comes back. unknown says what is missing to know what the
// gateway sends.
func (p *Proxy) CheckUp(ctx context.Context, c Checkup) (status int, unknown string, err error) {
	for _, v := range []routing.Value{c.Probe.Scheme, c.Probe.Host, c.Probe.Port, c.Probe.Path} {
		if v.IsUnknown() {
			return 0, v.Why(), nil
		}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL(), http.NoBody)
	if err != nil {
		return 0, "", err
	}
	host := known(c.Probe.Host.Text())
	x := &exchange{proxy: p, from: c.from, r: r, sending: &sending{
		address: net.JoinHostPort(hostOf(c.Address), c.port()), scheme: c.Probe.Scheme.Text(), method: r.Method, target: c.Probe.Path.Text(),
		header: []routing.Field{{Name: "Host", Value: host.text}, {Name: "Connection", Value: "close"}},
		settings: map[routing.Setting]fact{
			routing.SNI: host, routing.VerifiedName: host, routing.VerifyChain: c.checks[routing.VerifyChain], routing.VerifyName: c.checks[routing.VerifyName],
		},
	}}
	defer x.close()
	for _, step := range []func() *trouble{x.connect, x.secure, x.write, x.read} {
		switch t := step(); {
		case t != nil && t.header == UnknownHeader:
			return 0, t.why, nil
		case t != nil:
			return 0, "", t
		}
	}
	return x.response.StatusCode, "", nil
}
