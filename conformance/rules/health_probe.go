package rules

import (
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

var healthProbe = &conformance.Rule{
	ID: "ASRS-HC-001", Requirement: "health-probe", Severity: conformance.Error,
	Title: "The gateway's health probe does not ask the service's health path",
	Why: "The service answers /api/health with its own Host only. A probe that asks / or 127.0.0.1 fails, and an Application Gateway that " +
		"believes its only backend to be unhealthy answers every client with 502. Front Door goes on when all origins fail, but cannot tell a sick one from a sound one then.",
	Fix: map[string]string{
		"":     "Probe https://NAME.service.signalr.net/api/health.",
		"apim": "API Management probes nothing; a circuit breaker of a backend acts on answers.",
		"appgateway": "Add a custom probe: protocol HTTPS, path /api/health, Pick host name from backend settings: Yes, and choose it in the backend setting. " +
			"az: `az network application-gateway probe create --gateway-name GATEWAY -g GROUP -n signalr --protocol Https --path /api/health --host-name-from-http-settings true`, then " +
			"`az network application-gateway http-settings update … --probe signalr`. Terraform: a probe block with `path = \"/api/health\"` and `pick_host_name_from_backend_http_settings = true`, named by probe_name.",
		"frontdoor": "Portal: Origin group > Health probes: path /api/health, protocol HTTPS. az: `az afd origin-group update … --probe-path /api/health --probe-protocol Https --probe-request-type HEAD`. Terraform: in health_probe `path = \"/api/health\"`, `protocol = \"Https\"`. ARM: `healthProbeSettings.probePath`.",
	},
	Bad: "appgateway/err/health_probe_path.json", Good: "appgateway/ok/howto_az.json",
	Sources: []string{"https://learn.microsoft.com/azure/azure-signalr/signalr-howto-work-with-app-gateway", "https://learn.microsoft.com/azure/application-gateway/application-gateway-probe-overview"},
	Check: func(p *conformance.Pass) {
		p.Judge(conformance.ProbeKinds, towardsService(probeAsksHealth))
		leaveWhenNothingIsSent(p)
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
	case !strings.EqualFold(probe.Scheme.Text(), a.Delivery.Scheme.Text()):
		return wrong(probe.Scheme, probe.Span, fmt.Sprintf("the health probe asks over %s, requests travel over %s", probe.Scheme.Text(), a.Delivery.Scheme.Text()))
	}
	return conformance.Fine()
}

// isHealthPath: both paths answer HEAD and GET without a token.
func isHealthPath(path string) bool {
	path, _, _ = strings.Cut(path, "?")
	return path == "/api/health" || path == "/api/v1/health"
}
