package appgateway_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// templated is the how-to's gateway in a template, in which a part is an expression that reading cannot evaluate.
func templated(t testing.TB, change func(gateway object)) *routing.Gateway {
	t.Helper()
	var gateway object
	if err := json.Unmarshal(fixture(t, "ok/howto_rest.json"), &gateway); err != nil {
		t.Fatal(err)
	}
	change(gateway["properties"].(object))
	text, err := json.Marshal(object{
		"$schema":   "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
		"resources": []any{object{"type": "Microsoft.Network/applicationGateways", "name": "gw", "properties": gateway["properties"]}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return lower(t, "gw.json", text)
}

const hidden = "[reference('elsewhere').value]"

// isOpen reports whether a request's way depends on something that is not known.
func isOpen(paths []routing.Path) bool {
	said := tell(paths)
	return len(paths) != 1 || strings.Contains(said, "unknown") || strings.Contains(said, "not known")
}

func TestWhatATemplateHidesIsNotTakenForNothing(t *testing.T) {
	for name, change := range map[string]func(object){
		"the profile of the listener": func(g object) {
			item(g, "httpListeners")["sslProfile"] = object{"id": hidden}
		},
		"the client certificates of the profile": func(g object) {
			item(g, "httpListeners")["sslProfile"] = add(g, "sslProfiles", "mtls", object{"trustedClientCertificates": hidden})
		},
		"a target of the load distribution policy": func(g object) {
			targets := []any{
				object{"name": "a", "properties": object{"weightPerServer": 1, "backendAddressPool": pathRule(g)["backendAddressPool"]}},
				object{"name": "b", "properties": object{"weightPerServer": 1, "backendAddressPool": object{"id": hidden}}},
			}
			pathRule(g)["loadDistributionPolicy"] = add(g, "loadDistributionPolicies", "split", object{"loadDistributionAlgorithm": "RoundRobin", "loadDistributionTargets": targets})
		},
		"all targets of the load distribution policy": func(g object) {
			pathRule(g)["loadDistributionPolicy"] = add(g, "loadDistributionPolicies", "split", object{"loadDistributionAlgorithm": "RoundRobin", "loadDistributionTargets": hidden})
		},
	} {
		if paths := ask(templated(t, change), "POST", "https://rt.contoso.example/client/negotiate?hub=chat"); !isOpen(paths) {
			t.Errorf("%s is hidden, and yet the request is %s", name, tell(paths))
		}
	}
}

func TestPrioritiesAreUniqueInTheWholeGateway(t *testing.T) {
	g := changed(t, func(g object) {
		other := maps.Clone(item(g, "httpListeners"))
		other["frontendPort"] = add(g, "frontendPorts", "port_8443", object{"port": 8443})
		again := maps.Clone(item(g, "requestRoutingRules"))
		again["httpListener"] = add(g, "httpListeners", "second", other)
		add(g, "requestRoutingRules", "again", again)
	})
	if len(g.Problems) != 1 || !strings.Contains(g.Problems[0].Message, "same priority") {
		t.Errorf("the problems are %v", g.Problems)
	}
}
