package live

import (
	"context"
	"net/http"
	"strings"

	"github.com/onsi/gomega"

	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

const caseHostOutside = "LIVE-HOST-02"

// hostFromOutside judges whose Host requests are sent with where the service cannot be seen: a request that the service answers for itself only
// where a client names the service is one that goes with the Host that clients name. What the service says to another Host is not documented, and
// not needed for that.
var hostFromOutside = []*Case{
	{
		ID: "LIVE-HOST-05", Requirement: "host-override", Title: "The service answers for itself when a WebSocket is asked for, too", Needs: []string{caseHostOutside},
		Level: Token, View: Outside, Run: upgradesAreForTheService,
	},
	{
		ID: "LIVE-HOST-06", Requirement: "host-override", Title: "A Host that is not the proxy's is not passed on", Needs: []string{caseHostOutside},
		Level: Token, View: Outside, Advises: true, Run: foreignHostIsNotPassedOn,
	},
	{
		ID: "LIVE-HOST-07", Requirement: "host-override", Title: "The service answers for itself whatever headers name another", Needs: []string{caseHostOutside},
		Level: Token, View: Outside, Run: namingHeadersAreNotBelieved,
	},
}

func upgradesAreForTheService(ctx context.Context, g gomega.Gomega, t *Target) {
	own, seen := t.asksForHub(ctx, upgrade)
	if own {
		return
	}
	named, _ := t.asksForHub(ctx, upgrade, naming(t.service))
	if !named {
		t.leave("an upgrade of GET /client/ is not answered by the service (%s), so that the Host that it was sent cannot be told; what that does to clients is told under websocket", seen)
	}
	own, _ = t.asksForHub(ctx, upgrade) // once more: no hiccup may count
	g.Expect(own).To(gomega.BeTrue(), "expected an upgrade of GET /client/ to be answered by the service as the GET itself is, seen %s, and its answer only once the client names %s as Host", seen, t.service)
}

// foreignHostIsNotPassedOn only advises: the proxy may be meant to serve the service's own name as well.
func foreignHostIsNotPassedOn(ctx context.Context, g gomega.Gomega, t *Target) {
	t.neverBelieved(ctx, g, "the Host", naming)
	if t.door.tls {
		t.neverBelieved(ctx, g, "the Host and the TLS server name", func(host string) shape {
			return func(s *session, r *signalrclient.Request) {
				naming(host)(s, r)
				s.ServerName, s.Insecure = host, true // no proxy has a certificate for that name
			}
		})
	}
}

func namingHeadersAreNotBelieved(ctx context.Context, g gomega.Gomega, t *Target) {
	t.neverBelieved(ctx, g, "X-Forwarded-Host and its like", func(host string) shape {
		return func(_ *session, r *signalrclient.Request) {
			for _, name := range namingHeaders {
				r.Set(name, host)
			}
			r.Set("Forwarded", "host="+host)
		}
	})
}

// neverBelieved demands that the service's answer does not hang on whether a client names it or another tenant.
func (t *Target) neverBelieved(ctx context.Context, g gomega.Gomega, where string, name func(host string) shape) {
	if own, _ := t.asksForHub(ctx, name(elsewhere)); own {
		return
	}
	if named, _ := t.asksForHub(ctx, name(t.service)); !named {
		return
	}
	own, seen := t.asksForHub(ctx, name(elsewhere)) // once more: no hiccup may count
	g.Expect(own).To(gomega.BeTrue(), "expected a client to have no say in the Host, seen the service answer where %s names it, and %s where another tenant is named", where, seen)
}

// shape changes a request before it is sent.
type shape func(*session, *signalrclient.Request)

func naming(host string) shape {
	return func(_ *session, r *signalrclient.Request) { r.Set("Host", host) }
}

func upgrade(s *session, r *signalrclient.Request) {
	target := r.Target
	*r = s.WebSocketRequest("none", nonce, "")
	r.Target = target
}

// asksForHub reports whether GET /client/ without a hub gets the answer that the service gives (see serviceAsksForHub), and what it gets.
func (t *Target) asksForHub(ctx context.Context, shapes ...shape) (own bool, seen string) {
	s, err := t.session()
	t.must(err)
	if t.service == "" {
		t.leave("the service's name is not known")
	}
	s.Query = ""
	request := s.PollRequest("", 0)
	request.Target = s.Path()
	for _, change := range shapes {
		change(s, &request)
	}
	x, err := s.Do(ctx, "ask without hub", request)
	own = x.Status() == http.StatusBadRequest && strings.Contains(string(x.Response.Body), hubIsAsked)
	return own, t.seen(x, err)
}
