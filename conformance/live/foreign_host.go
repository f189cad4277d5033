package live

import (
	"context"

	"github.com/onsi/gomega"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

var foreignHost = []*Case{
	{
		ID: "LIVE-HOST-03", Requirement: "host-override", Title: "Headers of a client have no say in the Host",
		Level: Token, View: Closer, Run: clientsDoNotChooseTheHost,
	},
	{
		ID: "LIVE-HOST-04", Requirement: "host-override", Title: "A Host or TLS server name that is not the proxy's does not reach the service",
		Level: Token, View: Closer, Run: foreignHostStaysOut,
	},
}

// elsewhere is a tenant of the service that nobody has.
const elsewhere = "nobody-else.service.signalr.net"

// namingHeaders are those by which proxies tell each other which Host a client asked for.
var namingHeaders = []string{"X-Forwarded-Host", "X-Original-Host", "X-Host", "X-Forwarded-Server"}

func clientsDoNotChooseTheHost(ctx context.Context, g gomega.Gomega, t *Target) {
	s, err := t.session()
	t.must(err)
	for _, name := range namingHeaders {
		s.Extra = append(s.Extra, signalrclient.Field{Name: name, Value: elsewhere})
	}
	s.Extra = append(s.Extra, signalrclient.Field{Name: "Forwarded", Value: "host=" + elsewhere})
	t.neverNamed(ctx, g, s, "negotiate with "+elsewhere+" in X-Forwarded-Host and its like")
}

// foreignHostStaysOut does not ask who answers: a proxy may serve any name, as long as it sends the service its own.
func foreignHostStaysOut(ctx context.Context, g gomega.Gomega, t *Target) {
	s, err := t.session()
	t.must(err)
	s.Shape = func(r *signalrclient.Request) { r.Set("Host", elsewhere) }
	t.neverNamed(ctx, g, s, "negotiate with the Host "+elsewhere)
	if !t.door.tls {
		return
	}
	s, err = t.session()
	t.must(err)
	s.Shape = func(r *signalrclient.Request) { r.Set("Host", elsewhere) }
	s.ServerName, s.Insecure = elsewhere, true // no proxy has a certificate for that name
	t.neverNamed(ctx, g, s, "negotiate with the Host and the TLS server name "+elsewhere)
}

// neverNamed demands that what arrives of a negotiate does not name another tenant.
func (t *Target) neverNamed(ctx context.Context, g gomega.Gomega, s *session, what string) {
	p := s.pass(ctx, conformance.Negotiate)
	t.leaveWhereUnknown(p.exchange)
	for _, r := range p.records {
		g.Expect(r.Hosts).NotTo(gomega.ContainElement(elsewhere), "expected %s to arrive with the Host %s, or not at all, seen %q", what, t.serviceOf(&r), r.Hosts)
	}
}

// leaveWhereUnknown leaves the case when the reference proxy does not know what the gateway does with a request.
func (t *Target) leaveWhereUnknown(x *signalrclient.Exchange) {
	if why := unknown(x); why != "" {
		t.leave("%s", why)
	}
}
