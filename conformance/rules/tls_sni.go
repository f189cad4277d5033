package rules

import (
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

var tlsSNI = &conformance.Rule{
	ID: "ASRS-TLS-005", Requirement: "tls-sni", Severity: conformance.Error,
	Title: "The TLS handshake with the service does not carry its name",
	Why:   "Many services share one address; the server name in the TLS handshake (SNI) selects certificate and tenant.",
	Fix: map[string]string{
		"": "Send the service's own name as SNI.",
		"nginx": "Add `proxy_ssl_server_name on;`. The name sent is that of proxy_pass; where proxy_pass names an upstream block, " +
			"add `proxy_ssl_name NAME.service.signalr.net;`.",
		"appgateway": "Send the service's name: it is the backend setting's host name, and sniName where that is set. Portal: Backend settings > Override with new host name. az: `az network application-gateway http-settings update … --host-name-from-backend-pool true`. " +
			"Terraform: `pick_host_name_from_backend_address = true`, or host_name; no sni_name of another. ARM and Bicep: `pickHostNameFromBackendAddress` or `hostName`, `sniName`.",
		"frontdoor":     "Name the origin by the service's host name instead of an address: Front Door sends the origin's host name as SNI (Terraform `host_name`, ARM `hostName`).",
		"ingress-nginx": "Annotate the Ingress with all three: `proxy-ssl-secret: NAMESPACE/SECRET`, without which the others are ignored, `proxy-ssl-server-name: \"on\"` and `proxy-ssl-name: NAME.service.signalr.net`, without which the name sent is upstream_balancer.",
		"gateway-api":   "Set `validation.hostname` of the BackendTLSPolicy to NAME.service.signalr.net.",
		"apim":          "Let the backend's URL name the service, NAME.service.signalr.net, and not an address: API Management sends the URL's host as SNI. Portal: API > Settings > Web service URL. az: `az apim api update … --service-url https://NAME.service.signalr.net/client`. Terraform: `service_url`, or `url` of azurerm_api_management_backend. ARM and Bicep: `serviceUrl`, or `url` of a resource `backends`.",
		"akamai":        "Set `\"originSni\": true` in the origin behavior, with the service's name as `\"hostname\"`: that is the name sent. Terraform: `origin_sni = true`.",
	},
	Bad: "nginx/err/tls_sni.conf", Good: "nginx/ok/single.conf",
	Sources: []string{"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_server_name", "https://learn.microsoft.com/azure/application-gateway/ssl-overview"},
	Check: func(p *conformance.Pass) {
		p.JudgeRoutes(overTLS(sniIsTheServices))
		leaveWhenNoTLS(p)
	},
}

func sniIsTheServices(a *conformance.Arrival) conformance.Opinion {
	sni := a.Delivery.Setting(routing.SNI)
	switch {
	case sni.IsUnknown():
		return cannotTell(sni, a.Delivery.Forward.Span)
	case sni.Text() == "":
		return wrong(sni, a.Delivery.Forward.Span, "no server name is sent in the TLS handshake with "+a.Service)
	case sameHost(sni.Text(), a.Service) && strings.HasSuffix(sni.Text(), "."): // RFC 6066 section 3 allows none
		return conformance.CannotTell("whether a service takes the TLS server name "+sni.Text()+", with a dot at its end, is not documented", at(sni, a.Delivery.Forward.Span))
	case sameHost(sni.Text(), a.Service):
		return conformance.Fine()
	case mayBeTheServices(a, sni.Text()):
		return nameOpen(a, sni)
	}
	if shared, ok := oneNameForAll(a, sni); ok {
		return shared
	}
	return wrong(sni, a.Delivery.Forward.Span, fmt.Sprintf("the TLS handshake with %s asks for %q", a.Service, sni.Text()))
}
