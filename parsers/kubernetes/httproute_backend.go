package kubernetes

import (
	"cmp"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// forward sends a request to the backends of a rule, by their weights.
func (l *routeLowering) forward(r routeRule, target routing.Expr) []routing.Step {
	at := r.at()
	pool := &routing.Pool{Name: "backends " + itoa(len(l.g.Pools)+1) + " of HTTPRoute " + r.route.name, Span: at, Pick: l.pick(r)}
	refs := r.backends()
	if len(refs) == 0 {
		return []routing.Step{&routing.Respond{Status: routing.Of("500", at), Label: "the rule has no backend", Span: at}}
	}
	first, policy := l.backendOf(r.route, refs[0]), l.tlsPolicy(r.route, refs[0])
	for _, ref := range refs {
		if l.tlsPolicy(r.route, ref).node != policy.node {
			return []routing.Step{&routing.Opaque{Why: "backends with different policies for TLS are not followed", Span: at}}
		}
		if len(refs) > 1 && count(ref.get("filters")) > 0 {
			return []routing.Step{&routing.Opaque{Why: "filters of one of several backends are not followed", Span: ref.get("filters").span()}}
		}
		pool.Members = append(pool.Members, l.backendOf(r.route, ref).asMembers(weightOf(ref))...)
	}
	key := strings.ToLower(pool.Name)
	l.g.Pools[key] = pool
	return []routing.Step{&routing.Forward{
		To: routing.Text(key), Scheme: schemeOf(policy, at), Target: target, Settings: l.settings(r, first, policy), Label: "forwards to " + first.id, Span: at,
	}}
}

// backends are the references of a rule to backends that get requests.
func (r routeRule) backends() []value {
	return slices.DeleteFunc(slices.Collect(r.rule.get("backendRefs").items()), func(ref value) bool { return weightOf(ref) == 0 })
}

// weightOf is the share of requests that a backend gets.
func weightOf(ref value) int {
	if n, ok := ref.get("weight").number(); ok {
		return n
	}
	return 1
}

// pick is how a member is chosen: by weight, or as a cookie or header remembers.
func (l *routeLowering) pick(r routeRule) routing.Pick {
	p := r.rule.get("sessionPersistence")
	if p.isZero() {
		return routing.Pick{How: "weight", Span: r.at()}
	}
	kind, how := routing.InCookie, "cookie"
	if p.get("type").text() == "Header" {
		kind, how = routing.InHeader, "header"
	}
	name := cmp.Or(p.get("sessionName").text(), "session")
	return routing.Pick{How: "session persistence by " + how, Key: routing.ReadOriginal(kind, name), Span: p.span()}
}

// backendOf is what a reference leads to: a Service, or a host that Envoy Gateway knows as a Backend.
func (l *routeLowering) backendOf(route object, ref value) *backend {
	namespace, name := cmp.Or(ref.get("namespace").text(), route.namespace), ref.get("name").text()
	kind := cmp.Or(ref.get("kind").text(), "Service")
	if namespace != route.namespace && !l.granted(route, namespace, kind, name) {
		why := "whether a ReferenceGrant in the namespace " + namespace + " lets the " + route.kind + " " + route.name + " use the " + kind + " " + name + ": none was given"
		return &backend{id: namespace + "-" + name, at: ref.span(), why: why}
	}
	if kind == "Service" && ref.get("group").text() == "" {
		return l.service(namespace, name, ref.get("port").text(), ref.span())
	}
	b := &backend{id: namespace + "-" + name, at: ref.span()}
	o, ok := l.find(kind, namespace, name)
	if !ok || kind != "Backend" {
		b.why = "where the " + kind + " " + name + " leads"
		return b
	}
	for e := range o.get("spec", "endpoints").items() {
		for _, form := range [][2]string{{"fqdn", "hostname"}, {"ip", "address"}} {
			if host := e.get(form[0], form[1]); !host.isZero() {
				b.members, b.port = append(b.members, host), e.get(form[0], "port").text()
			}
		}
	}
	if len(b.members) == 0 {
		b.why = "the Backend " + name + " has no host that is known here"
	}
	return b
}

// granted reports whether a ReferenceGrant lets routes of one namespace refer to objects of another.
func (l *routeLowering) granted(route object, namespace, kind, name string) bool {
	for _, g := range l.of("ReferenceGrant", gatewayAPI) {
		from := func(v value) bool {
			return v.get("kind").text() == route.kind && v.get("group").text() == route.group && v.get("namespace").text() == route.namespace
		}
		to := func(v value) bool {
			return v.get("kind").text() == kind && (v.get("name").text() == "" || v.get("name").text() == name)
		}
		if g.namespace == namespace && slices.ContainsFunc(slices.Collect(g.get("spec", "from").items()), from) && slices.ContainsFunc(slices.Collect(g.get("spec", "to").items()), to) {
			return true
		}
	}
	return false
}

// asMembers are the members of a backend in the model.
func (b *backend) asMembers(weight int) []routing.Member {
	if b.why != "" {
		return []routing.Member{{Address: routing.UnknownOf(b.why, b.at), Weight: weight, Span: b.at}}
	}
	if b.inside != "" {
		return []routing.Member{{Address: routing.Of(net.JoinHostPort(b.inside, b.port), b.at), Weight: weight, Span: b.at}}
	}
	var out []routing.Member
	for _, m := range b.members {
		host := strings.TrimSuffix(m.text(), ".")
		out = append(out, routing.Member{Address: routing.Of(net.JoinHostPort(host, b.port), m.span()), Weight: weight, Span: m.span()})
	}
	return out
}

// tlsPolicy is the validation of the BackendTLSPolicy for a backend, the zero value where there is none. One that names the port comes before
// one that does not (PolicyTargetReference, "sectionName"); of several, the older one counts, then the first by name.
func (l *routeLowering) tlsPolicy(route object, ref value) value {
	namespace := cmp.Or(ref.get("namespace").text(), route.namespace)
	var best object
	var rank int
	for _, p := range l.of("BackendTLSPolicy", gatewayAPI) {
		for target := range p.get("spec", "targetRefs").items() {
			here := l.aims(p, namespace, target, ref)
			if here > rank || here == rank && here > 0 && earlier(p, best) {
				best, rank = p, here
			}
		}
	}
	if rank == 0 {
		return value{}
	}
	return best.get("spec", "validation")
}

// aims is 2 where a policy's target is the port that a backend is reached at, 1 where it is the whole of it, and 0 for another.
func (l *routeLowering) aims(p object, namespace string, target, ref value) int {
	kind := cmp.Or(ref.get("kind").text(), "Service")
	if p.namespace != namespace || target.get("name").text() != ref.get("name").text() || target.get("kind").text() != kind {
		return 0
	}
	section := target.get("sectionName").text()
	if section == "" {
		return 1
	}
	s, _ := l.find(kind, namespace, ref.get("name").text())
	if port := servicePort(s, ref.get("port").text()); port.get("name").text() == section {
		return 2
	}
	return 0
}

// earlier reports whether an object was made before another, or comes first by its name where that is not told.
func earlier(a, b object) bool {
	made := func(o object) string { return o.get("metadata", "creationTimestamp").text() }
	return cmp.Or(strings.Compare(made(a), made(b)), strings.Compare(a.namespace+"/"+a.name, b.namespace+"/"+b.name)) < 0
}

func schemeOf(policy value, at routing.Span) routing.Expr {
	if !policy.isZero() {
		return routing.Lit{Value: routing.Of("https", policy.span())}
	}
	return routing.Lit{Value: routing.UnknownOf("whether TLS is spoken to the backend without a BackendTLSPolicy"+depends, at)}
}

// settings are how a request is sent. All that the Gateway API does not say is unknown.
func (l *routeLowering) settings(r routeRule, b *backend, policy value) routing.Settings {
	at := r.at()
	unsaid := func(what string) routing.Expr { return routing.Lit{Value: routing.UnknownOf(what+depends, at)} }
	s := routing.Settings{
		routing.Upgrade:     unsaid("whether WebSocket handshakes are relayed"),
		routing.Buffering:   unsaid("whether answers are buffered"),
		routing.IdleTimeout: unsaid("how long a connection may be quiet"),
		routing.ReadTimeout: l.readTimeout(r, unsaid("how long an answer is waited for where the route sets no timeouts")),
	}
	if protocol := b.appProtocol; protocol.text() == "kubernetes.io/ws" || protocol.text() == "kubernetes.io/wss" {
		s[routing.Upgrade] = routing.Lit{Value: routing.Of("native", protocol.span())}
	}
	if policy.isZero() {
		why := "what is sent and checked in a TLS handshake without a BackendTLSPolicy"
		s[routing.SNI], s[routing.VerifyChain], s[routing.VerifyName] = unsaid(why), unsaid(why), unsaid(why)
		return s
	}
	host := policy.get("hostname")
	name := literal(host)
	if names := alternatives(policy); len(names) > 0 {
		name = routing.Lit{Value: routing.Of(strings.Join(names, " "), policy.get("subjectAltNames").span())}
	}
	yes := routing.Lit{Value: routing.OfBool(true, policy.span())}
	s[routing.SNI], s[routing.VerifiedName], s[routing.VerifyChain], s[routing.VerifyName] = literal(host), name, yes, yes
	return s
}

// alternatives are the host names that a certificate is checked for instead of the one that the handshake names (BackendTLSPolicyValidation,
// "subjectAltNames"): any of them will do.
func alternatives(policy value) []string {
	var out []string
	for v := range policy.get("subjectAltNames").items() {
		if name := cmp.Or(v.get("hostname").text(), v.get("uri").text()); name != "" {
			out = append(out, name)
		}
	}
	return out
}

// readTimeout is the shorter of the time-outs of a rule; 0s switches one off (GEP-1742).
func (l *routeLowering) readTimeout(r routeRule, otherwise routing.Expr) routing.Expr {
	shortest := routing.Lit{}
	var least time.Duration
	for _, name := range []string{"request", "backendRequest"} {
		v := r.rule.get("timeouts", name)
		d, err := time.ParseDuration(v.text())
		switch {
		case err != nil:
		case d == 0 && !shortest.IsSet():
			shortest = routing.Lit{Value: routing.OfDuration(longest, v.span())}
			least = longest
		case d > 0 && (least == 0 || d < least):
			shortest, least = routing.Lit{Value: routing.OfDuration(d, v.span())}, d
		}
	}
	if shortest.IsSet() {
		return shortest
	}
	return otherwise
}

// longest stands for a time-out that is switched off.
const longest = 365 * 24 * time.Hour
