package live

import (
	"context"
	"net/http"
	"strings"

	"github.com/onsi/gomega"

	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

var connectionKnown = []*Case{{
	ID: "LIVE-AFF-06", Requirement: "affinity", Title: "A connection is known where it connects", Needs: []string{caseNegotiate},
	Level: Token, View: Outside, Run: connectionsAreKnown,
}}

// strangerAnswer is what an instance says of a connection that another one gave (ASP.NET Core HttpConnectionDispatcher; troubleshooting guide, "404").
const strangerAnswer = "No Connection with that ID"

// unknownThere reports whether the service does not know a connection.
func unknownThere(x *signalrclient.Exchange) bool {
	return x.Status() == http.StatusNotFound && strings.Contains(string(x.Response.Body), strangerAnswer)
}

// knownSamples are connections; two instances picked by chance agree on all of them once in 2^12 runs.
const knownSamples = 12

// connectionsAreKnown goes by what the service says of ids that it gave itself a moment ago. That all are known is no proof: clients at other
// addresses may be led elsewhere.
func connectionsAreKnown(ctx context.Context, g gomega.Gomega, t *Target) {
	for n := range knownSamples {
		s, err := t.negotiated(ctx)
		if x := exchangeOf(err); err != nil {
			t.leave("negotiate fails (%s), which is told elsewhere", t.seen(x, err))
		}
		s = s.from(n, n)
		request := s.PollRequest(s.id, 0)
		if t.shared.lacks("LongPolling") {
			request = s.WebSocketRequest(s.id, nonce, "")
		}
		x, err := s.Do(ctx, "connect", request)
		g.Expect(unknownThere(x)).To(gomega.BeFalse(), "expected each connection to be known where it connects, seen the service say %q of the id that it gave a moment before", strangerAnswer)
		if x.Status() != http.StatusOK && x.Status() != http.StatusSwitchingProtocols {
			t.leave("connections are not made (%s), which is told elsewhere", t.seen(x, err))
		}
	}
	t.leave("all of %d connections are known where they connect; whether that is so from every address can only be seen where the fake service stands behind the proxy", knownSamples)
}
