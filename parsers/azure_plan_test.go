package parsers_test

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// planOf is a first plan of a gateway whose pool refers to a service that does not exist yet.
const planOf = `{"format_version":"1.2","planned_values":{"root_module":{"resources":[
{"address":"azurerm_application_gateway.rt","mode":"managed","type":"azurerm_application_gateway","name":"rt","values":{"name":"gw",
 "backend_address_pool":[{"name":"p"}],"backend_http_settings":[{"name":"s","port":443,"protocol":"Https","cookie_based_affinity":"Disabled"}],
 "frontend_ip_configuration":[{"name":"f"}],"frontend_port":[{"name":"443","port":443}],
 "http_listener":[{"name":"l","frontend_ip_configuration_name":"f","frontend_port_name":"443","protocol":"Https"}],
 "request_routing_rule":[{"name":"r","rule_type":"Basic","priority":1,"http_listener_name":"l","backend_address_pool_name":"p","backend_http_settings_name":"s"}]}},
{"address":"azurerm_signalr_service.chat","mode":"managed","type":"azurerm_signalr_service","name":"chat","values":{"name":"chat"}}]}},
"resource_changes":[{"address":"azurerm_application_gateway.rt","change":{"actions":["create"],"after_unknown":{"backend_address_pool":[{"fqdns":[true]}]}}}],
"configuration":{"root_module":{"resources":[{"address":"azurerm_application_gateway.rt","expressions":{"backend_address_pool":[{"name":{"constant_value":"p"},
 "fqdns":{"references":["azurerm_signalr_service.chat.hostname","azurerm_signalr_service.chat"]}}]}}]}}}`

func TestWhatAPlanRefersToIsTakenAsItIsUnlessTheConfigurationSaysOtherwise(t *testing.T) {
	for fqdn, want := range map[string]struct{ member, note string }{
		"":                                      {"chat.service.signalr.net:443", "azurerm_application_gateway.rt.backend_address_pool.fqdns is taken for azurerm_signalr_service.chat.hostname itself"},
		`azurerm_signalr_service.chat.hostname`: {"chat.service.signalr.net:443", ""},
		`"x-${azurerm_signalr_service.chat.hostname}"`: {
			"known only after the plan is applied (azurerm_signalr_service.chat.hostname): main.tf:4:13 makes something else of it", "",
		},
		`azurerm_signalr_service.other.hostname`: {"chat.service.signalr.net:443", "is taken for"}, // it is the text of another plan
	} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "plan.json"), planOf)
		if fqdn != "" {
			write(t, filepath.Join(dir, "main.tf"), "resource \"azurerm_application_gateway\" \"rt\" {\n  backend_address_pool {\n    name = \"p\"\n    fqdns = ["+fqdn+"]\n  }\n}\n")
		}
		estate := parsers.Load([]string{filepath.Join(dir, "plan.json")}, parsers.Options{})
		if len(estate.Gateways) != 1 {
			t.Fatalf("%d gateways, problems %v", len(estate.Gateways), estate.Problems)
		}
		if got := member(t, estate.Gateways[0], dir); got != want.member {
			t.Errorf("with %q the pool holds %q, want %q", fqdn, got, want.member)
		}
		if note := estate.Inputs[0].Note; !strings.Contains(note, want.note) || want.note == "" && note != "" {
			t.Errorf("with %q the note is %q, want %q", fqdn, note, want.note)
		}
	}
}

// member is the only member of the gateway's pool, or why it is not known.
func member(t *testing.T, g *routing.Gateway, dir string) string {
	t.Helper()
	pools := slices.Collect(maps.Values(g.Pools))
	if len(pools) != 1 || len(pools[0].Members) != 1 {
		t.Fatalf("there are %d pools, not one of one member", len(pools))
	}
	address := pools[0].Members[0].Address
	if address.IsUnknown() {
		return strings.ReplaceAll(address.Why(), dir+"/", "")
	}
	return address.String()
}
