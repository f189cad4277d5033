package appgateway_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

func TestDanglingReferencesAreReportedWhereTheyStand(t *testing.T) {
	for name, c := range map[string]struct {
		change func(g object)
		says   string
		ends   string
	}{
		"probe":    {func(g object) { g["probes"] = []any{} }, `probe refers to "signalr-health"`, "delivered to asrs1"},
		"pool":     {func(g object) { pathRule(g)["backendAddressPool"] = ref("backendAddressPools", "x") }, `backendAddressPool refers to "x"`, "unknown: backendAddressPool refers"},
		"setting":  {func(g object) { pathRule(g)["backendHttpSettings"] = ref("x", "x") }, `backendHttpSettings refers to "x"`, "unknown: backendHttpSettings refers"},
		"path map": {func(g object) { g["urlPathMaps"] = nil }, `urlPathMap refers to "rt-paths"`, "unknown: urlPathMap refers"},
		"listener": {func(g object) { g["httpListeners"] = []any{} }, `httpListener refers to "rt-https"`, "unknown: httpListener refers"},
		"port":     {func(g object) { g["frontendPorts"] = []any{} }, `frontendPort refers to "port_443"`, "unknown: frontendPort refers"},
		"redirect": {func(g object) { pathRule(g)["redirectConfiguration"] = ref("redirectConfigurations", "x") }, `redirectConfiguration refers to "x"`, "unknown: redirectConfiguration refers"},
		"rewrite":  {func(g object) { pathRule(g)["rewriteRuleSet"] = ref("rewriteRuleSets", "x") }, `rewriteRuleSet refers to "x"`, "unknown: rewriteRuleSet refers"},
	} {
		t.Run(name, func(t *testing.T) {
			g := changed(t, c.change)
			wantProblem(t, g, routing.Truncated, c.says)
			if got := tell(ask(g, "GET", "https://rt.contoso.example/client/")); !strings.Contains(got, c.ends) {
				t.Errorf("a request to it: %s, want %s", got, c.ends)
			}
		})
	}
}

func TestReferencesAreResolvedByTheItemsIDWhereItsNameIsAnother(t *testing.T) {
	g := changed(t, func(g object) {
		g["frontendPorts"].([]any)[0].(object)["name"] = "another"
	})
	if got := tell(ask(g, "GET", "https://rt.contoso.example/client/")); !strings.HasPrefix(got, "delivered to asrs1") || len(g.Problems) > 0 {
		t.Errorf("%s, problems %v", got, g.Problems)
	}
}

func TestReferencesAreResolvedByTheirLastSegment(t *testing.T) {
	g := changed(t, func(g object) {
		pathRule(g)["backendHttpSettings"] = object{"id": "/x/backendHttpSettingsList/SIGNALR-https"}
	})
	if got := tell(ask(g, "GET", "https://rt.contoso.example/client/")); !strings.HasPrefix(got, "delivered to asrs1") || len(g.Problems) > 0 {
		t.Errorf("%s, problems %v", got, g.Problems)
	}
}

// template is the how-to's gateway as an ARM template with one text replaced.
func template(t *testing.T, old, replacement string) *routing.Gateway {
	t.Helper()
	text := string(fixture(t, "ok/howto_arm.json"))
	if !strings.Contains(text, old) {
		t.Fatalf("the template holds no %s", old)
	}
	return lower(t, "gw.json", []byte(strings.Replace(text, old, replacement, 1)))
}

func TestExpressionsAreUnknownInTheirPlace(t *testing.T) {
	const e = `"[utcNow()]"`
	for name, c := range map[string]struct{ old, replacement, want string }{
		"the pool member":    {`"fqdn": "asrs1.service.signalr.net"`, `"fqdn": ` + e, "unknown: utcnow() is known only where and when the template is deployed"},
		"the host pick":      {`"pickHostNameFromBackendAddress": true`, `"pickHostNameFromBackendAddress": ` + e, "host unknown (utcnow() is known only where and when the template is deployed)"},
		"the protocol":       {`"protocol": "Https"`, `"protocol": ` + e, "unknown (utcnow() is known only where and when the template is deployed) host asrs1"},
		"the path":           {`"/client/*"`, e, "if true [utcnow() is known only where and when the template is deployed]: delivered to asrs1"},
		"the host name":      {`"hostName": "rt.contoso.example"`, `"hostName": ` + e, "if true [utcnow() is known only where and when the template is deployed]: delivered to asrs1"},
		"the frontend port":  {`"port": 443`, `"port": ` + e, "if true [utcnow() is known only where and when the template is deployed]: unknown"},
		"the pool reference": {`backendAddressPools/signalr"`, `x"`, "unknown: backendAddressPool refers"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tell(ask(template(t, c.old, c.replacement), "GET", "https://rt.contoso.example/client/")); !strings.Contains(got, c.want) {
				t.Errorf("%s\nhas no %s", got, c.want)
			}
		})
	}
}

