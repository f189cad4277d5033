package rules

import (
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

var privateAccess = &conformance.Rule{
	ID: "ASRS-SEC-001", Requirement: "private-access", Severity: conformance.Warning,
	Title: "Clients can reach the service around the proxy",
	Why: "While the service's public endpoint takes clients, whoever knows its name (it stands in every access token) goes around the proxy, its firewall and its logs. " +
		"A network rule that denies all but ClientConnection leaves open exactly that way.",
	Fix: map[string]string{
		"": "Turn the service's public network access off, and let the proxy reach it by a private endpoint. Portal: SignalR > Networking > Public network access: Disabled, and Private endpoint connections. " +
			"az: `az resource update --ids ID --set properties.publicNetworkAccess=Disabled`. Terraform: `public_network_access_enabled = false` of azurerm_signalr_service, with an azurerm_private_endpoint whose subresource_names are [\"signalr\"]. " +
			"ARM and Bicep: `publicNetworkAccess: 'Disabled'`. App servers and the REST API need the private way then, too.",
		"frontdoor": "Front Door reaches a service over the internet only: put an Application Gateway with a private way to the service between them, and turn the service's public network access off " +
			"(portal: SignalR > Networking; Terraform: `public_network_access_enabled = false`; ARM: `publicNetworkAccess: 'Disabled'`).",
	},
	Bad: "appgateway/err/private_access_public_tf/main.tf", Good: "appgateway/ok/private_estate_tf/main.tf",
	Sources: []string{
		"https://learn.microsoft.com/azure/azure-signalr/howto-network-access-control", "https://learn.microsoft.com/azure/azure-signalr/howto-private-endpoints",
		"https://learn.microsoft.com/azure/azure-signalr/signalr-howto-work-with-app-gateway",
	},
	Check: func(p *conformance.Pass) {
		if p.Services.Described() {
			p.JudgeRoutes(towardsService(isPrivate(p)))
		}
		adviseOnWayAround(p)
	},
}

var noPrivateWay = &conformance.Rule{
	ID: "ASRS-SEC-002", Requirement: "private-access", Severity: conformance.Error,
	Title: "The service is closed to the public, and the proxy has no other way to it",
	Why:   "With public network access off the service answers 403 to all that does not come by an approved private endpoint that lets clients in.",
	Fix: map[string]string{
		"": "Give the proxy's network a private endpoint of the service, approve it, and let its network rules allow ClientConnection. Portal: SignalR > Networking > Private endpoint connections. " +
			"az: `az network private-endpoint create -g GROUP -n PE --vnet-name VNET --subnet SUBNET --private-connection-resource-id ID --group-ids signalr --connection-name signalr`, and a private DNS zone privatelink.service.signalr.net that is linked to the network. " +
			"Terraform: azurerm_private_endpoint with `subresource_names = [\"signalr\"]` and `is_manual_connection = false`, azurerm_private_dns_zone_virtual_network_link. ARM and Bicep: `Microsoft.Network/privateEndpoints` with `groupIds: ['signalr']`.",
		"apim": "Put API Management into a virtual network, or let it send into one (v2 tiers), and give that network a private endpoint of the service and the private DNS zone privatelink.service.signalr.net. Portal: API Management > Network > Virtual network; SignalR > Networking > Private endpoint connections. " +
			"az: `az apim update -n APIM -g GROUP --virtual-network External --set virtualNetworkConfiguration.subnetResourceId=SUBNET`. Terraform: `virtual_network_type = \"External\"` and virtual_network_configuration of azurerm_api_management, azurerm_private_endpoint with `subresource_names = [\"signalr\"]`. ARM and Bicep: `virtualNetworkType`, `virtualNetworkConfiguration.subnetResourceId`, `Microsoft.Network/privateEndpoints`.",
		"frontdoor": "Front Door has no private way to Azure SignalR Service: put an Application Gateway between them, and let that reach the service by a private endpoint.",
	},
	Bad: "appgateway/err/private_access_pending.json", Good: "appgateway/ok/private_estate_tf/main.tf",
	Sources: []string{
		"https://learn.microsoft.com/azure/azure-signalr/howto-private-endpoints", "https://learn.microsoft.com/azure/frontdoor/private-link",
	},
}

// isPrivate judges each description of the service that was read.
func isPrivate(p *conformance.Pass) func(*conformance.Arrival) conformance.Opinion {
	return func(a *conformance.Arrival) conformance.Opinion {
		out := conformance.CannotTell("the settings of "+a.Service+" were not given", a.Delivery.Forward.Span)
		for i, s := range p.Services.Read(a.Service) {
			if o := reachedPrivately(a, s); i == 0 || o.Breaks() {
				out = o
			}
		}
		return out
	}
}

func reachedPrivately(a *conformance.Arrival, s routing.Service) conformance.Opinion {
	public, ok := s.Public.Bool()
	private, known := s.Private.Bool()
	switch {
	case !ok:
		return cannotTell(s.Public, s.Span)
	case public:
		return wrong(s.Public, s.Span, "clients can reach "+a.Service+" directly, around the proxy: its public network access is on"+defaultOf(s.Public))
	case a.Delivery.Gateway.Kind == "frontdoor":
		return noWay(s.Public, s.Span, a.Service+" is closed to the public, and Front Door has no private way to it")
	case a.Delivery.Gateway.Outside.Text != "":
		outside := a.Delivery.Gateway.Outside
		return noWay(routing.Of("", outside.Span).With(s.Public.Span, "public network access is off"), s.Span, a.Service+" is closed to the public, and "+outside.Text+" from which it could reach it")
	case known && !private:
		return noWay(s.Private.With(s.Public.Span, "public network access is off"), s.Span, a.Service+" is closed to the public, and no approved private endpoint lets clients in")
	case !known:
		return cannotTell(s.Private, s.Span)
	case !slices.ContainsFunc(s.Networks, func(n string) bool { return strings.EqualFold(n, a.Delivery.Gateway.Network) }):
		return conformance.CannotTell("whether the name of "+a.Service+" resolves to its private endpoint in the proxy's network is not known: no private DNS zone that is linked to that network was read", s.Span)
	}
	return conformance.Fine()
}

func noWay(v routing.Value, otherwise routing.Span, message string) conformance.Opinion {
	return conformance.Bad(conformance.Finding{Severity: conformance.Error, Message: message, Span: at(v, otherwise), Related: v.Related}).Because(noPrivateWay)
}
