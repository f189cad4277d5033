package rules

import (
	"github.com/asrscheck/asrscheck/conformance"
)

var uselessCookie = &conformance.Rule{
	ID: "ASRS-AFF-004", Requirement: "affinity", Severity: conformance.Notice,
	Title: "A cookie keeps clients at the only backend there is",
	Why: "With one service behind the route, session affinity decides nothing: it adds a Set-Cookie to every first answer, which some sites must ask consent for. When a second service " +
		"is added it does not keep connections together either, because many SignalR clients keep no cookies.",
	Fix: map[string]string{
		"": "Turn session affinity off.",
		"appgateway": "Portal: Backend settings > Cookie-based affinity: Disable. az: `az network application-gateway http-settings update … --cookie-based-affinity Disabled`. " +
			"Terraform: `cookie_based_affinity = \"Disabled\"`. ARM and Bicep: `cookieBasedAffinity: 'Disabled'`.",
		"frontdoor": "Portal: Origin group > Session affinity: off. az: `az afd origin-group update … --session-affinity-state Disabled`. Terraform: `session_affinity_enabled = false`, because true is the default. ARM: `sessionAffinityState: 'Disabled'`.",
	},
	Bad: "appgateway/ok/cookie_for_one.json", Good: "appgateway/ok/howto_az.json",
	Sources: []string{"https://learn.microsoft.com/azure/application-gateway/configuration-http-settings#cookie-based-affinity"},
}

// adviseOnCookie is for pools of one member.
func adviseOnCookie(p *conformance.Pass) {
	for _, a := range p.Arrivals(conformance.Negotiate) {
		if a.Service == "" || a.Delivery.Pool == nil || !a.Delivery.Pool.Pick.Cookie || len(a.Delivery.Pool.Members) > 1 {
			continue
		}
		p.Advise(conformance.Finding{
			Rule: uselessCookie.ID, Span: at(a.Delivery.To, a.Delivery.Pool.Pick.Span), Probes: []string{string(conformance.Negotiate)},
			Message: "clients get a cookie to come back to the only member of pool " + a.Delivery.Pool.Name + ": it decides nothing; turn session affinity off",
		})
	}
}
