package live

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/onsi/gomega"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

var exposure = []*Case{
	{
		ID: "LIVE-EXP-01", Requirement: "exposure", Title: "Requests for inner parts of the service do not arrive",
		Level: Token, View: Inside, Run: innerPartsStayClosed,
	},
	{
		ID: "LIVE-EXP-02", Requirement: "exposure", Title: "The service does not ask for a token at inner paths",
		Level: Open, View: Outside, Run: nobodyAsksForToken,
	},
}

// innerPartsStayClosed takes a path that arrives in disguise for harmless: whether the service resolves it is not documented.
func innerPartsStayClosed(ctx context.Context, g gomega.Gomega, t *Target) {
	t.arrived(ctx)
	lost := ""
	for _, p := range t.intrudeAll(ctx) {
		lost = cmp.Or(unknown(p.exchange), lost)
		for _, r := range p.records {
			g.Expect(conformance.ExposureOf(r.Target)).NotTo(gomega.Equal(conformance.InnerPart), "expected %s not to reach the service, seen it arrive as %s", p.kind, r.Target)
			g.Expect(slices.ContainsFunc(r.Header, isSplit)).To(gomega.BeFalse(), "expected the line break in %s not to end a line of what the service is sent, seen the service read the rest as %s", p.kind, conformance.SplitField)
		}
	}
	if lost != "" {
		t.leave("%s", lost)
	}
}

func isSplit(f fakesignalr.Field) bool { return strings.EqualFold(f.Name, conformance.SplitField) }

// intrudeAll tries every intrusion. That one fails is what is hoped for.
func (t *Target) intrudeAll(ctx context.Context) []passage {
	plain, disguised := conformance.Intrusions(t.endpoint)
	out := make([]passage, len(plain)+len(disguised))
	var all sync.WaitGroup
	for i, p := range append(plain, disguised...) {
		s, err := t.session()
		t.must(err)
		out[i] = passage{kind: p.Kind, sent: p.Request.Target}
		all.Go(func() {
			out[i].exchange, out[i].err = s.Do(ctx, string(p.Kind), s.intrude(p))
			out[i].records = s.records()
		})
	}
	all.Wait()
	return out
}

// intrude is an intrusion as a request of the session's client.
func (s *session) intrude(p conformance.Probe) signalrclient.Request {
	r := signalrclient.Request{Method: p.Request.Method, Target: p.Request.Target, Header: []signalrclient.Field{{Name: "Host", Value: s.Host()}}}
	for _, f := range p.Request.Header {
		r.Header = append(r.Header, signalrclient.Field{Name: f.Name, Value: f.Value})
	}
	r.Header = append(r.Header, s.Extra...)
	return r
}

// nobodyAsksForToken uses that the service answers its REST interface with 401 and WWW-Authenticate: Bearer to those who bring no token
// (azure-signalr#883).
func nobodyAsksForToken(ctx context.Context, g gomega.Gomega, t *Target) {
	plain, _ := conformance.Intrusions(t.endpoint)
	for _, p := range plain {
		s, err := t.session()
		t.must(err)
		x, err := s.Do(ctx, string(p.Kind), s.intrude(p))
		if err != nil || x.Response == nil {
			t.leave("%s is not answered: %v", p.Kind, err)
		}
		asks := x.Status() == 401 && strings.HasPrefix(x.Response.Header.Get("WWW-Authenticate"), "Bearer")
		g.Expect(asks).To(gomega.BeFalse(), "expected %s to be answered by the proxy, seen the service ask for a token", p.Kind)
	}
}
