package main

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/live"
	"github.com/asrscheck/asrscheck/reports"
)

// remote are the flags for a proxy that runs somewhere.
type remote struct {
	fakes  []string
	record string
	token  string
	ca     string
	trust  string
	wait   time.Duration
	hub    string
	to     string // address instead of the URL's
	direct string
	log    string
	reload string
	origin string
	watch  time.Duration
}

func (r *remote) register(c *cobra.Command) {
	f := c.Flags()
	f.StringArrayVar(&r.fakes, "fake", nil, "start a fake service as `HOST=ADDRESS`; the proxy must take it for the real one, by a hosts entry, say (repeatable)")
	f.StringVar(&r.record, "record", "", "the fake service behind the proxy runs elsewhere (asrscheck serve --admin), and its records are at this `URL`")
	f.StringVar(&r.token, "token-file", "", "read a client access token of the real service from this `FILE`")
	f.StringVar(&r.ca, "ca", "", "write the certificate of the fake service's throw-away authority to this `FILE`, for the proxy to trust")
	f.StringVar(&r.trust, "trust", "", "trust the authorities in this PEM `FILE` for the proxy's own certificate")
	f.StringVar(&r.hub, "hub", "", "the app's hub is at this `URL`, such as https://app.example.com/chat: judge where its negotiate sends clients")
	f.StringVar(&r.to, "connect-to", "", "connect to this `ADDRESS` (host:port) instead of where the URL's name leads")
	f.StringVar(&r.origin, "origin", "", "browsers come from pages of this `ORIGIN`, such as https://app.example.com, and must be let in")
	f.StringVar(&r.direct, "direct", "", "the service's own `HOST`, such as chat.service.signalr.net: ask it past the proxy whether it is closed to the public; HOST=ADDRESS asks there")
	f.StringVar(&r.log, "access-log", "", "the proxy writes its access log to this `FILE`: judge whether it holds access tokens")
	f.StringVar(&r.reload, "reload", "", "this `COMMAND` of the shell has the proxy load its configuration again: tell whether open connections outlive that")
	f.DurationVar(&r.watch, "watch", 0, "watch quiet connections for this `TIME` (default 1m, while polls are held); --timeout grows by it")
	f.DurationVar(&r.wait, "wait", 0, "wait up to this `TIME` for the proxy to take connections")
}

var errRemoteOnly = errors.New("--fake, --record, --token-file, --ca, --trust, --wait, --hub, --connect-to, --origin, --direct, --access-log, --reload and --watch are for a URL, which begins with https:// or http://")

func (r *remote) set() bool {
	return len(r.fakes) > 0 || r.record != "" || r.token != "" || r.ca != "" || r.trust != "" || r.wait != 0 || r.hub != "" || r.to != "" || r.origin != "" || r.direct != "" || r.log != "" || r.reload != "" || r.watch != 0
}

// testURL tests a proxy that runs somewhere.
func (s *session) testURL(ctx context.Context, args []string, how trial) (*reports.Document, error) {
	if len(args) > 1 {
		return nil, errors.New("test takes one URL at a time")
	}
	e, err := conformance.ParseEndpoint(args[0])
	if err != nil {
		return nil, err
	}
	if prefix, ok := strings.CutSuffix(e.Path, "/client/"); ok {
		s.note("clients append client/ to the client endpoint, and will ask for %sclient/; if that is not meant, leave client/ out: %s://%s%s/", e.Path, e.Scheme, e.Authority(), prefix)
	}
	subject := conformance.Subject{Kind: "proxy", Gateway: e.Authority(), Endpoint: e.String(), Source: "given"}
	target, err := s.reach(ctx, e, &subject, &how.remote)
	if err != nil {
		return nil, err
	}
	if err := how.remote.equip(target); err != nil {
		return nil, errors.Join(err, target.Close())
	}
	if err := s.await(ctx, cmp.Or(how.remote.to, net.JoinHostPort(e.Host, strconv.Itoa(e.Port))), how.remote.wait); err != nil {
		return nil, asFailure(errors.Join(err, target.Close()))
	}
	results, err := s.drive(ctx, target, &subject, how)
	results.Apply(&subject)
	return reports.New(&conformance.Report{Subjects: []conformance.Subject{subject}}, nil), asFailure(err)
}

