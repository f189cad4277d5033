package rules

import (
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

var clientTLS = &conformance.Rule{
	ID: "ASRS-TLS-002", Requirement: "client-tls", Severity: conformance.Error,
	Title: "Clients reach the proxy without TLS, or with an old version of it",
	Why: "Access tokens travel in the query and in headers. Over plain HTTP, and over TLS 1.0 and 1.1, whose weaknesses are known, they can be read on the way; " +
		"pages that came over HTTPS do not even try. A redirect to HTTPS is no help: it turns POST negotiate into GET, and browsers refuse it for preflights and WebSocket.",
	Fix: map[string]string{
		"":      "Offer TLS 1.2 and later only, and write the client endpoint with https://.",
		"nginx": "`listen 443 ssl; ssl_protocols TLSv1.2 TLSv1.3;`, and ClientEndpoint=https://….",
		"appgateway": "Use an HTTPS listener and ClientEndpoint=https://…, and a TLS policy from 2022 on. Portal: Listeners > SSL Policy: AppGwSslPolicy20220101, also in the SSL profile of the listener if it has one. " +
			"az: `az network application-gateway ssl-policy set --gateway-name GATEWAY -g GROUP --name AppGwSslPolicy20220101 --policy-type Predefined`. " +
			"Terraform: `ssl_policy { policy_type = \"Predefined\" policy_name = \"AppGwSslPolicy20220101\" }`. ARM and Bicep: `sslPolicy: { policyType: 'Predefined', policyName: 'AppGwSslPolicy20220101' }`, and `httpListeners[].protocol: 'Https'`.",
		"frontdoor":     "Let clients use https, and set the custom domain's minimum TLS version to 1.2: `az afd custom-domain update … --minimum-tls-version TLS12`; Terraform `minimum_tls_version = \"TLS12\"`; ARM `tlsSettings.minimumTlsVersion`.",
		"ingress-nginx": "Give the host a certificate in spec.tls, leave ssl-protocols in the ConfigMap of the controller at TLSv1.2 TLSv1.3, and write the client endpoint with https://.",
		"gateway-api":   "Use a listener with protocol HTTPS, and write the client endpoint with https://.",
		"apim":          "Turn old versions off: portal: Protocols + ciphers > Client protocol; `az apim update -n APIM -g GROUP --set customProperties.…Security.Protocols.Tls10=False`; Terraform: in block `security` frontend_tls10_enabled and frontend_tls11_enabled false; ARM and Bicep: `customProperties` …Security.Protocols.Tls10 and Tls11 \"False\".",
		"akamai":        "Write the client endpoint with https://, give the hostname an Enhanced TLS edge hostname (edgekey.net), mark the property as secure (`\"options\": {\"is_secure\": true}`; Terraform: `is_secure = true`), and let the certificate's deployment (CPS) offer TLS 1.2 and later only.",
	},
	Bad: "appgateway/err/client_tls_old_policy.json", Good: "appgateway/ok/howto_az.json",
	Sources: []string{
		"https://learn.microsoft.com/azure/application-gateway/application-gateway-ssl-policy-overview", "https://www.rfc-editor.org/rfc/rfc8996",
	},
	Check: checkClientTLS,
}

func checkClientTLS(p *conformance.Pass) {
	listeners := p.Listeners()
	switch {
	case len(listeners) == 0 && p.Endpoint.Scheme == "https":
		p.Judge([]conformance.ProbeKind{conformance.Negotiate}, unserved)
	case len(listeners) == 0:
		p.Leave("no listener of the gateway serves the client endpoint, which is told under negotiate", p.Gateway.Span)
	}
	for _, l := range listeners {
		switch {
		case p.Endpoint.Scheme == "http":
			inTheClear(p, l)
		case !l.TLS:
			p.Leave("clients come over HTTPS, but listener "+l.Name+" speaks plain HTTP: what ends TLS in front of it was not read", l.Span)
		case conformance.OnlyFromHere(l, p.Endpoint):
			p.Leave("listener "+l.Name+" takes connections from its own machine only: what clients come to in front of it was not read", l.Span)
		default:
			oldVersions(p, l)
		}
	}
}

// unserved is what is said under negotiate of a client endpoint that no listener serves.
func unserved(a *conformance.Arrival) conformance.Opinion {
	o, _ := arrives(a)
	return o
}

// inTheClear judges a client endpoint that is plain HTTP. One that only stands in for what clients use may be reached over TLS there.
func inTheClear(p *conformance.Pass, l *routing.Listener) {
	if p.Endpoint.StandsIn() {
		p.Leave("listener "+l.Name+" speaks plain HTTP; whether clients come to it directly, or over something that speaks TLS for it, is not known: name their URL with --client-endpoint", l.Span)
		return
	}
	f := conformance.Finding{Message: "clients are sent to " + p.Endpoint.String() + ": their access tokens travel over plain HTTP", Span: l.Span}
	for _, a := range p.Arrivals(conformance.Negotiate) {
		if a.Response != nil && strings.HasPrefix(a.Response.Location.Text(), "https:") {
			at, _ := a.Blame()
			f.Related = append(f.Related, routing.Note{Span: at, Text: "the redirect to HTTPS comes too late, and breaks negotiate"})
		}
	}
	p.Break(f)
}

// tooOld are the versions that RFC 7568 and RFC 8996 retire.
var tooOld = []string{"SSL2.0", "SSL3.0", "TLS1.0", "TLS1.1"}

func oldVersions(p *conformance.Pass, l *routing.Listener) {
	v := l.LowestTLS(p.Endpoint.Host)
	switch {
	case v.IsUnknown():
		p.Leave(v.Why(), at(v, l.Span))
	case !v.IsSet():
		p.Leave("which versions of TLS listener "+l.Name+" offers is not stated", l.Span)
	case slices.Contains(tooOld, v.Text()):
		p.Break(conformance.Finding{
			Severity: conformance.Warning, Span: at(v, l.Span), Related: v.Related,
			Message: "clients may speak " + strings.Replace(v.Text(), "TLS1", "TLS 1", 1) + defaultOf(v) + ", which is retired",
		})
	default:
		p.Keep()
	}
}
