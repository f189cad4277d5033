package appgateway_test

import (
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// deliveries are those of a negotiate to the service.
func deliveries(t *testing.T, g *routing.Gateway) []*routing.Delivery {
	t.Helper()
	var out []*routing.Delivery
	paths := ask(g, "POST", "https://rt.contoso.example/client/negotiate")
	for i := range paths {
		if paths[i].Delivery == nil {
			t.Fatalf("a negotiate is not delivered: %s", paths[i].Outcome())
		}
		out = append(out, paths[i].Delivery)
	}
	return out
}

func TestHowTheBackendIsNamed(t *testing.T) {
	const fqdn, a3 = "asrs1.service.signalr.net", "contradict each other"
	tests := []struct {
		name      string
		change    func(setting, member object)
		host, sni string
		v1        bool
	}{
		{"pick", func(s, m object) {}, fqdn, fqdn, false},
		{"host name", func(s, m object) { s["pickHostNameFromBackendAddress"], s["hostName"] = false, "x.service.signalr.net" }, "x.service.signalr.net", "x.service.signalr.net", false},
		{"quoted booleans", func(s, m object) { s["pickHostNameFromBackendAddress"] = "True" }, fqdn, fqdn, false},
		{"override off", func(s, m object) { s["pickHostNameFromBackendAddress"] = false }, "rt.contoso.example", a3, false},
		{"override absent", func(s, m object) { delete(s, "pickHostNameFromBackendAddress") }, "rt.contoso.example", a3, false},
		{"an address with a host name", func(s, m object) {
			delete(m, "fqdn")
			m["ipAddress"], s["hostName"], s["pickHostNameFromBackendAddress"] = "10.0.0.4", fqdn, false
		}, fqdn, fqdn, false},
		{"an address that is picked", func(s, m object) {
			delete(m, "fqdn")
			m["ipAddress"] = "10.0.0.4"
		}, "10.0.0.4", "which is not supported", false},
		{"a server name of its own", func(s, m object) { s["sniName"] = "y.service.signalr.net" }, fqdn, "y.service.signalr.net", false},
		{"v1 sends the pool's name", func(s, m object) { s["pickHostNameFromBackendAddress"] = false }, "rt.contoso.example", fqdn, true},
		{"v1 sends no address", func(s, m object) {
			delete(m, "fqdn")
			m["ipAddress"] = "10.0.0.4"
		}, "10.0.0.4", "not set", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := deliveries(t, changed(t, func(gateway object) {
				if tt.v1 {
					gateway["sku"] = object{"tier": "Standard"}
				}
				member := item(gateway, "backendAddressPools")["backendAddresses"].([]any)[0].(object)
				tt.change(setting(gateway), member)
			}))[0]
			host, sni := d.Header("Host"), d.Setting(routing.SNI)
			if len(host) != 1 || host[0].Text() != tt.host || host[0].Span.IsZero() {
				t.Errorf("Host is %v, want %s with a place", host, tt.host)
			}
			if !strings.Contains(sni.String(), tt.sni) || sni.Span.IsZero() {
				t.Errorf("the server name is %s, want %s with a place", sni, tt.sni)
			}
		})
	}
}

func TestHowRequestsAreSent(t *testing.T) {
	tests := []struct {
		name    string
		change  func(gateway object)
		setting routing.Setting
		want    string
	}{
		{"the request time-out bounds answers", func(g object) {}, routing.ReadTimeout, "2m0s"},
		{"and WebSockets", func(g object) {}, routing.IdleTimeout, "2m0s"},
		{"quoted numbers count", func(g object) { setting(g)["requestTimeout"] = "20" }, routing.ReadTimeout, "20s"},
		{"an absent time-out is unknown", func(g object) { delete(setting(g), "requestTimeout") }, routing.ReadTimeout, "unknown (requestTimeout is not in what was read, and its default depends on the tool that made the gateway; Microsoft's documents name 20 and 30 seconds, which is less than a poll is held: `az network application-gateway http-settings show` prints it)"},
		{"so is one that is no number", func(g object) { setting(g)["requestTimeout"] = "long" }, routing.ReadTimeout, "unknown (\"long\" is no number of seconds)"},
		{"buffering off", func(g object) {}, routing.Buffering, "off"},
		{"buffering on", func(g object) { g["globalConfiguration"] = object{"enableResponseBuffering": true} }, routing.Buffering, "holds"},
		{"buffering by default", func(g object) { g["globalConfiguration"] = nil }, routing.Buffering, "holds (default of Application Gateway)"},
		{"buffering null", func(g object) { g["globalConfiguration"] = object{"enableResponseBuffering": nil} }, routing.Buffering, "holds (default of Application Gateway)"},
		{"WebSocket is always on", func(g object) {}, routing.Upgrade, "native (default of Application Gateway)"},
		{"backends are spoken to in HTTP/1.1", func(g object) {}, routing.Protocol, "HTTP/1.1 (default of Application Gateway)"},
		{"chains are verified", func(g object) {}, routing.VerifyChain, "true (default of Application Gateway)"},
		{"unless that is off", func(g object) { setting(g)["validateCertChainAndExpiry"] = false }, routing.VerifyChain, "false"},
		{"names are verified", func(g object) {}, routing.VerifyName, "true (default of Application Gateway)"},
		{"unless that is off as well", func(g object) { setting(g)["validateSNI"] = false }, routing.VerifyName, "false"},
		{"plain HTTP has no server name", func(g object) { setting(g)["protocol"], setting(g)["port"] = "Http", 80 }, routing.SNI, "not set"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := deliveries(t, changed(t, tt.change))[0].Setting(tt.setting).String(); got != tt.want {
				t.Errorf("%s is %s, want %s", tt.setting, got, tt.want)
			}
		})
	}
}

