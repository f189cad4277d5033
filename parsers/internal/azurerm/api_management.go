package azurerm

import "github.com/asrscheck/asrscheck/parsers/internal/jsontree"

const (
	apimType      = "Microsoft.ApiManagement/service"
	workspaceType = apimType + "/workspaces"
)

// The attributes that name a service. Some resources have its name, others its id.
const (
	serviceName = "api_management_name"
	serviceID   = "api_management_id"
	workspaceID = "api_management_workspace_id"
)

// apiManagement: hashicorp/terraform-provider-azurerm, internal/services/apimanagement. Version 5 calls enable_… …_enabled.
var apiManagement = map[string]kind{
	"azurerm_api_management": {
		arm: apimType, inside: topLevel, name: []string{"name"},
		beside: table{{from: "location", to: "location"}, {from: "sku_name", to: "sku.name"}},
		properties: table{
			{from: "gateway_url", to: "gatewayUrl", as: written},
			{from: "gateway_disabled", to: "disableGateway"},
			{from: "public_network_access_enabled", to: "publicNetworkAccess", as: enabled, otherwise: defaultText("Enabled")},
			{from: "virtual_network_type", to: "virtualNetworkType"},
			{from: "virtual_network_configuration", to: "virtualNetworkConfiguration.subnetResourceId", as: func(n *jsontree.Node) *jsontree.Node { return n.At(0).Get("subnet_id") }},
			{from: "hostname_configuration", to: "hostnameConfigurations", as: func(n *jsontree.Node) *jsontree.Node { return proxies(n.At(0).Get("proxy")) }},
			{from: "security", to: "customProperties", as: oldVersions, otherwise: noOldVersions},
		},
	},
	"azurerm_api_management_custom_domain": {
		arm: apimType, patches: serviceID,
		properties: table{{from: "gateway|proxy", to: "hostnameConfigurations", as: proxies}},
	},
	"azurerm_api_management_policy":               policyOf(serviceID),
	"azurerm_api_management_product_policy":       policyOf(serviceName, "product_id"),
	"azurerm_api_management_api_policy":           policyOf(serviceName, "api_name"),
	"azurerm_api_management_api_operation_policy": policyOf(serviceName, "api_name", "operation_id"),
	"azurerm_api_management_policy_fragment": {
		arm: apimType + "/policyFragments", inside: byNames, name: []string{serviceID, "name"},
		properties: table{{from: "value", to: "value"}, {from: "format", to: "format", otherwise: defaultText("xml")}},
	},
	"azurerm_api_management_api": {
		arm: apimType + "/apis", inside: byNames, name: []string{serviceName, "name"}, also: revised, properties: api,
	},
	"azurerm_api_management_api_release": {
		arm: apimType + "/apis/releases", name: []string{"api_id", "name"}, properties: table{{from: "api_id", to: "apiId"}},
	},
	"azurerm_api_management_api_operation": {
		arm: apimType + "/apis/operations", inside: byNames, name: []string{serviceName, "api_name", "operation_id"},
		properties: table{{from: "display_name", to: "displayName"}, {from: "method", to: "method"}, {from: "url_template", to: "urlTemplate"}},
	},
	"azurerm_api_management_api_version_set": {arm: apimType + "/apiVersionSets", inside: byNames, name: []string{serviceName, "name"}, properties: versionSet},
	"azurerm_api_management_product":         {arm: apimType + "/products", inside: byNames, name: []string{serviceName, "product_id"}, properties: offered},
	"azurerm_api_management_product_api":     {arm: apimType + "/products/apis", name: []string{serviceName, "product_id", "api_name"}},
	"azurerm_api_management_named_value":     namedValue, "azurerm_api_management_property": namedValue,
	"azurerm_api_management_backend": {
		arm: apimType + "/backends", inside: byNames, name: []string{serviceName, "name"},
		properties: table{
			{from: "url", to: "url"},
			{from: "protocol", to: "protocol"},
			{from: "tls", to: "tls", as: one(table{
				{from: "validate_certificate_chain", to: "validateCertificateChain"}, {from: "validate_certificate_name", to: "validateCertificateName"},
			})},
			{from: "credentials", to: "credentials", as: one(table{
				{from: "authorization", to: "authorization", as: one(table{{from: "scheme", to: "scheme"}, {from: "parameter", to: "parameter"}})},
				{from: "header", to: "header"},
				{from: "query", to: "query"},
			})},
		},
	},
	"azurerm_api_management_gateway":     {arm: apimType + "/gateways", inside: byNames, name: []string{serviceID, "name"}},
	"azurerm_api_management_gateway_api": {arm: apimType + "/gateways/apis", name: []string{"gateway_id", "api_id"}},
	"azurerm_api_management_gateway_host_name_configuration": {
		arm: apimType + "/gateways/hostnameConfigurations", name: []string{serviceID, "gateway_name", "name"},
		properties: table{{from: "host_name", to: "hostname"}, {from: "tls10_enabled", to: "tls10Enabled"}, {from: "tls11_enabled", to: "tls11Enabled"}},
	},
	"azurerm_api_management_workspace":        {arm: workspaceType, inside: byNames, name: []string{serviceID, "name"}},
	"azurerm_api_management_workspace_policy": {arm: workspaceType + "/policies", inside: workspaceID, properties: xml},
	"azurerm_api_management_workspace_policy_fragment": inWorkspace("policyFragments", table{
		{from: "xml_content", to: "value"}, {from: "xml_format", to: "format", otherwise: defaultText("xml")},
	}),
	"azurerm_api_management_workspace_api":             {arm: workspaceType + "/apis", inside: workspaceID, name: []string{"name"}, also: revised, properties: api},
	"azurerm_api_management_workspace_api_version_set": inWorkspace("apiVersionSets", versionSet),
	"azurerm_api_management_workspace_product":         inWorkspace("products", offered),
	"azurerm_api_management_workspace_named_value":     inWorkspace("namedValues", namedValue.properties),
	"azurerm_api_management_standalone_gateway":        {arm: "Microsoft.ApiManagement/gateways", inside: topLevel, name: []string{"name"}},
	"azurerm_api_management_gateway_config_connection": {
		arm: "Microsoft.ApiManagement/gateways/configConnections", inside: "api_management_gateway_id", name: []string{"name"},
		properties: table{{from: "source_id", to: "sourceId"}, {from: "hostnames", to: "hostnames"}},
	},
	"azurerm_api_management_diagnostic":     {arm: apimType + "/diagnostics", name: []string{serviceName, "identifier"}, properties: diagnostic},
	"azurerm_api_management_api_diagnostic": {arm: apimType + "/apis/diagnostics", name: []string{serviceName, "api_name", "identifier"}, properties: diagnostic},
}

