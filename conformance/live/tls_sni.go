package live

import (
	"context"
	"strings"

	"github.com/onsi/gomega"
)

var tlsSNI = []*Case{{
	ID: "LIVE-TLS-02", Requirement: "tls-sni", Title: "The TLS handshake with the service carries its name",
	Level: Token, View: Inside, Run: handshakeNamesTheService,
}}

func handshakeNamesTheService(ctx context.Context, g gomega.Gomega, t *Target) {
	asked := false
	check := func(instance, sni string) {
		asked = true
		service := t.serviceHost(instance)
		g.Expect(hostName(sni)).To(gomega.Equal(service), "expected the TLS handshake to name %s, seen %s", service, named(sni))
	}
	for _, h := range t.sweep(ctx).handshakes {
		if !isPlain(h.Error) && !isOld(h.Error) {
			check(h.Instance, h.SNI)
		}
	}
	for _, p := range t.sweep(ctx).passages {
		if p.arrived() && p.records[0].TLS {
			check(p.records[0].Instance, p.records[0].SNI)
		}
	}
	t.leaveUnknown(ctx)
	if !asked {
		t.leave("no request goes to the service over TLS")
	}
}

// isOld recognizes the words with which crypto/tls turns away a client that speaks old versions only, before it has read the name.
func isOld(handshakeError string) bool {
	return strings.Contains(handshakeError, "unsupported versions")
}

func named(sni string) string {
	if sni == "" {
		return "no server name"
	}
	return sni
}
