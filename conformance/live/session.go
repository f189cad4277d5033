package live

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

func (t *Target) hubName() string { return cmp.Or(t.tokens.hub, conformance.UsualHub) }

// tokens are access tokens of two lengths: what a token without claims of an app's own has, and the longest that the SDK issues.
// Where a token was given there is no longer one, and its hub is the one to ask for.
type tokens struct{ short, long, hub string }

// mint makes tokens for a hub of a service.
func mint(host, hub, key string) (tokens, error) {
	access := signalrclient.Access{Host: host, Hub: hub, Key: key}
	short, err := padded(access, conformance.ShortToken)
	if err != nil {
		return tokens{}, err
	}
	long, err := padded(access, conformance.MaxToken)
	return tokens{short, long, hub}, err
}

// padded mints a token of at most a length, unless it is longer without any padding; base64 makes four characters of three.
func padded(access signalrclient.Access, length int) (string, error) {
	bare, err := access.Mint()
	if err != nil {
		return "", err
	}
	const member = len(`"pad":"",`)
	if room := (length-len(bare))*3/4 - member; room > 0 {
		access.Claims = map[string]any{"pad": strings.Repeat("x", room)}
	}
	return access.Mint()
}

// Headers by which requests are found again at the fake service, whatever became of their query.
const (
	probeHeader  = "X-Asrscheck-Probe"
	directHeader = "X-Asrscheck-Direct" // on requests that do not go through the proxy
)

// session is one client connection through the proxy.
type session struct {
	*signalrclient.Client
	t         *Target
	requestID string
	mark      string
	id        string // of the connection; empty before negotiate
}

// session makes a client that has not negotiated.
func (t *Target) session() (*session, error) {
	s := &session{t: t}
	id, n := t.shared.nextID()
	s.requestID, s.mark = id, fmt.Sprintf("probe-%d", n)
	client, err := signalrclient.New(t.clientURL())
	if err != nil {
		return nil, err
	}
	client.Address, client.Roots, client.ServerName = t.door.address, t.door.roots, t.endpoint.Host
	client.Origin, client.Mark, client.Token = t.appOrigin(), true, t.tokens.short
	client.Query = signalrclient.RedirectQuery(signalrclient.Redirect{Hub: t.hubName(), Path: "/" + conformance.UsualHub, Version: "1", RequestID: s.requestID})
	client.Extra = []signalrclient.Field{{Name: probeHeader, Value: s.mark}}
	client.Observe = func(operation string, x *signalrclient.Exchange) {
		t.shared.sent.Add(1)
		s.witness(operation, x)
	}
	if t.model.roams {
		client.Source = t.network(1, int64(n))
	}
	s.Client = client
	return s, nil
}

// clientURL is the endpoint in the scheme that its listener speaks: something in front of it may speak TLS for it.
func (t *Target) clientURL() string {
	scheme := "http"
	if t.door.tls {
		scheme = "https"
	}
	return scheme + "://" + t.endpoint.Authority() + t.endpoint.Path
}

func (s *shared) nextID() (id string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions++
	generations := signalrclient.Generations()
	id = signalrclient.NewRequestID(generations[s.sessions%len(generations)], s.source)
	return id, s.sessions
}

// appOrigin is that of the pages that clients run in.
func (t *Target) appOrigin() string {
	return cmp.Or(t.origin, t.model.page, "https://app.example.com")
}

// negotiated makes a client that has negotiated: past the proxy where that is possible, so that a proxy that lets no negotiate
// through is not told of again by every other case.
func (t *Target) negotiated(ctx context.Context) (*session, error) {
	s, err := t.session()
	if err != nil {
		return nil, err
	}
	by := s.Client
	if t.sees() {
		if by, err = s.direct(); err != nil {
			return nil, err
		}
	}
	n, err := by.Negotiate(ctx)
	if err != nil {
		return nil, fmt.Errorf("negotiate: %w", err)
	}
	s.id = n.ID()
	return s, nil
}

// direct is the same client at the fake service itself.
func (s *session) direct() (*signalrclient.Client, error) {
	i := s.t.cluster.Seats()[0]
	c, err := signalrclient.New("https://" + i.Host + "/")
	if err != nil {
		return nil, err
	}
	c.Address, c.Roots, c.Token, c.Query = i.Addr, s.t.cluster.Roots(), s.Token, s.Query
	c.Extra = []signalrclient.Field{{Name: directHeader, Value: "yes"}}
	return c, nil
}

// records are the requests of the session that arrived at the fake service through the proxy.
func (s *session) records() []fakesignalr.Record {
	if !s.t.sees() {
		return nil
	}
	return slices.DeleteFunc(s.t.cluster.Records(fakesignalr.Filter{}), func(r fakesignalr.Record) bool { return !s.owns(&r) })
}

func (s *session) owns(r *fakesignalr.Record) bool {
	if len(r.Values(directHeader)) > 0 {
		return false
	}
	if marks := r.Values(probeHeader); len(marks) > 0 {
		return slices.Contains(marks, s.mark)
	}
	return r.RequestID == s.requestID || s.id != "" && r.Connection == s.id
}

// await waits until as many requests of the session have arrived, and reports whether they did.
func (s *session) await(ctx context.Context, count int) bool {
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for after := uint64(0); ; {
		for _, r := range s.t.cluster.Records(fakesignalr.Filter{After: after}) {
			after = r.Seq
			if s.owns(&r) {
				count--
			}
		}
		if count <= 0 {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
}

// exchangeOf is what a failed operation saw.
func exchangeOf(err error) *signalrclient.Exchange {
	if failed, ok := errors.AsType[*signalrclient.OperationError](err); ok {
		return failed.Exchange
	}
	return nil
}
