package appgateway_test

import (
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// inline is a firewall that stands in the gateway itself, and blocks.
func inline(g object, more object) {
	more["enabled"], more["firewallMode"], more["ruleSetType"], more["ruleSetVersion"] = true, "Prevention", "OWASP", "3.2"
	g["sku"] = object{"name": "WAF_v2", "tier": "WAF_v2"}
	g["webApplicationFirewallConfiguration"] = more
}

func inspection(t *testing.T, g *routing.Gateway) string {
	t.Helper()
	paths := ask(g, "GET", "https://rt.contoso.example/client/?hub=x&access_token=abc&id=1")
	if len(paths) != 1 || paths[0].Delivery == nil {
		t.Fatal(tell(paths))
	}
	return paths[0].Delivery.Setting(routing.Inspection).Text()
}

func TestTheFirewallOfTheGatewayItselfLooksAtTokens(t *testing.T) {
	if got := inspection(t, changed(t, func(g object) { inline(g, object{}) })); !strings.Contains(got, "access_token") {
		t.Errorf("it looks at %q", got)
	}
	off := changed(t, func(g object) {
		inline(g, object{})
		g["webApplicationFirewallConfiguration"].(object)["firewallMode"] = "Detection"
	})
	if got := inspection(t, off); got != "" {
		t.Errorf("in detection it looks at %q", got)
	}
}

func TestTheFirewallSeesWhatRewritesMade(t *testing.T) {
	g := changed(t, func(g object) {
		inline(g, object{})
		away := rule("r", 1, urlAction(object{"modifiedQueryString": "hub=x"}))
		pathRule(g)["rewriteRuleSet"] = add(g, "rewriteRuleSets", "set", object{"rewriteRules": []any{away}})
	})
	if got := inspection(t, g); got != "" {
		t.Errorf("although a rewrite took the token away, the firewall looks at %q", got)
	}
}

func TestRedirectsAreNotRewritten(t *testing.T) {
	g := changed(t, func(g object) {
		pathRule(g)["redirectConfiguration"] = add(g, "redirectConfigurations", "away", object{"redirectType": "Found", "targetUrl": "https://x.example", "includePath": true})
		pathRule(g)["rewriteRuleSet"] = add(g, "rewriteRuleSets", "set", object{"rewriteRules": []any{rule("r", 1, urlAction(object{"modifiedPath": "/y"}))}})
	})
	if got := tell(ask(g, "GET", "https://rt.contoso.example/client/")); got != "redirected (302) to https://x.example/client/" {
		t.Error(got)
	}
}

func TestAClientCertificateThatIsOnlyPassedOnIsNotDemanded(t *testing.T) {
	for mode, ways := range map[string]int{"Passthrough": 1, "Strict": 2, "": 2} {
		g := changed(t, func(g object) {
			item(g, "httpListeners")["sslProfile"] = add(g, "sslProfiles", "partners", object{
				"clientAuthConfiguration": object{"verifyClientAuthMode": mode}, "trustedClientCertificates": []any{ref("trustedClientCertificates", "ca")},
			})
		})
		if paths := ask(g, "GET", "https://rt.contoso.example/client/"); len(paths) != ways {
			t.Errorf("mode %q: %s", mode, tell(paths))
		}
	}
}

func TestErrorPagesAndRequestBufferingChangeNothingForClients(t *testing.T) {
	plain, with := changed(t, func(object) {}), changed(t, func(g object) {
		g["customErrorConfigurations"] = []any{object{"statusCode": "HttpStatus502", "customErrorPageUrl": "https://errors.example/502.html"}}
		g["globalConfiguration"].(object)["enableRequestBuffering"] = false
	})
	for _, url := range []string{"https://rt.contoso.example/client/negotiate", "https://other.example/client/"} {
		if got, want := tell(ask(with, "POST", url)), tell(ask(plain, "POST", url)); got != want {
			t.Errorf("%s: %s, without them %s", url, got, want)
		}
	}
}
