package rules

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

var limits = &conformance.Rule{
	ID: "ASRS-LIM-001", Requirement: "limits", Severity: conformance.Warning,
	Title: "A limit turns away what clients may send",
	Why: "Browsers carry the access token in the URL of WebSocket and event streams, the others in a header; with many claims it has up to 4096 characters. " +
		"Clients without WebSocket send every message as the body of a POST; a hub accepts 32 KiB unless it is told otherwise. A limit below that works in " +
		"tests, and fails for some users.",
	Fix: map[string]string{
		"":      "Admit request lines and headers of 8 KiB, and bodies of 32 KiB or whatever your hub accepts.",
		"nginx": "Set `large_client_header_buffers 4 8k;` or more in the default server of the socket and in that of the endpoint, and `client_max_body_size` to what your hub accepts.",
		"appgateway": "Let the WAF take bodies of 32 KiB or whatever your hub accepts. Portal: WAF policy > Policy settings > Max request body size. az: `az network application-gateway waf-policy update -n POLICY -g GROUP --set policySettings.maxRequestBodySizeInKb=128`. " +
			"Terraform: in policy_settings `max_request_body_size_in_kb = 128`. ARM and Bicep: `policySettings.maxRequestBodySizeInKb`. A policy of its own for the path rule /client/* leaves the rest of the site as it is.",
		"ingress-nginx": "Leave `proxy-body-size` at 1m or above, and large-client-header-buffers in the ConfigMap of the controller at 4 8k or above; annotate no limit-rps or limit-rpm below what your clients send when all of them reconnect.",
		"apim":          "Keep access tokens short in the tiers v2 and Consumption, which take queries of 2048 bytes: few and short claims, or a classic tier. Take rate-limit, quota and limit-concurrency off these APIs, or let them admit all clients that connect again at once; count by connection, not by an address that many share. The policy stands in the portal at APIs > API > Design > policy code; az: `az rest --method put --url …/apis/API/policies/policy?api-version=2024-05-01 --body …`; Terraform: `xml_content` of azurerm_api_management_api_policy; ARM and Bicep: `apis/policies` with `properties.value`.",
		"akamai":        "Let the security configuration of Akamai (App & API Protector) admit requests to `/client/*` with URLs of 8 KiB, an access_token in the query and bodies of 32 KiB.",
	},
	Bad: "nginx/err/limits_headers.conf", Good: "nginx/ok/larger_headers.conf",
	Sources: []string{
		"https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#azure-api-management-limits",
		"https://learn.microsoft.com/azure/azure-signalr/signalr-howto-troubleshoot-guide", "https://nginx.org/en/docs/http/ngx_http_core_module.html#large_client_header_buffers",
		"https://learn.microsoft.com/aspnet/core/signalr/configuration#configure-server-options",
	},
	Check: checkLimits,
}

func checkLimits(p *conformance.Pass) {
	leaveUnless(p, (*conformance.Arrival).Arrived, "no request gets through to the service, which is told under negotiate")
	for _, g := range p.Gateways() {
		if g.Bounds != "" {
			p.Leave(g.Bounds+". To settle it, run asrscheck test on the client endpoint with the longest token that your app issues", g.Span)
		}
		if !g.LimitsKnown {
			p.Leave("what this kind of gateway bounds, and what its firewall blocks, is decided outside of what was read", g.Span)
		}
	}
	p.Judge(conformance.ProbeKinds, rateIsNotBounded)
	for _, kind := range conformance.ProbeKinds {
		if kind != conformance.Preflight && p.LimitsBelow(conformance.MaxToken+1024) {
			judgeTokens(p, kind)
		}
	}
	judgeMessages(p)
}

// rateIsNotBounded leaves bounds on the number of requests open: the numbers alone do not tell.
func rateIsNotBounded(a *conformance.Arrival) conformance.Opinion {
	if !a.Arrived() {
		return conformance.NoOpinion()
	}
	for _, d := range a.Deliveries() {
		if v := d.Setting(routing.RateLimit); v.IsSet() {
			return conformance.CannotTell(fmt.Sprintf("the number of requests is bounded by %s: whether that admits your clients depends on how many of them it counts as one, "+
				"and on how many come at once when all connect again", v.Text()), at(v, d.Forward.Span))
		}
	}
	return conformance.Fine()
}

// judgeTokens asks whether a request is turned away for the length of its access token.
func judgeTokens(p *conformance.Pass, kind conformance.ProbeKind) {
	short := p.ArrivalsOf(kind, withToken(len(conformance.CanaryToken)))
	for _, length := range []int{conformance.ShortToken, conformance.MaxToken} {
		what := fmt.Sprintf("access tokens of %d characters", length)
		if found := judgeLength(p, short, p.ArrivalsOf(kind, withToken(length)), what); found {
			return
		}
	}
}

func withToken(length int) conformance.Sample {
	s := conformance.DefaultSample()
	s.Token = conformance.TokenOf(length)
	return s
}

// judgeMessages asks whether messages are turned away for their length.
func judgeMessages(p *conformance.Pass) {
	short := p.ArrivalsOf(conformance.Send, withBody(1))
	for _, bytes := range []int64{conformance.ShortMessage, conformance.LongMessage} {
		if found := judgeLength(p, short, p.ArrivalsOf(conformance.Send, withBody(bytes)), fmt.Sprintf("messages of %d bytes", bytes)); found {
			return
		}
	}
}

func withBody(bytes int64) conformance.Sample {
	s := conformance.DefaultSample()
	s.Body = bytes
	return s
}

// judgeLength compares the ways of a long request with those of a short one of its kind: what turns both away is no limit. It reports
// whether a way of the long one is turned away.
func judgeLength(p *conformance.Pass, short, long []*conformance.Arrival, what string) (found bool) {
	if !slices.ContainsFunc(short, (*conformance.Arrival).Arrived) {
		return false
	}
	p.JudgeWays(long, func(a *conformance.Arrival) conformance.Opinion {
		at, _ := a.Blame()
		same := func(b *conformance.Arrival) bool { span, _ := b.Blame(); return !b.Arrived() && span == at }
		switch {
		case a.Kind == conformance.Lost:
			return conformance.NoOpinion()
		case a.Arrived() || slices.ContainsFunc(short, same):
			return conformance.Fine()
		}
		found = true
		return tooLong(a, what)
	})
	return found
}

// defaultLength is the length of the token that probes carry.
var defaultLength = strconv.Itoa(conformance.ShortToken)

// whatIsLong names what of a probe is too long for a limit that turns it away.
func whatIsLong(a *conformance.Arrival) string {
	if size := a.Probe.Request.BodySize; size > 0 && a.Response.Status.Text() == "413" {
		return fmt.Sprintf("messages of %d bytes", size)
	}
	return "access tokens of " + defaultLength + " characters"
}

// isTooLong reports whether a request was turned away for its length.
func isTooLong(a *conformance.Arrival) bool {
	switch a.Response.Status.Text() {
	case "413", "414", "431":
		return true
	}
	return a.Response.Reason == routing.TooLong
}

func tooLong(a *conformance.Arrival, what string) conformance.Opinion {
	at, related := a.Blame()
	return conformance.Bad(conformance.Finding{Message: what + " are too long here: " + a.Why, Span: at, Related: related})
}
