package appgateway_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// relayed is the how-to's gateway with the TCP and TLS proxy in the place of its HTTP listener.
func relayed(t *testing.T, listener, backend string, change func(setting object)) *routing.Gateway {
	return changed(t, func(g object) {
		l := maps.Clone(item(g, "httpListeners"))
		l["protocol"] = listener
		g["httpListeners"], g["requestRoutingRules"] = []any{}, []any{}
		s := object{"port": 443, "protocol": backend, "timeout": 60}
		if change != nil {
			change(s)
		}
		add(g, "routingRules", "relay", object{
			"ruleType": "Basic", "priority": 1, "listener": add(g, "listeners", "relay", l), "backendSettings": add(g, "backendSettingsCollection", "relay", s),
			"backendAddressPool": ref("backendAddressPools", "signalr"),
		})
	})
}

func TestConnectionsPassAsTheyAre(t *testing.T) {
	pick := func(s object) { s["pickHostNameFromBackendAddress"] = true }
	for _, tt := range []struct {
		listener, backend string
		change            func(object)
		want              string
	}{
		{"Tls", "Tls", pick, "https host rt.contoso.example sni asrs1.service.signalr.net /api/x"},
		{"Tls", "Tcp", nil, "http host rt.contoso.example sni not set /api/x"},
		{"Tcp", "Tcp", nil, "https host rt.contoso.example sni rt.contoso.example /api/x"},
		{"Tls", "Tls", nil, "https host rt.contoso.example sni unknown"},
	} {
		g := relayed(t, tt.listener, tt.backend, tt.change)
		paths := ask(g, "GET", "https://rt.contoso.example/api/x")
		if got := tell(paths); !strings.Contains(got, tt.want) || len(g.Problems) > 0 {
			t.Errorf("%s to %s: %s, want %s, problems %v", tt.listener, tt.backend, got, tt.want, g.Problems)
		}
		if d := paths[0].Delivery; d.Setting(routing.IdleTimeout).Text() != "1m0s" || d.Setting(routing.Buffering).Text() != "off" {
			t.Errorf("%s to %s waits %s and buffers %s", tt.listener, tt.backend, d.Setting(routing.IdleTimeout), d.Setting(routing.Buffering))
		}
	}
}

func TestConnectionsOfWhichSomethingIsMissing(t *testing.T) {
	g := changed(t, func(g object) { add(g, "routingRules", "tcp", object{}) })
	wantProblem(t, g, routing.NotWhole, `TCP or TLS routing rule "tcp" was not read`)
	d := deliveries(t, relayed(t, "Tls", "Tls", func(s object) { delete(s, "timeout"); s["protocol"] = nil }))[0]
	if !d.Setting(routing.IdleTimeout).IsUnknown() || !d.Scheme.IsUnknown() {
		t.Errorf("a setting that says nothing has time-out %s and scheme %s", d.Setting(routing.IdleTimeout), d.Scheme)
	}
}