func TestRootsOfOnesOwnAreMentioned(t *testing.T) {
	d := deliveries(t, changed(t, func(g object) {
		setting(g)["trustedRootCertificates"] = []any{ref("trustedRootCertificates", "own-ca")}
	}))[0]
	if roots := d.Setting(routing.TrustedRoots); !roots.IsSet() || roots.Span.IsZero() {
		t.Errorf("the roots are told as %v", roots)
	}
}

func TestPoolsAndHowTheyPick(t *testing.T) {
	second := func(g object) {
		pool := item(g, "backendAddressPools")
		pool["backendAddresses"] = append(pool["backendAddresses"].([]any), object{"fqdn": "asrs2.service.signalr.net"})
	}
	t.Run("several members take turns, and each gets its own name", func(t *testing.T) {
		all := deliveries(t, changed(t, second))
		if len(all) != 2 || all[0].Pool.Pick.How != "round robin" || all[0].Pool.Pick.Key != nil {
			t.Fatalf("%d ways, picked by %+v", len(all), all[0].Pool.Pick)
		}
		for _, d := range all {
			name := strings.TrimSuffix(d.Address.Text(), ":443")
			if d.Header("Host")[0].Text() != name || d.Setting(routing.SNI).Text() != name || d.Probe().Host.Text() != name {
				t.Errorf("%s gets Host %s, server name %s, probe %s", name, d.Header("Host")[0], d.Setting(routing.SNI), d.Probe().Host)
			}
		}
	})
	t.Run("cookie affinity does not depend on the request as clients send it", func(t *testing.T) {
		all := deliveries(t, changed(t, func(g object) {
			second(g)
			setting(g)["cookieBasedAffinity"], setting(g)["affinityCookieName"] = "Enabled", "rt"
		}))
		if pick := all[0].Pool.Pick; len(all) != 2 || pick.How != "cookie rt" || pick.Key != nil || pick.Span.IsZero() {
			t.Errorf("%d ways, picked by %+v", len(all), pick)
		}
	})
	t.Run("a policy can pick by client address", func(t *testing.T) {
		all := deliveries(t, changed(t, func(g object) {
			second(g)
			pathRule(g)["loadDistributionPolicy"] = add(g, "loadDistributionPolicies", "spread", object{
				"loadDistributionAlgorithm": "IpHash",
				"loadDistributionTargets":   []any{object{"weightPerServer": 3, "backendAddressPool": ref("backendAddressPools", "signalr")}},
			})
		}))
		if pick := all[0].Pool.Pick; len(all) != 1 || !strings.Contains(pick.How, "IpHash") || all[0].Key.Text() != "192.0.2.7" {
			t.Errorf("%d ways, picked by %+v with key %s", len(all), pick, all[0].Key)
		}
	})
	t.Run("an empty pool answers 502", func(t *testing.T) {
		g := changed(t, func(g object) { item(g, "backendAddressPools")["backendAddresses"] = []any{} })
		if got := tell(ask(g, "GET", "https://rt.contoso.example/client/")); got != "answered by the gateway: 502 pool signalr has no members" {
			t.Error(got)
		}
	})
	t.Run("a member without a name is unknown", func(t *testing.T) {
		g := changed(t, func(g object) { item(g, "backendAddressPools")["backendAddresses"] = []any{object{}} })
		if got := tell(ask(g, "GET", "https://rt.contoso.example/client/")); got != "unknown: the pool member has neither a name nor an address" {
			t.Error(got)
		}
	})
}

