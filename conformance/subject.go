package conformance

import (
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// site is a gateway with what is known of it for every client endpoint.
type site struct {
	gateway  *routing.Gateway
	services *Services
	blocks   map[string]string // by listener and plain host name
	variants []*site           // the same configuration under other versions of the product
	limit    int               // the shortest length that its program compares anything with; 0 for none
	compared sync.Map          // compared, by block
	mentions sync.Map          // whether a service is mentioned, by block
}

func newSite(g *routing.Gateway, services *Services) *site {
	limit, _ := g.ShortestLimit()
	on := &site{gateway: g, services: services, limit: limit, blocks: map[string]string{}}
	for _, l := range g.Listeners {
		for _, h := range l.Hosts {
			if key := l.Name + " " + h.Host; on.blocks[key] == "" {
				on.blocks[key] = h.Block
			}
		}
	}
	for _, v := range g.Variants {
		on.variants = append(on.variants, newSite(v, services))
	}
	return on
}

// subject is a gateway as one client endpoint sees it, with the probes traced so far.
type subject struct {
	*site
	endpoint Endpoint
	ties     map[string]string
	met      map[string]bool // services that probes reached
	named    *named          // what the program names; nil until somebody asks
	others   []string        // hubs beside the one that probes ask for
	sampled  []Sample        // connections that go different ways; nil until somebody asks
	cache    map[probeOf][]*Arrival
	traced   int
}

// probeOf is one request of a sampled connection.
type probeOf struct {
	kind   ProbeKind
	sample Sample
}

func newSubject(on *site, e Endpoint) *subject {
	s := &subject{site: on, endpoint: e, met: map[string]bool{}, cache: map[probeOf][]*Arrival{}}
	told := on.comparedFor(e)
	s.askForHubs(told.hubs)
	s.askFromPages(told.origins)
	return s
}

// tie learns which addresses are services: those to which some probe carries a service's name.
func (s *subject) tie() {
	s.ties = map[string]string{}
	c := &classifier{services: s.services}
	for _, kind := range ProbeKinds {
		p := NewProbe(s.endpoint, kind, DefaultSample())
		for _, path := range s.paths(&p, s.unlogged()) {
			if path.Delivery == nil {
				continue
			}
			if name := c.sentName(path.Delivery); name != "" {
				s.ties[addressHost(path.Delivery)] = name
			}
		}
	}
}

func (s *subject) arrivals(kind ProbeKind, sample Sample) []*Arrival {
	if sample != DefaultSample() && !slices.Contains(s.sampled, sample) {
		return s.trace(kind, sample, s.unlogged()) // the others are asked for once, and nobody asks what is logged of them
	}
	known, ok := s.cache[probeOf{kind, sample}]
	if !ok {
		known = s.trace(kind, sample, &routing.Tracer{Gateway: s.gateway})
		s.cache[probeOf{kind, sample}] = known
	}
	return known
}

func (s *subject) trace(kind ProbeKind, sample Sample, by *routing.Tracer) []*Arrival {
	p := NewProbe(s.endpoint, kind, sample)
	return s.follow(&p, by)
}

// unlogged is a tracer for requests of which nobody asks what is logged.
func (s *subject) unlogged() *routing.Tracer {
	return &routing.Tracer{Gateway: s.gateway, Unlogged: true}
}

// follow traces one request.
func (s *subject) follow(p *Probe, by *routing.Tracer) []*Arrival {
	s.traced++
	var out []*Arrival
	for _, path := range s.paths(p, by) {
		a := s.classify(p, path)
		if a.Service != "" {
			s.met[a.Service] = true
		}
		out = append(out, a)
	}
	return out
}

// classify tells where a path ends. Only when that is no known service is it worth the traces to learn the ties.
func (s *subject) classify(p *Probe, path *routing.Path) *Arrival {
	c := &classifier{services: s.services, ties: s.ties}
	a := c.arrival(p, path)
	if a.Kind == Elsewhere && s.ties == nil {
		s.tie()
		c.ties = s.ties
		a = c.arrival(p, path)
	}
	return a
}

// paths are the ways of a probe through every listener that it may come in at.
func (s *subject) paths(p *Probe, by *routing.Tracer) []*routing.Path {
	listeners := listenersFor(s.gateway, s.endpoint)
	if len(listeners) == 0 {
		return []*routing.Path{{Response: &routing.Response{Status: routing.Of("no connection", s.gateway.Span), Label: s.unserved(), Reason: routing.NoListener, Span: s.gateway.Span}}}
	}
	var out []*routing.Path
	for _, l := range listeners {
		req := p.Request
		req.Scheme = schemeOf(l) // something in front of it may speak TLS for it
		paths := by.Trace(l, &req)
		for i := range paths {
			if len(listeners) > 1 {
				paths[i].Assumed = append(paths[i].Assumed, routing.Assumption{
					Key: "listener " + l.Name, Holds: true, Span: l.Span, Why: "which address of the gateway the client endpoint stands for",
				})
			}
			out = append(out, &paths[i])
		}
	}
	return out
}

// unserved says that the gateway listens elsewhere than clients of the endpoint come to, and where.
func (s *subject) unserved() string {
	var others []string
	for _, l := range s.gateway.Listeners {
		others = append(others, l.Name+" ("+schemeOf(l)+namesOf(l)+")")
	}
	if len(others) > maxNamed {
		others = append(others[:maxNamed], fmt.Sprintf("%d more", len(others)-maxNamed))
	}
	label := fmt.Sprintf("there is no listener for %s on port %d that serves %s", s.endpoint.Scheme, s.endpoint.Port, s.endpoint.Host)
	if len(others) > 0 {
		label += "; the gateway listens at " + strings.Join(others, ", ")
	}
	return label
}

// namesOf are the host names that a listener knows.
func namesOf(l *routing.Listener) string {
	var names []string
	for _, h := range l.Hosts[:min(maxNamed, len(l.Hosts))] {
		names = append(names, h.Host)
	}
	if len(names) == 0 {
		return ""
	}
	return ", for " + strings.Join(names, ", ")
}

// maxNamed bounds how many listeners and names are named.
const maxNamed = 8

func schemeOf(l *routing.Listener) string {
	if l.TLS {
		return "https"
	}
	return "http"
}

// listenersFor are the listeners that clients of an endpoint may come in at: those of its port, or, where the gateway does not stand
// at the edge (none of the well-known ports), those that know the name, or that ask for none, for something in front may map the port.
func listenersFor(g *routing.Gateway, e Endpoint) []*routing.Listener {
	var exact, known, open []*routing.Listener
	edge := false
	for _, l := range g.Listeners {
		if OnlyFromHere(l, e) && len(g.Listeners) > 1 {
			continue
		}
		edge = edge || l.Port == 80 || l.Port == 443
		switch {
		case e.Listener != "" && e.Listener != l.Name:
		case l.Port == e.Port && l.TLS == (e.Scheme == "https"):
			exact = append(exact, l)
		case knows(l, e.Host):
			known = append(known, l)
		case l.OtherHosts:
			open = append(open, l)
		}
	}
	switch {
	case len(exact) > 0 || edge:
		return preferWildcard(exact)
	case len(known) == 0:
		return preferWildcard(open)
	}
	return preferWildcard(known)
}

// preferWildcard leaves out listeners on special addresses when one serves every other address, and duplicates of it.
func preferWildcard(list []*routing.Listener) []*routing.Listener {
	if i := slices.IndexFunc(list, func(l *routing.Listener) bool { return l.Address == "*" }); i >= 0 {
		return list[i : i+1]
	}
	return list
}

func knows(l *routing.Listener, host string) bool {
	return slices.ContainsFunc(l.Hosts, func(h routing.HostEntry) bool { return hostMatches(h.Host, host) })
}

// hostMatches compares a name with a plain name or a mask with one asterisk.
func hostMatches(mask, host string) bool {
	for i := range len(mask) {
		if mask[i] == '*' {
			before, after := mask[:i], mask[i+1:]
			return len(host) > len(before)+len(after) && host[:len(before)] == before && host[len(host)-len(after):] == after
		}
	}
	return mask == host
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// leads reports whether some probe reaches, or tries to reach, a service.
func (s *subject) leads() bool {
	for _, kind := range ProbeKinds {
		for _, a := range s.arrivals(kind, DefaultSample()) {
			if a.Leads() {
				return true
			}
		}
	}
	return false
}

// reached are the services that probes reached so far, sorted.
func (s *subject) reached() []string { return slices.Sorted(maps.Keys(s.met)) }

// severalInstances reports whether a probe was seen to reach, or the program names, more than one service or pool member. It errs on
// the side of yes.
func (s *subject) severalInstances() bool {
	if len(s.reached()) > 1 {
		return true
	}
	names := s.names()
	return names.open || len(names.instances) > 1
}

// named is what stands in the part of a program that serves an endpoint.
type named struct {
	instances map[string]bool // services, and pools with several members
	open      bool            // something there is not known, or leads further
	further   bool            // something there completes a service's name, or is another listener
}

// names are looked through once: several rules ask.
func (s *subject) names() *named {
	if s.named != nil {
		return s.named
	}
	s.named = &named{instances: map[string]bool{}}
	for _, l := range listenersFor(s.gateway, s.endpoint) {
		for v := range s.gateway.Literals(s.entryOf(l, s.endpoint.Host)) {
			s.named.add(v, s.site)
		}
	}
	return s.named
}

func (n *named) add(v routing.Value, on *site) {
	text := v.Text()
	service, pool := on.services.In(text), on.gateway.Pools[text]
	switch {
	case v.IsUnknown():
		n.open = true
	case completes(text) || on.gateway.LeadsOn(text):
		n.open, n.further = true, true
	case service != "":
		n.instances[service] = true
	case pool != nil && len(pool.Members) > 1:
		n.instances[routing.HostName(text)] = true
	}
}

// entryOf is the block that serves a host on a listener.
func (on *site) entryOf(l *routing.Listener, host string) string {
	if block, ok := on.blocks[l.Name+" "+host]; ok {
		return block
	}
	for _, h := range l.Hosts {
		if hostMatches(h.Host, host) {
			return h.Block
		}
	}
	return l.Entry
}
