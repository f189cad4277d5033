package azurerm

// classicFrontDoor: hashicorp/terraform-provider-azurerm before version 5, internal/services/frontdoor/frontdoor_resource.go.
var classicFrontDoor = map[string]kind{
	"azurerm_frontdoor": {
		arm: "Microsoft.Network/frontDoors", name: []string{"name"},
		properties: table{
			{from: "frontend_endpoint", to: "frontendEndpoints", as: named(table{
				{from: "host_name", to: "hostName", as: written},
				{from: "session_affinity_enabled", to: "sessionAffinityEnabledState", as: enabled, otherwise: defaultText("Disabled")},
				{from: "web_application_firewall_policy_link_id", to: "webApplicationFirewallPolicyLink", as: reference},
			})},
			{from: "routing_rule", to: "routingRules", as: named(table{
				{from: "enabled", to: "enabledState", as: enabled, otherwise: defaultText("Enabled")},
				{from: "accepted_protocols", to: "acceptedProtocols"},
				{from: "patterns_to_match", to: "patternsToMatch"},
				{from: "frontend_endpoints", to: "frontendEndpoints", as: parts("frontendEndpoints")},
				{from: "forwarding_configuration", to: "routeConfiguration", as: one(table{
					{from: "backend_pool_name", to: "backendPool", as: part("backendPools")},
					{from: "forwarding_protocol", to: "forwardingProtocol", otherwise: defaultText("HttpsOnly")},
					{from: "custom_forwarding_path", to: "customForwardingPath", as: written},
					{from: "cache_enabled", to: "cacheConfiguration", as: classicCaching},
				})},
				{from: "redirect_configuration", to: "routeConfiguration", as: one(table{
					{from: "redirect_type", to: "redirectType"},
					{from: "redirect_protocol", to: "redirectProtocol"},
					{from: "custom_host", to: "customHost", as: written},
					{from: "custom_path", to: "customPath", as: written},
					{from: "custom_query_string", to: "customQueryString", as: written},
				})},
			})},
			{from: "backend_pool", to: "backendPools", as: named(table{
				{from: "health_probe_name", to: "healthProbeSettings", as: part("healthProbeSettings")},
				{from: "backend", to: "backends", as: each(table{
					{from: "enabled", to: "enabledState", as: enabled, otherwise: defaultText("Enabled")},
					{from: "address", to: "address"},
					{from: "host_header", to: "backendHostHeader", as: written},
					{from: "http_port", to: "httpPort"},
					{from: "https_port", to: "httpsPort"},
					{from: "priority", to: "priority", otherwise: defaultNumber(1)},
					{from: "weight", to: "weight", otherwise: defaultNumber(50)},
				})},
			})},
			{from: "backend_pool_health_probe", to: "healthProbeSettings", as: named(table{
				{from: "enabled", to: "enabledState", as: enabled, otherwise: defaultText("Enabled")},
				{from: "path", to: "path", as: written, otherwise: defaultText("/")},
				{from: "protocol", to: "protocol", otherwise: defaultText("Http")},
			})},
			{from: "backend_pool_settings", to: "backendPoolsSettings", as: one(table{
				{from: "enforce_backend_pools_certificate_name_check", to: "enforceCertificateNameCheck", as: enabled},
				{from: "backend_pools_send_receive_timeout_seconds", to: "sendRecvTimeoutSeconds", otherwise: defaultNumber(60)},
			})},
		},
	},
}
