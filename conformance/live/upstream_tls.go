package live

import (
	"context"
	"strings"

	"github.com/onsi/gomega"
)

var upstreamTLS = []*Case{{
	ID: "LIVE-TLS-01", Requirement: "upstream-tls", Title: "Every request travels to the service over TLS",
	Level: Token, View: Inside, Run: requestsAreEncrypted,
}}

func requestsAreEncrypted(ctx context.Context, g gomega.Gomega, t *Target) {
	for _, h := range t.sweep(ctx).handshakes {
		g.Expect(isPlain(h.Error)).To(gomega.BeFalse(), "expected a TLS handshake with the service, seen plain HTTP on its TLS port")
	}
	if len(t.sweep(ctx).handshakes) > 0 {
		return // that TLS is spoken is all that is asked here
	}
	for _, p := range t.arrived(ctx) {
		g.Expect(p.records[0].TLS).To(gomega.BeTrue(), "expected the %s to arrive over TLS, seen it arrive over plain HTTP", p.kind)
	}
	t.leaveUnknown(ctx)
}

// isPlain recognizes the words with which crypto/tls tells that the client does not speak TLS (tls.RecordHeaderError).
func isPlain(handshakeError string) bool {
	return strings.Contains(handshakeError, "does not look like a TLS handshake")
}
