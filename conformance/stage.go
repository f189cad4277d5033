package conformance

import (
	"cmp"
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
	// TellsOrigins says that something depends on the Origin header.
	TellsOrigins bool
	// Origin is one that the gateway compares those of pages with; empty where it names none.
	Origin string
	// Hub is one that clients can ask for, where the gateway tells hubs apart; empty elsewhere.
	Hub string
	// Page is the origin of pages that are let in, where the gateway turns others away; empty elsewhere.
	Page string
	// Roams says that the member of a pool depends on the address of the client, or how many requests are let in may.
	Roams bool
	// Bounded is what bounds the number of requests or connections of clients, in the product's words; empty where nothing does.
	Bounded string
	tight   bool // the requests of one client may be too many for a bound
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
	stage := Stage{Listeners: listenersFor(g, e), Ties: maps.Clone(s.ties), Hub: s.endpoint.Hub, Page: s.endpoint.Origin}
	for _, kind := range ProbeKinds {
		stage.addReached(s.arrivals(kind, DefaultSample()))
	}
	for i := range stageSamples {
		sample := DefaultSample()
		sample.RequestID = RequestID(uint64(i))
		sample.ClientIP = fmt.Sprintf("198.51.%d.7", i)
		stage.addReached(s.arrivals(Negotiate, sample))
		stage.addReached(s.arrivals(WebSocket, sample))
	}
	for _, l := range stage.Listeners {
		stage.TellsOrigins = stage.TellsOrigins || g.LooksAt(s.entryOf(l, e.Host), OriginHeader)
		if named := originsNamed(g, s.entryOf(l, e.Host)); len(named) > 0 && stage.Origin == "" {
			stage.Origin = named[0]
		}
		for v := range g.Literals(s.entryOf(l, e.Host)) {
			if host := services.In(v.Text()); host != "" {
				stage.add(host)
			}
		}
	}
	slices.Sort(stage.Services)
	stage.Roams = slices.ContainsFunc(s.samples(), func(sample Sample) bool { return sample.ClientIP != DefaultSample().ClientIP })
	stage.Roams = stage.Roams || stage.Bounded != "" && !stage.tight
	return stage
}

func (s *Stage) addReached(arrivals []*Arrival) {
	for _, a := range arrivals {
		if a.Service == "" {
			continue
		}
		for _, d := range a.Deliveries() {
			s.Bounded = cmp.Or(s.Bounded, d.Setting(routing.RateLimit).Text())
		}
		s.tight = s.tight || slices.ContainsFunc(a.Counted, func(c routing.Counted) bool { return c.Tight() })
		s.add(a.Service)
		if host := addressHost(a.Delivery); host != a.Service && s.Ties[host] == "" {
			s.Ties[host] = a.Service // its private endpoint's name
		}
	}
}

// add keeps what can be a host name.
func (s *Stage) add(host string) {
	if !slices.Contains(s.Services, host) && !strings.ContainsAny(host, "*?/ :@{}$") && len(s.Services) < maxStaged {
		s.Services = append(s.Services, host)
	}
}
