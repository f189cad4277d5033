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
		"": "Log the path without the query, and no Authorization header.",
		"nginx": "Define a format with `$uri`, the path alone, in the place of `$request`, `$request_uri` or `$args`, and name it in access_log: " +
			"`log_format no_query '$remote_addr - [$time_local] \"$request_method $uri $server_protocol\" $status $body_bytes_sent';` in http{}, and `access_log /var/log/nginx/access.log no_query;` in its place " +
			"(without a name, and without access_log, NGINX writes combined, which holds `$request`). Or `access_log off;` in the location. Note that error_log writes request lines too, and has no format.",
		"appgateway": "Diagnostic settings decide what is logged, the access log with its query among it: send it where only few can read. Have the WAF's log scrub tokens. Portal: WAF policy > Sensitive data: Request arg names, Equals, access_token. " +
			"az: `az network application-gateway waf-policy update -n POLICY -g GROUP --set policySettings.logScrubbing.state=Enabled`, with scrubbingRules. Terraform: in policy_settings `log_scrubbing { rule { match_variable = \"RequestArgNames\" selector = \"access_token\" } }`. ARM and Bicep: `policySettings.logScrubbing.scrubbingRules`.",
		"ingress-nginx": "In the ConfigMap of the controller set log-format-upstream with `$uri` in the place of `$request`, or annotate the Ingress: `enable-access-log: \"false\"`.",
		"apim":          "Log no query: in trace and log-to-eventhub use `context.Request.OriginalUrl.Path` instead of the URL, and in diagnostics `dataMasking` for the query parameter access_token. The policy stands in the portal at APIs > API > Design > policy code; az: `az rest --method put --url …/apis/API/policies/policy?api-version=2024-05-01 --body …`; Terraform: `xml_content` of azurerm_api_management_api_policy; ARM and Bicep: `apis/policies` with `properties.value`.",
		"akamai":        "Let no customLogField of report or logCustom hold {{builtin.AK_QUERY}} or {{builtin.AK_URL}}, and leave the query string out of the fields of log delivery and DataStream: `{\"name\": \"report\", \"options\": {\"logCustomLogField\": false}}`; Terraform: `report { log_custom_log_field = false }`.",
	},
	Bad: "nginx/err/token_log.conf", Good: "nginx/ok/single.conf",
	Sources: []string{"https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format", "https://learn.microsoft.com/aspnet/core/signalr/security#access-token-logging"},
	Check: func(p *conformance.Pass) {
		for _, g := range p.Gateways() {
			if !g.LogsKnown {
				p.Leave("what this kind of gateway logs is decided outside of what was read", g.Span)
			}
		}
		p.Judge(conformance.ProbeKinds, tokenIsNotLogged)
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
			return logged(a, l)
		}
	}
	if len(a.Path.Copied) == 0 {
		return conformance.Fine()
	}
	c := a.Path.Copied[0]
	if c.To.IsUnknown() {
		return cannotTell(c.To, c.Span)
	}
	return conformance.CannotTell("a copy of the request, with its access token, is sent to "+c.To.Text()+": what is logged there is not known", c.Span)
}

// logged points at the first piece of the line that holds the token, where it is known which.
func logged(a *conformance.Arrival, l routing.LogLine) conformance.Opinion {
	f := conformance.Finding{Message: "access tokens are written to " + l.Sink, Span: at(l.Line, at(routing.Of("", l.Span), endOf(a))), Related: l.Line.Related}
	for _, part := range l.Parts {
		if !strings.Contains(part.Value.Text(), conformance.CanaryToken) {
			continue
		}
		if !part.Span.IsZero() {
			f.Span = part.Span
		}
		f.Message += fmt.Sprintf(": %s holds %s", part.Name, tokenIn(part.Value.Text()))
		break
	}
	return conformance.Bad(f)
}

// tokenIn says by what the token came into a piece of a line.
func tokenIn(text string) string {
	switch {
	case strings.Contains(text, "access_token="):
		return "the query, and with it access_token"
	case strings.Contains(text, "Bearer"):
		return "the header Authorization"
	}
	return "the token"
}
