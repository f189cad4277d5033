package conformance

import (
	"iter"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// maxPrefixes bounds how many path prefixes of one host are tried as client endpoints.
const maxPrefixes = 32

// derive finds the client endpoints of a gateway from its routes: hosts and path prefixes from which probes reach a service.
func derive(on *site) []Endpoint {
	g := on.gateway
	var out []Endpoint
	for _, l := range g.Listeners {
		if isLoopback(l.Address) && len(g.Listeners) > 1 {
			continue
		}
		byHost := make([][]Endpoint, len(l.Hosts))
		inParallel(len(l.Hosts), func(i int) {
			if h := l.Hosts[i]; on.mentionsService(h.Block) {
				byHost[i] = endpointsOf(on, l, plainHost(h.Host), h.Block)
			}
		})
		found := slices.Concat(byHost...)
		if len(found) == 0 && on.mentionsService(l.Entry) {
			found = endpointsOf(on, l, plainHost(""), l.Entry)
		}
		out = append(out, found...)
	}
	return secured(unique(out))
}

// apart has a client endpoint stand for one listener at a time, where several serve it: a public and a private frontend, say, of which one name has
// different addresses for different clients.
func apart(on *site, list []Endpoint) []Endpoint {
	var out []Endpoint
	for _, e := range list {
		listeners := listenersFor(on.gateway, e)
		if len(listeners) < 2 {
			out = append(out, e)
			continue
		}
		leading := slices.DeleteFunc(slices.Clone(listeners), func(l *routing.Listener) bool { return !newSubject(on, e.at(l)).leads() })
		if len(leading) == 0 {
			leading = listeners[:1]
		}
		for _, l := range leading {
			out = append(out, e.at(l))
		}
	}
	return out
}

func (e Endpoint) at(l *routing.Listener) Endpoint {
	e.Listener = l.Name
	return e
}

// secured leaves out what is served over plain HTTP where it is served over HTTPS too: apps send clients to that.
func secured(list []Endpoint) []Endpoint {
	type place struct{ host, path string }
	secure := map[place]bool{}
	for _, e := range list {
		if e.Scheme == "https" && e.Port == 443 {
			secure[place{e.Host, e.Path}] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(list), func(e Endpoint) bool {
		return e.Scheme == "http" && e.Port == 80 && secure[place{e.Host, e.Path}]
	})
}

func unique(list []Endpoint) []Endpoint {
	var out []Endpoint
	known := make(map[Endpoint]bool, len(list))
	for _, e := range list {
		same := e
		same.Source = ""
		if !known[same] {
			known[same] = true
			out = append(out, e)
		}
	}
	return out
}

// plainHost is a name that a mask matches.
func plainHost(mask string) string {
	host := strings.ReplaceAll(strings.ReplaceAll(mask, "*", "any"), "?", "x")
	if host == "" || host == "_" || strings.HasPrefix(host, "~") {
		return "localhost"
	}
	return host
}

// mentionsService reports whether something that is met from a block on names a service, or may lead to one. Listeners share blocks.
func (on *site) mentionsService(block string) bool {
	if known, ok := on.mentions.Load(block); ok {
		return known.(bool) //nolint:forcetypeassert // nothing else is stored
	}
	found := false
	for v := range on.gateway.Literals(block) {
		if v.IsUnknown() || v.Text() != "" && (on.services.In(v.Text()) != "" || completes(v.Text()) || on.gateway.LeadsOn(v.Text())) { // to a listener that may lead on
			found = true
			break
		}
	}
	on.mentions.Store(block, found)
	return found
}

// endpointsOf tries the path prefixes that the program tells apart: all from which the service sees the right path, else the one
// from which most probes reach a service.
func endpointsOf(on *site, l *routing.Listener, host, block string) []Endpoint {
	var right []Endpoint
	var best Endpoint
	most := 0
	for _, path := range candidatePaths(on.gateway.Prefixes(block)) {
		e := Endpoint{Scheme: schemeOf(l), Host: host, Port: l.Port, Path: path, Source: "derived from the routes of " + l.Name, Derived: true}
		s := newSubject(on, e)
		s.ties = map[string]string{} // a tie alone makes no client endpoint
		arrived, exact := s.score()
		if exact > 0 {
			right = append(right, e)
		}
		if arrived > most {
			best, most = e, arrived
		}
	}
	if len(right) == 0 && most > 0 {
		return []Endpoint{best}
	}
	return right
}

// candidatePaths turns path prefixes into paths of client endpoints, the root first.
func candidatePaths(prefixes iter.Seq[string]) []string {
	out := []string{"/"}
	for p := range prefixes {
		if len(out) == maxPrefixes {
			break
		}
		if i := strings.Index(p, "/client"); i >= 0 {
			p = p[:i]
		}
		p = strings.TrimSuffix(p, "/") + "/"
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// score counts the probes that reach a service, and those that reach it with the right target. Where neither negotiate nor a
// WebSocket handshake does, the others are not tried.
func (s *subject) score() (arrived, exact int) {
	for i, kind := range []ProbeKind{Negotiate, WebSocket, Events, Poll} {
		if i == 2 && arrived == 0 {
			break
		}
		for _, a := range s.arrivals(kind, DefaultSample()) {
			if !a.Leads() {
				continue
			}
			arrived++
			if a.Delivery != nil && a.Delivery.Target.Text() == a.Probe.Target {
				exact++
			}
		}
	}
	return arrived, exact
}
