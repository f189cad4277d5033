package azurerm

import "github.com/asrscheck/asrscheck/parsers/internal/jsontree"

// applicationGateways: hashicorp/terraform-provider-azurerm, internal/services/network/application_gateway_resource.go, which the
// order follows. Names behind a bar are those of version 5.
var applicationGateways = map[string]kind{
	"azurerm_application_gateway": {
		arm: "Microsoft.Network/applicationGateways", name: []string{"name"}, beside: located,
		properties: table{
			{from: "sku", to: "sku", as: one(table{{from: "name", to: "name"}, {from: "tier", to: "tier"}, {from: "capacity", to: "capacity", as: positive}})},
			{from: "backend_address_pool", to: "backendAddressPools", as: named(backendAddressPool)},
			{from: "backend_http_settings", to: "backendHttpSettingsCollection", as: named(backendHTTPSettings)},
			{from: "frontend_ip_configuration", to: "frontendIPConfigurations", as: named(frontendIP)},
			{from: "frontend_port", to: "frontendPorts", as: named(table{{from: "port", to: "port"}})},
			{from: "gateway_ip_configuration", to: "gatewayIPConfigurations", as: named(table{{from: "subnet_id", to: "subnet", as: reference}})},
			{from: "global", to: "globalConfiguration", as: one(table{
				{from: "request_buffering_enabled", to: "enableRequestBuffering"}, {from: "response_buffering_enabled", to: "enableResponseBuffering"},
			})},
			{from: "http_listener", to: "httpListeners", as: named(httpListener)},
			{from: "request_routing_rule", to: "requestRoutingRules", as: named(requestRoutingRule)},
			{from: "redirect_configuration", to: "redirectConfigurations", as: named(redirectConfiguration)},
			{from: "probe", to: "probes", as: named(probe)},
			{from: "rewrite_rule_set", to: "rewriteRuleSets", as: named(table{{from: "rewrite_rule", to: "rewriteRules", as: each(rewriteRule)}})},
			{from: "ssl_certificate", to: "sslCertificates", as: named(certificate)},
			{from: "authentication_certificate", to: "authenticationCertificates", as: named(certificate)},
			{from: "trusted_root_certificate", to: "trustedRootCertificates", as: named(certificate)},
			{from: "trusted_client_certificate", to: "trustedClientCertificates", as: named(certificate)},
			{from: "ssl_policy", to: "sslPolicy", as: one(tlsPolicy)},
			{from: "ssl_profile", to: "sslProfiles", as: named(tlsProfile)},
			{from: "enable_http2|http2_enabled", to: "enableHttp2", otherwise: defaultBool(false)},
			{from: "url_path_map", to: "urlPathMaps", as: named(urlPathMap)},
			{from: "waf_configuration", to: "webApplicationFirewallConfiguration", as: one(inlineFirewall)},
			{from: "firewall_policy_id", to: "firewallPolicy", as: reference},
			{from: "force_firewall_policy_association", to: "forceFirewallPolicyAssociation"},
		},
	},
}

// located is what all resources with a place in the world have.
var located = table{{from: "location", to: "location"}}

var backendAddressPool = table{
	{from: "fqdns", to: "backendAddresses", as: under("fqdn")},
	{from: "ip_addresses", to: "backendAddresses", as: under("ipAddress")},
}

var backendHTTPSettings = table{
	{from: "port", to: "port"},
	{from: "protocol", to: "protocol"},
	{from: "cookie_based_affinity", to: "cookieBasedAffinity"},
	{from: "affinity_cookie_name", to: "affinityCookieName", as: written},
	{from: "request_timeout", to: "requestTimeout", as: positive, otherwise: defaultNumber(30)},
	{from: "host_name", to: "hostName", as: written},
	{from: "pick_host_name_from_backend_address", to: "pickHostNameFromBackendAddress", otherwise: defaultBool(false)},
	{from: "path", to: "path", as: written},
	{from: "probe_name", to: "probe", as: part("probes")},
	{from: "authentication_certificate", to: "authenticationCertificates", as: listOf(func(n *jsontree.Node) *jsontree.Node {
		return part("authenticationCertificates")(n.Get("name"))
	})},
	{from: "trusted_root_certificate_names", to: "trustedRootCertificates", as: parts("trustedRootCertificates")},
	{from: "connection_draining", to: "connectionDraining", as: one(table{{from: "enabled", to: "enabled"}, {from: "drain_timeout_sec", to: "drainTimeoutInSec"}})},
	{from: "dedicated_backend_connection_enabled", to: "dedicatedBackendConnection"},
	{from: "sni_name", to: "sniName", as: written},
	{from: "sni_validation_enabled", to: "validateSNI"},
	{from: "certificate_chain_validation_enabled", to: "validateCertChainAndExpiry"},
}

var frontendIP = table{
	{from: "subnet_id", to: "subnet", as: reference},
	{from: "private_ip_address", to: "privateIPAddress", as: written},
	{from: "private_ip_address_allocation", to: "privateIPAllocationMethod"},
	{from: "public_ip_address_id", to: "publicIPAddress", as: reference},
}

var httpListener = table{
	{from: "frontend_ip_configuration_name", to: "frontendIPConfiguration", as: part("frontendIPConfigurations")},
	{from: "frontend_port_name", to: "frontendPort", as: part("frontendPorts")},
	{from: "protocol", to: "protocol"},
	{from: "host_name", to: "hostName", as: written},
	{from: "host_names", to: "hostNames"},
	{from: "ssl_certificate_name", to: "sslCertificate", as: part("sslCertificates")},
	{from: "ssl_profile_name", to: "sslProfile", as: part("sslProfiles")},
	{from: "require_sni", to: "requireServerNameIndication"},
	{from: "firewall_policy_id", to: "firewallPolicy", as: reference},
}

