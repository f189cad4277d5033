package live

import (
	"context"

	"github.com/onsi/gomega"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

// longToken is the case that a transport works with the longest token too. Where it does not, the requirement is left open: whether
// an app issues such tokens is not known here.
func longToken(id, requirement, needs string, kind conformance.ProbeKind) *Case {
	return &Case{
		ID: id, Requirement: requirement, Title: "The longest access token does no harm", Needs: []string{needs}, Level: Token,
		Run: func(ctx context.Context, _ gomega.Gomega, t *Target) { longTokenPasses(ctx, t, kind) },
	}
}

func longTokenPasses(ctx context.Context, t *Target, kind conformance.ProbeKind) {
	t.needsKey()
	x, arrived, err := t.sendLongToken(ctx, kind)
	if !arrived && x.Status() == 0 { // a machine that is busy may lose one
		x, arrived, err = t.sendLongToken(ctx, kind)
	}
	if !arrived {
		t.leave("depends on the length of the access token: with one of %d characters, the longest that the SDK issues, the %s is turned away (%s)",
			conformance.MaxToken, kind, t.seen(x, err))
	}
}

func (t *Target) sendLongToken(ctx context.Context, kind conformance.ProbeKind) (*signalrclient.Exchange, bool, error) {
	s, err := t.negotiated(ctx)
	t.must(err)
	s.Token = t.tokens.long
	x, arrived, err := s.arrives(ctx, kind)
	t.excuse(s, string(kind), x)
	return x, arrived, err
}

// arrives sends one request and tells whether the service got it, as far as that can be seen.
func (s *session) arrives(ctx context.Context, kind conformance.ProbeKind) (*signalrclient.Exchange, bool, error) {
	if s.t.sees() {
		p := s.pass(ctx, kind)
		return p.exchange, p.arrived(), p.err
	}
	x, err := s.ask(ctx, kind)
	return x, x.Status() == 200 || x.Status() == 101, err
}

// ask sends one request, and waits a little for all of its answer.
func (s *session) ask(ctx context.Context, kind conformance.ProbeKind) (*signalrclient.Exchange, error) {
	ctx, cancel := context.WithTimeout(ctx, passLimit) // ends an event stream, too
	defer cancel()
	return s.Do(ctx, string(kind), s.request(kind)) //nolint:wrapcheck // cases tell
}
