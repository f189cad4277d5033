package live

import (
	"context"

	"github.com/onsi/gomega"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

var severalServices = []*Case{
	{
		ID: "LIVE-CEP-01", Requirement: "client-endpoint", Title: "The app server sends clients to this client endpoint",
		Level: Hub, Run: hubSendsHere,
	},
	{
		ID: "LIVE-CEP-02", Requirement: "client-endpoint", Title: "A token reaches the service that issued it",
		Level: Token, View: Closer, Advises: true, Run: tokensReachTheirService,
	},
}

// tokenSamples are connections for each service.
const tokenSamples = 6

// tokensReachTheirService takes instances of one name for replicas, which accept each other's tokens.
func tokensReachTheirService(ctx context.Context, g gomega.Gomega, t *Target) {
	asked := map[string]bool{}
	for _, seat := range t.cluster.Seats() {
		if asked[seat.Host] {
			continue
		}
		asked[seat.Host] = true
		token, err := signalrclient.Access{Host: seat.Host, Hub: t.hubName(), Key: seat.Keys[0]}.Mint()
		t.must(err)
		for range tokenSamples {
			s, err := t.session()
			t.must(err)
			s.Token = token
			for _, r := range s.pass(ctx, conformance.Negotiate).records {
				got := t.serviceOf(&r)
				g.Expect(got).To(gomega.Equal(seat.Host), "expected a token that %s issued to reach it, seen it at %s, unless they are replicas of one resource", seat.Host, got)
			}
		}
	}
}

func byRequestID(id string) fakesignalr.Filter { return fakesignalr.Filter{RequestID: id} }