// inWorkspace is a part of a workspace, whose id has the names of the service and of the workspace.
func inWorkspace(part string, properties table) kind {
	return kind{arm: workspaceType + "/" + part, inside: workspaceID, name: []string{"name"}, properties: properties}
}

// api are the attributes of an API, of the service or of a workspace.
var api = table{
	{from: "display_name", to: "displayName"},
	{from: "path", to: "path", otherwise: defaultText("")},
	{from: "protocols", to: "protocols"},
	{from: "service_url", to: "serviceUrl", as: written},
	{from: "api_type", to: "type", otherwise: defaultText("http")},
	{from: "subscription_required", to: "subscriptionRequired", otherwise: defaultBool(true)},
	{from: "subscription_key_parameter_names", to: "subscriptionKeyParameterNames", as: one(table{{from: "header", to: "header"}, {from: "query", to: "query"}})},
	{from: "revision", to: "apiRevision", as: written},
	{from: "is_current", to: "isCurrent"},
	{from: "version", to: "apiVersion", as: written},
	{from: "version_set_id", to: "apiVersionSetId", as: written},
	{from: "import", to: "value", as: func(n *jsontree.Node) *jsontree.Node { return n.At(0).Get("content_value") }},
	{from: "import", to: "format", as: func(n *jsontree.Node) *jsontree.Node { return n.At(0).Get("content_format") }},
}

var versionSet = table{
	{from: "versioning_scheme", to: "versioningScheme"}, {from: "version_header_name", to: "versionHeaderName", as: written}, {from: "version_query_name", to: "versionQueryName", as: written},
}