var requestRoutingRule = table{
	{from: "rule_type", to: "ruleType"},
	{from: "priority", to: "priority", as: positive},
	{from: "http_listener_name", to: "httpListener", as: part("httpListeners")},
	{from: "backend_address_pool_name", to: "backendAddressPool", as: part("backendAddressPools")},
	{from: "backend_http_settings_name", to: "backendHttpSettings", as: part("backendHttpSettingsCollection")},
	{from: "url_path_map_name", to: "urlPathMap", as: part("urlPathMaps")},
	{from: "redirect_configuration_name", to: "redirectConfiguration", as: part("redirectConfigurations")},
	{from: "rewrite_rule_set_name", to: "rewriteRuleSet", as: part("rewriteRuleSets")},
}

var redirectConfiguration = table{
	{from: "redirect_type", to: "redirectType"},
	{from: "target_listener_name", to: "targetListener", as: part("httpListeners")},
	{from: "target_url", to: "targetUrl", as: written},
	{from: "include_path", to: "includePath", otherwise: defaultBool(false)},
	{from: "include_query_string", to: "includeQueryString", otherwise: defaultBool(false)},
}

var probe = table{
	{from: "protocol", to: "protocol"},
	{from: "host", to: "host", as: written},
	{from: "path", to: "path"},
	{from: "port", to: "port", as: positive},
	{from: "interval", to: "interval"},
	{from: "timeout", to: "timeout"},
	{from: "unhealthy_threshold", to: "unhealthyThreshold"},
	{from: "minimum_servers", to: "minServers"},
	{from: "pick_host_name_from_backend_http_settings", to: "pickHostNameFromBackendHttpSettings", otherwise: defaultBool(false)},
	{from: "match", to: "match", as: one(table{{from: "status_code", to: "statusCodes"}, {from: "body", to: "body", as: written}})},
}

var certificate = table{
	{from: "data", to: "data", as: written},
	{from: "password", to: "password", as: written},
	{from: "key_vault_secret_id", to: "keyVaultSecretId", as: written},
}

// tlsPolicy: the provider names the type of a policy that is only disabled protocols, and that of a named one.
var tlsPolicy = table{
	{from: "policy_type", to: "policyType", as: written},
	{from: "policy_name", to: "policyName", as: written},
	{from: "min_protocol_version", to: "minProtocolVersion", as: written},
	{from: "disabled_protocols", to: "disabledSslProtocols"},
	{from: "cipher_suites", to: "cipherSuites"},
}

var tlsProfile = table{
	{from: "trusted_client_certificate_names", to: "trustedClientCertificates", as: parts("trustedClientCertificates")},
	{from: "verify_client_cert_issuer_dn|verify_client_certificate_issuer_dn", to: "clientAuthConfiguration.verifyClientCertIssuerDN"},
	{from: "verify_client_certificate_revocation", to: "clientAuthConfiguration.verifyClientRevocation", as: written},
	{from: "ssl_policy", to: "sslPolicy", as: one(tlsPolicy)},
}

var urlPathMap = table{
	{from: "default_backend_address_pool_name", to: "defaultBackendAddressPool", as: part("backendAddressPools")},
	{from: "default_backend_http_settings_name", to: "defaultBackendHttpSettings", as: part("backendHttpSettingsCollection")},
	{from: "default_redirect_configuration_name", to: "defaultRedirectConfiguration", as: part("redirectConfigurations")},
	{from: "default_rewrite_rule_set_name", to: "defaultRewriteRuleSet", as: part("rewriteRuleSets")},
	{from: "path_rule", to: "pathRules", as: named(table{
		{from: "paths", to: "paths"},
		{from: "backend_address_pool_name", to: "backendAddressPool", as: part("backendAddressPools")},
		{from: "backend_http_settings_name", to: "backendHttpSettings", as: part("backendHttpSettingsCollection")},
		{from: "redirect_configuration_name", to: "redirectConfiguration", as: part("redirectConfigurations")},
		{from: "rewrite_rule_set_name", to: "rewriteRuleSet", as: part("rewriteRuleSets")},
		{from: "firewall_policy_id", to: "firewallPolicy", as: reference},
	})},
}

var inlineFirewall = table{
	{from: "enabled", to: "enabled"},
	{from: "firewall_mode", to: "firewallMode"},
	{from: "rule_set_type", to: "ruleSetType", otherwise: defaultText("OWASP")},
	{from: "rule_set_version", to: "ruleSetVersion"},
	{from: "request_body_check", to: "requestBodyCheck", otherwise: defaultBool(true)},
	{from: "max_request_body_size_kb", to: "maxRequestBodySizeInKb", as: positive, otherwise: defaultNumber(128)},
	{from: "file_upload_limit_mb", to: "fileUploadLimitInMb", as: positive, otherwise: defaultNumber(100)},
	{from: "disabled_rule_group", to: "disabledRuleGroups", as: each(table{{from: "rule_group_name", to: "ruleGroupName"}, {from: "rules", to: "rules"}})},
	{from: "exclusion", to: "exclusions", as: each(exclusion)},
}

var exclusion = table{
	{from: "match_variable", to: "matchVariable"},
	{from: "selector_match_operator", to: "selectorMatchOperator", as: written},
	{from: "selector", to: "selector", as: written},
}
