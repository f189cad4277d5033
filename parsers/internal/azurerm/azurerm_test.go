package azurerm_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/internal/azurerm"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

func resource(t testing.TB, kind, attributes string) azurerm.Resource {
	t.Helper()
	doc, err := jsontree.Parse("plan.json", []byte(attributes), jsontree.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return azurerm.Resource{Address: kind + ".x", Type: kind, Attributes: doc.Root}
}

// shape shows a tree in one line; defaults stand in parentheses, unknown values behind a question mark.
func shape(n *jsontree.Node) string {
	var parts []string
	for child := range n.All() {
		parts = append(parts, strings.TrimPrefix(child.Name()+":", ":")+shape(child))
	}
	switch n.Kind() {
	case jsontree.Object:
		return "{" + strings.Join(parts, " ") + "}"
	case jsontree.List:
		return "[" + strings.Join(parts, " ") + "]"
	case jsontree.Unknown:
		return "?" + n.Text()
	default:
		if whose := n.DefaultOf(); whose != "" {
			return fmt.Sprintf("(%s of %s)", n.Text(), whose)
		}
		return n.Text()
	}
}

func TestAttributesBecomeProperties(t *testing.T) {
	for name, c := range map[string]struct{ kind, attributes, want string }{
		"addresses of both kinds become one list": {
			"azurerm_application_gateway", `{"name":"gw","backend_address_pool":[{"name":"p","fqdns":["a.example"],"ip_addresses":["10.0.0.1"]}]}`,
			"{type:Microsoft.Network/applicationGateways name:gw properties:{backendAddressPools:[{name:p properties:{backendAddresses:[{fqdn:a.example} {ipAddress:10.0.0.1}]}}] enableHttp2:(false of azurerm)}}",
		},
		"what is not set gets the provider's default, and names become references": {
			"azurerm_application_gateway", `{"enable_http2":true,"backend_http_settings":[{"name":"s","port":443,"host_name":"","probe_name":"h","path":null}]}`,
			"{type:Microsoft.Network/applicationGateways properties:{backendHttpSettingsCollection:[{name:s properties:{port:443 requestTimeout:(30 of azurerm) " +
				"pickHostNameFromBackendAddress:(false of azurerm) probe:{id:probes/h}}}] enableHttp2:true}}",
		},
		"version 5 calls it otherwise": {
			"azurerm_application_gateway", `{"http2_enabled":true}`,
			"{type:Microsoft.Network/applicationGateways properties:{enableHttp2:true}}",
		},
		"a path alone empties the query": {
			"azurerm_application_gateway", `{"enable_http2":false,"rewrite_rule_set":[{"name":"s","rewrite_rule":[{"name":"r","rule_sequence":1,"url":[{"path":"/a"}]},` +
				`{"name":"q","url":[{"path":"/a","components":"path_only"}]}]}]}`,
			"{type:Microsoft.Network/applicationGateways properties:{rewriteRuleSets:[{name:s properties:{rewriteRules:[" +
				"{name:r ruleSequence:1 actionSet:{urlConfiguration:{modifiedPath:/a modifiedQueryString:}}} {name:q actionSet:{urlConfiguration:{modifiedPath:/a}}}]}}] enableHttp2:false}}",
		},
		"a service's switches": {
			"azurerm_signalr_service", `{"name":"chat","sku":[{"name":"Standard_S1","capacity":1}],"public_network_access_enabled":false,"local_auth_enabled":false,` +
				`"service_mode":"Default","connectivity_logs_enabled":true,"cors":[{"allowed_origins":["*"]}]}`,
			"{type:Microsoft.SignalRService/SignalR name:chat sku:{name:Standard_S1 capacity:1} properties:{publicNetworkAccess:Disabled disableLocalAuth:true disableAadAuth:(false of azurerm) " +
				"features:[{flag:ServiceMode value:Default} {flag:EnableConnectivityLogs value:true}] cors:{allowedOrigins:[*]}}}",
		},
		"a part of a service has its name after the service's": {
			"azurerm_signalr_service_custom_domain", `{"name":"d","signalr_service_id":"/subscriptions/s/resourceGroups/g/providers/Microsoft.SignalRService/signalR/chat","domain_name":"rt.example.com"}`,
			"{type:Microsoft.SignalRService/SignalR/customDomains name:chat/d properties:{domainName:rt.example.com}}",
		},
		"a private endpoint": {
			"azurerm_private_endpoint", `{"name":"pe","subnet_id":"/s/x","private_service_connection":[{"name":"c","is_manual_connection":false,"private_connection_resource_id":"/s/chat","subresource_names":["signalr"]}]}`,
			"{type:Microsoft.Network/privateEndpoints name:pe properties:{subnet:{id:/s/x} privateLinkServiceConnections:[{name:c properties:{privateLinkServiceId:/s/chat groupIds:[signalr]}}]}}",
		},
		"a firewall policy": {
			"azurerm_web_application_firewall_policy", `{"name":"w","policy_settings":[{"enabled":true,"mode":"Detection","request_body_enforcement":false}],` +
				`"managed_rules":[{"exclusion":[{"match_variable":"RequestArgNames","selector":"access_token","selector_match_operator":"Equals"}],"managed_rule_set":[{"version":"3.2"}]}]}`,
			"{type:Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies name:w properties:{policySettings:{state:Enabled mode:Detection requestBodyCheck:(true of azurerm) " +
				"requestBodyEnforcement:false requestBodyInspectLimitInKB:(128 of azurerm) maxRequestBodySizeInKb:(128 of azurerm) fileUploadLimitInMb:(100 of azurerm)} " +
				"managedRules:{exclusions:[{matchVariable:RequestArgNames selectorMatchOperator:Equals selector:access_token}] managedRuleSets:[{ruleSetType:(OWASP of azurerm) ruleSetVersion:3.2}]}}}",
		},
		"azapi with an object": {
			"azapi_resource", `{"type":"Microsoft.Network/applicationGateways@2025-03-01","name":"gw","parent_id":"/s","body":{"properties":{"probes":[]}}}`,
			"{type:Microsoft.Network/applicationGateways apiVersion:2025-03-01 name:gw properties:{probes:[]}}",
		},
		"azapi with JSON in a string": {
			"azapi_resource", `{"type":"Microsoft.SignalRService/signalR/customDomains@2024-03-01","name":"d","parent_id":"/providers/Microsoft.SignalRService/signalR/chat","body":"{\"properties\":{\"domainName\":\"x.example\"}}"}`,
			"{type:Microsoft.SignalRService/signalR/customDomains apiVersion:2024-03-01 name:chat/d properties:{domainName:x.example}}",
		},
	} {
		t.Run(name, func(t *testing.T) {
			m, ok := azurerm.Map(resource(t, c.kind, c.attributes))
			if got := shape(m.Node); !ok || got != c.want {
				t.Errorf("mapped (%v) to\n%s\nwant\n%s", ok, got, c.want)
			}
		})
	}
}

// TestWhatVersionsOfTheProviderCallOtherwiseIsTheSame: attributes that version 4 or 5 renamed are read by each of their names.
func TestWhatVersionsOfTheProviderCallOtherwiseIsTheSame(t *testing.T) {
	for _, c := range []struct{ kind, older, newer string }{
		{"azurerm_application_gateway", `{"enable_http2":true}`, `{"http2_enabled":true}`},
		{"azurerm_application_gateway", `{"ssl_profile":[{"name":"p","verify_client_cert_issuer_dn":true}]}`, `{"ssl_profile":[{"name":"p","verify_client_certificate_issuer_dn":true}]}`},
		{"azurerm_web_application_firewall_policy", `{"policy_settings":[{"request_body_enforcement":false}]}`, `{"policy_settings":[{"request_body_enforcement_enabled":false}]}`},
		{"azurerm_web_application_firewall_policy", `{"policy_settings":[{"file_upload_enforcement":true}]}`, `{"policy_settings":[{"file_upload_enforcement_enabled":true}]}`},
		{"azurerm_api_management", `{"name":"a","security":[{"enable_frontend_tls10":true}]}`, `{"name":"a","security":[{"frontend_tls10_enabled":true}]}`},
	} {
		older, _ := azurerm.Map(resource(t, c.kind, c.older))
		newer, _ := azurerm.Map(resource(t, c.kind, c.newer))
		nothing, _ := azurerm.Map(resource(t, c.kind, `{"name":"a"}`))
		if shape(older.Node) != shape(newer.Node) || shape(older.Node) == shape(nothing.Node) {
			t.Errorf("%s gives\n%s\nand %s\n%s", c.older, shape(older.Node), c.newer, shape(newer.Node))
		}
	}
}

func TestMappedValuesStandWhereTheyWereWritten(t *testing.T) {
	m, _ := azurerm.Map(resource(t, "azurerm_application_gateway", "{\"backend_http_settings\":[\n{\"name\":\"s\",\n\"probe_name\":\"h\"}]}"))
	setting := m.Node.Path("properties", "backendHttpSettingsCollection").At(0)
	if got := setting.Span().String(); got != "plan.json:2:1" {
		t.Errorf("the setting stands at %s", got)
	}
	if got := setting.Path("properties", "probe", "id"); got.Span().String() != "plan.json:3:14" {
		t.Errorf("the reference stands at %s", got.Span())
	}
	if got := setting.Path("properties", "probe").NameSpan(); got.String() != "plan.json:3:1" {
		t.Errorf("the reference's name stands at %s", got)
	}
}

func TestAServiceHasAHostNameBeforeItExists(t *testing.T) {
	for attributes, want := range map[string]string{
		`{"name":"Chat"}`: "chat.service.signalr.net",
		`{}`:              "azurerm-signalr-service-x.name-not-known.service.signalr.net",
	} {
		r := resource(t, "azurerm_signalr_service", attributes)
		got := azurerm.Computed(r, "hostname")
		if got.Text() != want || len(got.Notes()) != 1 {
			t.Errorf("of %s it is %s with notes %v, want %s", attributes, got.Text(), got.Notes(), want)
		}
	}
	if azurerm.Computed(resource(t, "azurerm_public_ip", `{}`), "hostname") != nil {
		t.Error("an address has a host name of a service")
	}
}

// FuzzMap holds the tables to: whatever an attribute holds, mapping does not panic.
func FuzzMap(f *testing.F) {
	f.Add("azurerm_application_gateway", `{"backend_address_pool":{"fqdns":1},"rewrite_rule_set":[[{"rewrite_rule":[{"url":[]}]}]],"ssl_policy":[null],"probe":[{"match":"x"}]}`)
	f.Add("azurerm_signalr_service_network_acl", `{"signalr_service_id":null,"public_network":[1],"private_endpoint":[{"id":{}}]}`)
	f.Add("azapi_update_resource", `{"type":"A.B/c/d@1","name":"","parent_id":1,"body":"{"}`)
	f.Add("azurerm_private_endpoint", `{"name":"a","private_service_connection":{}}`)
	f.Fuzz(func(_ *testing.T, kind, attributes string) {
		doc, err := jsontree.Parse("f", []byte(attributes), jsontree.Options{})
		if err != nil {
			return
		}
		r := azurerm.Resource{Address: "a.b", Type: kind, Attributes: doc.Root}
		_, _ = azurerm.Map(r)
		_ = azurerm.Computed(r, "hostname")
	})
}
