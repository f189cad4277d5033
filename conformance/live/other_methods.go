package live

import (
	"context"
	"net"
	"net/http"
	"strconv"

	"github.com/onsi/gomega"
)

// otherMethods are about methods that no client uses. The service itself refuses them.
var otherMethods = []*Case{
	{
		ID: "LIVE-EXP-06", Requirement: "exposure", Title: "The proxy opens no tunnel for CONNECT",
		Level: Open, Run: noTunnel,
	},
	{
		ID: "LIVE-EXP-07", Requirement: "exposure", Title: "PUT is refused",
		Level: Open, Advises: true, Run: putIsRefused,
	},
}

// noTunnel asks for a tunnel to the proxy itself: whoever grants that grants one to anywhere (RFC 9110 section 9.3.6).
func noTunnel(ctx context.Context, g gomega.Gomega, t *Target) {
	s, err := t.session()
	t.must(err)
	r := s.PollRequest("none", 0)
	r.Method, r.Target = http.MethodConnect, net.JoinHostPort(t.endpoint.Host, strconv.Itoa(t.endpoint.Port))
	r.Set("Host", r.Target)
	x, err := s.Do(ctx, "connect tunnel", r)
	t.leaveWhereUnknown(x)
	g.Expect(x.Status()/100).NotTo(gomega.Equal(2), "expected CONNECT to be refused, seen %s: the proxy opens tunnels for strangers", t.seen(x, err))
}

func putIsRefused(ctx context.Context, g gomega.Gomega, t *Target) {
	s, err := t.session()
	t.must(err)
	r := s.PollRequest("none", 0)
	r.Method = http.MethodPut
	x, err := s.Do(ctx, "put", r)
	t.leaveWhereUnknown(x)
	g.Expect(x.Status()/100).NotTo(gomega.Equal(2), "expected PUT to be refused as the service does, seen %s", t.seen(x, err))
}
