package conformance

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Stage is what it takes to run a gateway for one client endpoint: where clients come in, and what stands behind it.
type Stage struct {
	Listeners []*routing.Listener // that clients may come in at; none when the endpoint is not served
	Services  []string            // host names of services, sorted
	Ties      map[string]string   // further upstream hosts (a private endpoint's address, say) and the services behind them
}

// Bounds of a stage: more services than that are not set up, and so many connections are followed to find them.
const (
	maxStaged    = 32
	stageSamples = 48
)

// NewStage finds out what a gateway reaches for the clients of an endpoint.
func NewStage(g *routing.Gateway, e Endpoint, services *Services) Stage {
	s := newSubject(newSite(g, services), e)
	s.tie()
	for i := range stageSamples {
		sample := DefaultSample()
		sample.RequestID = fmt.Sprintf("%016x", (uint64(i)+1)*0x9e3779b97f4a7c15)
		s.arrivals(Negotiate, sample)
		s.arrivals(WebSocket, sample)
	}
	for _, kind := range ProbeKinds {
		s.arrivals(kind, DefaultSample())
	}
	stage := Stage{Listeners: listenersFor(g, e), Services: s.reached(), Ties: maps.Clone(s.ties)}
	stage.add(s.named())
	return stage
}

// named are the services whose names stand in the part of the program that serves the endpoint, reached or not.
func (s *subject) named() []string {
	var out []string
	for _, l := range listenersFor(s.gateway, s.endpoint) {
		s.gateway.Literals(s.entryOf(l, s.endpoint.Host), func(v routing.Value) {
			if host := routing.HostName(v.Text()); v.Text() != "" && s.services.Is(host) {
				out = append(out, host)
			}
		})
	}
	return out
}

// add keeps what can be a host name.
func (s *Stage) add(hosts []string) {
	for _, h := range hosts {
		if !slices.Contains(s.Services, h) && !strings.ContainsAny(h, "*?/ :@{}$") && len(s.Services) < maxStaged {
			s.Services = append(s.Services, h)
		}
	}
	slices.Sort(s.Services)
}
