package live

import (
	"context"
	"net/http"
	"strings"

	"github.com/onsi/gomega"

	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
)

var healthProbe = []*Case{{
	ID: "LIVE-HLT-01", Requirement: "health-probe", Title: "The gateway's own health probes find the service well",
	Level: Token, View: Prober, Alone: true, Run: probesFindTheServiceWell,
}}

// probesFindTheServiceWell sends the health probes of all upstreams that requests are sent to. Nothing is forgiven them: a service answers 200 to
// the health path with its own Host, and to nothing else that is asked without a token.
func probesFindTheServiceWell(ctx context.Context, g gomega.Gomega, t *Target) {
	t.sweep(ctx)
	old := t.cluster.Knobs()
	t.must(t.cluster.Turn(func(k *fakesignalr.Knobs) { k.ForgiveHost, k.ForgivePath = false, false }))
	defer func() { _ = t.cluster.Turn(func(k *fakesignalr.Knobs) { *k = old }) }() // the old knobs were good
	asked, open := 0, ""
	for _, c := range t.proxy.Checkups() {
		if !t.isService(c.Address) {
			continue
		}
		asked++
		status, unknown, err := t.proxy.CheckUp(ctx, c)
		if unknown != "" {
			open = unknown
			continue
		}
		expected := "expected the health probe, GET " + c.URL() + " with Host " + c.Probe.Host.Text() + ", "
		if !c.Probe.UsesUnhealthy { // that product leaves both free
			g.Expect(c.Probe.Scheme.Text()).To(gomega.Equal(c.Scheme), expected+"to ask over %s, as requests travel, seen %s", c.Scheme, c.Probe.Scheme.Text())
		}
		g.Expect(err).NotTo(gomega.HaveOccurred(), expected+"to be answered, seen no answer (%v)", err)
		g.Expect(status).To(gomega.Equal(http.StatusOK), expected+"to find the service's health, which is told with 200, seen %d", status)
		taken, sound := c.Probe.Takes(http.StatusOK)
		switch body := c.Probe.Body; {
		case c.Probe.Statuses.IsUnknown() || !sound:
			open = "which statuses the health probe takes for healthy is not known"
		case taken && body.IsSet():
			open = "what the service's answer to a health probe holds is not documented"
		}
		g.Expect(taken || open != "").To(gomega.BeTrue(), expected+"to take 200 for healthy, seen it take %s", c.Probe.Statuses.Text())
	}
	switch {
	case open != "":
		t.leave("%s", strings.TrimSpace(open))
	case asked == 0:
		t.leaveUnknown(ctx)
		t.leave("no request goes to a service, so that the gateway probes none")
	}
}
