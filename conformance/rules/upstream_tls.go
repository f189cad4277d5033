package rules

import (
	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

var upstreamTLS = &conformance.Rule{
	ID: "ASRS-TLS-001", Requirement: "upstream-tls", Severity: conformance.Error,
	Title: "Requests travel to the service without encryption",
	Why:   "Access tokens and messages can be read and changed on the way between proxy and service.",
	Fix: map[string]string{
		"":      "Forward to the service over HTTPS, port 443.",
		"nginx": "Write `proxy_pass https://…`, and in an upstream block give the port: `server NAME.service.signalr.net:443;` (without one it is port 80).",
		"appgateway": "Portal: Backend settings > Backend protocol: HTTPS, port 443, Use well known CA certificate: Yes. " +
			"az: `az network application-gateway http-settings update … --protocol Https --port 443`. Terraform: `protocol = \"Https\"`, `port = 443`. ARM and Bicep: `protocol: 'Https'`, `port: 443`.",
		"frontdoor":     "Portal: Route > Forwarding protocol: HTTPS only. az: `az afd route update … --forwarding-protocol HttpsOnly`. Terraform: `forwarding_protocol = \"HttpsOnly\"`. ARM: `forwardingProtocol`.",
		"ingress-nginx": "Annotate the Ingress: `nginx.ingress.kubernetes.io/backend-protocol: HTTPS`; the port alone changes nothing.",
		"gateway-api":   "Attach a BackendTLSPolicy with `validation.hostname: NAME.service.signalr.net` and `wellKnownCACertificates: System` to the Service.",
		"apim":          "Let the service URL begin with https:// (for a WebSocket API with wss://): portal: API > Settings > Web service URL; `az apim api update -g GROUP --service-name APIM --api-id API --service-url https://NAME.service.signalr.net/client`; Terraform `service_url`; ARM and Bicep `serviceUrl`; in policies the base-url of set-backend-service.",
		"akamai":        "Take allowHTTPSDowngrade, downgradeProtocol and their like off the rule of `/client/*`, mark the property as secure (`\"options\": {\"is_secure\": true}`), and let clients use https: the edge asks the origin in the scheme of the client. Where plain HTTP must be served, add httpToHttpsUpgrade. Terraform: `allow_https_downgrade { enabled = false }`.",
	},
	Bad: "nginx/err/upstream_tls.conf", Good: "nginx/ok/single.conf",
	Sources: []string{"https://learn.microsoft.com/azure/azure-signalr/signalr-howto-work-with-app-gateway"},
	Check: func(p *conformance.Pass) {
		p.JudgeRoutes(towardsService(isEncrypted))
		leaveWhenNothingIsRouted(p)
	},
}

func isEncrypted(a *conformance.Arrival) conformance.Opinion {
	for _, d := range handovers(a) {
		if d.Scheme.Text() == "http" {
			return wrong(d.Scheme, d.Forward.Span, "requests go on to "+d.Address.Text()+", another gateway, over plain HTTP").On(d)
		}
	}
	scheme := a.Delivery.Scheme
	switch {
	case scheme.IsUnknown():
		return cannotTell(scheme, a.Delivery.Forward.Span)
	case scheme.Text() == "https":
		return conformance.Fine()
	}
	return wrong(scheme, a.Delivery.Forward.Span, "requests go to "+a.Service+" over plain HTTP")
}

// handovers are the deliveries on the way that go to another gateway, across a network, and not to a listener of the same one.
func handovers(a *conformance.Arrival) []*routing.Delivery {
	var out []*routing.Delivery
	for i, d := range a.Via {
		if next := a.Deliveries()[i+1]; next != nil && next.Gateway != d.Gateway {
			out = append(out, d)
		}
	}
	return out
}

// overTLS asks only where TLS is spoken to the service.
func overTLS(ask func(*conformance.Arrival) conformance.Opinion) func(*conformance.Arrival) conformance.Opinion {
	return towardsService(func(a *conformance.Arrival) conformance.Opinion {
		if a.Delivery.Scheme.Text() != "https" {
			return conformance.NoOpinion()
		}
		return ask(a)
	})
}

// leaveWhenNoTLS says so when no probe goes to a service over TLS.
func leaveWhenNoTLS(p *conformance.Pass) {
	leaveUnlessAmong(p, p.Routed, func(a *conformance.Arrival) bool {
		return a.Service != "" && a.Delivery.Scheme.Text() == "https"
	}, "no probe goes to a service over TLS")
}
