package routing

import (
	"net"
	"slices"
	"strconv"
	"strings"
)

// socketOf is a listener and the gateway that it is of.
type socketOf struct {
	gateway  *Gateway
	listener int // among those of the gateway
	private  bool
}

// Door is a listener at which requests come in, and the gateway that it is of.
type Door struct {
	Gateway  *Gateway
	Listener *Listener
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
			all.at[s.key] = append(all.at[s.key], socketOf{g, s.listener, s.private})
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
			out = append(out, socketName{key, i, isPrivate(l.Address)})
		}
	}
	return out
}

// isPrivate reports whether an address is reached inside of a network only.
func isPrivate(address string) bool {
	ip := net.ParseIP(address)
	return ip != nil && ip.IsPrivate()
}

// isPublicName reports whether a name means the same to every machine: no mask, not this machine, no unspecified address.
func isPublicName(name string) bool {
	ip := net.ParseIP(name)
	if ip != nil {
		return !ip.IsLoopback() && !ip.IsUnspecified()
	}
	return strings.Contains(name, ".") && !strings.ContainsAny(name, "*?~:/ ") && !strings.EqualFold(name, "localhost")
}

// others are the sockets of other gateways that an address leads to. What a gateway says of itself twice, under several versions, is one. Those at
// private addresses are left out for a gateway that does not reach them, where there are others.
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
	public := func(s socketOf) bool { return !s.private }
	if g.Outside.Text != "" && slices.ContainsFunc(out, public) {
		out = slices.DeleteFunc(out, func(s socketOf) bool { return s.private })
	}
	return out
}

// Onward are the listeners that a request to an address may come in at next, of this gateway or of another one of its estate: several where a name
// stands for several addresses of one gateway, none where the address is none that was read. Where several gateways answer for it, why says so.
func (g *Gateway) Onward(address string) (next []Door, why string) {
	if own := g.ListenerAt(address); own != nil {
		return []Door{{g, own}}, ""
	}
	for _, s := range g.others(address) {
		to := g.neighbors.opened.open(s.gateway)
		switch {
		case s.listener >= len(to.Listeners): // what was read has changed since
		case len(next) > 0 && next[0].Gateway != to:
			return nil, "several gateways that were read answer for " + address + ": " + next[0].Gateway.Name + " and " + to.Name
		default:
			next = append(next, Door{to, to.Listeners[s.listener]})
		}
	}
	return next, ""
}

// LeadsOn reports whether an address is a listener of this gateway or of another one of its estate.
func (g *Gateway) LeadsOn(address string) bool {
	return g.ListenerAt(address) != nil || len(g.others(address)) > 0
}
