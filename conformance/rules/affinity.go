package rules

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

var affinity = &conformance.Rule{
	ID: "ASRS-AFF-001", Requirement: "affinity", Severity: conformance.Error,
	Title: "Requests of one connection reach different instances",
	Why: "A connection lives on the instance that answered its negotiate. Every other instance answers 404 to its connect, polls and sends: " +
		"with two instances every second connect fails. A cookie does not help clients that keep none.",
	Fix: map[string]string{
		"": "Give every service a client endpoint of its own (a host name or a path prefix) that leads to it alone; or split on the query parameter asrs_request_id only.",
		"nginx": "Best: one location or server for each service, and one ClientEndpoint for each. Else choose by the id alone: " +
			"`split_clients $arg_asrs_request_id $service { 50% a.service.signalr.net; * b.service.signalr.net; }` with `proxy_pass https://$service;` and Host and SNI from $service. " +
			"`hash $arg_asrs_request_id consistent;` keeps connections together too, but cannot give each service its own Host.",
		"appgateway": "Give each service a client endpoint of its own, with a pool of one member behind it. Portal: one multi-site listener, rule and backend pool for each service; or path rules `/asrs1/client/*` and `/asrs2/client/*`, each with a backend setting of its own with Override backend path `/client/`. " +
			"az: `az network application-gateway url-path-map rule create … --paths \"/asrs1/client/*\" --address-pool asrs1 --http-settings asrs1`. Terraform: one path_rule, backend_address_pool and backend_http_settings (`path = \"/client/\"`) for each. " +
			"ARM and Bicep: `urlPathMaps[].pathRules`, `backendHttpSettingsCollection[].path`. Set each service's ClientEndpoint to it (`https://rt.contoso.example/asrs1/`). " +
			"Cookie-based affinity and load distribution policies (IpHash) are no remedy: many SignalR clients keep no cookies, and addresses change.",
		"frontdoor":     "Put one origin into the origin group, and give each service a custom domain, or a path with an origin path, of its own. Session affinity is no remedy: it is a cookie, and many SignalR clients keep none.",
		"ingress-nginx": "Give each service a host or a path prefix of its own, with an Ingress of its own, and no canary. The cookie of `affinity` is no remedy: many SignalR clients keep no cookies.",
		"gateway-api":   "Let each rule lead to one service, and give each service a host name or a path prefix of its own. sessionPersistence knows cookies and headers only, which SignalR clients do not keep.",
		"apim":          "Lead each API to one backend of type Single, and give each service an API, or a pair of them, at a suffix of its own (`asrs1/client`, `asrs2/client`) with a ClientEndpoint of its own. A pool of backends takes turns, and its session affinity is a cookie, which many SignalR clients do not keep. Portal: Backends, and API > Settings > Web service URL. az: `az apim api update -g GROUP --service-name APIM --api-id API --service-url https://NAME.service.signalr.net/client`. Terraform: one azurerm_api_management_api for each, with `path` and `service_url` of its own. ARM and Bicep: `properties.path` and `serviceUrl` of each of the `apis`.",
		"akamai":        "Give each service a hostname of the property, or a path prefix, of its own: one rule with a `hostname` or `path` criterion and one origin for each. Criteria random and bucket, secondHostname, Edge Load Balancing and the cookie of applicationLoadBalancer are no remedy. A `queryStringParameter` criterion on asrs_request_id keeps connections together only if it covers `/client/negotiate` and `/client/` alike. By hostname: `{\"name\": \"hostname\", \"options\": {\"matchOperator\": \"IS_ONE_OF\", \"values\": [\"rt1.contoso.example\"]}}`; Terraform: `criterion { hostname { match_operator = \"IS_ONE_OF\" values = [\"rt1.contoso.example\"] } }`.",
	},
	Bad: "nginx/err/affinity.conf", Good: "nginx/ok/map_two_services.conf",
	Sources: []string{"https://learn.microsoft.com/azure/azure-signalr/signalr-howto-reverse-proxy-overview", "https://github.com/dotnet/aspnetcore/issues/13944"},
	Check:   checkAffinity,
}

