package rules

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

var exposure = &conformance.Rule{
	ID: "ASRS-EXP-001", Requirement: "exposure", Severity: conformance.Warning,
	Title: "More than client paths reach the service",
	Why: "Beside /client/ the service serves its REST interface below /api/, which sends to every client and closes connections, and takes hub servers at " +
		"/server/. Both ask for a token signed with the access key, but who holds one can use them from everywhere once the proxy passes them on, also " +
		"where public access to the service is off. Clients never need them. Whether the service resolves dots, encoded letters and double slashes in paths " +
		"is not documented, so that a proxy should not pass them on.",
	Fix: map[string]string{
		"": "Route only the client paths to the service: /client and what is below it.",
		"nginx": "Put proxy_pass into `location /client/ { … }` instead of `location / { … }`. With a prefix keep the client's part in both: " +
			"`location /signalr/client/ { proxy_pass https://NAME.service.signalr.net/client/; }`. Leave merge_slashes on, and use no regular expression that is not anchored with ^.",
		"appgateway": "Lead only `/client/*` to the service, and the default elsewhere (a redirect, or an empty pool); with a prefix use `/asrs1/client/*` and the path override `/client/` instead of `/asrs1/*` and `/`. " +
			"Portal: Rules > rule > Backend targets > Add multiple targets to create a path-based rule. az: `az network application-gateway url-path-map create … --paths \"/client/*\" --address-pool signalr --http-settings signalr --default-address-pool site --default-http-settings site`. " +
			"Terraform: url_path_map with `path_rule { paths = [\"/client/*\"] … }` and rule_type PathBasedRouting. ARM and Bicep: `urlPathMaps[].pathRules[].paths`. TCP and TLS rules (routingRules) know no paths: use an HTTPS listener.",
		"frontdoor":     "Let the route's patterns be `/client` and `/client/*` instead of `/*`; with a prefix `/asrs1/client/*` and the origin path `/client/`.",
		"ingress-nginx": "Let the path be `/client` of type Prefix instead of `/`; with rewrite-target let the path begin with `/asrs1/client`, and use no expression that takes more.",
		"gateway-api":   "Let the match be `type: PathPrefix, value: /client` instead of `/`; with a prefix match `/asrs1/client` and replace it by `/client`.",
		"apim":          "Let the suffix be `client` with the operations that clients need, instead of an empty suffix or `/*`; with a prefix `asrs1/client` and the service URL https://NAME.service.signalr.net/client. Portal: API > Settings > API URL suffix, and Design for the operations. az: `az apim api update … --path client`, `az apim api operation delete …`. Terraform: `path` of azurerm_api_management_api, `url_template` of azurerm_api_management_api_operation. ARM and Bicep: `properties.path`, `apis/operations` with `urlTemplate`.",
		"akamai":        "Let the service's origin stand in a rule with the criterion `{\"name\": \"path\", \"options\": {\"matchOperator\": \"MATCHES_ONE_OF\", \"values\": [\"/client\", \"/client/*\"], \"matchCaseSensitive\": false, \"normalize\": true}}` instead of the default rule; with a prefix `/asrs1/client/*`. Terraform: `criterion { path { match_operator = \"MATCHES_ONE_OF\" values = [\"/client\", \"/client/*\"] normalize = true } }`.",
	},
	Bad: "nginx/err/exposure.conf", Good: "nginx/ok/single.conf",
	Sources: []string{
		"https://learn.microsoft.com/azure/azure-signalr/signalr-howto-reverse-proxy-overview",
		"https://github.com/Azure/azure-signalr/blob/dev/docs/swagger/V20220601.md",
	},
	Check: checkExposure,
}

func checkExposure(p *conformance.Pass) {
	leaveWhenNothingIsSent(p)
	plain, disguised := conformance.Intrusions(p.Endpoint)
	open := map[routing.Span]string{}
	for _, request := range append(plain, disguised...) {
		p.JudgeWays(p.Send(request), staysOutside(p, open))
	}
	adviseFinalSlash(p, open)
}

