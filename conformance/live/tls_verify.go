package live

import (
	"context"
	"strings"

	"github.com/onsi/gomega"

	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
)

var tlsVerify = []*Case{{
	ID: "LIVE-TLS-03", Requirement: "tls-verify", Title: "The service's own certificate is accepted",
	Level: Token, View: Inside, Run: ownCertificateIsAccepted,
}}

// badCertificates come after all others: a proxy that refuses a certificate may take the service for dead, and send it nothing for a while
// (NGINX's fail_timeout, 10 seconds, where a pool has several members).
var badCertificates = []*Case{
	{
		ID: "LIVE-TLS-04", Requirement: "tls-verify", Title: "A certificate of an unknown authority is refused", Needs: []string{"LIVE-TLS-03"},
		Level: Token, View: Inside, Run: nothingArrives("of an unknown authority", func(k *fakesignalr.Knobs) { k.Rogue = true }),
	},
	{
		ID: "LIVE-TLS-05", Requirement: "tls-verify", Title: "A certificate for another name is refused", Needs: []string{"LIVE-TLS-03"},
		Level: Token, View: Inside, Run: nothingArrives("for another name", func(k *fakesignalr.Knobs) { k.Misname = true }),
	},
}

// ownCertificateIsAccepted finds a proxy that checks for another name than that of the service whose name it sends as SNI.
func ownCertificateIsAccepted(ctx context.Context, g gomega.Gomega, t *Target) {
	for _, h := range t.sweep(ctx).handshakes {
		service := t.serviceHost(h.Instance)
		if isPlain(h.Error) || sharesNoCipher(h.Error) || hostName(h.SNI) != service {
			continue
		}
		g.Expect(h.Error).To(gomega.BeEmpty(), "expected the proxy to accept the certificate of %s, seen it refuse (it is checked for another name, or the authority is not trusted): %s", service, h.Error)
	}
	t.leaveUnseen(ctx)
	for _, p := range t.sweep(ctx).passages {
		if p.arrived() && p.records[0].TLS {
			return
		}
	}
	t.leaveUnknown(ctx)
	t.leave("no request goes to the service over TLS")
}

// sharesNoCipher recognizes the words with which crypto/tls turns away a client before it shows a certificate.
func sharesNoCipher(handshakeError string) bool {
	return strings.Contains(handshakeError, "no cipher suite supported")
}

// nothingArrives shows the proxy a bad certificate.
func nothingArrives(which string, knobs func(*fakesignalr.Knobs)) func(context.Context, gomega.Gomega, *Target) {
	return func(ctx context.Context, g gomega.Gomega, t *Target) {
		t.shared.spoiled = true
		old := t.cluster.Knobs()
		sessions := t.sessionsForAll(ctx)
		t.must(t.cluster.Turn(knobs))
		defer func() { _ = t.cluster.Turn(func(k *fakesignalr.Knobs) { *k = old }) }() // the old knobs were good
		after := t.passAll(ctx, sessions)
		for _, p := range after {
			over := p.arrived() && p.records[0].TLS
			g.Expect(over).To(gomega.BeFalse(), "expected nothing to arrive while the service shows a certificate %s, seen the %s arrive", which, p.kind)
		}
		for _, p := range after {
			if why := unknown(p.exchange); why != "" {
				t.leave("%s", why)
			}
		}
	}
}
