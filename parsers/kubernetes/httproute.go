package kubernetes

import (
	"cmp"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// gatewayAPI is the group of the Gateway API (gateway-api.sigs.k8s.io/reference/spec).
const gatewayAPI = "gateway.networking.k8s.io"

// depends completes the reason for what the Gateway API leaves to whoever implements it.
const depends = ": it depends on the implementation of the Gateway API"

// routeRule is one match of one rule of an HTTPRoute, which is one arm of the program.
type routeRule struct {
	route       object
	rule, match value
	host        value  // the hostname it is for; the zero value for every host
	doubt       string // why it is not certain that the listener takes it; empty where it is
}

// routes are the gateways that Gateways with HTTPRoutes are.
func (c *cluster) routes() []*routing.Gateway {
	byGateway := map[string][]object{}
	var order []string
	for _, route := range c.of("HTTPRoute", gatewayAPI) {
		for parent := range route.get("spec", "parentRefs").items() {
			namespace := cmp.Or(parent.get("namespace").text(), route.namespace)
			id := namespace + "/" + parent.get("name").text()
			if kind := parent.get("kind").text(); kind != "" && kind != "Gateway" {
				continue
			}
			if byGateway[id] == nil {
				order = append(order, id)
			}
			if !slices.ContainsFunc(byGateway[id], func(o object) bool { return o.node == route.node }) {
				byGateway[id] = append(byGateway[id], route)
			}
		}
	}
	var out []*routing.Gateway
	for _, id := range order {
		out = append(out, c.gatewayOf(id, byGateway[id]))
	}
	return out
}

// grpcRoutes are the GRPCRoutes that are attached to a Gateway. They matter where they meet with HTTPRoutes.
func (c *cluster) grpcRoutes(id string) []object {
	var out []object
	for _, route := range c.of("GRPCRoute", gatewayAPI) {
		for parent := range route.get("spec", "parentRefs").items() {
			if cmp.Or(parent.get("namespace").text(), route.namespace)+"/"+parent.get("name").text() == id {
				out = append(out, route)
				break
			}
		}
	}
	return out
}

// gatewayOf lowers a Gateway with its routes.
func (c *cluster) gatewayOf(id string, routes []object) *routing.Gateway {
	namespace, name, _ := strings.Cut(id, "/")
	g := &routing.Gateway{Kind: "gateway-api", Name: "gateway " + name, Pools: map[string]*routing.Pool{}, Blocks: map[string][]routing.Step{}}
	l := &routeLowering{cluster: c, g: g, id: id}
	o, ok := c.find("Gateway", namespace, name)
	g.Span = routes[0].get("metadata", "name").span()
	if ok {
		g.Span = o.get("metadata", "name").span()
		l.listeners(namespace, o, append(c.grpcRoutes(id), routes...))
		return g
	}
	g.Problems = append(g.Problems, routing.Problem{
		Span: g.Span, Kind: routing.NotWhole, Message: "the Gateway " + id + " was not given: its listeners are taken to be HTTPS on port 443",
		Fix: "give it too: kubectl get gateway " + name + " -n " + namespace + " -o yaml",
	})
	l.socket(443, true, value{}, all(append(c.grpcRoutes(id), routes...)), "")
	return g
}

// routeLowering lowers the routes of one Gateway.
type routeLowering struct {
	*cluster
	g     *routing.Gateway
	id    string // of the Gateway: namespace/name
	rules int
}

// host makes a name a host of the listener.
func (l *routeLowering) host(in *routing.Listener, host value) {
	name := strings.ToLower(host.text())
	if name != "" && !slices.ContainsFunc(in.Hosts, func(h routing.HostEntry) bool { return h.Host == name }) {
		in.Hosts = append(in.Hosts, routing.HostEntry{Host: name, Block: in.Entry, Span: host.span()})
	}
}

// hostsOf are the host names of a route that a listener takes; of a name and a mask that meet, the narrower.
func hostsOf(route object, listener value) []value {
	var out []value
	every := true
	for host := range route.get("spec", "hostnames").items() {
		every = false
		switch of := listener.text(); {
		case of == "", covers(of, host.text()):
			out = append(out, host)
		case covers(host.text(), of):
			out = append(out, listener)
		}
	}
	if every {
		out = append(out, listener)
	}
	return out
}

// covers reports whether a name or mask takes all that another does. An asterisk stands for one label or more.
func covers(mask, host string) bool {
	mask, host = strings.ToLower(mask), strings.ToLower(host)
	if suffix, ok := strings.CutPrefix(mask, "*"); ok {
		return mask == host || strings.HasSuffix(host, suffix) && len(host) > len(suffix)
	}
	return mask == host
}

// rulesOf are the matches of a route; a rule without any matches every path.
func (l *routeLowering) rulesOf(route attachment, host value) []routeRule {
	var out []routeRule
	for rule := range route.get("spec", "rules").items() {
		matches := 0
		for match := range rule.get("matches").items() {
			matches++
			if l.rules++; l.rules > maxPaths {
				return out
			}
			out = append(out, routeRule{route.object, rule, match, host, route.doubt})
		}
		if matches == 0 {
			out = append(out, routeRule{route.object, rule, value{}, host, route.doubt})
		}
	}
	return out
}

// byPrecedence orders matches: the longer host name without a mask, the longer host name; an exact path, the longer prefix; a method; more
// headers; more arguments; the older route and the earlier rule (HTTPRouteRule, "matches"). What GRPCRoutes may take comes first.
func byPrecedence(a, b routeRule) int {
	return cmp.Or(
		strings.Compare(a.route.kind, b.route.kind),
		compareLonger(exactHost(a), exactHost(b)),
		compareLonger(a.host.text(), b.host.text()),
		cmp.Compare(pathRank(b), pathRank(a)),
		compareLonger(a.prefix(), b.prefix()),
		cmp.Compare(present(b.match.get("method")), present(a.match.get("method"))),
		cmp.Compare(count(b.match.get("headers")), count(a.match.get("headers"))),
		cmp.Compare(count(b.match.get("queryParams")), count(a.match.get("queryParams"))),
		strings.Compare(a.route.get("metadata", "creationTimestamp").text(), b.route.get("metadata", "creationTimestamp").text()),
		strings.Compare(a.route.namespace+"/"+a.route.name, b.route.namespace+"/"+b.route.name),
	)
}

func compareLonger(a, b string) int { return cmp.Compare(len(b), len(a)) }

func exactHost(r routeRule) string {
	if strings.HasPrefix(r.host.text(), "*") {
		return ""
	}
	return r.host.text()
}

// pathRank: exact paths come first; where expressions come is the implementation's affair, and they are never judged as matching for sure.
func pathRank(r routeRule) int {
	switch r.match.get("path", "type").text() {
	case "Exact":
		return 2
	case "RegularExpression":
		return 1
	}
	return 0
}

// prefix is the path of a match, "/" where none is written.
func (r routeRule) prefix() string { return cmp.Or(r.match.get("path", "value").text(), "/") }

func present(v value) int {
	if v.isZero() {
		return 0
	}
	return 1
}

func count(v value) int {
	n := 0
	for range v.items() {
		n++
	}
	return n
}
