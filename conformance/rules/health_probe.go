package rules

import (
	"fmt"
	"strings"
	"time"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

var healthProbe = &conformance.Rule{
	ID: "ASRS-HC-001", Requirement: "health-probe", Severity: conformance.Error,
	Title: "The gateway's health probe does not ask the service's health path",
	Why: "The service answers /api/health with its own Host only, and with 200. A probe that asks / or 127.0.0.1, or takes another status for healthy, fails, and an Application Gateway that " +
		"believes its only backend to be unhealthy answers every client with 502. Front Door goes on when all origins fail, but cannot tell a sick one from a sound one then.",
	Fix: map[string]string{
		"":     "Probe https://NAME.service.signalr.net/api/health.",
		"apim": "API Management probes nothing; a circuit breaker of a backend acts on answers.",
		"appgateway": "Add a custom probe and choose it in the backend setting. Portal: Health probes > Add: protocol HTTPS, path /api/health, Pick host name from backend settings: Yes, no matching conditions. " +
			"az: `az network application-gateway probe create --gateway-name GATEWAY -g GROUP -n signalr --protocol Https --path /api/health --host-name-from-http-settings true`, then " +
			"`az network application-gateway http-settings update … --probe signalr`. Terraform: a probe block with `path = \"/api/health\"` and `pick_host_name_from_backend_http_settings = true`, named by probe_name. " +
			"ARM and Bicep: `probes[]` with `path: '/api/health'`, `pickHostNameFromBackendHttpSettings: true`, `match.statusCodes: ['200-399']`, and its id in `backendHttpSettingsCollection[].probe`.",
		"frontdoor": "Portal: Origin group > Health probes: path /api/health, protocol HTTPS. az: `az afd origin-group update … --probe-path /api/health --probe-protocol Https --probe-request-type HEAD`. Terraform: in health_probe `path = \"/api/health\"`, `protocol = \"Https\"`. ARM: `healthProbeSettings.probePath`.",
	},
	Bad: "appgateway/err/health_probe_path.json", Good: "appgateway/ok/howto_az.json",
	Sources: []string{"https://learn.microsoft.com/azure/azure-signalr/signalr-howto-work-with-app-gateway", "https://learn.microsoft.com/azure/application-gateway/application-gateway-probe-overview"},
	Check: func(p *conformance.Pass) {
		p.JudgeRoutes(towardsService(probeAsksHealth))
		adviseOnProbes(p, takesErrors)
		adviseOnProbes(p, outlastsInterval)
		adviseOnProbes(p, sparesMembers)
		leaveWhenNothingIsRouted(p)
	},
}

// probeAsksHealth only warns where requests go on although every probe fails.
func probeAsksHealth(a *conformance.Arrival) conformance.Opinion {
	probe := a.Delivery.Probe()
	switch {
	case probe == nil:
		return conformance.Fine() // this route is not probed
	case probe.UsesUnhealthy:
		return asksHealth(a, probe).AsWarning()
	}
	return asksHealth(a, probe)
}

func asksHealth(a *conformance.Arrival, probe *routing.Probe) conformance.Opinion {
	switch {
	case probe.Path.State() == routing.Known && !isHealthPath(probe.Path.Text()):
		return wrong(probe.Path, probe.Span, fmt.Sprintf("the health probe asks %q instead of /api/health%s", probe.Path.Text(), defaultOf(probe.Path)))
	}
	for _, v := range []routing.Value{probe.Path, probe.Host, probe.Scheme, a.Delivery.Scheme} {
		if v.IsUnknown() {
			return cannotTell(v, probe.Span)
		}
	}
	switch {
	case mayBeTheServices(a, probe.Host.Text()):
		return nameOpen(a, probe.Host)
	case !sameHost(probe.Host.Text(), a.Service):
		return wrong(probe.Host, probe.Span, fmt.Sprintf("the health probe asks for the host %q instead of %s%s", probe.Host.Text(), a.Service, defaultOf(probe.Host)))
	case probe.UsesUnhealthy && !strings.EqualFold(probe.Scheme.Text(), a.Delivery.Scheme.Text()): // a product that allows that: each has a port of its own
		return takesTheAnswer(probe)
	case !strings.EqualFold(probe.Scheme.Text(), a.Delivery.Scheme.Text()):
		asks := probe.Scheme
		if travel := a.Delivery.Scheme.Span; !travel.IsZero() {
			asks = asks.With(travel, "requests travel over "+a.Delivery.Scheme.Text())
		}
		return wrong(asks, probe.Span, fmt.Sprintf("the health probe asks over %s, requests travel over %s", probe.Scheme.Text(), a.Delivery.Scheme.Text()))
	case conformance.SpeaksWrongly(probe.Scheme.Text(), probe.Port.Text()):
		return wrong(probe.Port, probe.Span, fmt.Sprintf("the health probe asks over %s at port %s, where the service speaks the other protocol", probe.Scheme.Text(), probe.Port.Text()))
	case conformance.IsOdd(a.Delivery.Address.Text(), probe.Port.Text()):
		return conformance.CannotTell("whether the service answers the health probe on port "+probe.Port.Text()+" is not known: it is documented to listen on 443", at(probe.Port, probe.Span))
	}
	return takesTheAnswer(probe)
}

// takesTheAnswer judges what the probe makes of the answer of a sound service, which is 200.
func takesTheAnswer(probe *routing.Probe) conformance.Opinion {
	taken, sound := probe.Takes(http200)
	switch {
	case probe.Statuses.IsUnknown():
		return cannotTell(probe.Statuses, probe.Span)
	case !sound:
		return conformance.CannotTell(fmt.Sprintf("which statuses the health probe takes for healthy is not understood: %.100q", probe.Statuses.Text()), at(probe.Statuses, probe.Span))
	case !taken:
		return wrong(probe.Statuses, probe.Span, fmt.Sprintf("the health probe takes the status %s for healthy, and a sound service answers 200", probe.Statuses.Text()))
	case probe.Body.IsUnknown():
		return cannotTell(probe.Body, probe.Span)
	case probe.Body.Text() != "":
		return conformance.CannotTell(fmt.Sprintf("the health probe wants %q in the answer; what the service's answer holds is not documented: leave it out, or look at the gateway's backend health", probe.Body.Text()), at(probe.Body, probe.Span))
	}
	return conformance.Fine()
}

const http200 = 200

// adviseOnProbes tells what a probe of the service invites, which breaks nothing, once for each kind of request.
func adviseOnProbes(p *conformance.Pass, about func(*routing.Probe) (message string, at routing.Value)) {
	for _, kind := range conformance.ProbeKinds {
		for _, a := range p.Arrivals(kind) {
			if a.Service == "" || a.Delivery.Probe() == nil {
				continue
			}
			if message, v := about(a.Delivery.Probe()); message != "" {
				p.Advise(conformance.Finding{Message: message, Span: at(v, a.Delivery.Probe().Span), Probes: []string{string(kind)}})
			}
		}
	}
}

// takesErrors is for probes that take answers for healthy with which a service says that it is not.
func takesErrors(probe *routing.Probe) (string, routing.Value) {
	for _, status := range []int{404, 503} {
		if taken, _ := probe.Takes(status); taken {
			return fmt.Sprintf("the health probe takes %d for healthy, with which the service answers a Host that is not its own or says that it cannot serve: take 200-399", status), probe.Statuses
		}
	}
	return "", routing.Value{}
}

// outlastsInterval is for probes that wait for an answer when the next one is due ("Create a custom probe": the time-out is not more than the
// interval).
func outlastsInterval(probe *routing.Probe) (string, routing.Value) {
	wait, err := time.ParseDuration(probe.Timeout.Text())
	every, err2 := time.ParseDuration(probe.Interval.Text())
	if err != nil || err2 != nil || wait <= every {
		return "", routing.Value{}
	}
	return fmt.Sprintf("the health probe waits %s for an answer, longer than the %s between two of them, so that a service that hangs is noticed late: make the time-out no longer than the interval", wait, every), probe.Timeout
}

// sparesMembers is for probes whose answers do not count for some members ("Application Gateway health monitoring overview": minServers).
func sparesMembers(probe *routing.Probe) (string, routing.Value) {
	if !probe.Spared.IsSet() {
		return "", routing.Value{}
	}
	return fmt.Sprintf("members count as healthy whatever they answer the health probe, up to %s of them: clients wait for a service that is gone instead of being told at once, and nothing shows that it is. Set 0", probe.Spared.Text()), probe.Spared
}

// isHealthPath: both paths answer HEAD and GET without a token.
func isHealthPath(path string) bool {
	path, _, _ = strings.Cut(path, "?")
	return path == "/api/health" || path == "/api/v1/health"
}
