package routing

import (
	"net"
	"strconv"
	"strings"
)

// socketOf is a listener and the gateway that it is of.
type socketOf struct {
	gateway  *Gateway
	listener int // among those of the gateway
}

// neighbors are the sockets of an estate by the names and addresses, with the port, at which they are reached.
type neighbors struct {
	at     map[string][]socketOf
	opened opened
}

// Connect lets requests go on from one gateway of the estate into another one, where the name or address that the first one forwards to is
// the other one's. Names that a listener tells apart count, and those of its public address.
func (e *Estate) Connect() {
	if len(e.Gateways) < 2 {
		return
	}
	all := &neighbors{at: map[string][]socketOf{}}
	for _, g := range e.Gateways {
		for _, s := range g.socketNames() {
			all.at[s.key] = append(all.at[s.key], socketOf{g, s.listener})
		}
	}
	for _, g := range e.Gateways {
		g.neighbors = all
		for _, v := range g.Variants {
			v.neighbors = all
		}
	}
}

func (g *Gateway) socketNames() []socketName {
	if g.made != nil {
		return g.made.sockets
	}
	return socketsOf(g)
}

// socketsOf are the names by which the listeners of a gateway are reached.
func socketsOf(g *Gateway) []socketName {
	var out []socketName
	for i, l := range g.Listeners {
		names := append([]string{l.Address}, l.Names...)
		for _, h := range l.Hosts {
			names = append(names, h.Host)
		}
		seen := map[string]bool{}
		for _, name := range names {
			key := net.JoinHostPort(lower(name), strconv.Itoa(l.Port))
			if seen[key] || !isPublicName(name) {
				continue
			}
			seen[key] = true
			out = append(out, socketName{key, i})
		}
	}
	return out
}

// isPublicName reports whether a name means the same to every machine: no mask, not this machine, no unspecified address.
func isPublicName(name string) bool {
	ip := net.ParseIP(name)
	if ip != nil {
		return !ip.IsLoopback() && !ip.IsUnspecified()
	}
	return strings.Contains(name, ".") && !strings.ContainsAny(name, "*?~:/ ") && !strings.EqualFold(name, "localhost")
}

// others are the sockets of other gateways that an address leads to. What a gateway says of itself twice, under several versions, is one.
func (g *Gateway) others(address string) []socketOf {
	if g.neighbors == nil {
		return nil
	}
	var out []socketOf
	for _, s := range g.neighbors.at[lower(address)] {
		if s.gateway.Span != g.Span || s.gateway.Name != g.Name {
			out = append(out, s)
		}
	}
	return out
}

// Onward is the listener that a request to an address comes in at next, of this gateway or of another one of its estate, and the gateway that
// it is of; nil where the address is none that was read. Where several gateways answer for it, why says so.
func (g *Gateway) Onward(address string) (next *Gateway, l *Listener, why string) {
	if own := g.ListenerAt(address); own != nil {
		return g, own, ""
	}
	switch found := g.others(address); len(found) {
	case 0:
		return nil, nil, ""
	case 1:
		next = g.neighbors.opened.open(found[0].gateway)
		if found[0].listener >= len(next.Listeners) { // what was read has changed since
			return nil, nil, ""
		}
		return next, next.Listeners[found[0].listener], ""
	default:
		return nil, nil, "several gateways that were read answer for " + address + ": " + found[0].gateway.Name + " and " + found[1].gateway.Name
	}
}

// LeadsOn reports whether an address is a listener of this gateway or of another one of its estate.
func (g *Gateway) LeadsOn(address string) bool {
	return g.ListenerAt(address) != nil || len(g.others(address)) > 0
}
