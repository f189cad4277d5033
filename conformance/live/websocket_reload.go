package live

import (
	"context"
	"time"

	"github.com/onsi/gomega"

	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

var websocketReload = []*Case{{
	ID: "LIVE-WS-11", Requirement: "websocket", Title: "A WebSocket outlives a reload of the proxy's configuration", Needs: []string{caseWebSocket},
	Level: Reload, Labels: []string{Slow}, Alone: true, Advises: true, Run: reloadIsSurvived,
}}

// ReloadBy tells the target how to have the proxy load its configuration again.
func (t *Target) ReloadBy(reload func(context.Context) error) { t.reload = reload }

// reloadLimit bounds a reload itself.
const reloadLimit = 30 * time.Second

// reloadIsSurvived watches for two pings: proxies that wind up old connections after a reload give them some seconds. Clients come back, but all at
// once, and only those that reconnect.
func reloadIsSurvived(ctx context.Context, g gomega.Gomega, t *Target) {
	h, served := openWebSocket(ctx, g, t, signalrclient.Browser)
	if !served {
		t.leave("no app server is connected to the service, so that it sends no pings")
	}
	defer socketOf(h).Cut()
	limited, cancel := context.WithTimeout(ctx, reloadLimit)
	defer cancel()
	if err := t.reload(limited); err != nil {
		t.leave("the reload fails: %v", err)
	}
	begin := time.Now()
	for range 2 {
		_, err := h.AwaitPing(ctx)
		g.Expect(err).NotTo(gomega.HaveOccurred(), "expected an open WebSocket to outlive a reload of the proxy, seen it end %s later (%v)", t.asModel(time.Since(begin)), err)
	}
}
