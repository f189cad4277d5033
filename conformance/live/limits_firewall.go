package live

import (
	"context"
	"net/http"
	"strings"

	"github.com/onsi/gomega"

	"github.com/asrscheck/asrscheck/conformance/refproxy"
)

var firewall = []*Case{
	{
		ID: "LIVE-WAF-01", Requirement: "limits", Title: "No firewall turns away what clients send",
		Level: Token, View: Closer, Run: firewallLetsPass,
	},
}

func firewallLetsPass(ctx context.Context, g gomega.Gomega, t *Target) {
	inspected := ""
	for _, p := range t.sweep(ctx).passages {
		if p.exchange == nil || p.exchange.Response == nil {
			continue
		}
		h := p.exchange.Response.Header
		g.Expect(p.arrived() || !blocked(p.exchange.Status(), h)).To(gomega.BeTrue(),
			"expected the %s to pass, seen a firewall that turns it away (%s)", p.kind, t.seen(p.exchange, p.err))
		if what := h.Get(refproxy.UninspectedHeader); what != "" {
			inspected = what
		}
	}
	t.leaveUnknown(ctx)
	if inspected != "" {
		t.leave("requests pass %s, which the twin does not stand for", inspected)
	}
}

// blocked reports whether a firewall answered: the reference proxy says so; Azure's answer 403 under a name of their own ("Application
// Gateway: HTTP response codes", "Azure Front Door: protocol support for HTTP headers").
func blocked(status int, h http.Header) bool {
	azure := strings.HasPrefix(h.Get("Server"), "Microsoft-Azure-Application-Gateway") || h.Get("X-Azure-Ref") != ""
	return h.Get(refproxy.BlockedHeader) != "" || status == http.StatusForbidden && azure
}
