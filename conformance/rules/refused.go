package rules

import (
	"fmt"

	"github.com/asrscheck/asrscheck/conformance"
)

var clientsRefused = &conformance.Rule{
	ID: "ASRS-ACC-001", Requirement: "negotiate", Severity: conformance.Error,
	Title: "The proxy refuses clients, or a method that they use",
	Why: "SignalR clients use GET, POST and DELETE, browsers OPTIONS too; preflights carry no token, and WebSocket handshakes and event streams of browsers carry it in the query instead " +
		"of Authorization. Access control of the proxy's own (by address, password or method) that does not know this shuts clients out. The service checks every token itself.",
	Fix: map[string]string{
		"":      "Let OPTIONS, GET, POST and DELETE of client paths pass without access control of the proxy's own.",
		"nginx": "In the location of clients remove limit_except (or write `limit_except GET POST DELETE OPTIONS { deny all; }`) and conditions on $request_method, let `allow all;` override what deny is inherited, and switch `auth_basic off;`.",
		"appgateway": "Exempt client paths from custom rules of the WAF that block by method or header, and from Entra JWT validation: SignalR's tokens are not issued by Entra. Portal: WAF policy > Custom rules; Rules > rule > JWT validation. az: `az network application-gateway waf-policy custom-rule update …`, " +
			"`az network application-gateway rule update … --remove entraJWTValidationConfig`. Terraform: the custom_rules block of azurerm_web_application_firewall_policy. ARM and Bicep: `customRules` of the policy, `requestRoutingRules[].entraJWTValidationConfig`.",
		"akamai": "In the rule of `/client/*` set `{\"name\": \"allowPost\", \"options\": {\"enabled\": true, \"allowWithoutContentLength\": true}}`, `{\"name\": \"allowDelete\", \"options\": {\"enabled\": true}}` and allowOptions, which are off by default but for OPTIONS, and exempt those paths from denyAccess and constructResponse, also of rules further down. Terraform: `allow_post { enabled = true }`, `allow_delete { enabled = true }`.",
	},
	Bad: "nginx/err/negotiate_limit_except.conf", Good: "nginx/ok/allowed_addresses.conf",
	Sources: []string{"https://nginx.org/en/docs/http/ngx_http_core_module.html#limit_except", "https://fetch.spec.whatwg.org/#cors-preflight-fetch"},
}

func refused(a *conformance.Arrival) conformance.Opinion {
	at, related := a.Blame()
	status := a.Response.Status.Text()
	message := fmt.Sprintf("the proxy itself answers %s", status)
	if label := a.Response.Label; label != "" {
		message += " (" + label + ")"
	}
	return conformance.Bad(conformance.Finding{Message: message + " instead of passing the request on", Span: at, Related: related}).Because(clientsRefused)
}
