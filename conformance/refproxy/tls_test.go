package refproxy

import (
	"crypto/tls"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

func TestCertificateIsVerifiedAsFarAsTheGatewayDoes(t *testing.T) {
	const sound, unknownCA, wrongName = "sound", "of an unknown CA", "for another name"
	tests := []struct {
		chain, name, verified string // settings; empty is unset
		want                  map[string]int
	}{
		{"true", "true", "", map[string]int{sound: 200, unknownCA: 502, wrongName: 502}},
		{"true", "false", "", map[string]int{sound: 200, unknownCA: 502, wrongName: 200}},
		{"false", "false", "", map[string]int{sound: 200, unknownCA: 200, wrongName: 200}},
		{"true", "true", "edge.example.com", map[string]int{sound: 502, unknownCA: 502, wrongName: 502}},
		{"", "", "", map[string]int{sound: 200, unknownCA: 501, wrongName: 501}},
	}
	roots, good := trust(t, service)
	_, rogue := trust(t, service)
	otherRoots, other := trust(t, "other.service.signalr.net")
	for _, tt := range tests {
		for kind, config := range map[string]*tls.Config{sound: good, unknownCA: rogue, wrongName: other} {
			trusted := roots
			if kind == wrongName {
				trusted = otherRoots
			}
			changes := []func(*routing.Forward){asHTTPS, with(routing.SNI, service)}
			for name, text := range map[routing.Setting]string{routing.VerifyChain: tt.chain, routing.VerifyName: tt.name, routing.VerifiedName: tt.verified} {
				if text != "" {
					changes = append(changes, with(name, text))
				}
			}
			p := start(t, forwarding(changes...), serve(t, config, saying(fine)), func(c *Config) { c.RootCAs = trusted })
			if r, _ := get(t, p, "/"); r.StatusCode != tt.want[kind] {
				t.Errorf("chain %q, name %q, checked for %q, certificate %s: answered %d, want %d (%s)",
					tt.chain, tt.name, tt.verified, kind, r.StatusCode, tt.want[kind], r.Header.Get(CauseHeader))
			}
		}
	}
}

func TestServerNameIsSentAsSet(t *testing.T) {
	_, config := trust(t, service)
	for _, sni := range []string{service, "edge.example.com", ""} {
		u := serve(t, config, saying(fine))
		changes := []func(*routing.Forward){asHTTPS, with(routing.VerifyChain, "false"), with(routing.VerifyName, "false")}
		if sni != "" {
			changes = append(changes, with(routing.SNI, sni))
		}
		get(t, start(t, forwarding(changes...), u), "/")
		if got := <-u.sni; got != sni {
			t.Errorf("server name %q was sent, want %q", got, sni)
		}
	}
}

func TestClientsGetACertificateForTheNameTheyAskFor(t *testing.T) {
	g := program(respond("204", ""))
	g.Listeners[0].TLS = true
	g.Listeners[0].MinTLS = routing.Of("TLS1.3", routing.Span{})
	p := start(t, g, &upstream{})
	for _, name := range []string{"edge.example.com", "EDGE.example.com", "localhost"} {
		conn, err := tls.Dial("tcp", p.Addr(g.Listeners[0]), &tls.Config{ServerName: name, RootCAs: p.CA().Pool(), MinVersion: tls.VersionTLS12})
		if err != nil {
			t.Errorf("as %s: %v", name, err)
			continue
		}
		if v := conn.ConnectionState().Version; v != tls.VersionTLS13 {
			t.Errorf("as %s: TLS version %x", name, v)
		}
		_ = conn.Close()
	}
	if _, err := tls.Dial("tcp", p.Addr(g.Listeners[0]), &tls.Config{ServerName: "localhost", RootCAs: p.CA().Pool(), MaxVersion: tls.VersionTLS12}); err == nil { //nolint:gosec // TLS 1.2 is what must be refused
		t.Error("TLS 1.2 was accepted where the listener offers 1.3")
	}
}
