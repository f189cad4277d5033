package frontdoor

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// listen makes the two sockets that every Front Door has. Which host, then which path of it a request is for is decided most specific first
// ("How requests get matched to a route configuration").
func (b *builder) listen(doors []*door) {
	slices.SortStableFunc(doors, func(x, y *door) int { return cmp.Compare(x.rank(), y.rank()) })
	for _, s := range []struct {
		scheme string
		port   int
	}{{"https", 443}, {"http", 80}} {
		l := &routing.Listener{Name: s.scheme, Address: "*", Port: s.port, TLS: s.scheme == "https", Entry: s.scheme, Span: b.r.Span()}
		l.HTTP2 = l.TLS // for all endpoints (learn.microsoft.com, "HTTP/2 support in Azure Front Door")
		var arms []routing.Arm
		for _, d := range doors {
			block := b.hostBlock(s.scheme, d)
			if d.host.State() == routing.Known {
				entry := routing.HostEntry{Host: d.host.Text(), Block: block, Span: d.span}
				if l.TLS {
					entry.MinTLS = d.minTLS
				}
				l.Hosts = append(l.Hosts, entry)
			}
			arms = append(arms, routing.Arm{
				When: d.when(), Label: "host " + d.host.String(), Span: d.span, Do: []routing.Step{&routing.Jump{To: block, Span: d.span}},
			})
		}
		b.g.Blocks[l.Entry] = []routing.Step{&routing.Match{Arms: arms, Span: l.Span}, noRoute("no route has this host name", l.Span)}
		b.g.Listeners = append(b.g.Listeners, l)
	}
}

func noRoute(label string, at routing.Span) routing.Step {
	return &routing.Respond{Status: routing.DefaultOf("400", product), Label: label, Span: at}
}

// hostBlock is the block that finds the route of a path, behind the firewall of the host.
func (b *builder) hostBlock(scheme string, d *door) string {
	name := fmt.Sprintf("%s %.200s", scheme, d.host.String())
	type choice struct {
		rank int
		arm  routing.Arm
	}
	var choices []choice
	for _, r := range d.routes {
		admits := r.admits(scheme)
		if admits.Text() == "false" {
			continue
		}
		block := b.routeBlock(scheme, r)
		for _, p := range r.patterns {
			choices = append(choices, choice{p.rank(), p.arm(r, block, admits)})
		}
	}
	slices.SortStableFunc(choices, func(x, y choice) int { return cmp.Compare(x.rank, y.rank) })
	var arms []routing.Arm
	for _, c := range choices {
		arms = append(arms, c.arm)
	}
	find := []routing.Step{&routing.Match{Arms: arms, Span: d.span}, noRoute("no route of this host takes this path over "+scheme, d.span)}
	b.g.Blocks[name] = append(slices.Clone(d.guards), find...)
	return name
}

// routeBlock is the block of what a route does with the requests of a scheme, once for all its hosts.
func (b *builder) routeBlock(scheme string, r *route) string {
	name := scheme + " route " + r.key
	if _, done := b.g.Blocks[name]; !done {
		b.g.Blocks[name] = nil
		b.g.Blocks[name] = r.steps(scheme)
	}
	return name
}