// offered are the attributes of a product.
var offered = table{
	{from: "display_name", to: "displayName"},
	{from: "subscription_required|require_subscription_enabled", to: "subscriptionRequired", otherwise: defaultBool(true)},
	{from: "published|published_enabled", to: "state", as: choice("published", "notPublished")},
}

// policyOf is the policy of what some attributes name. The provider sends the text as it is, and reads it back encoded.
func policyOf(names ...string) kind {
	arm := apimType
	for _, level := range []string{"", "/apis", "/operations"}[:len(names)] {
		arm += level
	}
	if len(names) == 2 && names[1] == "product_id" {
		arm = apimType + "/products"
	}
	return kind{arm: arm + "/policies", name: append(names, "=policy"), properties: xml}
}

var xml = table{{from: "xml_content", to: "value", as: written}, {from: "xml_link", to: "value", as: written}, {from: "xml_link", to: "format", as: linked}}

// linked is the format of a policy behind a link.
func linked(n *jsontree.Node) *jsontree.Node {
	if written(n) == nil {
		return nil
	}
	return like(n, "rawxml-link")
}

var namedValue = kind{
	arm: apimType + "/namedValues", inside: byNames, name: []string{serviceName, "name"},
	properties: table{
		{from: "display_name", to: "displayName"},
		{from: "value", to: "value", as: written},
		{from: "secret", to: "secret"},
		{from: "value_from_key_vault", to: "keyVault", as: one(table{{from: "secret_id", to: "secretIdentifier"}})},
	},
}

// diagnostic: of what is logged of requests and answers, only how much of the bodies.
var diagnostic = table{
	{from: "frontend_request", to: "frontend.request", as: one(logged)},
	{from: "frontend_response", to: "frontend.response", as: one(logged)},
	{from: "backend_request", to: "backend.request", as: one(logged)},
	{from: "backend_response", to: "backend.response", as: one(logged)},
}

var logged = table{{from: "body_bytes", to: "body.bytes"}}

// proxies are the host names of the gateway.
func proxies(n *jsontree.Node) *jsontree.Node {
	list := each(table{{from: "host_name", to: "hostName"}, {from: "default_ssl_binding", to: "defaultSslBinding"}})(n)
	if list.Kind() != jsontree.List || list.Len() == 0 {
		return nil
	}
	return list
}

// revised: an API's name in Azure Resource Manager has its revision behind it, unless that is the first.
func revised(b *builder, attributes *jsontree.Node) {
	revision := attributes.Get("revision")
	for i, m := range b.members {
		if m.Name == "name" && m.Value.Kind() == jsontree.String && revision.Kind() == jsontree.String && revision.Text() != "1" && revision.Text() != "" {
			b.members[i].Value = like(m.Value, m.Value.Text()+";rev="+revision.Text())
		}
	}
}

// oldProtocols are the switches of the block security that are about clients.
var oldProtocols = []struct{ attribute, property string }{
	{"frontend_ssl30_enabled|enable_frontend_ssl30", "Microsoft.WindowsAzure.ApiManagement.Gateway.Security.Protocols.Ssl30"},
	{"frontend_tls10_enabled|enable_frontend_tls10", "Microsoft.WindowsAzure.ApiManagement.Gateway.Security.Protocols.Tls10"},
	{"frontend_tls11_enabled|enable_frontend_tls11", "Microsoft.WindowsAzure.ApiManagement.Gateway.Security.Protocols.Tls11"},
}

// oldVersions: the provider sends all switches, those that are not written as off.
func oldVersions(n *jsontree.Node) *jsontree.Node {
	block := n
	if n.Kind() == jsontree.List {
		block = n.At(0)
	}
	if block.Unset() {
		return nil
	}
	var members []jsontree.Member
	for _, p := range oldProtocols {
		value := row{from: p.attribute}.find(block)
		if value.Unset() {
			value = defaultBool(false)
		}
		members = append(members, jsontree.Member{Name: p.property, Value: value})
	}
	return jsontree.NewObject(n.Place(), members...)
}

var noOldVersions = oldVersions(jsontree.NewObject(jsontree.Place{}))
