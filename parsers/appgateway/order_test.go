package appgateway_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// rival is another listener on the same socket, with a basic rule that leads to the site.
type rival struct {
	hosts    []string
	priority any
	first    bool // listed before the other rule
}

func withRival(t *testing.T, tier string, own any, r rival) *routing.Gateway {
	return changed(t, func(gateway object) {
		gateway["sku"] = object{"tier": tier}
		listener := object{
			"frontendIPConfiguration": ref("frontendIPConfigurations", "appGwPublicFrontendIp"), "frontendPort": ref("frontendPorts", "port_443"),
			"protocol": "Https", "hostNames": r.hosts,
		}
		rule := object{
			"ruleType": "Basic", "httpListener": add(gateway, "httpListeners", "rival", listener), "priority": r.priority,
			"backendAddressPool": ref("backendAddressPools", "site"), "backendHttpSettings": ref("backendHttpSettingsCollection", "site-https"),
		}
		item(gateway, "requestRoutingRules")["priority"] = own
		add(gateway, "requestRoutingRules", "rival", rule)
		if r.first {
			slices.Reverse(gateway["requestRoutingRules"].([]any))
		}
	})
}

func TestTheOrderOfRules(t *testing.T) {
	mask, all, same := []string{"*.contoso.example"}, []string(nil), []string{"rt.contoso.example"}
	tests := []struct {
		name, tier string
		own        any
		rival      rival
		want       string
	}{
		{"v2: the smaller priority wins", "Standard_v2", 10, rival{mask, 20, true}, "yes"},
		{"v2: a mask with the smaller priority wins over a name", "Standard_v2", 20, rival{mask, 10, false}, "no"},
		{"v2: a basic listener with the smaller priority wins", "WAF_v2", 20, rival{all, 10, false}, "no"},
		{"v2: a basic listener behind is no rival", "Basic", 10, rival{all, 20, true}, "yes"},
		{"v2: a mask for others is no rival", "Standard_v2", 20, rival{[]string{"*.fabrikam.example", "b?.contoso.example"}, 10, true}, "yes"},
		{"v2: quoted priorities count too", "Standard_v2", "20", rival{mask, "10", false}, "no"},
		{"v2: without priorities nobody knows", "Standard_v2", nil, rival{mask, nil, true}, "maybe"},
		{"v2: with one priority missing nobody knows", "Standard_v2", 10, rival{same, nil, true}, "maybe"},
		{"v2: without priorities other names are no rivals", "Standard_v2", nil, rival{[]string{"www.contoso.example"}, nil, true}, "yes"},
		{"v1: the first listed wins", "Standard", nil, rival{all, nil, true}, "no"},
		{"v1: the second listed does not", "WAF", nil, rival{all, nil, false}, "yes"},
		{"unknown generation: priorities decide", "", 20, rival{mask, 10, false}, "no"},
		{"unknown generation without priorities: nobody knows", "", nil, rival{mask, nil, true}, "maybe"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := withRival(t, tt.tier, tt.own, tt.rival)
			if got := toService(g, "/client/"); got != tt.want {
				t.Errorf("the request reaches the service: %s, want %s", got, tt.want)
			}
		})
	}
}

func TestEqualPrioritiesAreRefused(t *testing.T) {
	g := withRival(t, "Standard_v2", 10, rival{[]string{"www.contoso.example"}, 10, false})
	wantProblem(t, g, routing.Refused, "have the same priority")
}

func TestHostNamesAndMasks(t *testing.T) {
	for _, tt := range []struct{ mask, host, want string }{
		{"RT.contoso.example", "rt.Contoso.example:443", "yes"},
		{"*.contoso.example", "a.b.contoso.example", "yes"},
		{"*.contoso.example", "contoso.example", "no"},
		{"*.contoso.*", "rt.contoso.org", "yes"},
		{"r?.contoso.example", "rt.contoso.example", "yes"},
		{"r?.contoso.example", "rtt.contoso.example", "no"},
		{"rt.contoso.example", "rtxcontoso.example", "no"},
	} {
		g := changed(t, func(gateway object) {
			listener := item(gateway, "httpListeners")
			delete(listener, "hostName")
			listener["hostNames"] = []string{tt.mask}
		})
		got := "yes"
		if strings.Contains(tell(ask(g, "GET", "https://"+tt.host+"/client/")), "404") {
			got = "no"
		}
		if got != tt.want {
			t.Errorf("mask %s takes %s: %s, want %s", tt.mask, tt.host, got, tt.want)
		}
	}
}