func TestLowestTLSVersions(t *testing.T) {
	for _, tt := range []struct {
		name     string
		policy   any
		fallback any
		want     string
	}{
		{"predefined", object{"policyType": "Predefined", "policyName": "AppGwSslPolicy20150501"}, nil, "TLS1.0"},
		{"custom", object{"policyType": "CustomV2", "minProtocolVersion": "TLSv1_3"}, nil, "TLS1.3"},
		{"disabled versions", object{"disabledSslProtocols": []string{"TLSv1_0", "TLSv1_1"}}, nil, "TLS1.2"},
		{"the gateway's own default", nil, "AppGwSslPolicy20170401", "TLS1.1"},
		{"nothing stated", nil, nil, "unknown (the export states no TLS policy, and the default depends on when the gateway was made: `az network application-gateway show` prints defaultPredefinedSslPolicy)"},
		{"a policy of the future", object{"policyName": "AppGwSslPolicy20300101"}, nil, "unknown (the versions of TLS policy AppGwSslPolicy20300101 are not known here)"},
		{"a version of the future", object{"minProtocolVersion": "TLSv2"}, nil, "unknown (no TLS version is called TLSv2)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := changed(t, func(g object) { g["sslPolicy"], g["defaultPredefinedSslPolicy"] = tt.policy, tt.fallback })
			if got := g.Listeners[0].MinTLS; got.String() != tt.want || got.Span.IsZero() {
				t.Errorf("the lowest version is %s at %v, want %s", got, got.Span, tt.want)
			}
		})
	}
}

func TestAListenersOwnProfileConcernsItsHostsOnly(t *testing.T) {
	g := changed(t, func(g object) {
		profile := add(g, "sslProfiles", "partners", object{
			"sslPolicy":                 object{"policyName": "AppGwSslPolicy20150501"},
			"clientAuthConfiguration":   object{"verifyClientCertIssuerDN": true},
			"trustedClientCertificates": []any{ref("trustedClientCertificates", "ca")},
		})
		item(g, "httpListeners")["sslProfile"] = profile
	})
	if l := g.Listeners[0]; l.MinTLS.Text() != "TLS1.2" || l.Hosts[0].MinTLS.Text() != "TLS1.0" {
		t.Errorf("the socket begins at %s, the host at %s", l.MinTLS, l.Hosts[0].MinTLS)
	}
	if got := tell(ask(g, "GET", "https://rt.contoso.example/client/")); !strings.Contains(got, "demands a client certificate") || !strings.Contains(got, "400") {
		t.Errorf("a request without a certificate: %s", got)
	}
}

func TestProbes(t *testing.T) {
	probe := func(g object) object { return item(g, "probes") }
	tests := []struct {
		name   string
		change func(g object)
		want   string
	}{
		{"picks from the setting, which picks", func(g object) {}, "https asrs1.service.signalr.net 443 /api/health 200-399"},
		{"picks from the setting, which names", func(g object) { setting(g)["hostName"] = "x.service.signalr.net" }, "https x.service.signalr.net 443 /api/health 200-399"},
		{"has a host and a port of its own", func(g object) {
			p := probe(g)
			p["pickHostNameFromBackendHttpSettings"], p["host"], p["port"], p["path"] = false, "h", 8443, "/"
			p["match"] = object{"statusCodes": []string{"200", "401"}, "body": ""}
		}, "https h 8443 / 200,401"},
		{
			"picks from a setting without a name", func(g object) { setting(g)["pickHostNameFromBackendAddress"] = false },
			"https unknown (the probe picks its host from the backend setting, which has none) 443 /api/health 200-399",
		},
		{
			"default with a named setting", func(g object) { delete(setting(g), "probe") },
			"https unknown (whether the default probe takes its Host from the backend setting is documented both ways: look at the gateway's backend health (`az network application-gateway show-backend-health`), or use a custom probe) 443 / (default of Application Gateway's default probe) 200-399 (default of Application Gateway's default probe)",
		},
		{"default without", func(g object) {
			delete(setting(g), "probe")
			setting(g)["pickHostNameFromBackendAddress"] = false
		}, "https 127.0.0.1 (default of Application Gateway's default probe) 443 / (default of Application Gateway's default probe) 200-399 (default of Application Gateway's default probe)"},
		{"no match", func(g object) { delete(probe(g), "match") }, "https asrs1.service.signalr.net 443 /api/health 200-399 (default of Application Gateway)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := deliveries(t, changed(t, tt.change))[0].Probe()
			got := strings.Join([]string{p.Scheme.String(), p.Host.String(), p.Port.String(), p.Path.String(), p.Statuses.String()}, " ")
			if got != tt.want || p.Span.IsZero() {
				t.Errorf("the probe asks %s at %v\nwant %s", got, p.Span, tt.want)
			}
		})
	}
}
