package azurerm

import "github.com/asrscheck/asrscheck/parsers/internal/jsontree"

// network: hashicorp/terraform-provider-azurerm, internal/services/network and privatedns.
var network = map[string]kind{
	"azurerm_private_endpoint": {
		arm: "Microsoft.Network/privateEndpoints", name: []string{"name"}, beside: located,
		properties: table{
			{from: "subnet_id", to: "subnet", as: reference},
			{from: "private_service_connection", to: "privateLinkServiceConnections", as: connections(false)},
			{from: "private_service_connection", to: "manualPrivateLinkServiceConnections", as: connections(true)},
			{from: "private_dns_zone_group", to: "privateDnsZoneGroups", as: named(table{
				{from: "private_dns_zone_ids", to: "privateDnsZoneConfigs", as: under("privateDnsZoneId")},
			})},
		},
	},
	"azurerm_public_ip": {
		arm: "Microsoft.Network/publicIPAddresses", name: []string{"name"}, beside: located,
		properties: table{
			{from: "ip_address", to: "ipAddress", as: written},
			{from: "allocation_method", to: "publicIPAllocationMethod"},
			{from: "idle_timeout_in_minutes", to: "idleTimeoutInMinutes", otherwise: defaultNumber(4)},
			{from: "domain_name_label", to: "dnsSettings.domainNameLabel", as: written},
			{from: "fqdn", to: "dnsSettings.fqdn", as: written},
		},
	},
	"azurerm_virtual_network":  {arm: "Microsoft.Network/virtualNetworks", name: []string{"name"}, beside: located},
	"azurerm_subnet":           {arm: "Microsoft.Network/virtualNetworks/subnets", name: []string{"virtual_network_name", "name"}},
	"azurerm_private_dns_zone": {arm: "Microsoft.Network/privateDnsZones", name: []string{"name"}},
	"azurerm_private_dns_zone_virtual_network_link": {
		arm: "Microsoft.Network/privateDnsZones/virtualNetworkLinks", name: []string{"private_dns_zone_name", "name"},
		properties: table{{from: "virtual_network_id", to: "virtualNetwork", as: reference}, {from: "registration_enabled", to: "registrationEnabled"}},
	},
	"azurerm_private_dns_a_record": {
		arm: "Microsoft.Network/privateDnsZones/A", name: []string{"zone_name", "name"},
		properties: table{{from: "ttl", to: "ttl"}, {from: "records", to: "aRecords", as: under("ipv4Address")}},
	},
	"azurerm_web_application_firewall_policy": {
		arm: "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies", name: []string{"name"}, beside: located,
		properties: table{
			{from: "policy_settings", to: "policySettings", as: one(policySettings)},
			{from: "custom_rules", to: "customRules", as: each(firewallRule)},
			{from: "managed_rules", to: "managedRules", as: one(managedRules)},
		},
	},
}

// connections are those that were asked for in one of the two ways.
func connections(manual bool) convert {
	all := named(table{
		{from: "private_connection_resource_id", to: "privateLinkServiceId", as: written},
		{from: "subresource_names", to: "groupIds"},
	})
	return func(n *jsontree.Node) *jsontree.Node {
		if first := n.At(0).Get("is_manual_connection"); (first.Text() == "true") != manual {
			return nil
		}
		return all(n)
	}
}

var policySettings = table{
	{from: "enabled", to: "state", as: enabled, otherwise: defaultText("Enabled")},
	{from: "mode", to: "mode", otherwise: defaultText("Prevention")},
	{from: "request_body_check", to: "requestBodyCheck", otherwise: defaultBool(true)},
	{from: "request_body_enforcement|request_body_enforcement_enabled", to: "requestBodyEnforcement", otherwise: defaultBool(true)},
	{from: "request_body_inspect_limit_in_kb", to: "requestBodyInspectLimitInKB", otherwise: defaultNumber(128)},
	{from: "max_request_body_size_in_kb", to: "maxRequestBodySizeInKb", otherwise: defaultNumber(128)},
	{from: "file_upload_limit_in_mb", to: "fileUploadLimitInMb", otherwise: defaultNumber(100)},
	{from: "file_upload_enforcement|file_upload_enforcement_enabled", to: "fileUploadEnforcement"},
	{from: "log_scrubbing", to: "logScrubbing", as: one(table{
		{from: "enabled", to: "state", as: enabled, otherwise: defaultText("Enabled")},
		{from: "rule", to: "scrubbingRules", as: each(append(table{{from: "enabled", to: "state", as: enabled, otherwise: defaultText("Enabled")}}, exclusion...))},
	})},
}

var firewallRule = table{
	{from: "name", to: "name"},
	{from: "enabled", to: "state", as: enabled, otherwise: defaultText("Enabled")},
	{from: "priority", to: "priority"},
	{from: "rule_type", to: "ruleType"},
	{from: "action", to: "action"},
	{from: "rate_limit_duration", to: "rateLimitDuration", as: written},
	{from: "rate_limit_threshold", to: "rateLimitThreshold", as: positive},
	{from: "match_conditions", to: "matchConditions", as: each(table{
		{from: "match_variables", to: "matchVariables", as: each(table{{from: "variable_name", to: "variableName"}, {from: "selector", to: "selector", as: written}})},
		{from: "operator", to: "operator"},
		{from: "negation_condition", to: "negationConditon"}, // Azure's own spelling
		{from: "match_values", to: "matchValues"},
		{from: "transforms", to: "transforms"},
	})},
}

var managedRules = table{
	{from: "exclusion", to: "exclusions", as: each(append(table{{from: "excluded_rule_set", to: "exclusionManagedRuleSets", as: each(table{
		{from: "type", to: "ruleSetType"},
		{from: "version", to: "ruleSetVersion"},
		{from: "rule_group", to: "ruleGroups", as: each(table{
			{from: "rule_group_name", to: "ruleGroupName"}, {from: "excluded_rules", to: "rules", as: under("ruleId")},
		})},
	})}}, exclusion...))},
	{from: "managed_rule_set", to: "managedRuleSets", as: each(table{
		{from: "type", to: "ruleSetType", otherwise: defaultText("OWASP")},
		{from: "version", to: "ruleSetVersion"},
		{from: "rule_group_override", to: "ruleGroupOverrides", as: each(table{
			{from: "rule_group_name", to: "ruleGroupName"},
			{from: "rule", to: "rules", as: each(table{
				{from: "id", to: "ruleId"}, {from: "enabled", to: "state", as: enabled, otherwise: defaultText("Disabled")}, {from: "action", to: "action", as: written},
			})},
		})},
	})},
}
