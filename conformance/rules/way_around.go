package rules

import (
	"slices"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

var wayAround = &conformance.Rule{
	ID: "ASRS-SEC-011", Requirement: "private-access", Severity: conformance.Notice,
	Title: "Clients can reach the Application Gateway around Front Door",
	Why: "An Application Gateway at a public address takes requests of everybody, also of other people's Front Doors. Only the header X-Azure-FDID, which Front Door sets to its own id whatever the client sent, " +
		"tells whether a request came through yours and its firewall.",
	Fix: map[string]string{
		"": "Let a custom rule of the firewall in front of the gateway's listener block what has not the id of your Front Door in X-Azure-FDID, or connect the two by Private Link. Portal: WAF policy > Custom rules. " +
			"az: `az network application-gateway waf-policy custom-rule create …`. Terraform: custom_rules in azurerm_web_application_firewall_policy. ARM and Bicep: `customRules`.",
	},
	Bad: "frontdoor/ok/chain.json", Good: "frontdoor/ok/arm.json",
	Sources: []string{"https://learn.microsoft.com/azure/frontdoor/origin-security"},
}

// adviseOnWayAround is for Application Gateways behind Front Door that do not ask where requests come from.
func adviseOnWayAround(p *conformance.Pass) {
	if p.Gateway.Kind != "frontdoor" {
		return
	}
	for _, a := range p.Arrivals(conformance.Negotiate) {
		for i, d := range a.Via {
			next := a.Deliveries()[i+1]
			if d.Gateway.Kind != "frontdoor" || next == nil || next.Gateway.Kind != "appgateway" || mayAskWhereFrom(next) {
				continue
			}
			if !p.Services.Described() {
				p.Leave(conformance.Unread("private-access"), routing.Span{})
			}
			p.Advise(conformance.Finding{
				Rule: wayAround.ID, Span: at(d.Address, d.Forward.Span), Probes: []string{string(conformance.Negotiate)},
				Message: "clients can reach the Application Gateway " + next.Gateway.Name + " around Front Door and its firewall: let a custom rule there ask for your Front Door's id in X-Azure-FDID, or use Private Link",
			})
		}
	}
}

// mayAskWhereFrom reports whether every public listener looks at the header by which Front Doors are told apart, or may: what a firewall looks at is not
// always known.
func mayAskWhereFrom(on *routing.Delivery) bool {
	if v := on.Setting(routing.Inspection); v.IsUnknown() || v.Text() != "" {
		return true
	}
	g, fdid := on.Gateway, routing.Place{Kind: routing.InHeader, Name: "X-Azure-FDID"}
	return !slices.ContainsFunc(g.Listeners, func(l *routing.Listener) bool { return l.Address == "" && !g.LooksAt(l.Entry, fdid) })
}
