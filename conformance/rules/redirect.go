package rules

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// whatClientsMake is what becomes of a request that is redirected (Fetch standard, "HTTP-redirect fetch"; RFC 6455 section 4.1).
const whatClientsMake = "a POST that is redirected with 301 or 302 is repeated as a GET, browsers follow no redirect of a preflight, and WebSocket clients none at all"

var redirectToHTTPS = &conformance.Rule{
	ID: "ASRS-RED-001", Requirement: "negotiate", Severity: conformance.Error,
	Title: "Clients that come over http are redirected to https",
	Why: "The redirect that serves pages well comes too late for SignalR: " + whatClientsMake + ". The token has traveled in the clear by then. " +
		"Clients come over http because ClientEndpoint says so, or because TLS ends in front of this proxy, which then takes every request for a plain one.",
	Fix: map[string]string{
		"": "Let ClientEndpoint begin with https://, and leave the redirect to pages.",
		"nginx": "Write `ClientEndpoint=https://…` in the connection string, and let the server that listens with ssl serve `location /client/ { … }`. Where a load balancer in front ends TLS, " +
			"redirect by what it says, and never below /client/: `location / { return 301 https://$host$request_uri; }` beside `location /client/ { proxy_pass https://NAME.service.signalr.net; … }`.",
		"appgateway": "Use ClientEndpoint=https://…, and an HTTPS listener for it; the rule that redirects port 80 does no harm then.",
		"frontdoor":  "Use ClientEndpoint=https://…; --https-redirect does no harm then.",
		"akamai":     "Use ClientEndpoint=https://…; httpStrictTransportSecurity with redirect does no harm then. Leave it and `redirect` off `/client/*` where clients come over http: `{\"name\": \"httpStrictTransportSecurity\", \"options\": {\"enable\": true, \"redirect\": false}}`; Terraform: `http_strict_transport_security { enable = true redirect = false }`.",
	},
	Bad: "nginx/err/negotiate_redirect_https.conf", Good: "nginx/ok/redirect_pages_only.conf",
	Sources: []string{"https://fetch.spec.whatwg.org/#http-redirect-fetch", "https://www.rfc-editor.org/rfc/rfc6455#section-4.1"},
}

var redirectOfClients = &conformance.Rule{
	ID: "ASRS-RED-002", Requirement: "negotiate", Severity: conformance.Error,
	Title: "A redirect catches what clients send",
	Why:   "Of what SignalR clients send, nothing survives a redirect: " + whatClientsMake + ".",
	Fix: map[string]string{
		"": "Take the client paths out of the redirect.",
		"nginx": "Give clients a location without return, rewrite … redirect or permanent, or error_page that leads to a URL: `location /client/ { proxy_pass https://NAME.service.signalr.net; … }`; a return in server{} runs before every location, so move it into `location / { … }`. " +
			"NGINX itself redirects what lacks the final slash of a location with proxy_pass: write `location /client/` or `location = /client/negotiate`, not `location /client/negotiate/`.",
		"appgateway": "Use a path rule `/client/*` that leads to the SignalR pool, and let the redirect be the default only. Portal: Rules > rule > Backend targets. az: `az network application-gateway url-path-map rule create … --paths \"/client/*\" --address-pool signalr --http-settings signalr`. " +
			"Terraform: path_rule without redirect_configuration_name. ARM and Bicep: `pathRules[]` with backendAddressPool and without redirectConfiguration.",
		"frontdoor": "Exempt /client/ from the rule that redirects, by a condition on the request path.",
		"akamai":    "Put `{\"name\": \"path\", \"options\": {\"matchOperator\": \"DOES_NOT_MATCH_ONE_OF\", \"values\": [\"/client\", \"/client/*\"]}}` among the criteria of the rule with redirect, redirectplus or edgeRedirector: a rule further down counts for every request that it matches, the service's too. Terraform: `criterion { path { match_operator = \"DOES_NOT_MATCH_ONE_OF\" values = [\"/client\", \"/client/*\"] } }`.",
	},
	Bad: "nginx/err/negotiate_redirect.conf", Good: "nginx/ok/redirect_pages_only.conf",
	Sources: []string{"https://fetch.spec.whatwg.org/#http-redirect-fetch", "https://nginx.org/en/docs/http/ngx_http_core_module.html#location"},
}

// redirected says which line redirects, and where to as far as that is the same for every request.
func redirected(a *conformance.Arrival) conformance.Opinion {
	r := a.Response
	at, _ := a.Blame()
	if !r.Span.IsZero() {
		at = r.Span
	}
	to, err := url.Parse(r.Location.Text())
	if r.Location.IsUnknown() || err != nil {
		to = &url.URL{}
	}
	req := &a.Probe.Request
	f := conformance.Finding{Span: at, Related: where(a, at)}
	asked, _, _ := strings.Cut(req.Target, "?")
	cause := redirectOfClients
	switch {
	case to.Scheme == "https" && to.Path == asked && sameHost(routing.HostName(to.Host), routing.HostName(req.Host)):
		cause = redirectToHTTPS
		f.Message = fmt.Sprintf("what comes over http is redirected (%s) to https://%s, and SignalR clients do not survive a redirect", r.Status.Text(), to.Host)
	case to.Path == asked+"/":
		f.Message = fmt.Sprintf("%s is redirected (%s) to %s/ for want of the final slash, and SignalR clients do not survive a redirect", asked, r.Status.Text(), asked)
	default:
		f.Message = fmt.Sprintf("what clients send is redirected (%s)%s, and SignalR clients do not survive a redirect", r.Status.Text(), fixedTarget(to, asked))
	}
	return conformance.Bad(f).Because(cause)
}

// fixedTarget is where a redirect leads, without what it takes over from the request.
func fixedTarget(to *url.URL, asked string) string {
	place := to.Host
	if to.Scheme != "" && to.Host != "" {
		place = to.Scheme + "://" + to.Host
	}
	if !strings.HasSuffix(to.Path, asked) {
		place += to.Path
	}
	if place == "" {
		return ""
	}
	return " to " + place
}
