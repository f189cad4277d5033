package live

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/onsi/gomega"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

var negotiateAnswers = []*Case{
	{
		ID: "LIVE-NEG-06", Requirement: "negotiate", Title: "A client that asks for no version is answered in version 0", Needs: []string{caseNegotiate},
		Level: Token, Run: oldClientIsAnswered,
	},
	{
		ID: "LIVE-NEG-07", Requirement: "negotiate", Title: "A POST without body arrives with its length", Needs: []string{caseNegotiate},
		Level: Token, View: Closer, Advises: true, Run: lengthArrives,
	},
	{
		ID: "LIVE-NEG-08", Requirement: "negotiate", Title: "GET negotiate is not answered by a page",
		Level: Open, Advises: true, Run: noPageForGet,
	},
	{
		ID: "LIVE-NEG-09", Requirement: "negotiate", Title: "Nothing holds negotiate up for seconds", Needs: []string{caseNegotiate},
		Level: Token, Labels: []string{Timing}, Run: negotiateIsQuick,
	},
	{
		ID: "LIVE-NEG-10", Requirement: "negotiate", Title: "What the service refuses comes back as refused", Needs: []string{caseNegotiate},
		Level: Token, View: Closer, Run: refusalsComeBack,
	},
	{
		ID: "LIVE-NEG-11", Requirement: "negotiate", Title: "Headers that clients send arrive", Needs: []string{caseNegotiate},
		Level: Token, View: Closer, Advises: true, Run: headersArrive,
	},
}

// oldClientIsAnswered is for clients that do not know connection tokens: they would take the wrong id from an answer of version 1
// (TransportProtocols.md, "POST [endpoint-base]/negotiate").
func oldClientIsAnswered(ctx context.Context, g gomega.Gomega, t *Target) {
	s, err := t.session()
	t.must(err)
	s.VersionZero = true
	s.Query = strings.Replace(s.Query, "&negotiateVersion=1", "", 1)
	n, err := s.Negotiate(ctx)
	if x := exchangeOf(err); err != nil {
		t.leaveWhereUnknown(x)
		t.remark("negotiate without negotiateVersion, as clients before version 3 send it, is turned away (%s)", t.seen(x, err))
		return
	}
	g.Expect(n.Version == 0 && n.ConnectionToken == "").To(gomega.BeTrue(), "expected negotiate without negotiateVersion to be answered in version 0, seen version %d", n.Version)
}

func lengthArrives(ctx context.Context, g gomega.Gomega, t *Target) {
	s, err := t.session()
	t.must(err)
	p := s.pass(ctx, conformance.Negotiate)
	t.lengthSeen(g, p.records, "HTTP/1.1")
	if s, err = t.session(); err == nil {
		if _, spoken := s.negotiateOverHTTP2(ctx); spoken {
			t.lengthSeen(g, s.records(), "HTTP/2")
		}
	}
}

// lengthSeen does not hold for a failure that HTTP/1.1 knows no length (RFC 9112 section 6.3), but servers answer 411 (aspnetcore#60733).
func (t *Target) lengthSeen(g gomega.Gomega, records []fakesignalr.Record, spoken string) {
	for _, r := range records {
		g.Expect(r.HasNote(fakesignalr.NoteWithoutLength)).To(gomega.BeFalse(), "expected negotiate over %s to arrive with Content-Length: 0, seen it without, which servers answer with 411", spoken)
	}
}

// noPageForGet is about a request that clients never send, but that tells where a page of the app would stand in for the service.
func noPageForGet(ctx context.Context, g gomega.Gomega, t *Target) {
	s, err := t.session()
	t.must(err)
	request := s.NegotiateRequest()
	request.Method = http.MethodGet
	request.Remove("Content-Length")
	request.Remove("Authorization")
	x, err := s.Do(ctx, "GET negotiate", request)
	if err != nil || x.Response == nil {
		return
	}
	t.leaveWhereUnknown(x)
	html := strings.HasPrefix(x.Response.Header.Get("Content-Type"), "text/html")
	g.Expect(x.Status() == http.StatusOK && html).To(gomega.BeFalse(), "expected GET negotiate to be refused, seen a page with status 200")
}

// The service forgets a connection that nobody connects to within 5 seconds (troubleshooting guide, "404"); a second is what users wait for.
const (
	connectWindow   = 5 * time.Second
	negotiateRounds = 2
)

