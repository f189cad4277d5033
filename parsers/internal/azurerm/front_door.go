package azurerm

import "github.com/asrscheck/asrscheck/parsers/internal/jsontree"

const profileType = "Microsoft.Cdn/profiles"

// frontDoor: hashicorp/terraform-provider-azurerm, internal/services/cdn/cdn_frontdoor_*_resource.go.
var frontDoor = map[string]kind{
	"azurerm_cdn_frontdoor_profile": {
		arm: profileType, inside: topLevel, name: []string{"name"},
		beside:     table{{from: "sku_name", to: "sku.name"}},
		properties: table{{from: "response_timeout_seconds", to: "originResponseTimeoutSeconds", otherwise: defaultNumber(120)}},
	},
	"azurerm_cdn_frontdoor_endpoint": {
		arm: profileType + "/afdEndpoints", inside: "cdn_frontdoor_profile_id", name: []string{"cdn_frontdoor_profile_id", "name"},
		properties: table{{from: "enabled", to: "enabledState", as: enabled, otherwise: defaultText("Enabled")}, {from: "host_name", to: "hostName", as: written}},
	},
	"azurerm_cdn_frontdoor_custom_domain": {
		arm: profileType + "/customDomains", inside: "cdn_frontdoor_profile_id", name: []string{"cdn_frontdoor_profile_id", "name"},
		properties: table{
			{from: "host_name", to: "hostName", as: written},
			{from: "tls", to: "tlsSettings", as: one(table{{from: "minimum_tls_version|minimum_version", to: "minimumTlsVersion", as: written, otherwise: defaultText("TLS12")}})},
		},
	},
	"azurerm_cdn_frontdoor_origin_group": {
		arm: profileType + "/originGroups", inside: "cdn_frontdoor_profile_id", name: []string{"cdn_frontdoor_profile_id", "name"},
		properties: table{
			{from: "session_affinity_enabled", to: "sessionAffinityState", as: enabled, otherwise: defaultText("Enabled")},
			{from: "health_probe", to: "healthProbeSettings", as: one(table{
				{from: "protocol", to: "probeProtocol"}, {from: "path", to: "probePath", as: written, otherwise: defaultText("/")}, {from: "request_type", to: "probeRequestType"},
			})},
		},
	},
	"azurerm_cdn_frontdoor_origin": {
		arm: profileType + "/originGroups/origins", inside: "cdn_frontdoor_origin_group_id", name: []string{"cdn_frontdoor_origin_group_id", "name"},
		properties: table{
			{from: "enabled", to: "enabledState", as: enabled, otherwise: defaultText("Enabled")},
			{from: "host_name", to: "hostName", as: written},
			{from: "origin_host_header", to: "originHostHeader", as: written},
			{from: "certificate_name_check_enabled", to: "enforceCertificateNameCheck"},
			{from: "http_port", to: "httpPort", otherwise: defaultNumber(80)},
			{from: "https_port", to: "httpsPort", otherwise: defaultNumber(443)},
			{from: "priority", to: "priority", otherwise: defaultNumber(1)},
			{from: "weight", to: "weight", otherwise: defaultNumber(500)},
		},
	},
	"azurerm_cdn_frontdoor_route": {
		arm: profileType + "/afdEndpoints/routes", inside: "cdn_frontdoor_endpoint_id", name: []string{"cdn_frontdoor_endpoint_id", "name"},
		properties: table{
			{from: "enabled", to: "enabledState", as: enabled, otherwise: defaultText("Enabled")},
			{from: "cdn_frontdoor_origin_group_id", to: "originGroup", as: reference},
			{from: "cdn_frontdoor_custom_domain_ids", to: "customDomains", as: listOf(reference)},
			{from: "cdn_frontdoor_rule_set_ids", to: "ruleSets", as: listOf(reference)},
			{from: "cdn_frontdoor_origin_path", to: "originPath", as: written},
			{from: "forwarding_protocol", to: "forwardingProtocol", otherwise: defaultText("MatchRequest")},
			{from: "supported_protocols", to: "supportedProtocols"},
			{from: "patterns_to_match", to: "patternsToMatch"},
			{from: "https_redirect_enabled", to: "httpsRedirect", as: enabled, otherwise: defaultText("Enabled")},
			{from: "link_to_default_domain", to: "linkToDefaultDomain", as: enabled, otherwise: defaultText("Enabled")},
			{from: "cache", to: "cacheConfiguration", as: one(table{{from: "query_string_caching_behavior", to: "queryStringCachingBehavior"}})},
		},
	},
	"azurerm_cdn_frontdoor_rule_set": {
		arm: profileType + "/ruleSets", inside: "cdn_frontdoor_profile_id", name: []string{"cdn_frontdoor_profile_id", "name"},
	},
	"azurerm_cdn_frontdoor_rule": {
		arm: profileType + "/ruleSets/rules", inside: "cdn_frontdoor_rule_set_id", name: []string{"cdn_frontdoor_rule_set_id", "name"},
		properties: table{
			{from: "order", to: "order"},
			{from: "behavior_on_match", to: "matchProcessingBehavior", otherwise: defaultText("Continue")},
			{from: "conditions", to: "conditions", as: inside(frontDoorConditions, "conditions")},
			{from: "actions", to: "actions", as: inside(frontDoorActions, "actions")},
		},
	},
	"azurerm_cdn_frontdoor_security_policy": {
		arm: profileType + "/securityPolicies", inside: "cdn_frontdoor_profile_id", name: []string{"cdn_frontdoor_profile_id", "name"},
		properties: table{{from: "security_policies", to: "parameters", as: func(n *jsontree.Node) *jsontree.Node {
			if n.Kind() == jsontree.Unknown {
				return n
			}
			return one(securityPolicy)(n.At(0).Get("firewall"))
		}}},
	},
	"azurerm_cdn_frontdoor_firewall_policy": frontDoorFirewall,
	"azurerm_frontdoor_firewall_policy":     frontDoorFirewall,
}