// reach makes a target of a proxy, with the real service or a fake one behind it.
func (s *session) reach(ctx context.Context, e conformance.Endpoint, subject *conformance.Subject, r *remote) (*live.Target, error) {
	roots, err := authorities(r.trust)
	if err != nil {
		return nil, err
	}
	switch {
	case len(r.fakes) > 0 && (r.record != "" || r.token != ""), r.record != "" && r.token != "":
		return nil, errors.New("of --fake, --record and --token-file, one at most says what stands behind the proxy")
	case len(r.fakes) > 0:
		return r.behind(e, subject, roots)
	case r.record != "":
		return r.recorded(ctx, e, subject, roots)
	}
	credentials, err := s.credentials(r.token)
	if err != nil {
		return nil, err
	}
	if credentials.Host != "" {
		subject.Services = []string{credentials.Host}
	}
	target, err := live.NewURL(e, credentials, roots)
	return target, asFailure(err)
}

// authorities reads a file of certificates; without one the system's count.
func authorities(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil //nolint:nilnil // as in crypto/tls, no pool stands for the system's
	}
	text, err := os.ReadFile(file) //nolint:gosec // reading what the user names is what the program is for
	if err != nil {
		return nil, asFailure(fmt.Errorf("read --trust: %w", err))
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, asFailure(fmt.Errorf("--trust %s holds no certificate in PEM", file))
	}
	return pool, nil
}

// behind starts the fake services that were asked for; the target ends them.
func (r *remote) behind(e conformance.Endpoint, subject *conformance.Subject, roots *x509.CertPool) (*live.Target, error) {
	var at fakesignalr.Addresses
	for _, text := range r.fakes {
		host, address, ok := strings.Cut(text, "=")
		if _, _, err := net.SplitHostPort(address); !ok || err != nil || !hostForm.MatchString(host) {
			return nil, fmt.Errorf("--fake %s: write it as HOST=ADDRESS:PORT, such as chat.service.signalr.net=127.0.0.1:443", text)
		}
		subject.Services, at.TLS = append(subject.Services, host), append(at.TLS, address)
	}
	cluster, err := fakesignalr.NewCluster(fakesignalr.Services(subject.Services...), fakesignalr.Defaults())
	if err != nil {
		return nil, asFailure(err)
	}
	if err := cluster.Listen(at); err != nil {
		return nil, asFailure(err)
	}
	if err := writeCA(r.ca, cluster.CA().PEM()); err != nil {
		return nil, asFailure(errors.Join(err, cluster.Close()))
	}
	target, err := live.NewBehind(e, cluster, roots)
	return target, asFailure(err)
}

// recorded uses a fake service that runs elsewhere.
func (r *remote) recorded(ctx context.Context, e conformance.Endpoint, subject *conformance.Subject, roots *x509.CertPool) (*live.Target, error) {
	there, err := fakesignalr.Dial(ctx, r.record)
	if err != nil {
		return nil, asFailure(fmt.Errorf("--record: %w", err))
	}
	for _, seat := range there.Seats() {
		if !slices.Contains(subject.Services, seat.Host) {
			subject.Services = append(subject.Services, seat.Host)
		}
	}
	target, err := live.NewRecorded(e, there, roots)
	return target, asFailure(err)
}

// writeCA writes the certificate of the fake service's authority, if a file is named for it.
func writeCA(file string, authorities ...[]byte) error {
	if file == "" {
		return nil
	}
	if err := os.WriteFile(file, slices.Concat(authorities...), 0o644); err != nil { //nolint:gosec // a certificate is there to be read, by the proxy
		return fmt.Errorf("write certificate: %w", err)
	}
	return nil
}

// await waits until the proxy takes connections.
func (s *session) await(ctx context.Context, address string, limit time.Duration) error {
	if limit == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	up := false
	s.during("waiting for "+address, func() {
		for !up && ctx.Err() == nil {
			up = listens(ctx, address)
		}
	})
	if !up {
		return fmt.Errorf("nothing listens on %s after %s", address, limit)
	}
	return nil
}

// listens tries an address, and takes a little time when nothing listens there.
func listens(ctx context.Context, address string) bool {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err == nil {
		_ = conn.Close() // only opened
		return true
	}
	select {
	case <-ctx.Done():
	case <-time.After(100 * time.Millisecond):
	}
	return false
}