// sampleCount connections are followed: two instances picked by chance agree on all of them once in 2^24 runs.
const sampleCount = 24

// connectionKinds are the requests of one connection that must stay together.
var connectionKinds = []conformance.ProbeKind{
	conformance.Negotiate, conformance.WebSocket, conformance.Events, conformance.Poll, conformance.Send, conformance.Delete,
}

func checkAffinity(p *conformance.Pass) {
	leaveWhenNothingIsSent(p)
	adviseOnCookie(p)
	for _, kind := range connectionKinds {
		for _, a := range p.Arrivals(kind) {
			if why, at := a.Copied(); why != "" {
				p.Leave(why, at)
			}
		}
	}
	if !p.MayReachSeveral() {
		p.Keep()
		return
	}
	for i := range uint64(sampleCount) {
		if apart := follow(p, i); apart {
			return // one example explains it
		}
	}
	leaveToNetworks(p)
	p.Keep()
}

// leaveToNetworks leaves it open where the program tells client addresses apart that no sample has, and leads them to different instances:
// a client may change its network, or come by IPv4 and IPv6 in turn, while it connects.
func leaveToNetworks(p *conformance.Pass) {
	s := conformance.DefaultSample()
	s.ClientIP = ""
	var first *conformance.Arrival
	for _, kind := range connectionKinds[:2] {
		if slices.ContainsFunc(p.Arrivals(kind), isLost) {
			continue // for other reasons
		}
		for _, a := range p.ArrivalsOf(kind, s) {
			switch {
			case isLost(a):
				span, _ := a.Blame()
				p.Leave(byNetwork, span)
				return
			case a.Service == "":
			case first == nil:
				first = a
			case a.Instance() != first.Instance():
				span, why, _ := whereTheyPart(first, a)
				p.Leave(byNetwork+": "+why, span)
				return
			}
		}
	}
}

func isLost(a *conformance.Arrival) bool { return a.Kind == conformance.Lost }

const byNetwork = "which instance a client reaches depends on its address, which may change while it connects"

// follow traces all requests of one connection, each from another client address, and reports when they part.
func follow(p *conformance.Pass, i uint64) bool {
	var first *conformance.Arrival
	for n, kind := range connectionKinds {
		s := conformance.DefaultSample()
		s.RequestID = conformance.RequestID(i)
		s.ClientIP = fmt.Sprintf("198.%d.%d.7", 18+n%2, (8*i+uint64(n))%256) // another network each time, as with roaming clients
		for _, a := range p.ArrivalsOf(kind, s) {
			switch {
			case a.Kind == conformance.Lost:
				p.Leave(a.Why, a.Unknown.Span)
			case a.Service == "": // not routed to a service: another requirement
			case first == nil:
				first = a
			case a.Instance() != first.Instance():
				return part(p, first, a)
			}
		}
	}
	return false
}

// part reports two requests of one connection that reach different instances, unless that hangs on something unknown.
func part(p *conformance.Pass, a, b *conformance.Arrival) bool {
	for _, x := range []*conformance.Arrival{a, b} {
		open := slices.DeleteFunc(slices.Clone(x.Assumed), func(u routing.Assumption) bool { return u.Chance })
		if len(open) > 0 {
			last := open[len(open)-1]
			p.Leave(last.Why, last.Span)
			return true
		}
	}
	span, why, related := whereTheyPart(a, b)
	p.Break(conformance.Finding{
		Message: fmt.Sprintf("requests of one connection part: its %s goes to %s, its %s to %s; %s", a.Probe.Kind, a.Instance(), another(a, b), b.Instance(), why),
		Span:    span, Related: related, Trace: b.Events(), Probes: []string{string(a.Probe.Kind), string(b.Probe.Kind)},
	})
	return true
}

// another names the kind of the second request.
func another(a, b *conformance.Arrival) string {
	if a.Probe.Kind == b.Probe.Kind {
		return "next " + string(b.Probe.Kind)
	}
	return string(b.Probe.Kind)
}