var securityPolicy = table{
	{from: "cdn_frontdoor_firewall_policy_id", to: "wafPolicy", as: reference},
	{from: "association", to: "associations", as: each(table{
		{from: "domain", to: "domains", as: each(table{{from: "cdn_frontdoor_domain_id|cdn_frontdoor_custom_domain_id", to: "id"}})},
		{from: "patterns_to_match", to: "patternsToMatch"},
	})},
}

var frontDoorFirewall = kind{
	arm: "Microsoft.Network/FrontDoorWebApplicationFirewallPolicies", name: []string{"name"},
	properties: table{
		{from: "enabled", to: "policySettings.enabledState", as: enabled, otherwise: defaultText("Enabled")},
		{from: "mode", to: "policySettings.mode", otherwise: defaultText("Prevention")},
		{from: "custom_block_response_status_code", to: "policySettings.customBlockResponseStatusCode", as: positive},
		{from: "custom_rule", to: "customRules.rules", as: each(frontDoorFirewallRule)},
		{from: "managed_rule", to: "managedRules.managedRuleSets", as: each(table{
			{from: "type", to: "ruleSetType"},
			{from: "version", to: "ruleSetVersion"},
			{from: "action", to: "ruleSetAction", as: written},
			{from: "exclusion", to: "exclusions", as: each(table{
				{from: "match_variable", to: "matchVariable"}, {from: "operator", to: "selectorMatchOperator"}, {from: "selector", to: "selector"},
			})},
		})},
	},
}

var frontDoorFirewallRule = table{
	{from: "name", to: "name"},
	{from: "enabled", to: "enabledState", as: enabled, otherwise: defaultText("Enabled")},
	{from: "priority", to: "priority", otherwise: defaultNumber(1)},
	{from: "type", to: "ruleType"},
	{from: "action", to: "action"},
	{from: "rate_limit_duration_in_minutes", to: "rateLimitDurationInMinutes", otherwise: defaultNumber(1)},
	{from: "rate_limit_threshold", to: "rateLimitThreshold", otherwise: defaultNumber(10)},
	{from: "match_condition", to: "matchConditions", as: each(table{
		{from: "match_variable", to: "matchVariable"},
		{from: "selector", to: "selector", as: written},
		{from: "operator", to: "operator"},
		{from: "negation_condition", to: "negateCondition"},
		{from: "match_values", to: "matchValue"},
		{from: "transforms", to: "transforms"},
	})},
}

// inside takes the list that the blocks inside of a block become.
func inside(t table, property string) convert {
	return func(n *jsontree.Node) *jsontree.Node {
		if n.Kind() == jsontree.List {
			n = n.At(0)
		}
		if n.Kind() != jsontree.Object {
			return n
		}
		return t.object(n).Get(property)
	}
}

