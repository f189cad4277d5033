package main

import (
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
)

// remote are the flags for a proxy that runs somewhere.
type remote struct {
	fakes  []string
	fakeCA string
	trust  string
	wait   time.Duration
}

func (r *remote) register(c *cobra.Command) {
	f := c.Flags()
	f.StringArrayVar(&r.fakes, "fake", nil, "start a fake service as `HOST=ADDRESS`; the proxy must take it for the real one, by a hosts entry or its own DNS (repeatable)")
	f.StringVar(&r.fakeCA, "fake-ca", "", "write the certificate of the fake service's authority to this `FILE`, for the proxy to trust")
	f.StringVar(&r.trust, "trust", "", "trust the authorities in this PEM `FILE` for the proxy's own certificate")
	f.DurationVar(&r.wait, "wait", 0, "wait so `LONG` for the proxy to take connections, such as 30s")
}

func (r *remote) set() bool {
	return len(r.fakes) > 0 || r.fakeCA != "" || r.trust != "" || r.wait != 0
}

// testURL drives traffic through a proxy that runs somewhere.
func (s *session) testURL(args []string, in *input, d *driving) (*conformance.Report, error) {
	if len(args) > 1 || len(in.endpoints) > 0 || in.as != "" || in.nginxVersion != "" {
		return nil, errors.New("give either one URL, or paths; --client-endpoint, --as and --nginx-version are for paths")
	}
	e, err := conformance.ParseEndpoint(args[0])
	if err != nil {
		return nil, err
	}
	target, services, err := s.open(e, &d.remote)
	if err != nil {
		return nil, err
	}
	if err = s.await(e, d.remote.wait); err != nil {
		return nil, asFailure(errors.Join(err, target.Close()))
	}
	results, err := s.drive(target, d)
	subject := conformance.Subject{Kind: "proxy", Gateway: e.Host, Endpoint: e.String(), Source: "given", Services: services, Probes: target.Sent()}
	if err = errors.Join(err, target.Close()); err != nil {
		return nil, asFailure(err)
	}
	results.Apply(&subject)
	return &conformance.Report{Subjects: []conformance.Subject{subject}}, nil
}

// open makes a target of a proxy, with the real service or a fake one behind it.
func (s *session) open(e conformance.Endpoint, r *remote) (*live.Target, []string, error) {
	roots, err := trusted(r.trust)
	if err != nil {
		return nil, nil, err
	}
	if len(r.fakes) == 0 {
		credentials, err := s.credentials()
		if err != nil {
			return nil, nil, err
		}
		target, err := live.NewURL(e, credentials, roots)
		return target, servicesOf(credentials), asFailure(err)
	}
	cluster, hosts, err := startFakes(r)
	if err != nil {
		return nil, nil, err
	}
	target, err := live.NewBehind(e, cluster, roots)
	if err != nil {
		return nil, nil, asFailure(errors.Join(err, cluster.Close()))
	}
	return target, hosts, nil
}

func servicesOf(c live.Credentials) []string {
	if c.Host == "" {
		return nil
	}
	return []string{c.Host}
}

// trusted reads a file of authorities; without one it is the system's that count.
func trusted(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file) //nolint:gosec // reading what the user names is what the program is for
	if err != nil {
		return nil, asFailure(fmt.Errorf("read --trust: %w", err))
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, asFailure(fmt.Errorf("--trust %s: holds no certificate in PEM", file))
	}
	return pool, nil
}

// startFakes starts the fake services that were asked for.
func startFakes(r *remote) (*fakesignalr.Cluster, []string, error) {
	var hosts []string
	var at fakesignalr.Addresses
	for _, text := range r.fakes {
		host, address, ok := strings.Cut(text, "=")
		if _, _, err := net.SplitHostPort(address); !ok || err != nil || !hostForm.MatchString(host) {
			return nil, nil, fmt.Errorf("--fake %s: write it as HOST=ADDRESS:PORT, such as chat.service.signalr.net=127.0.0.1:443", text)
		}
		hosts, at.TLS = append(hosts, host), append(at.TLS, address)
	}
	cluster, err := fakesignalr.NewCluster(fakesignalr.Services(hosts...), fakesignalr.Defaults())
	if err != nil {
		return nil, nil, asFailure(err)
	}
	if err := cluster.Listen(at); err != nil {
		return nil, nil, asFailure(err)
	}
	if r.fakeCA != "" {
		if err := os.WriteFile(r.fakeCA, cluster.CA().PEM(), 0o644); err != nil { //nolint:gosec // a certificate is there to be read
			return nil, nil, asFailure(errors.Join(fmt.Errorf("write --fake-ca: %w", err), cluster.Close()))
		}
	}
	slices.Sort(hosts)
	return cluster, hosts, nil
}

// await waits until the proxy takes connections.
func (s *session) await(e conformance.Endpoint, limit time.Duration) error {
	if limit == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	address := net.JoinHostPort(e.Host, strconv.Itoa(e.Port))
	var err error
	s.during("waiting for "+address, func() {
		for {
			var conn net.Conn
			if conn, err = (&net.Dialer{}).DialContext(ctx, "tcp", address); err == nil {
				_ = conn.Close()
				return
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(100 * time.Millisecond):
			}
		}
	})
	if err != nil {
		return fmt.Errorf("nothing listens on %s after %s", address, limit)
	}
	return nil
}
