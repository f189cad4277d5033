package rules

import (
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

var tokenLog = &conformance.Rule{
	ID: "ASRS-SEC-010", Requirement: "token-log", Severity: conformance.Warning,
	Title: "Access tokens are written to a log",
	Why: "Browsers send the access token of WebSocket and event streams in the query string. A log line with the request line or the query keeps a " +
		"token that is good for an hour by default.",
	Fix: map[string]string{
		"":              "Log the path without the query.",
		"nginx":         "Use a log_format with `$uri` instead of `$request`, `$request_uri` or `$args` (the default format, combined, holds `$request`), or `access_log off;` in the location.",
		"ingress-nginx": "In the ConfigMap of the controller set log-format-upstream with `$uri` in the place of `$request`, or annotate the Ingress: `enable-access-log: \"false\"`.",
		"apim":          "Log no query: in trace and log-to-eventhub use `context.Request.OriginalUrl.Path` instead of the URL, and in diagnostics `dataMasking` for the query parameter access_token.",
		"akamai":        `Let no customLogField of report or logCustom hold {{builtin.AK_QUERY}} or {{builtin.AK_URL}}, and leave the query string out of the fields of log delivery and DataStream.`,
	},
	Bad: "nginx/err/token_log.conf", Good: "nginx/ok/single.conf",
	Sources: []string{"https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format", "https://learn.microsoft.com/aspnet/core/signalr/security#access-token-logging"},
	Check: func(p *conformance.Pass) {
		known := true
		for _, g := range p.Gateways() {
			if known = known && g.LogsKnown; !g.LogsKnown {
				p.Leave("what this kind of gateway logs is decided outside of what was read", g.Span)
			}
		}
		if !known && !p.Gateway.LogsKnown {
			return
		}
		p.Judge([]conformance.ProbeKind{conformance.WebSocket, conformance.Events}, tokenIsNotLogged)
	},
}

// endOf is where a request leaves the gateway's program, for what was written nowhere.
func endOf(a *conformance.Arrival) routing.Span {
	if a.Delivery != nil {
		return a.Delivery.Forward.Span
	}
	span, _ := a.Blame()
	return span
}

func tokenIsNotLogged(a *conformance.Arrival) conformance.Opinion {
	if a.Kind == conformance.Lost {
		return conformance.CannotTell(a.Why, a.Unknown.Span)
	}
	for _, l := range a.Logged {
		switch {
		case l.Line.IsUnknown():
			return cannotTell(l.Line, l.Span)
		case strings.Contains(l.Line.Text(), conformance.CanaryToken):
			return wrong(l.Line, at(routing.Of("", l.Span), endOf(a)), fmt.Sprintf("the access token in the query is written to %s", l.Sink))
		}
	}
	return conformance.Fine()
}
