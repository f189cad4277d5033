package appgateway

import (
	"fmt"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// site is one request routing rule with its listener.
type site struct {
	rule, listener azure.Object
	hosts          []host
	priority       int // 0: not stated
	block          string
}

// socket is what the listeners of one frontend address and port share.
type socket struct {
	name, address string
	frontend      azure.Object
	port          int
	tls           bool
	span          routing.Span
	sites         []*site
}

// listen makes a Listener of every socket, with the rules of its sites in the order in which the product asks them.
func (b *builder) listen() {
	sockets, unknown := b.sockets()
	b.uniquePriorities(sockets)
	if len(unknown) > 0 {
		sockets = withUsualPorts(sockets, b.r.Span())
	}
	for _, s := range sockets {
		b.socket(s, unknown)
	}
}

// sockets sorts the rules by socket. Rules of which the socket is not known come back as arms that may hold or not.
func (b *builder) sockets() (all []*socket, unknown []routing.Arm) {
	known := map[string]*socket{}
	lost := func(why string, at routing.Span) {
		const enough = 10
		if len(unknown) < enough {
			unknown = append(unknown, mayEnd(why, at))
		}
	}
	rules := b.r.Get("requestRoutingRules")
	if rules.Kind() == jsontree.Unknown {
		lost(rules.Text(), rules.Span())
	}
	for _, rule := range b.r.List("requestRoutingRules") {
		listener := b.resolve(rule, "httpListener", "httpListeners")
		switch {
		case rule.Node.Kind() == jsontree.Unknown:
			lost(rule.Node.Text(), rule.Span())
			continue
		case !listener.found:
			lost(listener.reason(fmt.Sprintf("rule %.100q has no listener", rule.Name())), place(rule))
			continue
		}
		at, why := b.socketOf("httpListeners", listener.Object)
		if why != "" {
			b.problem(routing.NotWhole, place(listener.Object), fmt.Sprintf("the address of listener %.100q is not known: %s", listener.Name(), why), "give what it refers to")
			lost(why, place(listener.Object))
			continue
		}
		s := known[at.name]
		if s == nil {
			s = &at
			known[at.name], all = s, append(all, s)
		}
		b.sameProtocol(s, at, listener.Object)
		s.sites = append(s.sites, b.site(rule, listener.Object))
	}
	return all, unknown
}

// mayEnd is the arm of a rule that could not be read: whether a request takes it and what then happens is unknown.
func mayEnd(why string, at routing.Span) routing.Arm {
	return routing.Arm{
		When: routing.Given{Value: routing.UnknownOf(why, at)}, Label: "a rule that could not be read", Span: at,
		Do: []routing.Step{&routing.Opaque{Why: why, Span: at}},
	}
}

// withUsualPorts adds the ports that clients use, where a listener that could not be read may stand on any.
func withUsualPorts(all []*socket, at routing.Span) []*socket {
	for _, s := range []*socket{{name: "unknown:443", port: 443, tls: true}, {name: "unknown:80", port: 80}} {
		if !slices.ContainsFunc(all, func(o *socket) bool { return o.port == s.port }) {
			s.address, s.span = "*", at
			all = append(all, s)
		}
	}
	return all
}

// socketOf is the frontend address and port of a listener of one of the two lists, or why they are not known.
func (b *builder) socketOf(list string, listener azure.Object) (s socket, why string) {
	frontend := b.resolve(listener, "frontendIPConfiguration", "frontendIPConfigurations")
	port := b.resolve(listener, "frontendPort", "frontendPorts")
	for _, l := range []link{frontend, port} {
		if !l.found {
			return s, l.reason("it has no frontend address or port")
		}
	}
	number, ok := azure.Number(port.Get("port"))
	if !ok {
		return s, azure.ReasonOf(azure.Text(port.Get("port")), "its port has no number")
	}
	protocol := chosen(list, listener, "protocol")
	if protocol.State() != routing.Known {
		return s, azure.ReasonOf(protocol, "it has no protocol")
	}
	return socket{
		name: fmt.Sprintf("%s:%d", frontend.Name(), number), address: addressOf(frontend.Object), frontend: frontend.Object, port: number,
		tls: strings.EqualFold(protocol.Text(), "Https"), span: place(listener),
	}, ""
}

// addressOf is a private frontend's address. That of a public one is not in the gateway, nor is one that Azure picks.
func addressOf(frontend azure.Object) string {
	if ip := frontend.Get("privateIPAddress"); ip.Kind() == jsontree.String && ip.Text() != "" {
		return ip.Text()
	}
	return ""
}

func (b *builder) sameProtocol(s *socket, at socket, listener azure.Object) {
	if s.tls != at.tls {
		b.problem(routing.Refused, place(listener), fmt.Sprintf("listener %.100q speaks another protocol than others on %s", listener.Name(), s.name), "give HTTP and HTTPS listeners ports of their own")
	}
}

func (b *builder) site(rule, listener azure.Object) *site {
	s := &site{rule: rule, listener: listener, hosts: hostsOf(listener), block: fmt.Sprintf("rule %.100s", rule.Name())}
	if _, taken := b.g.Blocks[s.block]; taken {
		b.problem(routing.Refused, place(rule), fmt.Sprintf("two rules have the name %.100q", rule.Name()), "give every rule a name of its own")
		s.block += fmt.Sprintf(" (%d)", len(b.g.Blocks))
	}
	s.priority, _ = azure.Number(rule.Get("priority"))
	b.g.Blocks[s.block] = b.ruleSteps(rule)
	return s
}
