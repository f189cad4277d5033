package live

import (
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/onsi/gomega"

	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

var privateAccess = []*Case{{
	ID: "LIVE-PRIV-01", Requirement: "private-access", Title: "The service refuses who comes around the proxy",
	Level: Direct, Run: serviceIsShut,
}}

// AskDirectly tells the target the service's own host, which is asked past the proxy: where its name leads, or at an address (host:port).
// roots are the authorities of its certificate; nil for the system's.
func (t *Target) AskDirectly(host, address string, roots *x509.CertPool) error {
	client, err := signalrclient.New("https://" + host + "/")
	if err != nil {
		return fmt.Errorf("read the service's host: %w", err)
	}
	client.Address, client.Roots = address, roots
	t.direct = client
	return nil
}

// serviceIsShut asks what anybody may ask: the service answers 400 to GET /client/ as long as it can be reached, and 403, as a page of nginx, once
// its network rules refuse the caller (learn.microsoft.com, "How to use Azure SignalR Service with Azure Application Gateway"; azure-signalr#1704).
func serviceIsShut(ctx context.Context, g gomega.Gomega, t *Target) {
	host := t.direct.Endpoint().Hostname()
	t.leaveInside(ctx, host)
	ctx, cancel := context.WithTimeout(ctx, passLimit)
	defer cancel()
	request := t.direct.PollRequest("", 0)
	request.Target = t.direct.Path()
	x, err := t.direct.Do(ctx, "ask the service itself", request)
	t.scope.log.add(witnessed{Exchange: (&session{Client: t.direct, t: t}).told("ask the service itself", x)}, x)
	if x == nil || x.Response == nil {
		t.leave("%s cannot be reached from here%s, which is no proof that nobody can", host, cause(err))
	}
	body, challenge := string(x.Response.Body), x.Response.Header.Get("WWW-Authenticate")
	reached := x.Status() == http.StatusBadRequest && strings.Contains(body, "'hub' query parameter") || x.Status() == http.StatusUnauthorized && strings.HasPrefix(challenge, "Bearer")
	g.Expect(reached).To(gomega.BeFalse(), "expected %s to refuse who comes around the proxy with 403, seen it answer with %d, as it does to everybody who reaches it", host, x.Status())
	if x.Status() != http.StatusForbidden || !strings.Contains(body, "nginx") {
		t.leave("%s is answered with %d, which is neither what the service says (400) nor how its network rules refuse (403, as a page of nginx)", host, x.Status())
	}
}

// leaveInside leaves the case on a machine that reaches the service by a private endpoint, as it may.
func (t *Target) leaveInside(ctx context.Context, host string) {
	if t.direct.Address != "" {
		return
	}
	addresses, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		t.leave("%s cannot be found from here (%v)", host, err)
	}
	for _, a := range addresses {
		if a = a.Unmap(); a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
			t.leave("%s leads to %s here, a private address: whether it is closed to the public can only be seen from outside", host, a)
		}
	}
}
