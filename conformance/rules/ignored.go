package rules

import (
	"strings"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

var ignoredHost = &conformance.Rule{
	ID: "ASRS-HOST-006", Requirement: "host-override", Severity: conformance.Warning,
	Title: "A Host is set where that counts for nothing",
	Why: "Where a gateway does not let the Host be set, what is written there misleads: who changes it to lead clients to another service sees no effect, and who " +
		"relies on it relies on something else.",
	Fix: map[string]string{
		"":     "Remove it.",
		"apim": "Remove `<set-header name=\"Host\">` from the policy of onHandshake, and let the service URL name the service: its host is what is sent.",
	},
	Bad: "apim/ok/websocket_ignored_policies.json", Good: "apim/ok/websocket_design.json",
	Sources: []string{"https://learn.microsoft.com/azure/api-management/websocket-api"},
	Check: func(p *conformance.Pass) {
		tellIgnored(p, func(i routing.Ignore) bool { return strings.EqualFold(i.What.Name, "Host") })
	},
}

var ignoredSettings = &conformance.Rule{
	ID: "ASRS-AM-004", Requirement: "configuration", Severity: conformance.Warning,
	Title: "Something is written where it counts for nothing",
	Why:   "What has no effect reads as if it had. It may have been meant for other requests, or not be meant at all.",
	Fix: map[string]string{
		"":     "Remove it, or put it where it counts.",
		"apim": "Take the policy out of what the WebSocket API inherits, or leave it, knowing that it is for the other APIs.",
	},
	Bad: "apim/ok/websocket_ignored_policies.json", Good: "apim/ok/websocket_design.json",
	Sources: []string{"https://learn.microsoft.com/azure/api-management/websocket-api"},
	Check: func(p *conformance.Pass) {
		tellIgnored(p, func(i routing.Ignore) bool { return !i.Route && !strings.EqualFold(i.What.Name, "Host") })
	},
}

var outdatedRevision = &conformance.Rule{
	ID: "ASRS-AM-002", Requirement: "configuration", Severity: conformance.Warning,
	Title: "What was read is not the revision that clients reach",
	Why: "Clients reach the current revision of an API, unless they put the number of another one into the path, which a client endpoint cannot. What is set right, or wrong, " +
		"in another revision says nothing about them until it is made current.",
	Fix: map[string]string{
		"": "Give what is in force.",
		"apim": "Give the current revision: `az apim api revision list --api-id API …` says which it is. Or make this one current (portal: API > Revisions > Make current; " +
			"`az apim api release create --api-id API --api-revision N …`; ARM and Bicep: a resource `apis/releases` with `apiId`; Terraform: azurerm_api_management_api_release).",
	},
	Bad: "apim/ok/revision_not_current.json", Good: "apim/ok/websocket_design.json",
	Sources: []string{"https://learn.microsoft.com/azure/api-management/api-management-revisions"},
	Check: func(p *conformance.Pass) {
		tellIgnored(p, func(i routing.Ignore) bool { return i.Route })
	},
}

// tellIgnored advises about what counts for nothing for some probe.
func tellIgnored(p *conformance.Pass, concerns func(routing.Ignore) bool) {
	for _, kind := range conformance.ProbeKinds {
		for _, a := range p.Arrivals(kind) {
			for _, i := range a.Ignored {
				if concerns(i) {
					p.Advise(conformance.Finding{Severity: conformance.Warning, Message: i.Text, Span: i.Span, Probes: []string{string(kind)}})
				}
			}
		}
	}
}
