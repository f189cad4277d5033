package rules

import (
	"fmt"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

var severalServices = &conformance.Rule{
	ID: "ASRS-CE-005", Requirement: "client-endpoint", Severity: conformance.Warning,
	Title: "One client endpoint leads to several services",
	Why: "The app server signs each access token for one service, and sends the client to that service's client endpoint. A proxy that shares connections out over " +
		"several services by anything else brings tokens to services that did not issue them, which answer 401. Only geo-replicas of one resource accept each other's tokens.",
	Fix: map[string]string{
		"": "Give every service a client endpoint of its own, by host name or by a path that ends in a slash, and route it to that service alone.",
		"apim": "Give every service an API, or a pair of them, at a suffix of its own (`asrs1/client`, `asrs2/client`) with a ClientEndpoint of its own, and no backend of another service in its pool. " +
			"Portal: API > Settings, Backends. az: `az apim api create … --path asrs1/client --service-url https://NAME.service.signalr.net/client`. Terraform: one azurerm_api_management_api for each. ARM and Bicep: `apis` with `properties.path` and `serviceUrl`.",
		"akamai": "Give every service a hostname of the property of its own, and choose the origin by a `hostname` criterion: `{\"name\": \"hostname\", \"options\": {\"matchOperator\": \"IS_ONE_OF\", \"values\": [\"rt1.contoso.example\"]}}`. Terraform: `criterion { hostname { match_operator = \"IS_ONE_OF\" values = [\"rt1.contoso.example\"] } }`.",
	},
	Bad: "nginx/err/affinity_round_robin.conf", Good: "nginx/ok/two_endpoints.conf",
	Sources: []string{
		"https://learn.microsoft.com/azure/azure-signalr/signalr-howto-scale-multi-instances", "https://learn.microsoft.com/azure/azure-signalr/howto-enable-geo-replication",
	},
	Check: checkSeveralServices,
}

// checkSeveralServices leaves the requirement open in any case: which client endpoint an app names is not read.
func checkSeveralServices(p *conformance.Pass) {
	p.Leave("no connection string or code was read that names this client endpoint", p.Gateway.Span)
	if p.MayReachSeveral() && !goSeveralWays(p) {
		adviseNoBackup(p)
	}
}

// goSeveralWays advises where connections reach different services, and reports whether they do.
func goSeveralWays(p *conformance.Pass) bool {
	var first *conformance.Arrival
	for i := range uint64(sampleCount) {
		s := conformance.DefaultSample()
		s.RequestID = conformance.RequestID(i)
		for _, a := range p.ArrivalsOf(conformance.Negotiate, s) {
			switch {
			case a.Service == "" || len(a.Assumed) > 0:
			case first == nil:
				first = a
			case a.Service != first.Service:
				adviseOneEach(p, first, a)
				return true
			}
		}
	}
	return false
}

// adviseNoBackup advises where another service stands by for the one that connections reach.
func adviseNoBackup(p *conformance.Pass) {
	for _, a := range p.Arrivals(conformance.Negotiate) {
		if a.Service == "" || a.Delivery.Pool == nil {
			continue
		}
		for _, m := range a.Delivery.Pool.Members {
			other := a.ServiceOf(m.Address.Text())
			if !m.Backup || other == "" || other == a.Service {
				continue
			}
			p.Advise(conformance.Finding{
				Severity: conformance.Warning, Span: m.Span, Probes: []string{string(conformance.Negotiate)},
				Related: []routing.Note{{Span: a.Delivery.Member.Span, Text: "connections go here first"}},
				Message: fmt.Sprintf("when %s does not answer, requests go to %s, also those of connections that have begun, but a token is good only at the service that it was issued for. "+
					"Let the app server choose among its endpoints instead, unless they are replicas of one resource", a.Service, other),
			})
			return
		}
	}
}

func adviseOneEach(p *conformance.Pass, a, b *conformance.Arrival) {
	span, why, related := whereTheyPart(a, b)
	p.Advise(conformance.Finding{
		Severity: conformance.Warning, Span: span, Related: related, Probes: []string{string(conformance.Negotiate)},
		Message: fmt.Sprintf("some connections go to %s, others to %s (%s), but a token is good only at the service that it was issued for. "+
			"Give each service a client endpoint of its own, unless they are replicas of one resource", a.Service, b.Service, why),
	})
}
