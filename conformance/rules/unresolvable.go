package rules

import (
	"fmt"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

var unresolvable = &conformance.Rule{
	ID: "ASRS-UP-001", Requirement: "negotiate", Severity: conformance.Error,
	Title: "The service's name is computed, and nothing resolves it",
	Why: "A name that stands in a variable is looked up for each request, by the proxy's own resolver and not by the system's. Without one the proxy starts, its test of the " +
		"configuration passes, and every request is answered with 502.",
	Fix: map[string]string{
		"": "Name a DNS server for names that are computed at run time, or define the name where names are fixed.",
		"nginx": "Add `resolver 168.63.129.16 valid=30s;` to http{} (Azure's own DNS, which knows private endpoints too; elsewhere the addresses in /etc/resolv.conf), or define the name: " +
			"`upstream NAME.service.signalr.net { server NAME.service.signalr.net:443; }`. Or write the name into proxy_pass instead of a variable.",
	},
	Bad: "nginx/err/negotiate_no_resolver.conf", Good: "nginx/ok/variable_resolved.conf",
	Sources: []string{"https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver", "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass"},
}

// unresolved points at the line that has the name computed.
func unresolved(a *conformance.Arrival) conformance.Opinion {
	at := a.Response.Span
	return conformance.Bad(conformance.Finding{
		Message: fmt.Sprintf("%s is computed at run time, and no resolver is set to look it up: every request is answered with %s", routing.HostName(a.Response.Upstream.Text()), a.Response.Status.Text()),
		Span:    at, Related: where(a, at),
	}).Because(unresolvable)
}
