package rules

import (
	"strings"

	"github.com/asrscheck/asrscheck/conformance"
)

// sameHost compares host names as DNS does.
func sameHost(a, b string) bool {
	return strings.EqualFold(strings.TrimSuffix(a, "."), strings.TrimSuffix(b, "."))
}

// leaveWhenNothingArrives says so when no probe reaches a service: what a service would see cannot be judged then.
func leaveWhenNothingArrives(p *conformance.Pass) {
	for _, kind := range conformance.ProbeKinds {
		for _, a := range p.Arrivals(kind) {
			if a.Arrived() {
				return
			}
		}
	}
	p.Leave("no probe reaches a service", p.Gateway.Span)
}