// typed is a block that may stand several times, as a list of conditions or actions of one name.
func typed(name string, parameters table) convert {
	return listOf(func(n *jsontree.Node) *jsontree.Node {
		if n.Kind() != jsontree.Object {
			return n
		}
		return jsontree.NewObject(
			n.Place(), jsontree.Member{Name: "name", Value: jsontree.NewString(n.Place(), name)}, jsontree.Member{Name: "parameters", Value: parameters.object(n)},
		)
	})
}

// frontDoorConditions are the blocks of conditions, under the names that Azure Resource Manager has for them.
var frontDoorConditions = table{
	conditionBlock("remote_address_condition", "RemoteAddress"),
	conditionBlock("request_method_condition", "RequestMethod"),
	conditionBlock("query_string_condition", "QueryString"),
	conditionBlock("post_args_condition", "PostArgs"),
	conditionBlock("request_uri_condition", "RequestUri"),
	conditionBlock("request_header_condition", "RequestHeader"),
	conditionBlock("request_body_condition", "RequestBody"),
	conditionBlock("request_scheme_condition", "RequestScheme"),
	conditionBlock("url_path_condition", "UrlPath"),
	conditionBlock("url_file_extension_condition", "UrlFileExtension"),
	conditionBlock("url_filename_condition", "UrlFileName"),
	conditionBlock("http_version_condition", "HttpVersion"),
	conditionBlock("cookies_condition", "Cookies"),
	conditionBlock("is_device_condition", "IsDevice"),
	conditionBlock("socket_address_condition", "SocketAddr"),
	conditionBlock("client_port_condition", "ClientPort"),
	conditionBlock("server_port_condition", "ServerPort"),
	conditionBlock("host_name_condition", "HostName"),
	conditionBlock("ssl_protocol_condition", "SslProtocol"),
}

func conditionBlock(from, name string) row {
	return row{from: from, to: "conditions", as: typed(name, table{
		{from: "operator", to: "operator", otherwise: defaultText("Equal")},
		{from: "negate_condition", to: "negateCondition"},
		{from: "match_values", to: "matchValues"},
		{from: "transforms", to: "transforms"},
		{from: "header_name|cookie_name|post_args_name", to: "selector", as: written},
	})}
}

var frontDoorActions = table{
	{from: "url_rewrite_action", to: "actions", as: typed("UrlRewrite", table{
		{from: "source_pattern", to: "sourcePattern"}, {from: "destination", to: "destination"}, {from: "preserve_unmatched_path", to: "preserveUnmatchedPath", otherwise: defaultBool(false)},
	})},
	{from: "url_redirect_action", to: "actions", as: typed("UrlRedirect", table{
		{from: "redirect_type", to: "redirectType"},
		{from: "redirect_protocol", to: "destinationProtocol", otherwise: defaultText("MatchRequest")},
		{from: "destination_hostname", to: "customHostname", as: written},
		{from: "destination_path", to: "customPath", as: written},
		{from: "query_string", to: "customQueryString", as: written},
	})},
	{from: "route_configuration_override_action", to: "actions", as: typed("RouteConfigurationOverride", table{
		{from: "cdn_frontdoor_origin_group_id", to: "originGroupOverride.originGroup", as: reference},
		{from: "forwarding_protocol", to: "originGroupOverride.forwardingProtocol", as: written},
		{from: "cache_behavior", to: "cacheConfiguration", as: caching},
	})},
	{from: "request_header_action", to: "actions", as: typed("ModifyRequestHeader", frontDoorHeader)},
	{from: "response_header_action", to: "actions", as: typed("ModifyResponseHeader", frontDoorHeader)},
}

var frontDoorHeader = table{{from: "header_action", to: "headerAction"}, {from: "header_name", to: "headerName"}, {from: "value", to: "value"}}

// caching: the provider sends no cache configuration where the behavior is Disabled.
func caching(n *jsontree.Node) *jsontree.Node {
	if n.Kind() == jsontree.String && (n.Text() == "" || n.Text() == "Disabled") {
		return nil
	}
	if n.Kind() == jsontree.Unknown {
		return n
	}
	return jsontree.NewObject(n.Place(), jsontree.Member{Name: "cacheBehavior", Value: n})
}

// classicCaching: the classic tier's block says by a boolean whether there is a cache configuration.
func classicCaching(n *jsontree.Node) *jsontree.Node {
	switch {
	case n.Kind() == jsontree.Unknown:
		return n
	case n.Text() != "true":
		return nil
	}
	return jsontree.NewObject(n.Place(), jsontree.Member{Name: "cacheBehavior", Value: n})
}
