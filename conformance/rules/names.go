package rules

import (
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/conformance"
)

// sameHost compares host names as DNS does.
func sameHost(a, b string) bool {
	return strings.EqualFold(strings.TrimSuffix(a, "."), strings.TrimSuffix(b, "."))
}

// amongHosts reports whether a host is one of several, with spaces between them.
func amongHosts(list, host string) bool {
	return slices.ContainsFunc(strings.Fields(list), func(one string) bool { return sameHost(one, host) })
}

// leaveWhenNothingIsSent says so when no probe is sent to a service: what a service would see cannot be judged then.
func leaveWhenNothingIsSent(p *conformance.Pass) {
	leaveUnless(p, func(a *conformance.Arrival) bool { return a.Service != "" }, "no probe is sent to a service")
}

func leaveUnless(p *conformance.Pass, is func(*conformance.Arrival) bool, why string) {
	for _, kind := range conformance.ProbeKinds {
		if slices.ContainsFunc(p.Arrivals(kind), is) {
			return
		}
	}
	p.Leave(why, p.Gateway.Span)
}
