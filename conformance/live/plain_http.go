package live

import (
	"context"
	"net"
	"strconv"
	"strings"

	"github.com/onsi/gomega"

	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

var plainHTTP = []*Case{{
	ID: "LIVE-CTLS-02", Requirement: "client-tls", Title: "Plain HTTP does not lead to the service",
	Level: Open, Advises: true, Run: plainHTTPIsClosed,
}}

// plainAddress is where plain HTTP may be spoken beside a client endpoint: port 80 of the same host. Empty where there is none to ask.
func (t *Target) plainAddress() string {
	if t.plain != "" || t.proxy != nil || t.endpoint.Scheme != "https" || t.endpoint.Port != 443 {
		return t.plain
	}
	host := t.endpoint.Host
	if h, _, err := net.SplitHostPort(t.door.address); err == nil {
		host = h
	}
	return net.JoinHostPort(host, strconv.Itoa(80))
}

// plainHTTPIsClosed sends nothing secret. A redirect to HTTPS is no harm: clients are not sent to plain HTTP.
func plainHTTPIsClosed(ctx context.Context, g gomega.Gomega, t *Target) {
	address := t.plainAddress()
	if address == "" {
		return
	}
	s, err := t.session()
	t.must(err)
	client, err := signalrclient.New("http://" + t.endpoint.Host + t.endpoint.Path)
	t.must(err)
	client.Address, client.Query, client.Extra, client.Observe = address, s.Query, s.Extra, s.Observe
	ctx, cancel := context.WithTimeout(ctx, passLimit)
	defer cancel()
	x, err := client.Do(ctx, "negotiate over plain HTTP", client.NegotiateRequest())
	if err != nil || x.Response == nil {
		return
	}
	reached := x.Status() == 401 && strings.HasPrefix(x.Response.Header.Get("WWW-Authenticate"), "Bearer")
	g.Expect(reached).To(gomega.BeFalse(), "expected negotiate over plain HTTP to be redirected or refused, seen the service answer: a client that is sent there shows its token to everybody on the way")
}
