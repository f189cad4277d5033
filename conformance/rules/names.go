package rules

import (
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// sameHost compares host names as DNS does.
func sameHost(a, b string) bool {
	return strings.EqualFold(strings.TrimSuffix(a, "."), strings.TrimSuffix(b, "."))
}

// mayBeTheServices reports whether a name may turn out to be the service's, because one of the two is only going to be known.
func mayBeTheServices(a *conformance.Arrival, name string) bool {
	return routing.MayBeSame(name, a.Service) && a.IsService(name)
}

// nameOpen is the opinion on a name that cannot be compared with the service's, because one of the two is only going to be known.
func nameOpen(a *conformance.Arrival, v routing.Value) conformance.Opinion {
	return conformance.CannotTell("the service's name is known only after the deployment: whether "+v.Text()+" is it cannot be told", at(v, a.Delivery.Forward.Span))
}

// leaveWhenNothingIsSent says so when no probe is sent to a service: what a service would see cannot be judged then.
func leaveWhenNothingIsSent(p *conformance.Pass) {
	leaveUnless(p, func(a *conformance.Arrival) bool { return a.Service != "" }, "no probe is sent to a service")
}

// leaveWhenNothingIsRouted says so when no route leads to a service.
func leaveWhenNothingIsRouted(p *conformance.Pass) {
	leaveUnlessAmong(p, p.Routed, func(a *conformance.Arrival) bool { return a.Service != "" }, "no probe is sent to a service")
}

func leaveUnless(p *conformance.Pass, is func(*conformance.Arrival) bool, why string) {
	leaveUnlessAmong(p, p.Arrivals, is, why)
}

func leaveUnlessAmong(p *conformance.Pass, ways func(conformance.ProbeKind) []*conformance.Arrival, is func(*conformance.Arrival) bool, why string) {
	for _, kind := range conformance.ProbeKinds {
		if slices.ContainsFunc(ways(kind), is) {
			return
		}
	}
	p.Leave(why, p.Gateway.Span)
}
