package rules

import (
	"fmt"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

var tlsVerify = &conformance.Rule{
	ID: "ASRS-TLS-004", Requirement: "tls-verify", Severity: conformance.Warning,
	Title: "The service's certificate is not verified",
	Why:   "Whoever can redirect the proxy's traffic can pose as the service and read tokens and messages.",
	Fix: map[string]string{
		"":      "Verify chain and name of the upstream's certificate.",
		"nginx": "Add `proxy_ssl_verify on; proxy_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt;`, and `proxy_ssl_name` where proxy_pass names an upstream block.",
		"appgateway": "Leave validation on. Portal: Backend settings > Use well known CA certificate: Yes. az: `az network application-gateway http-settings update … --set validateCertChainAndExpiry=true validateSNI=true`. " +
			"Terraform: certificate_chain_validation_enabled and sni_validation_enabled true, as they are by default. ARM and Bicep: `validateCertChainAndExpiry`, `validateSNI` (API version 2024-10-01 and later). The service's certificate is signed by a public authority: give no root of your own.",
		"frontdoor":     "Portal: Origin > Certificate subject name validation: enabled. az: `az afd origin update … --enforce-certificate-name-check true`. Terraform: `certificate_name_check_enabled = true`. ARM: `enforceCertificateNameCheck`.",
		"ingress-nginx": "Annotate the Ingress: `proxy-ssl-verify: \"on\"`, `proxy-ssl-name: NAME.service.signalr.net`, and `proxy-ssl-secret: NAMESPACE/SECRET` with a Secret whose ca.crt holds the public roots.",
		"gateway-api":   "Attach a BackendTLSPolicy with `validation.hostname: NAME.service.signalr.net` and `wellKnownCACertificates: System`.",
		"apim":          "For HTTP APIs the name in the certificate is not checked unless a backend says so: add one with the URL of the API, or lead to it by set-backend-service, with `tls.validateCertificateChain` and `tls.validateCertificateName` true. Portal: Backends > backend > Validate certificate chain, name. az: `az rest --method put --url …/backends/signalr?api-version=2024-05-01 --body …`. Terraform: `azurerm_api_management_backend` with a block `tls { validate_certificate_chain = true validate_certificate_name = true }`. ARM and Bicep: a resource `backends` with `properties.tls`.",
		"akamai":        "In the origin behavior set `\"verificationMode\": \"CUSTOM\"`, `\"originCertsToHonor\": \"STANDARD_CERTIFICATE_AUTHORITIES\"` and `\"customValidCnValues\": [\"{{Origin Hostname}}\"]`. Terraform: `verification_mode = \"CUSTOM\"`, `origin_certs_to_honor = \"STANDARD_CERTIFICATE_AUTHORITIES\"`, `custom_valid_cn_values = [\"{{Origin Hostname}}\"]`.",
	},
	Bad: "nginx/err/tls_verify.conf", Good: "nginx/ok/single.conf",
	Sources: []string{"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_verify", "https://learn.microsoft.com/azure/api-management/websocket-api#limitations"},
	Check: func(p *conformance.Pass) {
		p.JudgeRoutes(overTLS(certificateIsVerified))
		adviseOnRoots(p)
		leaveWhenNoTLS(p)
	},
}

func certificateIsVerified(a *conformance.Arrival) conformance.Opinion {
	for _, d := range handovers(a) {
		for _, setting := range []routing.Setting{routing.VerifyChain, routing.VerifyName} {
			v := d.Setting(setting)
			if on, ok := v.Bool(); ok && !on && d.Scheme.Text() == "https" {
				return wrong(v, d.Forward.Span, "the certificate of "+d.Address.Text()+", another gateway, is accepted without verification"+defaultOf(v)).On(d)
			}
		}
	}
	d := a.Delivery
	for _, setting := range []routing.Setting{routing.VerifyChain, routing.VerifyName} {
		v := d.Setting(setting)
		if on, ok := v.Bool(); ok && !on {
			return wrong(v, d.Forward.Span, "the certificate of "+a.Service+" is accepted without verification"+defaultOf(v))
		}
	}
	if name := d.Setting(routing.VerifiedName); mayBeTheServices(a, name.Text()) {
		return nameOpen(a, name)
	} else if name.Text() != "" && !conformance.AmongHosts(name.Text(), a.Service) {
		return wrong(name, d.Forward.Span, fmt.Sprintf("the certificate of %s is checked for the name %q", a.Service, name.Text()))
	}
	for _, setting := range []routing.Setting{routing.VerifyChain, routing.VerifyName, routing.VerifiedName} {
		if v := d.Setting(setting); v.IsUnknown() {
			return cannotTell(v, d.Forward.Span)
		}
	}
	if !d.Setting(routing.VerifyChain).IsSet() {
		return conformance.CannotTell("whether the certificate of "+a.Service+" is verified is not stated", d.Forward.Span)
	}
	return conformance.Fine()
}

// adviseOnRoots is for gateways that trust given authorities only: the certificate of the service is signed by a public one, which changes from time
// to time.
func adviseOnRoots(p *conformance.Pass) {
	for _, a := range p.Arrivals(conformance.Negotiate) {
		if a.Service == "" || a.Delivery.Scheme.Text() != "https" {
			continue
		}
		if roots := a.Delivery.Setting(routing.TrustedRoots); roots.IsSet() {
			p.Advise(conformance.Finding{
				Message: "only certificates under these roots are trusted, and that of " + a.Service + " is signed by a public authority: unless it stands under one of them, no request gets there; trust the public ones (Use well known CA certificate: Yes)",
				Span:    at(roots, a.Delivery.Forward.Span), Probes: []string{string(conformance.Negotiate)},
			})
		}
	}
}

func defaultOf(v routing.Value) string {
	if v.IsDefault() {
		return " (default of " + v.Why() + ")"
	}
	return ""
}
