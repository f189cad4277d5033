package rules

import (
	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

var firewall = &conformance.Rule{
	ID: "ASRS-WAF-001", Requirement: "limits", Severity: conformance.Error,
	Title: "The firewall turns away what SignalR clients send",
	Why: "A firewall that blocks sees an access token of hundreds of characters and the id of a connection in the query of every WebSocket and event stream of a browser, " +
		"and messages in the bodies of POST and in the paths of no form that it knows. A custom rule that forbids tokens in URLs forbids these transports; managed rules take a token " +
		"for an attack by chance, because base64url makes pairs of dashes that look like comments of SQL, so that some users are blocked at some times. " +
		"Frames of a WebSocket are another matter: Front Door looks at the handshake only, and for Application Gateway nothing is documented.",
	Fix: map[string]string{
		"": "Keep the firewall from the arguments access_token and id of requests to /client, and let no custom rule forbid them.",
		"appgateway": "Exclude the two arguments from the managed rules, and change or remove the custom rule that is named. Portal: WAF policy > Managed rules > Exclusions: Request arg names, Equals, access_token; the same for id. " +
			"az: `az network application-gateway waf-policy managed-rule exclusion add --policy-name POLICY -g GROUP --match-variable RequestArgNames --selector-match-operator Equals --selector access_token`; " +
			"`az network application-gateway waf-policy custom-rule update …`. Terraform: in managed_rules an exclusion block with `match_variable = \"RequestArgNames\"`, `selector_match_operator = \"Equals\"`, `selector = \"access_token\"`. " +
			"ARM and Bicep: `managedRules.exclusions` of the policy. A policy of its own for the path rule /client/* leaves the rest of the site as it is.",
		"frontdoor": "Exclude the two arguments from the managed rules, and change or remove the custom rule that is named. Portal: WAF policy > Managed rules > Manage exclusions: Query string args name, Equals, access_token; the same for id. " +
			"az: `az network front-door waf-policy managed-rules exclusion add … --match-variable QueryStringArgNames --operator Equals --value access_token`. Terraform: in managed_rule an exclusion block with " +
			"`match_variable = \"QueryStringArgNames\"`, `operator = \"Equals\"`, `selector = \"access_token\"`. ARM and Bicep: `exclusions` of the managed rule set.",
	},
	Bad: "appgateway/err/limits_firewall_token.json", Good: "appgateway/ok/firewall_exclusions.json",
	Sources: []string{
		"https://learn.microsoft.com/azure/web-application-firewall/ag/custom-waf-rules-overview", "https://learn.microsoft.com/azure/web-application-firewall/ag/application-gateway-waf-configuration",
		"https://learn.microsoft.com/azure/web-application-firewall/ag/policy-overview",
	},
	Check: func(p *conformance.Pass) {
		p.Judge(conformance.ProbeKinds, firewallLetsPass)
	},
}

// firewallLetsPass leaves open what managed rules make of a request: their patterns, and so what trips them, change without notice.
func firewallLetsPass(a *conformance.Arrival) conformance.Opinion {
	if a.Response != nil && a.Response.Reason == routing.Blocked {
		at, related := a.Blame()
		return conformance.Bad(conformance.Finding{Message: "the firewall turns requests of clients away: " + a.Response.Label, Span: at, Related: related})
	}
	if !a.Arrived() {
		return conformance.NoOpinion()
	}
	for _, d := range a.Deliveries() {
		if v := d.Setting(routing.Inspection); v.IsUnknown() || v.Text() != "" {
			return conformance.CannotTell("the requests of clients pass "+v.Text()+v.Why()+". To settle it, run asrscheck test on the client endpoint with the longest token that your app issues, "+
				"or set the policy to Detection for some days and look for /client in the firewall's log", at(v, d.Forward.Span))
		}
	}
	return conformance.Fine()
}