// staysOutside judges a request that must not reach an inner part of the service. open names, for each line that lets some pass, the
// first: that paths in disguise pass too says nothing more then.
func staysOutside(p *conformance.Pass, open map[routing.Span]string) func(*conformance.Arrival) conformance.Opinion {
	return func(a *conformance.Arrival) conformance.Opinion {
		switch {
		case a.Kind == conformance.Lost:
			return conformance.CannotTell(a.Why, a.Unknown.Span)
		case !a.Arrived():
			return copiesStayOutside(a)
		case a.Delivery.Target.IsUnknown():
			return cannotTell(a.Delivery.Target, a.Delivery.Forward.Span)
		}
		if where, v, broken := brokenLine(a); broken {
			return splits(a, where, v)
		}
		switch conformance.ExposureOf(a.Delivery.Target.Text()) {
		case conformance.InnerPart:
			return conformance.Bad(letsPass(a, open))
		case conformance.Disguised:
			if len(open) == 0 && len(a.Assumed) == 0 {
				adviseAgainst(p, a)
			}
		case conformance.ClientPart, conformance.Split:
		}
		return copiesStayOutside(a)
	}
}

// copiesStayOutside leaves open whether a service takes a copy of a request for its inner parts.
func copiesStayOutside(a *conformance.Arrival) conformance.Opinion {
	if why, at := a.Copied(); why != "" {
		return conformance.CannotTell(why, at)
	}
	return conformance.Fine()
}

// letsPass is the finding at the line that lets an inner path pass. The first one stands for all.
func letsPass(a *conformance.Arrival, open map[routing.Span]string) conformance.Finding {
	f := passedOn(a, "")
	if open[f.Span] == "" {
		open[f.Span] = string(a.Probe.Kind)
	}
	f.Message = fmt.Sprintf("more than client paths reach %s: %s, for one", a.Service, open[f.Span])
	if by := lastDecision(a); by != "" {
		f.Message += ", by " + by
	}
	return f
}

// adviseFinalSlash is for a prefix that takes paths of other parts of a site too, which then answer with the service's 404.
func adviseFinalSlash(p *conformance.Pass, open map[routing.Span]string) {
	if len(open) > 0 {
		return
	}
	beside := conformance.NewBeside(p.Endpoint)
	for _, a := range p.Send(beside) {
		if !a.Arrived() || len(a.Assumed) > 0 {
			continue
		}
		f := passedOn(a, fmt.Sprintf("%s takes other paths that begin with the same letters too, such as %s: end it with a slash", cmp.Or(lastDecision(a), "the route of clients"), conformance.PathOf(beside)))
		f.Probes = []string{string(a.Probe.Kind)}
		p.Advise(f)
		return
	}
}

func adviseAgainst(p *conformance.Pass, a *conformance.Arrival) {
	f := passedOn(a, "paths that hide where they lead are passed on as they came; whether the service takes them for /api/ or /server/ is not documented. "+
		"Refuse paths with \"..\", \"//\" or \"%2f\" in them, or try it with asrscheck test")
	f.Probes = []string{string(a.Probe.Kind)}
	p.Advise(f)
}

// passedOn is a finding at the place that routes a request to the service.
func passedOn(a *conformance.Arrival, message string) conformance.Finding {
	at, related := a.Blame()
	related = withoutOutcome(related, a)
	if target := a.Delivery.Target; target.Text() != a.Probe.Request.Target && !target.Span.IsZero() && target.Span != at {
		path, _, _ := strings.Cut(target.Text(), "?")
		related = append(related, routing.Note{Span: target.Span, Text: "the path becomes " + path})
	}
	return conformance.Finding{Message: message, Span: at, Related: related}
}

// withoutOutcome leaves the place out that says where the request goes in the end, which the message says.
func withoutOutcome(related []routing.Note, a *conformance.Arrival) []routing.Note {
	var out []routing.Note
	for _, n := range related {
		if n.Text != a.Outcome() {
			out = append(out, n)
		}
	}
	return out
}