func whereTheyPart(a, b *conformance.Arrival) (routing.Span, string, []routing.Note) {
	related := []routing.Note{
		{Span: a.Delivery.Address.Span, Text: fmt.Sprintf("the %s goes here", a.Probe.Kind)},
		{Span: b.Delivery.Address.Span, Text: fmt.Sprintf("the %s goes here", b.Probe.Kind)},
	}
	if related[0].Span == related[1].Span {
		related = []routing.Note{{Span: related[0].Span, Text: "both are sent from here"}}
	}
	for _, x := range [][2]*conformance.Arrival{{a, b}, {b, a}} {
		if pool := pickedFrom(x[0], x[1]); pool != nil {
			return at(routing.Of("", pool.Pick.Span), pool.Span), howPicked(x[0], pool), related
		}
	}
	if u, ok := leftToChance(a, b); ok {
		return u.Span, "chance decides: " + u.Why, related
	}
	if span := a.Delivery.Address.Span; a.Probe.Kind == b.Probe.Kind && !span.IsZero() && span == b.Delivery.Address.Span {
		return span, "the upstream is computed here from something that differs between them", related
	}
	if e, ok := parting(a, b); ok {
		return e.Span, "they part at " + e.Text, related
	}
	for _, n := range a.Delivery.To.Related {
		if slices.Contains(b.Delivery.To.Related, n) {
			return n.Span, "both are chosen by " + n.Text, related
		}
	}
	return at(b.Delivery.Address, b.Delivery.Forward.Span), "the upstream's name is computed from something that differs between them", related
}

// leftToChance is a condition that another request may answer otherwise, and that only one of two did, or both in different ways.
func leftToChance(a, b *conformance.Arrival) (routing.Assumption, bool) {
	for _, u := range slices.Concat(a.Assumed, b.Assumed) {
		alike := func(other routing.Assumption) bool { return other.Key == u.Key && other.Holds == u.Holds }
		if u.Chance && (!slices.ContainsFunc(a.Assumed, alike) || !slices.ContainsFunc(b.Assumed, alike)) {
			return u, true
		}
	}
	return routing.Assumption{}, false
}

func howPicked(a *conformance.Arrival, pool *routing.Pool) string {
	if !slices.ContainsFunc(a.Deliveries(), func(d *routing.Delivery) bool { return d.Pool == pool }) {
		return fmt.Sprintf("%s decides by chance: %s", pool.Name, pool.Pick.How)
	}
	return fmt.Sprintf("pool %s picks by %s", pool.Name, cmp.Or(pool.Pick.How, "round robin"))
}

// pickedFrom is the pool of several members that a request went through, here or on the way: one of which another member was picked for the other
// request, or else one that picks by a key.
func pickedFrom(a, other *conformance.Arrival) *routing.Pool {
	for _, c := range slices.Backward(a.Chosen) {
		alike := func(d routing.Choice) bool {
			return d.Member == c.Member && d.Pool.Name == c.Pool.Name && d.Pool.Pick.Span == c.Pool.Pick.Span
		}
		if !slices.ContainsFunc(other.Chosen, alike) {
			return c.Pool
		}
	}
	for _, d := range a.Deliveries() {
		if d.Key.IsSet() {
			return d.Pool
		}
	}
	return nil
}

// parting is a decision that one of two requests took and the other did not: one that names its upstream, or else the first.
func parting(a, b *conformance.Arrival) (routing.Event, bool) {
	onlyA, onlyB := without(decisions(a), decisions(b)), without(decisions(b), decisions(a))
	only := slices.Concat(onlyA, onlyB)
	for _, e := range only {
		if e.Span.Holds(a.Delivery.Address.Span) || e.Span.Holds(b.Delivery.Address.Span) {
			return e, true
		}
	}
	if len(only) == 0 {
		return routing.Event{}, false
	}
	return only[0], true
}

func without(events, others []routing.Event) []routing.Event {
	return slices.DeleteFunc(events, func(e routing.Event) bool { return slices.Contains(others, e) })
}

func decisions(a *conformance.Arrival) []routing.Event {
	return slices.DeleteFunc(slices.Clone(a.Events()), func(e routing.Event) bool { return !e.Decision || e.Span.IsZero() })
}
