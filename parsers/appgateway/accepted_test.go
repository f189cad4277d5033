package appgateway_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// oddities are changes to the how-to's gateway that Azure refuses, or that show that what was read is cut, with what is said of them and what
// stands in the line where it is said.
var oddities = []struct {
	name, says, line string
	kind             routing.ProblemKind
	change           func(g object)
}{
	{"a priority of 0", `priority of "rt" is 0, and is accepted from 1 to 20000`, `"priority": 0`, routing.Refused, func(g object) { item(g, "requestRoutingRules")["priority"] = 0 }},
	{"a priority beyond all", `priority of "rt" is 20001`, `"priority": 20001`, routing.Refused, func(g object) { item(g, "requestRoutingRules")["priority"] = 20001 }},
	{"a time-out of two days", `requestTimeout of "signalr-https" is 172800, and is accepted from 1 to 86400`, "172800", routing.Refused, func(g object) { setting(g)["requestTimeout"] = 172800 }},
	{"a time-out of nothing", `requestTimeout of "signalr-https" is 0`, `"requestTimeout": 0`, routing.Refused, func(g object) { setting(g)["requestTimeout"] = 0 }},
	{"a port that is none", `port of "signalr-https" is 70000`, "70000", routing.Refused, func(g object) { setting(g)["port"] = 70000 }},
	{"a patient probe", `unhealthyThreshold of "signalr-health" is 21, and is accepted from 1 to 20`, "21", routing.Refused, func(g object) { item(g, "probes")["unhealthyThreshold"] = 21 }},
	{"a long drain", `drainTimeoutInSec of "signalr-https" is 7200, and is accepted from 1 to 3600`, "7200", routing.Refused, func(g object) {
		setting(g)["connectionDraining"] = object{"enabled": true, "drainTimeoutInSec": 7200}
	}},
	{"a probe without a slash", `the path of probe "signalr-health" does not begin with a slash`, `"api/health"`, routing.Refused, func(g object) { item(g, "probes")["path"] = "api/health" }},
	{"a listener without a certificate", `listener "rt-https" speaks HTTPS and has no certificate`, `"rt-https"`, routing.Refused, func(g object) { delete(item(g, "httpListeners"), "sslCertificate") }},
	{"a certificate that is gone", `sslCertificate refers to "gone"`, "/sslCertificates/gone", routing.Truncated, func(g object) { item(g, "httpListeners")["sslCertificate"] = ref("sslCertificates", "gone") }},
	{"a root that is gone", `trustedRootCertificates refers to "gone"`, "/trustedRootCertificates/gone", routing.Truncated, func(g object) {
		setting(g)["trustedRootCertificates"] = []any{ref("trustedRootCertificates", "gone")}
	}},
	{"six names", `listener "rt-https" has 6 host names, and 5 are accepted`, `"hostNames": [`, routing.Refused, func(g object) {
		delete(item(g, "httpListeners"), "hostName")
		item(g, "httpListeners")["hostNames"] = []any{"a.example", "b.example", "c.example", "d.example", "e.example", "rt.contoso.example"}
	}},
	{"one listener for two rules", `rules "rt" and "again" use the same listener "rt-https"`, "/httpListeners/rt-https", routing.Refused, func(g object) {
		add(g, "requestRoutingRules", "again", object{
			"ruleType": "Basic", "priority": 2, "httpListener": ref("httpListeners", "rt-https"),
			"backendAddressPool": ref("backendAddressPools", "site"), "backendHttpSettings": ref("backendHttpSettingsCollection", "site-https"),
		})
	}},
	{"one name for two settings", `two of the backendHttpSettingsCollection have the name "signalr-https"`, `"signalr-https"`, routing.Refused, func(g object) {
		add(g, "backendHttpSettingsCollection", "signalr-https", object{"port": 80, "protocol": "Http"})
	}},
	{"a path twice", `path pattern "/CLIENT/*" stands twice in path map "rt-paths"`, `"/CLIENT/*"`, routing.Refused, func(g object) {
		pathRule(g)["paths"] = []any{"/client/*", "/CLIENT/*"}
	}},
	{"a redirect to two places", `redirect "away" leads to a listener and to a URL`, "https://x.example", routing.Refused, func(g object) {
		add(g, "redirectConfigurations", "away", object{"redirectType": "Found", "targetUrl": "https://x.example", "targetListener": ref("httpListeners", "rt-https")})
	}},
	{"a redirect to nowhere", `redirect "away" leads nowhere`, `"away"`, routing.Refused, func(g object) { add(g, "redirectConfigurations", "away", object{"redirectType": "Found"}) }},
	{"a redirect beside a pool", `"signalr" has a redirect and a backendAddressPool`, "/backendAddressPools/signalr", routing.Refused, func(g object) {
		pathRule(g)["redirectConfiguration"] = add(g, "redirectConfigurations", "away", object{"redirectType": "Found", "targetUrl": "https://x.example"})
	}},
	{"a default redirect beside a pool", `"rt-paths" has a redirect and a defaultBackendAddressPool`, "/backendAddressPools/site", routing.Refused, func(g object) {
		item(g, "urlPathMaps")["defaultRedirectConfiguration"] = add(g, "redirectConfigurations", "away", object{"redirectType": "Found", "targetUrl": "https://x.example"})
	}},
	{"a firewall in a tier without one", "the tier Standard_v2 has no firewall", `"enabled": true`, routing.Refused, func(g object) {
		g["sku"] = object{"tier": "Standard_v2"}
		g["webApplicationFirewallConfiguration"] = object{"enabled": true, "firewallMode": "Prevention"}
	}},
	{"a listener's protocol that there is not", `protocol of "rt-https" is "HttpsOnlyx", and Http, Https are accepted`, "HttpsOnlyx", routing.Refused, func(g object) { item(g, "httpListeners")["protocol"] = "HttpsOnlyx" }},
	{"a setting's protocol that there is not", `protocol of "signalr-https" is "Wss"`, "Wss", routing.Refused, func(g object) { setting(g)["protocol"] = "Wss" }},
	{"a rule's type that there is not", `ruleType of "rt" is "Path", and Basic, PathBasedRouting are accepted`, `"Path"`, routing.Refused, func(g object) { item(g, "requestRoutingRules")["ruleType"] = "Path" }},
	{"an affinity that there is not", `cookieBasedAffinity of "signalr-https" is "true"`, `"cookieBasedAffinity": "true"`, routing.Refused, func(g object) { setting(g)["cookieBasedAffinity"] = "true" }},
	{"a probe over another protocol", `probe "signalr-health" speaks Http and backend setting "signalr-https", which uses it, Https`, `"protocol": "Http"`, routing.Refused, func(g object) { item(g, "probes")["protocol"] = "Http" }},
	{"rewrites in v1", "generation v1 has no rewrite rules", `"rewriteRuleSets": [`, routing.Refused, func(g object) {
		g["sku"] = object{"tier": "Standard"}
		add(g, "rewriteRuleSets", "set", object{"rewriteRules": []any{}})
	}},
	{"a mask in v1", `listener "rt-https" has several host names, or a mask, and generation v1 takes one plain name`, "*.contoso.example", routing.Refused, func(g object) {
		g["sku"] = object{"tier": "WAF"}
		delete(item(g, "httpListeners"), "hostName")
		item(g, "httpListeners")["hostNames"] = []any{"*.contoso.example"}
	}},
	{"certificates of backends in v2", "generation v2 has no authentication certificates", `"authenticationCertificates": [`, routing.Refused, func(g object) {
		add(g, "authenticationCertificates", "old", object{})
	}},
	{"no rules", "the gateway has no requestRoutingRules", `"name": "agw-realtime"`, routing.Truncated, func(g object) { delete(g, "requestRoutingRules") }},
	{"no ports", "the gateway has no frontendPorts", `"name": "agw-realtime"`, routing.Truncated, func(g object) { g["frontendPorts"] = []any{} }},
}

func TestWhatAzureRefusesIsNamedWhereItStands(t *testing.T) {
	for _, o := range oddities {
		t.Run(o.name, func(t *testing.T) {
			var gateway object
			if err := json.Unmarshal(fixture(t, "ok/howto_rest.json"), &gateway); err != nil {
				t.Fatal(err)
			}
			o.change(gateway["properties"].(object))
			text, err := json.MarshalIndent(gateway, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(string(text), "\n")
			for _, p := range lower(t, "gw.json", text).Problems {
				if p.Kind == o.kind && strings.Contains(p.Message, o.says) {
					if !strings.Contains(lines[p.Span.Line-1], o.line) {
						t.Errorf("it is said of line %d, %s", p.Span.Line, lines[p.Span.Line-1])
					}
					return
				}
			}
			t.Errorf("nobody says that %s", o.says)
		})
	}
}
