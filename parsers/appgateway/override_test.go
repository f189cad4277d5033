package appgateway_test

import "testing"

// TestPathOverride is the table of "HTTP settings configuration": override backend path. An empty rule is a basic one, or a request
// that takes the default of its path map.
func TestPathOverride(t *testing.T) {
	tests := []struct{ request, rule, override, want string }{
		{"/home/", "", "/override/", "/override/home/"},
		{"/home/secondhome/", "", "/override/", "/override/home/secondhome/"},
		{"/pathrule/home/", "/pathrule*", "/override/", "/override/home/"},
		{"/pathrule/home/secondhome/", "/pathrule*", "/override/", "/override/home/secondhome/"},
		{"/home/", "/pathrule*", "/override/", "/override/home/"},
		{"/home/secondhome/", "/pathrule*", "/override/", "/override/home/secondhome/"},
		{"/pathrule/home/", "/pathrule/home*", "/override/", "/override/"},
		{"/pathrule/home/secondhome/", "/pathrule/home*", "/override/", "/override/secondhome/"},
		{"/pathrule/", "/pathrule/", "/override/", "/override/"},

		{"/asrs1/client/negotiate?hub=x", "/asrs1/*", "/", "/client/negotiate?hub=x"},
		{"/ASRS1/client/?hub=x", "/asrs1/*", "/", "/client/?hub=x"},
		{"/client/negotiate?hub=x", "/client/*", "/", "/negotiate?hub=x"},
		{"/client/?hub=x", "/client/*", "/client/", "/client/?hub=x"},
		{"/client/?hub=x", "", "/", "/client/?hub=x"},
		{"/client/?hub=x", "/client/*", "", "/client/?hub=x"},
	}
	for _, tt := range tests {
		basic := tt.rule == ""
		g := changed(t, func(gateway object) {
			setting(gateway)["path"] = tt.override
			if basic {
				rule := item(gateway, "requestRoutingRules")
				delete(rule, "urlPathMap")
				rule["ruleType"] = "Basic"
				rule["backendAddressPool"] = ref("backendAddressPools", "signalr")
				rule["backendHttpSettings"] = ref("backendHttpSettingsCollection", "signalr-https")
				return
			}
			pathRule(gateway)["paths"] = []string{tt.rule}
			paths := item(gateway, "urlPathMaps")
			paths["defaultBackendHttpSettings"] = ref("backendHttpSettingsCollection", "signalr-https")
		})
		d := ask(g, "GET", "https://rt.contoso.example"+tt.request)[0].Delivery
		if d == nil || d.Target.Text() != tt.want {
			t.Errorf("%s by rule %q with override %q is sent as %v, want %s", tt.request, tt.rule, tt.override, d, tt.want)
		}
	}
}

func TestAPatternsBarePathIsReplacedWhole(t *testing.T) {
	g := changed(t, func(gateway object) { setting(gateway)["path"] = "/x/" })
	for _, p := range ask(g, "GET", "https://rt.contoso.example/client") {
		if p.Assumed[0].Holds && p.Delivery.Target.Text() != "/x/" {
			t.Errorf("/client by /client/* with override /x/ is sent as %s", p.Delivery.Target)
		}
	}
}
