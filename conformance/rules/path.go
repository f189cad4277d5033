package rules

import (
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

var path = &conformance.Rule{
	ID: "ASRS-PATH-004", Requirement: "path", Severity: conformance.Error,
	Title: "The service sees another path or query than the client sent",
	Why: "The service serves /client/ and /client/negotiate, finds hub, connection and token in the query, and keeps a connection together by " +
		"asrs_request_id. A path that is stripped twice or not at all, a dropped, doubled or decoded query ends in 404, 400 or 401, often only now and then.",
	Fix: map[string]string{
		"": "Forward the raw path and query; strip a prefix of the client endpoint exactly once.",
		"nginx": "Write `proxy_pass https://NAME.service.signalr.net;` without a URI part, or, to strip a prefix, end both: `location /signalr/ { proxy_pass https://NAME.service.signalr.net/; }`. " +
			"A proxy_pass with variables and a URI part sends exactly that text and drops the query: use no URI part, `$request_uri`, or add the query to what an expression captured: `…/client/$1$is_args$args`. Leave `$args` as it is: what keeps tokens out of logs is a log_format with $uri.",
		"appgateway": "Leave the path override empty for `/client/*`; for `/asrs1/client/*` set it to `/client/`. A URL rewrite must keep the query string, access_token too. Portal: Backend settings > Override backend path. " +
			"az: `az network application-gateway http-settings update … --path \"\"`. Terraform: `path` of backend_http_settings; in a rewrite_rule's url block `components = \"path_only\"`, without which a path alone empties the query. ARM and Bicep: `backendHttpSettingsCollection[].path`, and `urlConfiguration` without modifiedQueryString.",
		"frontdoor":     "Leave the route's origin path empty for `/client/*`; for `/asrs1/client/*` set it to `/client/` (portal: Route > Origin path; Terraform `cdn_frontdoor_origin_path`; ARM `originPath`). A URL rewrite rule must preserve the unmatched path.",
		"ingress-nginx": "Leave rewrite-target out for `/client`. To strip a prefix keep what is behind it in a group: path `/asrs1/client(/.*)?` of type ImplementationSpecific with `rewrite-target: /client$1`.",
		"gateway-api":   "Leave urlRewrite.path out for `/client`. To strip a prefix use ReplacePrefixMatch: match `/asrs1/client` and `replacePrefixMatch: /client`.",
		"apim":          "Let suffix and service URL end alike: `client` and https://NAME.service.signalr.net/client; for a client endpoint …/asrs1/ the suffix `asrs1/client`. Leave copy-unmatched-params of rewrite-uri true, take nothing off by set-query-parameter, and give the API no version in its path. Portal: API > Settings. az: `az apim api update -g GROUP --service-name APIM --api-id API --path client --service-url https://NAME.service.signalr.net/client`. Terraform: `path`, `service_url`, no `version`. ARM and Bicep: `properties.path`, `serviceUrl`, no `apiVersion`.",
		"akamai":        "Leave rewriteUrl, baseDirectory, removeQueryParameter and forwardRewrite off the rule of `/client/*`. To strip a prefix use `{\"name\": \"rewriteUrl\", \"options\": {\"behavior\": \"REMOVE\", \"match\": \"/asrs1/\", \"keepQueryString\": true}}` in a rule for `/asrs1/client/*`. Terraform: `rewrite_url { behavior = \"REMOVE\" match = \"/asrs1/\" keep_query_string = true }`.",
	},
	Bad: "nginx/err/path.conf", Good: "nginx/ok/prefix_stripped.conf",
	Sources: []string{"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass", "https://learn.microsoft.com/azure/azure-signalr/signalr-howto-troubleshoot-guide"},
	Check: func(p *conformance.Pass) {
		p.Judge(conformance.ProbeKinds, towardsService(targetIsUnchanged(p)))
		leaveWhenNothingIsSent(p)
	},
}

// change is a way in which a line changes targets: what it does to one request stands for what it does to others.
type change struct {
	at   routing.Span
	what string
}

func targetIsUnchanged(p *conformance.Pass) func(*conformance.Arrival) conformance.Opinion {
	said := map[change]string{}
	return func(a *conformance.Arrival) conformance.Opinion {
		got := a.Delivery.Target
		switch {
		case got.IsUnknown():
			return cannotTell(got, a.Delivery.Forward.Span)
		case got.Text() == a.Probe.Target:
			return conformance.Fine()
		case isFixed(p, a):
			return fixedTargetOf(a)
		}
		what, message := difference(got.Text(), a.Probe.Target)
		if what != "path" {
			got = whereQueryIsChanged(a)
		}
		this := change{at(got, a.Delivery.Forward.Span), what}
		if said[this] == "" {
			said[this] = message
		}
		return wrong(got, a.Delivery.Forward.Span, said[this])
	}
}

// whereQueryIsChanged is the target of a request at the place that last changed its query.
func whereQueryIsChanged(a *conformance.Arrival) routing.Value {
	got := a.Delivery.Target
	if by := a.QueryChanged(); !by.IsZero() {
		got.Span = by
	}
	return got
}

// difference says in words what became of a target, and what kind of change that is. Queries hold tokens and are not shown.
func difference(got, want string) (what, message string) {
	gotPath, gotQuery, _ := strings.Cut(got, "?")
	wantPath, wantQuery, _ := strings.Cut(want, "?")
	switch {
	case gotPath != wantPath:
		return "path", fmt.Sprintf("the service sees the path %q instead of %q", gotPath, wantPath)
	case gotQuery == "":
		return "dropped", fmt.Sprintf("the query of %s is dropped", wantPath)
	case losesToken(gotQuery, wantQuery):
		return "token", tokenLost
	case strings.Count(gotQuery, "hub=") > strings.Count(wantQuery, "hub="):
		return "doubled", fmt.Sprintf("the query of %s is doubled", wantPath)
	}
	return "query", fmt.Sprintf("the query of %s does not arrive as the client sent it", wantPath)
}
