package azurerm

import "github.com/asrscheck/asrscheck/parsers/internal/jsontree"

const signalRType = "Microsoft.SignalRService/SignalR"

// signalR: hashicorp/terraform-provider-azurerm, internal/services/signalr.
var signalR = map[string]kind{
	"azurerm_signalr_service": {
		arm: signalRType, name: []string{"name"},
		beside: table{
			{from: "location", to: "location"},
			{from: "sku", to: "sku", as: one(table{{from: "name", to: "name"}, {from: "capacity", to: "capacity"}})},
		},
		properties: table{
			{from: "hostname", to: "hostName", as: written},
			{from: "public_network_access_enabled", to: "publicNetworkAccess", as: enabled, otherwise: defaultText("Enabled")},
			{from: "local_auth_enabled", to: "disableLocalAuth", as: not, otherwise: defaultBool(false)},
			{from: "aad_auth_enabled", to: "disableAadAuth", as: not, otherwise: defaultBool(false)},
			{from: "tls_client_cert_enabled", to: "tls.clientCertEnabled"},
			{from: "service_mode", to: "features", as: feature("ServiceMode"), otherwise: nil},
			{from: "connectivity_logs_enabled", to: "features", as: feature("EnableConnectivityLogs")},
			{from: "messaging_logs_enabled", to: "features", as: feature("EnableMessagingLogs")},
			{from: "http_request_logs_enabled", to: "features", as: feature("EnableHttpRequestLogs")},
			{from: "live_trace_enabled", to: "features", as: feature("EnableLiveTrace")},
			{from: "live_trace", to: "liveTraceConfiguration", as: one(table{{from: "enabled", to: "enabled", otherwise: defaultBool(true)}})},
			{from: "cors", to: "cors", as: one(table{{from: "allowed_origins", to: "allowedOrigins"}})},
			{from: "serverless_connection_timeout_in_seconds", to: "serverless.connectionTimeoutInSeconds"},
			{from: "upstream_endpoint", to: "upstream.templates", as: each(table{
				{from: "url_template", to: "urlTemplate"},
				{from: "category_pattern", to: "categoryPattern"},
				{from: "event_pattern", to: "eventPattern"},
				{from: "hub_pattern", to: "hubPattern"},
			})},
		},
	},
	"azurerm_signalr_service_network_acl": {
		arm: signalRType, patches: "signalr_service_id",
		properties: table{
			{from: "default_action", to: "networkACLs.defaultAction"},
			{from: "public_network", to: "networkACLs.publicNetwork", as: one(requestTypes)},
			{from: "private_endpoint", to: "networkACLs.privateEndpoints", as: each(append(table{{from: "id", to: "id"}}, requestTypes...))},
		},
	},
	"azurerm_signalr_service_custom_domain": {
		arm: signalRType + "/customDomains", name: []string{"signalr_service_id", "name"},
		properties: table{{from: "domain_name", to: "domainName"}, {from: "signalr_custom_certificate_id", to: "customCertificate", as: reference}},
	},
	"azurerm_signalr_service_custom_certificate": {
		arm: signalRType + "/customCertificates", name: []string{"signalr_service_id", "name"},
	},
	"azurerm_signalr_shared_private_link_resource": {
		arm: signalRType + "/sharedPrivateLinkResources", name: []string{"signalr_service_id", "name"},
		properties: table{{from: "sub_resource_name", to: "groupId"}, {from: "target_resource_id", to: "privateLinkResourceId"}, {from: "status", to: "status"}},
	},
}

var requestTypes = table{{from: "allowed_request_types", to: "allow"}, {from: "denied_request_types", to: "deny"}}

// feature is one entry of the list of flags.
func feature(flag string) convert {
	return func(n *jsontree.Node) *jsontree.Node {
		return jsontree.NewList(n.Place(), jsontree.NewObject(
			n.Place(), jsontree.Member{Name: "flag", Value: jsontree.NewString(n.Place(), flag)}, jsontree.Member{Name: "value", Value: n},
		))
	}
}