func TestWholeListsThatAreUnknown(t *testing.T) {
	text := string(fixture(t, "ok/howto_arm.json"))
	for _, name := range []string{"requestRoutingRules", "httpListeners", "urlPathMaps", "backendAddressPools", "backendHttpSettingsCollection", "frontendPorts", "probes"} {
		broken := strings.Replace(text, `"`+name+`": [`, `"`+name+`": "[utcNow()]", "ignored": [`, 1)
		g := lower(t, "gw.json", []byte(broken))
		got := tell(ask(g, "GET", "https://rt.contoso.example/client/"))
		if name != "probes" && !strings.Contains(got, "unknown: utcnow() is known only where and when the template is deployed") {
			t.Errorf("without %s: %s", name, got)
		}
		if len(g.Problems) > 1 {
			t.Errorf("without %s: problems %v", name, g.Problems)
		}
	}
}

func TestACutOffExportIsUnknownNotAbsent(t *testing.T) {
	g := lower(t, "gw.json", fixture(t, "err/configuration_cut_powershell.json"))
	if got := tell(ask(g, "GET", "https://rt.contoso.example/client/")); !strings.Contains(got, "unknown: cut off by ConvertTo-Json") {
		t.Error(got)
	}
	wantProblem(t, g, routing.Truncated, "was cut off by ConvertTo-Json")
}

func TestEntraValidationRefusesSignalRTokens(t *testing.T) {
	for action, want := range map[string]string{"Deny": "answered by the gateway: 401 Entra did not issue the token", "Allow": "delivered to asrs1"} {
		g := changed(t, func(g object) {
			item(g, "requestRoutingRules")["entraJWTValidationConfig"] = add(g, "entraJWTValidationConfigs", "entra", object{"unAuthorizedRequestAction": action})
		})
		if got := tell(ask(g, "POST", "https://rt.contoso.example/client/negotiate")); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", action, got, want)
		}
	}
}

func TestPrivateFrontendsAreListenersOfTheirOwn(t *testing.T) {
	g := changed(t, func(g object) {
		add(g, "frontendIPConfigurations", "private", object{"privateIPAddress": "10.0.0.10", "privateIPAllocationMethod": "Static"})
		listener := object{"frontendIPConfiguration": ref("frontendIPConfigurations", "private"), "frontendPort": ref("frontendPorts", "port_443"), "protocol": "Https"}
		rule := object{"ruleType": "Basic", "priority": 2, "httpListener": add(g, "httpListeners", "inside", listener), "backendAddressPool": ref("backendAddressPools", "site"), "backendHttpSettings": ref("backendHttpSettingsCollection", "site-https")}
		add(g, "requestRoutingRules", "inside", rule)
	})
	if len(g.Listeners) != 2 || g.Listeners[1].Address != "10.0.0.10" || g.Listeners[0].Address != "" {
		t.Errorf("the listeners are %+v", g.Listeners)
	}
}

func TestWordsThatAreNoneDecideNothing(t *testing.T) {
	for name, c := range map[string]struct {
		change func(g object)
		says   string
	}{
		"a listener's protocol": {func(g object) { item(g, "httpListeners")["protocol"] = "HttpsOnlyx" }, `unknown: "HttpsOnlyx" is none of Http, Https`},
		"a setting's protocol":  {func(g object) { setting(g)["protocol"] = "Wss" }, `unknown ("Wss" is none of Http, Https) host asrs1`},
		"a redirect's type": {func(g object) {
			pathRule(g)["redirectConfiguration"] = add(g, "redirectConfigurations", "away", object{"redirectType": "Moved", "targetUrl": "https://x.example"})
		}, `"Moved" is none of Permanent, Found, SeeOther, Temporary`},
		"what Entra's validation does": {func(g object) {
			item(g, "requestRoutingRules")["entraJWTValidationConfig"] = add(g, "entraJWTValidationConfigs", "entra", object{"unAuthorizedRequestAction": "Log"})
		}, `unknown: "Log" is none of Deny, Allow`},
	} {
		if got := tell(ask(changed(t, c.change), "GET", "https://rt.contoso.example/client/")); !strings.Contains(got, c.says) {
			t.Errorf("%s: %s, want %s", name, got, c.says)
		}
	}
}

