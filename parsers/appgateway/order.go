package appgateway

import (
	"fmt"
	"slices"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// socket lowers one socket.
func (b *builder) socket(s *socket, unknown []routing.Arm) {
	l := &routing.Listener{Name: s.name, Address: s.address, Port: s.port, TLS: s.tls, Entry: "listener " + s.name, Span: s.span}
	if s.tls {
		l.MinTLS = b.minTLS()
		l.HTTP2 = b.speaksHTTP2()
	}
	sites, settled := b.ordered(s)
	arms := slices.Clone(unknown)
	if !settled {
		arms = append(arms, inAnyOrder(sites)...)
	}
	for _, site := range sites {
		l.Hosts = append(l.Hosts, b.hostEntries(site)...)
		arms = append(arms, site.arms(routing.Always{})...)
	}
	b.g.Blocks[l.Entry] = []routing.Step{
		&routing.Match{Arms: arms, Span: s.span},
		&routing.Respond{Status: routing.DefaultOf("404", product), Label: "no listener has this host name", Span: s.span},
	}
	b.g.Listeners = append(b.g.Listeners, l)
	b.publicName(l, s.frontend, sites)
}

// ordered puts the sites into the order in which requests are compared with them: by priority in v2, as listed in v1
// ("Hosting multiple sites": request routing rules evaluation order). In v2 rules without priority, which API versions before
// 2021-08-01 allow, have no documented order; it is settled all the same when no two of them fit one request.
func (b *builder) ordered(s *socket) (sites []*site, settled bool) {
	sites = slices.Clone(s.sites)
	missing := slices.ContainsFunc(sites, func(x *site) bool { return x.priority == 0 })
	if b.generation == v1 || missing && b.generation == unknownGeneration && !slices.ContainsFunc(sites, func(x *site) bool { return x.priority > 0 }) {
		return sites, b.generation == v1 || !overlapping(sites)
	}
	if missing {
		return sites, !overlapping(sites)
	}
	slices.SortStableFunc(sites, func(x, y *site) int { return x.priority - y.priority })
	return sites, true
}

// uniquePriorities: no two rules of a gateway have one priority, whatever their listeners ("Request routing rules": priority).
func (b *builder) uniquePriorities(sockets []*socket) {
	first := map[int]*site{}
	for _, s := range sockets {
		for _, x := range s.sites {
			if y := first[x.priority]; x.priority > 0 && y != nil {
				b.problem(routing.Refused, x.rule.Get("priority").Span(), fmt.Sprintf("rules %.100q and %.100q have the same priority", y.rule.Name(), x.rule.Name()), "give every rule a priority of its own")
			} else {
				first[x.priority] = x
			}
		}
	}
}

// manySites is beyond what the product accepts; so many are not compared with each other.
const manySites = 1000

func overlapping(sites []*site) bool {
	if len(sites) > manySites {
		return true
	}
	for i, x := range sites {
		if slices.ContainsFunc(sites[:i], x.overlaps) {
			return true
		}
	}
	return false
}

// inAnyOrder are arms by which each site that overlaps with another one may come first.
func inAnyOrder(sites []*site) []routing.Arm {
	var arms []routing.Arm
	for _, x := range sites {
		if len(sites) <= manySites && !slices.ContainsFunc(sites, func(y *site) bool { return y != x && x.overlaps(y) }) {
			continue
		}
		why := fmt.Sprintf("rules without priority have no documented order; rule %.100q may come first"+settle+", or give every rule a priority", x.rule.Name())
		arms = append(arms, x.arms(routing.Given{Value: routing.UnknownOf(why, place(x.rule))})...)
	}
	return arms
}
