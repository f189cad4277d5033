package apim_test

import (
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/apim"
	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// others are the gateways beside that of the service, by their names.
func others(t *testing.T, parts ...part) map[string]*routing.Gateway {
	t.Helper()
	resources, _, err := azure.Read("apim.json", export(t, props{"name": "Premium"}, props{"disableGateway": true}, parts...), azure.Files{})
	if err != nil {
		t.Fatal(err)
	}
	estate := azure.NewEstate()
	for _, r := range resources {
		estate.Keep(r)
	}
	out := map[string]*routing.Gateway{}
	for _, g := range apim.Others(estate) {
		out[g.Name] = g
	}
	return out
}

func TestASelfHostedGatewayServesTheAPIsThatAreAssignedToIt(t *testing.T) {
	found := others(t, all(api("a", "a", "https://a.example"), api("b", "b", "https://b.example"), []part{
		{"gateways", "near", props{}},
		{"gateways", "empty", props{}},
		{"gateways/apis", "near/a", props{}},
		{"gateways/hostnameConfigurations", "near/h", props{"hostname": "Near.Example", "tls10Enabled": false, "tls11Enabled": true}},
		policyOf("a/policy", `<get-authorization-context provider-id="p" authorization-id="a" context-variable-name="x" />`, "<base />", ""),
	})...)
	g := found["contoso self-hosted gateway near"]
	if g == nil || len(found) != 1 {
		t.Fatalf("the gateways are %v", found)
	}
	if hosts := g.Listeners[0].Hosts; len(hosts) != 1 || hosts[0].Host != "near.example" || g.Listeners[0].MinTLS.Text() != "TLS1.1" {
		t.Errorf("it has the hosts %v with %s", hosts, g.Listeners[0].MinTLS)
	}
	if got := told(ask(g, "GET", "/b/x")); got != "answered by the gateway: 404 (default of API Management) no API has this path" {
		t.Errorf("an API that is not assigned: %s", got)
	}
	paths := ask(g, "GET", "/a/x")
	if got := told(paths); got != "GET https://a.example/x Host a.example" {
		t.Fatalf("an API that is assigned: %s", got)
	}
	if len(paths[0].Ignored) != 1 || !strings.Contains(paths[0].Ignored[0].Text, "counts for nothing on a self-hosted gateway") {
		t.Errorf("it ignores %v", paths[0].Ignored)
	}
	if v := paths[0].Delivery.Setting(routing.IdleTimeout); !v.IsUnknown() {
		t.Errorf("idle connections end after %s", v)
	}
	if v := paths[0].Delivery.Setting(routing.ReadTimeout); v.Text() != "5m0s" {
		t.Errorf("an answer is waited for %s", v)
	}
}

func TestAWorkspaceHasItsOwnPoliciesInsideOfThoseOfTheService(t *testing.T) {
	const sets = `<set-header name="X-%s" exists-action="override"><value>{{v}}</value></set-header>`
	inWorkspace := func(kind, name, inbound string) part {
		text := "<policies><inbound><base />" + inbound + "</inbound><backend><base /></backend><outbound><base /></outbound></policies>"
		return part{kind, name, props{"format": "rawxml", "value": text}}
	}
	header := func(name string) string { return strings.ReplaceAll(sets, "%s", name) }
	found := others(t,
		policyOf("policy", header("Service"), "<forward-request />", ""),
		part{"namedValues", "v", props{"displayName": "v", "value": "of the service"}},
		part{"workspaces", "w", props{}},
		part{"workspaces/namedValues", "w/v", props{"displayName": "v", "value": "of the workspace"}},
		part{"workspaces/apis", "w/a", props{"path": "a", "serviceUrl": "https://a.example", "protocols": []string{"https"}, "subscriptionRequired": true}},
		part{"workspaces/apis/operations", "w/a/all", props{"method": "GET", "urlTemplate": "/*"}},
		part{"workspaces/products", "w/p", props{"subscriptionRequired": false}},
		part{"workspaces/products/apiLinks", "w/p/l", props{"apiId": "/service/contoso/workspaces/w/apis/a"}},
		inWorkspace("workspaces/policies", "w/policy", header("Workspace")),
		inWorkspace("workspaces/apis/policies", "w/a/policy", `<include-fragment fragment-id="f" />`),
		part{"workspaces/policyFragments", "w/f", props{"value": "<fragment>" + header("Fragment") + "</fragment>"}},
		part{"workspaces/apis", "other/b", props{"path": "b", "serviceUrl": "https://b.example", "protocols": []string{"https"}}},
	)
	g := found["contoso workspace w"]
	if g == nil || len(found) != 2 {
		t.Fatalf("the gateways are %v", found)
	}
	paths := ask(g, "GET", "/a/x")
	if got := told(paths); got != "GET https://a.example/x Host a.example" {
		t.Fatalf("a request is followed as %s", got)
	}
	for _, name := range []string{"X-Workspace", "X-Fragment"} {
		if v := paths[0].Delivery.Header(name); len(v) != 1 || v[0].Text() != "of the workspace" {
			t.Errorf("%s is %v", name, v)
		}
	}
	if v := paths[0].Delivery.Header("X-Service"); len(v) != 1 || v[0].Text() != "of the service" {
		t.Errorf("the policy of the service sees the workspace's named value: %v", v)
	}
}
