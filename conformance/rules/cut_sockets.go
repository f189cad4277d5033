package rules

import (
	"fmt"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

var cutSockets = &conformance.Rule{
	ID: "ASRS-WS-007", Requirement: "websocket", Severity: conformance.Notice,
	Title: "WebSockets are cut now and then, however well they do",
	Why: "Front Door ends a WebSocket after four hours, an Application Gateway when it is changed or scales in, and Akamai and API Management when they are deployed. " +
		"Clients that do not reconnect by themselves are gone then.",
	Fix: map[string]string{
		"": "Build connections with withAutomaticReconnect() (JavaScript), WithAutomaticReconnect() (.NET), and connect again in the event that tells of a closed connection.",
	},
	Bad: "frontdoor/ok/arm.json", Good: "nginx/ok/single.conf",
	Sources: []string{
		"https://learn.microsoft.com/azure/frontdoor/standard-premium/websocket", "https://learn.microsoft.com/aspnet/core/signalr/javascript-client#reconnect-clients",
	},
}

var shortDrain = &conformance.Rule{
	ID: "ASRS-TMO-004", Requirement: "websocket", Severity: conformance.Notice,
	Title: "Changes of the gateway cut WebSockets after seconds",
	Why: "Without connection draining an Application Gateway ends the connections of an instance that goes, as with every change of its configuration, after 30 seconds. With draining, clients are spread over a longer time, " +
		"so that they do not all negotiate at once.",
	Fix: map[string]string{
		"": "Let connections drain for some minutes.",
		"appgateway": "Portal: Backend settings > Connection draining: Enable, 300 seconds. az: `az network application-gateway http-settings update … --connection-draining-timeout 300`. " +
			"Terraform: `connection_draining { enabled = true drain_timeout_sec = 300 }`. ARM and Bicep: `connectionDraining: { enabled: true, drainTimeoutInSec: 300 }`.",
	},
	Bad: "appgateway/ok/draining_off.json", Good: "appgateway/ok/howto_az.json",
	Sources: []string{"https://learn.microsoft.com/azure/application-gateway/configuration-http-settings#connection-draining"},
}

// adviseOnCuts tells once for every gateway on the way when it ends WebSockets that are well.
func adviseOnCuts(p *conformance.Pass) {
	for _, a := range p.Arrivals(conformance.WebSocket) {
		if !a.Arrived() || len(a.Assumed) > 0 {
			continue
		}
		for _, d := range a.Deliveries() {
			adviseOnCut(p, d)
		}
	}
}

func adviseOnCut(p *conformance.Pass, on *routing.Delivery) {
	const reconnect = ": let clients reconnect by themselves"
	tell := func(rule *conformance.Rule, v routing.Value, message string) {
		p.Advise(conformance.Finding{Rule: rule.ID, Span: at(v, on.Forward.Span), Message: message + reconnect, Probes: []string{string(conformance.WebSocket)}})
	}
	if v := on.Setting(routing.Lifetime); v.State() == routing.Known {
		if d, ok := v.Duration(); ok {
			tell(cutSockets, v, fmt.Sprintf("a WebSocket is ended after %s, however busy it is%s", seconds(d), defaultOf(v)))
		}
	}
	v := on.Setting(routing.Drain)
	d, ok := v.Duration()
	switch {
	case !ok:
	case v.IsDefault():
		tell(shortDrain, v, fmt.Sprintf("connection draining is off: every change of the gateway, and every instance less, cuts its WebSockets after %s. Turn it on, for 300s or so", seconds(d)))
	default:
		tell(cutSockets, v, fmt.Sprintf("every change of the gateway, and every instance less, cuts its WebSockets within %s", seconds(d)))
	}
}