func TestATierThatIsNotKnownTellsNoGeneration(t *testing.T) {
	slashless := func(tier string) []routing.Problem {
		return changed(t, func(g object) { g["sku"] = object{"tier": tier}; pathRule(g)["paths"] = []any{"/client*"} }).Problems
	}
	if p := slashless("Premium"); len(p) > 0 {
		t.Errorf("%v", p)
	}
	if p := slashless("Standard_Medium"); len(p) == 0 {
		t.Error("a path pattern that v1 does not take is not told")
	}
}

func TestRulesWithoutADestinationAreRefused(t *testing.T) {
	g := changed(t, func(g object) { delete(pathRule(g), "backendHttpSettings") })
	wantProblem(t, g, routing.Refused, `"signalr" has neither a redirect nor a backend setting`)
	g = changed(t, func(g object) { delete(pathRule(g), "backendAddressPool") })
	wantProblem(t, g, routing.Refused, `"signalr" has neither a redirect nor a backend pool`)
}

func TestWhatCannotStandTogetherIsRefused(t *testing.T) {
	g := changed(t, func(g object) {
		listener := maps.Clone(item(g, "httpListeners"))
		listener["protocol"] = "Http"
		rule := maps.Clone(item(g, "requestRoutingRules"))
		rule["httpListener"], rule["priority"] = add(g, "httpListeners", "plain", listener), 7
		add(g, "requestRoutingRules", "rt", rule)
	})
	wantProblem(t, g, routing.Refused, "speaks another protocol than others on appGwPublicFrontendIp:443")
	wantProblem(t, g, routing.Refused, `two rules have the name "rt"`)
}

func TestPathBasedRulesWithoutAMapAreNotWhole(t *testing.T) {
	g := changed(t, func(g object) { delete(item(g, "requestRoutingRules"), "urlPathMap") })
	wantProblem(t, g, routing.Truncated, `rule "rt" is path-based and has no path map`)
	if got := tell(ask(g, "GET", "https://rt.contoso.example/client/")); got != "unknown: the rule is path-based and has no path map" {
		t.Error(got)
	}
}

func TestListenersThatSayTooLittle(t *testing.T) {
	for name, change := range map[string]func(g object){
		"no listener at all":    func(g object) { delete(item(g, "requestRoutingRules"), "httpListener") },
		"a port without number": func(g object) { delete(item(g, "frontendPorts"), "port") },
		"no frontend port":      func(g object) { delete(item(g, "httpListeners"), "frontendPort") },
		"no protocol":           func(g object) { delete(item(g, "httpListeners"), "protocol") },
	} {
		g := changed(t, change)
		if got := tell(ask(g, "GET", "https://rt.contoso.example/client/")); !strings.Contains(got, "unknown: ") {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestWhatCannotStandTogetherInASettingIsRefused(t *testing.T) {
	g := changed(t, func(g object) { setting(g)["hostName"] = "asrs1.service.signalr.net" })
	wantProblem(t, g, routing.Refused, `backend setting "signalr-https" names a host and picks one too`)
}

func TestMissingCollectionsAreNamedWhereTheyAreReferredTo(t *testing.T) {
	for collection, says := range map[string]string{
		"backendAddressPools": "backendAddressPool refers to", "backendHttpSettingsCollection": "backendHttpSettings refers to", "frontendIPConfigurations": "frontendIPConfiguration refers to",
		"frontendPorts": "frontendPort refers to", "httpListeners": "httpListener refers to", "probes": "probe refers to", "urlPathMaps": "urlPathMap refers to",
	} {
		g := changed(t, func(g object) { delete(g, collection) })
		wantProblem(t, g, routing.Truncated, says)
		for _, p := range g.Problems {
			if p.Span.IsZero() || p.Fix == "" {
				t.Errorf("without %s: %q has no place or no fix", collection, p.Message)
			}
		}
	}
	for property, collection := range map[string]string{
		"rewriteRuleSet": "rewriteRuleSets", "redirectConfiguration": "redirectConfigurations", "loadDistributionPolicy": "loadDistributionPolicies",
	} {
		g := changed(t, func(g object) { pathRule(g)[property] = ref(collection, "gone") })
		wantProblem(t, g, routing.Truncated, property+` refers to "gone"`)
	}
	g := changed(t, func(g object) { item(g, "httpListeners")["sslProfile"] = ref("sslProfiles", "gone") })
	wantProblem(t, g, routing.Truncated, `sslProfile refers to "gone"`)
	g = changed(t, func(g object) {
		item(g, "requestRoutingRules")["entraJWTValidationConfig"] = ref("entraJWTValidationConfigs", "gone")
	})
	wantProblem(t, g, routing.Truncated, `entraJWTValidationConfig refers to "gone"`)
}
