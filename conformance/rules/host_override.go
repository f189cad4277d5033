package rules

import (
	"fmt"
	"slices"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

var hostOverride = &conformance.Rule{
	ID: "ASRS-HOST-001", Requirement: "host-override", Severity: conformance.Error,
	Title: "Requests reach the service with a Host that is not its own",
	Why: "Azure SignalR Service is multi-tenant and finds the tenant by the Host header. A request with the proxy's name, with the name of " +
		"an upstream block or of another service, or with two Host headers, is not answered by your service.",
	Fix: map[string]string{
		"": "Send exactly one Host header, the service's own name.",
		"nginx": "Set `proxy_set_header Host NAME.service.signalr.net;` in the location that has the other proxy_set_header lines: one line there drops " +
			"all that were inherited.",
		"appgateway": "Portal: Backend settings > Override with new host name: Yes > Pick host name from backend target. " +
			"az: `az network application-gateway http-settings update --gateway-name GATEWAY -g GROUP -n SETTINGS --host-name-from-backend-pool true`. " +
			"Terraform: in backend_http_settings set `pick_host_name_from_backend_address = true`, or `host_name` to the service's name. ARM and Bicep: `pickHostNameFromBackendAddress: true`, or `hostName`. " +
			"Name the service by NAME.service.signalr.net, also behind a private endpoint. Its privatelink name does not do, nor does an address that is picked, nor do TCP and TLS rules (routingRules), which cannot set Host. " +
			"Microsoft's page on host name preservation asks for the contrary; it is meant for web applications that build URLs from Host, and does not fit this service, which serves its own name only.",
		"frontdoor": "Portal: Origin > Origin host header: the service's name; the portal fills it in, templates and Terraform do not. " +
			"az: `az afd origin update -g GROUP --profile-name PROFILE --origin-group-name ORIGINS --origin-name ORIGIN --origin-host-header NAME.service.signalr.net`. " +
			"Terraform: `origin_host_header = \"NAME.service.signalr.net\"`. ARM: `originHostHeader`. Leaving it blank to preserve the client's host name, as Microsoft's page on that asks for, does not fit here: the service serves only its own name.",
		"ingress-nginx": "Annotate the Ingress: `nginx.ingress.kubernetes.io/upstream-vhost: NAME.service.signalr.net`. One Ingress leads to one service: give each service an Ingress of its own.",
		"gateway-api":   "Add a filter to the rule: `type: URLRewrite` with `urlRewrite.hostname: NAME.service.signalr.net`. RequestHeaderModifier is not meant for Host.",
		"apim":          "Remove `<set-header name=\"Host\">` from the policies of these APIs, at every scope that reaches them: the Host is then that of the backend's URL (portal: APIs > API > All operations > Inbound processing; az: `az rest --method put --url …/policies/policy?api-version=2024-05-01 --body …`; ARM and Bicep: `properties.value`; Terraform: `xml_content`). `@(context.Request.OriginalUrl.Host)`, which Microsoft's page on host name preservation asks for, does not fit here. Or set it to NAME.service.signalr.net.",
		"akamai":        "In the origin behavior set `\"forwardHostHeader\": \"ORIGIN_HOSTNAME\"` with `\"hostname\": \"NAME.service.signalr.net\"`; REQUEST_HOST_HEADER, with which the portal's templates begin, sends the client's. With CUSTOM, customForwardHostHeader must be that same name. Terraform (akamai_property_rules_builder): `origin { hostname = \"NAME.service.signalr.net\" forward_host_header = \"ORIGIN_HOSTNAME\" … }`.",
	},
	Bad: "nginx/err/host_override.conf", Good: "nginx/ok/single.conf",
	Sources: []string{
		"https://learn.microsoft.com/azure/azure-signalr/signalr-howto-reverse-proxy-overview",
		"https://learn.microsoft.com/azure/architecture/best-practices/host-name-preservation",
	},
	Contrary: []conformance.Contrary{
		{
			Tool: "Microsoft, Preserve the original HTTP host name", Says: "A proxy should hand the client's host name on to the web application behind it.",
			Why: "That is for applications that build URLs and cookies from Host. The service builds none, and finds its tenant by its own name.",
		},
		{
			Tool: "Azure Advisor", Says: "Avoid hostname override to ensure site integrity (52a9d0a7-efe1-4512-9716-394abd4e0ab1).",
			Why:    "Override is what Microsoft's guide for this service demands.",
			Waiver: "`az advisor recommendation list --query \"[?recommendationTypeId=='52a9d0a7-efe1-4512-9716-394abd4e0ab1'].id\" -o tsv` names it, `az advisor recommendation disable --ids ID` dismisses it.",
		},
		{
			Tool: "gixy, Gixy-Next (host_spoofing)", Says: "Send $host instead of $http_host.",
			Why:    "Either is the client's name. Neither reaches the service; with a fixed name the check falls silent.",
			Waiver: "`gixy --skips host_spoofing`, where another location needs $http_host.",
		},
	},
	Check: func(p *conformance.Pass) {
		p.JudgeRoutes(towardsService(hostIsTheServices))
		leaveWhenNothingIsRouted(p)
	},
}

func hostIsTheServices(a *conformance.Arrival) conformance.Opinion {
	d := a.Delivery
	hosts := d.Header("Host")
	switch len(hosts) {
	case 0:
		return wrong(routing.Value{}, d.Forward.Span, "no Host header is sent to "+a.Service)
	case 1:
		return hostIs(a, hosts[0])
	}
	return severalHosts(a, hosts)
}

// severalHosts points at the second line; the first may be the one to keep.
func severalHosts(a *conformance.Arrival, hosts []routing.Value) conformance.Opinion {
	f := conformance.Finding{
		Message: fmt.Sprintf("%d Host headers are sent to %s: %q and %q", len(hosts), a.Service, hosts[0].Text(), hosts[1].Text()),
		Fix:     "Leave one of the lines, that with the service's own name: " + a.Service + ".",
		Span:    at(hosts[1], a.Delivery.Forward.Span), Related: slices.Clip(hosts[1].Related),
	}
	if !hosts[0].Span.IsZero() {
		f.Related = append(f.Related, routing.Note{Span: hosts[0].Span, Text: "the first Host is set here"})
	}
	return conformance.Bad(f)
}

func hostIs(a *conformance.Arrival, host routing.Value) conformance.Opinion {
	d := a.Delivery
	switch {
	case host.IsUnknown():
		return cannotTell(host, d.Forward.Span)
	case sameHost(host.Text(), a.Service):
		return conformance.Fine()
	case sameHost(host.Text(), a.Service+":443") && d.Scheme.Text() == "https":
		return conformance.CannotTell("the Host sent names the port too ("+host.Text()+"); whether the service accepts that is not documented", at(host, d.Forward.Span))
	case mayBeTheServices(a, host.Text()):
		return nameOpen(a, host)
	}
	if shared, ok := oneNameForAll(a, host); ok {
		return shared
	}
	if cut, ok := linesHidden(host); ok {
		return cut
	}
	f := conformance.Finding{
		Message: fmt.Sprintf("the Host sent to %s is %q", a.Service, host.Text()), Span: at(host, d.Forward.Span), Related: host.Related,
	}
	switch {
	case host.IsDefault():
		f.Message += ", the default of " + host.Why()
	case sameHost(routing.HostName(host.Text()), routing.HostName(a.Probe.Request.Host)):
		f.Message += ", which the client sent: it is passed on as it came"
	}
	if d.Member != nil && !d.Member.Span.IsZero() {
		f.Related = append(slices.Clip(f.Related), routing.Note{Span: d.Member.Span, Text: "this is where it goes"})
	}
	return conformance.Bad(f)
}
