package live

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/onsi/gomega"

	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

// AskHub tells the target the URL of the app's hub, whose negotiate sends clients to the client endpoint.
func (t *Target) AskHub(hubURL string) error {
	client, err := signalrclient.New(strings.TrimSuffix(hubURL, "/"))
	if err != nil {
		return fmt.Errorf("read the hub's URL: %w", err)
	}
	t.hub = client
	return nil
}

// hubSendsHere judges the URL that clients are sent to (azure-signalr DefaultServiceEndpointGenerator.cs: the client endpoint as it is written,
// and client/?hub= right behind it).
func hubSendsHere(ctx context.Context, g gomega.Gomega, t *Target) {
	n, err := t.hub.NegotiateHub(ctx)
	if err != nil {
		t.leave("the hub does not send clients anywhere: %v", err)
	}
	to, err := url.Parse(n.URL)
	if err != nil || to.Host == "" {
		g.Expect(n.URL).To(gomega.ContainSubstring("https://"), "expected the hub to send clients to a URL, seen %q", n.URL)
	}
	want := t.endpoint.String() + "client/"
	got := to.Scheme + "://" + strings.TrimSuffix(strings.ToLower(to.Host), defaultPort[to.Scheme]) + to.EscapedPath()
	g.Expect(got).To(gomega.Equal(want), "expected the hub to send clients to %s, seen %s", want, got)
	hubs := to.Query()["hub"]
	g.Expect(hubs).To(gomega.HaveLen(1), "expected one hub in the query of the URL that clients are sent to, seen %d: the service answers 400", len(hubs))
	g.Expect(to.Scheme).To(gomega.Equal("https"), "expected clients to be sent to an https:// URL, seen %s", to.Scheme)
	if to.Query().Get("asrs_request_id") == "" {
		t.remark("the URL that clients are sent to holds no asrs_request_id: several services cannot be told apart by it")
	}
}

var defaultPort = map[string]string{"https": ":443", "http": ":80"}
