package kubernetes

import (
	"cmp"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// attachment is a route that is attached to a listener. doubt says why that is not certain; it is empty where it is.
type attachment struct {
	object
	doubt string
}

// all attaches routes to a listener without asking it.
func all(routes []object) []attachment {
	var out []attachment
	for _, r := range routes {
		out = append(out, attachment{object: r})
	}
	return out
}

// listeners lowers the listeners of a Gateway with the routes that are attached to them: of those that share a port, the one with the most
// specific host name takes a request (Gateway, "Distinct Listeners").
func (l *routeLowering) listeners(namespace string, gateway object, routes []object) {
	in := slices.Collect(gateway.get("spec", "listeners").items())
	slices.SortStableFunc(in, func(a, b value) int { return moreSpecific(a.get("hostname").text(), b.get("hostname").text()) })
	for i, listener := range in {
		port, ok := listener.get("port").number()
		switch protocol := listener.get("protocol").text(); {
		case !ok:
		case protocol == "HTTP" || protocol == "HTTPS":
			attached := l.attachedTo(namespace, listener, routes)
			l.socket(port, protocol == "HTTPS", listener.get("hostname"), attached, l.doubtful(namespace, listener, in[i+1:], attached, routes))
		case protocol == "TLS":
			l.passThrough(port, listener, in)
		}
	}
}

// moreSpecific orders host names: those without a mask by their length, masks by their length, and none.
func moreSpecific(a, b string) int {
	exact := func(s string) string {
		if strings.HasPrefix(s, "*") {
			return ""
		}
		return s
	}
	return cmp.Or(compareLonger(exact(a), exact(b)), compareLonger(a, b))
}

// socket lowers a listener into the program: the rules of all routes in the order of their precedence. doubt says why what they do not take may
// still be taken; it is empty where it is not.
func (l *routeLowering) socket(port int, tls bool, hostname value, routes []attachment, doubt string) {
	in := l.socketAt(port, tls, hostname.span())
	var rules []routeRule
	for _, route := range routes {
		for _, host := range hostsOf(route.object, hostname) {
			rules = append(rules, l.rulesOf(route, host)...)
			l.host(in, host)
		}
	}
	slices.SortStableFunc(rules, byPrecedence)
	var arms []routing.Arm
	for _, r := range rules {
		arms = append(arms, l.arm(r))
	}
	at := cmp.Or(hostname.span(), l.g.Span)
	if len(arms) > 0 {
		l.g.Blocks[in.Entry] = append(l.g.Blocks[in.Entry], &routing.Match{Arms: arms, Span: at})
	}
	l.g.Blocks[in.Entry] = append(l.g.Blocks[in.Entry], refused(hostname, doubt, at))
}

// refused answers 404 to what no rule of a listener takes (HTTPRouteRule, "matches"). Of listeners that share a port, each answers for its
// own host name.
func refused(hostname value, doubt string, at routing.Span) routing.Step {
	answer := &routing.Respond{Status: routing.Of("404", at), Label: "no HTTPRoute takes the request", Span: at}
	if hostname.text() == "" {
		return answer
	}
	do := []routing.Step{answer}
	if doubt != "" {
		do = []routing.Step{maybe(doubt, at), answer}
	}
	return &routing.Match{Arms: []routing.Arm{{When: forHost(hostname), Do: do, Span: at}}, Span: at}
}

// socketAt is the listener of a port: several listeners of a Gateway may share one, by their host names.
func (l *routeLowering) socketAt(port int, tls bool, at routing.Span) *routing.Listener {
	for _, in := range l.g.Listeners {
		if in.Port == port {
			return in
		}
	}
	in := &routing.Listener{Name: "*:" + itoa(port), Address: "*", Port: port, TLS: tls, Entry: "listener " + itoa(port), Span: cmp.Or(at, l.g.Span)}
	if tls {
		in.MinTLS = routing.UnknownOf("the lowest version of TLS that is offered"+depends, in.Span)
	}
	l.g.Listeners = append(l.g.Listeners, in)
	return in
}

// passThrough leaves open what becomes of connections that a listener hands on by the name in their handshake, on a port that others share.
func (l *routeLowering) passThrough(port int, listener value, in []value) {
	shared := slices.ContainsFunc(in, func(o value) bool { return o.get("protocol").text() == "HTTPS" && samePort(o, listener) })
	name := listener.get("hostname")
	if !shared || name.isZero() {
		return
	}
	at, socket := name.span(), l.socketAt(port, true, name.span())
	why := "where the routes of the listener " + listener.get("name").text() + " lead, which are no HTTPRoutes"
	arm := routing.Arm{When: likeHost(routing.ReadOriginal(routing.InSNI, ""), name.text()), Do: []routing.Step{&routing.Opaque{Why: why, Span: at}}, Span: at}
	l.g.Blocks[socket.Entry] = append(l.g.Blocks[socket.Entry], &routing.Match{Arms: []routing.Arm{arm}, Span: at})
}

func samePort(a, b value) bool { return a.get("port").text() == b.get("port").text() }

// attachedTo are the routes that are attached to a listener.
func (l *routeLowering) attachedTo(namespace string, listener value, routes []object) []attachment {
	var out []attachment
	for _, r := range routes {
		if takes, doubt := l.attaches(namespace, listener, r); takes {
			out = append(out, attachment{r, doubt})
		}
	}
	return out
}

// doubtful says why requests for a listener's host name may be taken although none of its routes does: a wider listener on the port has a
// route for them. Whether that is asked is left to implementations (SupportGatewayHTTPListenerIsolation).
func (l *routeLowering) doubtful(namespace string, listener value, wider []value, attached []attachment, routes []object) string {
	own := listener.get("hostname")
	for _, w := range wider {
		if other := w.get("hostname").text(); !samePort(w, listener) || other != "" && !covers(other, own.text()) {
			continue
		}
		for _, r := range l.attachedTo(namespace, w, routes) {
			here := slices.ContainsFunc(attached, func(o attachment) bool { return o.node == r.node })
			if !here && len(hostsOf(r.object, own)) > 0 {
				return "whether the " + r.kind + " " + r.name + " of the listener " + w.get("name").text() + " is asked for what belongs to " + listener.get("name").text() + depends
			}
		}
	}
	return ""
}

// attaches reports whether a route is attached to a listener, and why that is not certain: the route may name the listener or its port, its
// kind must be allowed, and its namespace, which by default is that of the Gateway.
func (l *routeLowering) attaches(namespace string, listener value, route object) (takes bool, doubt string) {
	allowed := listener.get("allowedRoutes")
	kinds := slices.Collect(allowed.get("kinds").items())
	if len(kinds) > 0 && !slices.ContainsFunc(kinds, func(k value) bool { return k.get("kind").text() == route.kind }) {
		return false, ""
	}
	switch cmp.Or(allowed.get("namespaces", "from").text(), "Same") {
	case "Same":
		takes = route.namespace == namespace
	case "Selector":
		takes, doubt = l.selects(allowed.get("namespaces", "selector"), listener, route)
	case "None":
	default:
		takes = true
	}
	return takes && names(route, listener), doubt
}

// names reports whether a route wants a listener: it names it, its port, or neither.
func names(route object, listener value) bool {
	for parent := range route.get("spec", "parentRefs").items() {
		section, port := parent.get("sectionName").text(), parent.get("port").text()
		if (section == "" || section == listener.get("name").text()) && (port == "" || port == listener.get("port").text()) {
			return true
		}
	}
	return false
}

// selects reports whether a listener takes routes of the namespace that one is in, by the labels of the namespace.
func (l *routeLowering) selects(selector, listener value, route object) (takes bool, doubt string) {
	namespace, ok := l.find("Namespace", "default", route.namespace)
	if !ok || count(selector.get("matchExpressions")) > 0 {
		return true, "whether the listener " + listener.get("name").text() + " selects routes of the namespace " + route.namespace + " by its labels"
	}
	return labeled(namespace.get("metadata", "labels"), selector.get("matchLabels")), ""
}
