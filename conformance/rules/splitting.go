package rules

import (
	"fmt"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

var splitting = &conformance.Rule{
	ID: "ASRS-EXP-002", Requirement: "exposure", Severity: conformance.Error,
	Title: "Clients can write whole requests to the service",
	Why: "A path is decoded and then written into the request as it is, so that %0d%0a in it ends the line. What follows is read by the service as header fields, and behind an empty " +
		"line as another request, which nothing in the proxy has judged: REST calls, connections of hub servers, another Host. Its answer can reach the next client on the same connection.",
	Fix: map[string]string{
		"": "Forward the path as it came, not decoded.",
		"nginx": "Do not put $uri, $document_uri or what a regular expression took out of them into proxy_pass or proxy_set_header. `proxy_pass https://NAME.service.signalr.net;` and " +
			"`proxy_pass https://$service;` send the raw path and query; where a variable is needed it is $request_uri.",
	},
	Bad: "nginx/err/exposure_splitting.conf", Good: "nginx/ok/variable_resolved.conf",
	Sources: []string{
		"https://nginx.org/en/docs/http/ngx_http_core_module.html#var_uri",
		"https://www.rfc-editor.org/rfc/rfc9112#section-11.1",
	},
}

// brokenLine finds a line break that a client put into its path in what the gateway sends: what it stands in, and the value.
func brokenLine(a *conformance.Arrival) (where string, v routing.Value, broken bool) {
	if target := a.Delivery.Target; conformance.ExposureOf(target.Text()) == conformance.Split {
		return "the path", target, true
	}
	for _, h := range a.Delivery.Headers {
		if conformance.HasLineBreak(h.Value.Text()) {
			return h.Name, h.Value, true
		}
	}
	return "", routing.Value{}, false
}

func splits(a *conformance.Arrival, where string, v routing.Value) conformance.Opinion {
	message := fmt.Sprintf("a line break in the path that a client asks for ends the line in which %s is sent to %s: what follows is the client's to write, whole requests too", where, a.Service)
	f := conformance.Finding{Severity: splitting.Severity, Message: message, Span: at(v, a.Delivery.Forward.Span), Related: v.Related}
	return conformance.Bad(f).Because(splitting)
}
