package live

import (
	"context"
	"fmt"
	"strings"

	"github.com/onsi/gomega"

	"github.com/asrscheck/asrscheck/conformance"
)

var limitsBeyond = []*Case{
	{
		ID: "LIVE-LIM-04", Requirement: "limits", Title: "Request lines of 8000 bytes arrive",
		Level: Token, View: Closer, Advises: true, Run: longLinesArrive,
	},
	{
		ID: "LIVE-LIM-05", Requirement: "limits", Title: "A message of a megabyte arrives",
		Level: Token, View: Closer, Advises: true, Run: megabyteArrives,
	},
	{
		ID: "LIVE-LIM-06", Requirement: "limits", Title: "The longest access token arrives over HTTP/2 too", Needs: []string{caseNegotiate},
		Level: Token, Advises: true, Run: longTokenOverHTTP2,
	},
}

// longLine is what leaves room for an app's own parameters beside the longest token; the service takes 12 K.
const longLine = 8000

func longLinesArrive(ctx context.Context, g gomega.Gomega, t *Target) {
	s, err := t.session()
	t.must(err)
	around := len("POST  HTTP/1.1") + len(s.NegotiateTarget()) + len("&pad=")
	s.Query += "&pad=" + strings.Repeat("x", longLine-around)
	p := s.pass(ctx, conformance.Negotiate)
	if !p.arrived() && t.passageOf(ctx, conformance.Negotiate).arrived() {
		t.tooLong(g, p, fmt.Sprintf("a request line of %d bytes", longLine))
	}
}

// megabyte is just below what a hub can be told to accept at most in one request of the service.
const megabyte = 1<<20 - 1

func megabyteArrives(ctx context.Context, g gomega.Gomega, t *Target) {
	p := t.withBody(ctx, megabyte)
	if !p.arrived() && t.withBody(ctx, conformance.LongMessage).arrived() {
		t.tooLong(g, *p, fmt.Sprintf("a message of %d bytes, which hubs can be told to accept,", megabyte))
	}
}

func longTokenOverHTTP2(ctx context.Context, g gomega.Gomega, t *Target) {
	t.needsKey()
	s, err := t.session()
	t.must(err)
	status, spoken := s.negotiateOverHTTP2(ctx)
	if !spoken || status != 200 {
		return // told elsewhere
	}
	s, err = t.session()
	t.must(err)
	s.Token = t.tokens.long
	status, _ = s.negotiateOverHTTP2(ctx)
	g.Expect(status).To(gomega.Equal(200), "expected negotiate with an access token of %d characters to be answered over HTTP/2, seen %d", len(t.tokens.long), status)
}