// negotiateIsQuick goes by the quickest of several, so that a busy machine does not count.
func negotiateIsQuick(ctx context.Context, g gomega.Gomega, t *Target) {
	quickest := time.Hour
	for range negotiateRounds {
		s, err := t.session()
		t.must(err)
		x, err := s.Do(ctx, "negotiate", s.NegotiateRequest())
		t.excuse(s, "negotiate", x)
		if err != nil {
			t.leave("negotiate fails (%s), which is told elsewhere", t.seen(x, err))
		}
		quickest = min(quickest, x.Ended.Sub(x.Sent))
	}
	limit := t.patience(connectWindow)
	g.Expect(quickest).To(gomega.BeNumerically("<", limit), "expected negotiate to take less than %s, after which the service forgets the connection, seen %s", t.asModel(limit), t.asModel(quickest))
}

// busyMachine is how long anything may take in a twin, whose clocks run faster than the machine it runs on.
const busyMachine = time.Second

// patience is a time of the model as it passes here, and no less than a busy machine needs.
func (t *Target) patience(d time.Duration) time.Duration {
	d = time.Duration(float64(d) / t.speed)
	if t.proxy != nil {
		d = max(d, busyMachine)
	}
	return d
}

// refusalsComeBack takes another page with an error's status for harmless: clients go by the status.
func refusalsComeBack(ctx context.Context, g gomega.Gomega, t *Target) {
	for _, status := range conformance.Refusals {
		if status == http.StatusUnauthorized {
			continue // asked for below
		}
		x, err := t.refused(ctx, status)
		t.leaveWhereUnknown(x)
		if x.Status() >= 400 && x.Status() != status {
			t.remark("the service's %d reaches clients as %d", status, x.Status())
		}
		g.Expect(x.Status()).To(gomega.BeNumerically(">=", 400), "expected the service's %d to come back, seen %s", status, t.seen(x, err))
	}
	t.challengeComesBack(ctx, g)
}

// challengeComesBack asks without a token: pages for who is not signed in stand in for the service's 401, and clients that are told how it
// wants a token (RFC 9110 section 11.6.1) know that the token is what is wrong.
func (t *Target) challengeComesBack(ctx context.Context, g gomega.Gomega) {
	s, err := t.session()
	t.must(err)
	s.Token = ""
	x, err := s.Do(ctx, "negotiate without a token", s.NegotiateRequest())
	t.leaveWhereUnknown(x)
	if !slices.ContainsFunc(s.records(), func(r fakesignalr.Record) bool { return r.Status == http.StatusUnauthorized }) {
		return // turned away before, as it may be
	}
	g.Expect(x.Status()).To(gomega.BeNumerically(">=", 400), "expected the service's 401 to come back, seen %s", t.seen(x, err))
	switch challenge := x.Response.Header.Get("WWW-Authenticate"); {
	case x.Status() != http.StatusUnauthorized:
		t.remark("the service's 401 reaches clients as %d", x.Status())
	case !strings.Contains(challenge, "Bearer"):
		t.remark("the service's 401 reaches clients without its WWW-Authenticate header")
	}
}

// refused has the service refuse one negotiate.
func (t *Target) refused(ctx context.Context, status int) (*signalrclient.Exchange, error) {
	s, err := t.session()
	t.must(err)
	defer t.turn(func(k *fakesignalr.Knobs) { k.Answer = status })()
	x, err := s.Do(ctx, "negotiate", s.NegotiateRequest())
	if !slices.ContainsFunc(s.records(), func(r fakesignalr.Record) bool { return r.Status == status }) {
		t.leaveWhereUnknown(x)
		t.leave("negotiate does not get through (%s), which is told elsewhere", t.seen(x, err))
	}
	return x, err
}

// turn turns knobs of the service until back is called.
func (t *Target) turn(change func(*fakesignalr.Knobs)) (back func()) {
	old := t.cluster.Knobs()
	t.must(t.cluster.Turn(change))
	return func() { _ = t.cluster.Turn(func(k *fakesignalr.Knobs) { *k = old }) } // the old knobs were good
}

// appHeader is one that an app has its clients add; the service forwards it to the hub server.
const appHeader = "X-App"

func headersArrive(ctx context.Context, g gomega.Gomega, t *Target) {
	s, err := t.session()
	t.must(err)
	s.Extra = append(s.Extra, signalrclient.Field{Name: appHeader, Value: "tenant-1"})
	p := s.pass(ctx, conformance.Negotiate)
	for _, r := range p.records {
		for _, name := range []string{"X-Requested-With", "X-SignalR-User-Agent", appHeader} {
			g.Expect(r.Values(name)).NotTo(gomega.BeEmpty(), "expected the header %s of negotiate to arrive, seen none", name)
		}
	}
}
