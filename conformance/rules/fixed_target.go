package rules

import (
	"fmt"

	"github.com/asrscheck/asrscheck/conformance"
)

var fixedTargetRule = &conformance.Rule{
	ID: "ASRS-PATH-005", Requirement: "path", Severity: conformance.Error,
	Title: "Every request is sent to the service under one fixed path",
	Why: "Where the upstream's URL is computed from variables and has a path, be it only a slash, that text is the whole request target: what the client asked for, and the query " +
		"with hub, connection and token, are gone. The same line without a variable would replace a prefix only.",
	Fix: map[string]string{
		"":      "Forward the raw path and query.",
		"nginx": "Take the path behind the variable away: with `set $service NAME.service.signalr.net;` write `proxy_pass https://$service;`. To strip a prefix use `rewrite ^/chat(/client/.*)$ $1 break;` before it, which keeps the query.",
	},
	Bad: "nginx/err/path_always_root.conf", Good: "nginx/ok/variable_resolved.conf",
	Sources: []string{"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass"},
}

// isFixed reports whether negotiate and connect are sent to the service under the same target, without a query.
func isFixed(p *conformance.Pass, a *conformance.Arrival) bool {
	target := a.Delivery.Target.Text()
	for _, kind := range []conformance.ProbeKind{conformance.Negotiate, conformance.WebSocket, conformance.Events} {
		for _, b := range p.Arrivals(kind) {
			if b.Delivery == nil || b.Delivery.Target.IsUnknown() || b.Delivery.Target.Text() != target {
				return false
			}
		}
	}
	return true
}

func fixedTargetOf(a *conformance.Arrival) conformance.Opinion {
	got := a.Delivery.Target
	return wrong(got, a.Delivery.Forward.Span, fmt.Sprintf("whatever clients ask for is sent as %q, without their path and query", got.Text())).Because(fixedTargetRule)
}
