package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/refproxy"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// serving are the flags of serve.
type serving struct {
	replicas int
	tls      []string
	plain    bool
	admin    string
	ca       string
	hub      string
	ids      string
	knobs    fakesignalr.Knobs
}

// serveCommand runs the fake service, and in front of it the reference proxy with a configuration.
func serveCommand(s *session) *cobra.Command {
	var in input
	how := serving{knobs: fakesignalr.Defaults()}
	c := &cobra.Command{
		Use:   "serve [PATH]",
		Short: "Run the fake service, and the reference proxy for a configuration",
		Long: "serve runs a fake Azure SignalR Service on loopback until it is interrupted, and prints how to point a proxy at it. It is strict: it\n" +
			"finds the tenant by Host, checks tokens and connection ids, and says in the header " + fakesignalr.ReasonHeader + " what was wrong.\n\n" +
			"With PATH it also runs the gateway that PATH describes, in the reference proxy in front of the fake service.",
		Example: "  asrscheck serve --service chat.service.signalr.net --ca ca.pem --listen 127.0.0.1:443\n" +
			"  asrscheck serve nginx.conf\n" +
			"  asrscheck serve --client-endpoint https://localhost:8443/ --hub 127.0.0.1:5000",
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, paths []string) error { return s.serve(paths, &in, how) },
	}
	in.register(c)
	in.registerEndpoints(c)
	f := c.Flags()
	f.IntVar(&how.replicas, "replicas", 1, "run `N` instances of each service that share its name and keys")
	f.StringArrayVar(&how.tls, "listen", nil, "`ADDRESS` of an instance, in their order (repeatable; default: a free port of 127.0.0.1)")
	f.BoolVar(&how.plain, "plain", false, "listen for plain HTTP too, on a free port")
	f.StringVar(&how.admin, "admin", "", "serve what was recorded, and the knobs, at this `ADDRESS`")
	f.StringVar(&how.ca, "ca", "", "write the certificates of the throw-away authorities, of the fake service and of the reference proxy, to this `FILE`")
	f.StringVar(&how.hub, "hub", "", "answer negotiate of app servers at this `ADDRESS`, and send clients to the first client endpoint")
	f.StringVar(&how.ids, "request-id", "readable", "`FORM` of asrs_request_id that the app server sends clients with: bare, traced, readable, or none as serverless apps do")
	knobs := flag.NewFlagSet("knobs", flag.ContinueOnError)
	how.knobs.Flags(knobs)
	f.AddGoFlagSet(knobs)
	return c
}

func (s *session) serve(paths []string, in *input, how serving) error {
	if err := in.validate(paths); err != nil {
		return err
	}
	endpoints, err := in.parsedEndpoints()
	if err != nil {
		return err
	}
	if _, ok := requestIDs[how.ids]; !ok {
		return fmt.Errorf("--request-id %s: there are bare, traced, readable and none", how.ids)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	estate, _ := s.load(in, paths)
	stages, err := stagesOf(estate, endpoints, in.services)
	if err != nil {
		return asFailure(err)
	}
	how.plain = how.plain || len(stages) > 0 // a gateway may speak it
	cluster, err := how.start(append(in.services, servicesOf(stages)...))
	if err != nil {
		return asFailure(err)
	}
	err = s.present(ctx, cluster, stages, endpoints, how)
	return asFailure(errors.Join(err, cluster.Close()))
}

// staged is a gateway to run, and what it takes to run it for one client endpoint.
type staged struct {
	conformance.Stage
	gateway  *routing.Gateway
	endpoint conformance.Endpoint
}

func stagesOf(estate *routing.Estate, endpoints []conformance.Endpoint, services []string) ([]staged, error) {
	for _, p := range estate.Problems {
		return nil, fmt.Errorf("%s: %s", p.Span, p.Message)
	}
	var out []staged
	for _, subject := range conformance.Check(estate, conformance.Options{Endpoints: endpoints, Services: services}).Subjects {
		e, model := subject.ClientEndpoint(), subject.Model()
		stage := conformance.NewStage(model, e, conformance.NewServices(estate, services))
		out = append(out, staged{stage, model, e})
	}
	if len(estate.Gateways) > 0 && len(out) == 0 {
		return nil, errors.New("no route leads to an Azure SignalR service; name a custom domain with --service HOST")
	}
	return out, nil
}

func servicesOf(stages []staged) []string {
	var out []string
	for _, st := range stages {
		out = append(out, st.Services...)
	}
	return out
}

// start runs the fake service, with one service for each name.
func (how serving) start(hosts []string) (*fakesignalr.Cluster, error) {
	if len(hosts) == 0 {
		hosts = []string{"chat.service.signalr.net"}
	}
	var services []fakesignalr.Service
	known := map[string]bool{}
	for _, h := range hosts {
		if h = strings.ToLower(h); !known[h] {
			known[h] = true
			services = append(services, fakesignalr.Replicas(h, how.replicas)...)
		}
	}
	cluster, err := fakesignalr.NewCluster(services, how.knobs)
	if err != nil {
		return nil, fmt.Errorf("start fake service: %w", err)
	}
	if err := cluster.Listen(fakesignalr.Addresses{TLS: how.tls, WithPlain: how.plain}); err != nil {
		return nil, fmt.Errorf("start fake service: %w", err)
	}
	return cluster, nil
}

// present says where everything listens, and waits until the run is interrupted.
func (s *session) present(ctx context.Context, cluster *fakesignalr.Cluster, stages []staged, endpoints []conformance.Endpoint, how serving) error {
	authorities := [][]byte{cluster.CA().PEM()}
	urls := []string{"URL"} // that can be tested, with what it takes to reach them
	for _, st := range stages {
		endpoints = append(endpoints, st.endpoint)
		proxy, err := refproxy.Start(refproxy.Config{Gateway: st.gateway, Dial: dialInto(cluster, st.Ties), RootCAs: cluster.CA().Pool()})
		if err != nil {
			return fmt.Errorf("start reference proxy: %w", err)
		}
		defer func() { _ = proxy.Close() }() // the process ends
		authorities = append(authorities, proxy.CA().PEM())
		for _, l := range st.Listeners {
			s.print("reference proxy  %s as %s for %s", proxy.Addr(l), l.Name, st.endpoint)
			s.print("  %s", askThrough(proxy.Addr(l), l.TLS, st.endpoint, how.ca))
			urls = append(urls, testable(proxy.Addr(l), st.endpoint, how.ca))
		}
	}
	if err := writeCA(how.ca, authorities...); err != nil {
		return err
	}
	if err := s.presentServices(cluster, how); err != nil {
		return err
	}
	if how.hub != "" {
		if err := s.presentHub(ctx, cluster, endpoints, how); err != nil {
			return err
		}
	}
	if how.admin != "" {
		if err := s.administer(ctx, cluster, how.admin, urls); err != nil {
			return err
		}
	}
	s.print("Stop with ^C.")
	<-ctx.Done()
	return nil
}

func (s *session) presentServices(cluster *fakesignalr.Cluster, how serving) error {
	first := cluster.Instances()[0]
	for _, i := range cluster.Instances() {
		s.print("fake service     https://%s as %s", i.Addr(), i.Host)
		if how.plain {
			s.print("                 http://%s as %s", i.PlainAddr(), i.Host)
		}
	}
	if how.ca != "" {
		s.print("certificate      %s", how.ca)
	}
	s.print("connection       Endpoint=https://%s;AccessKey=%s;Version=1.0; (made up for this run)", first.Host, first.Keys[0])
	s.print("")
	s.explainWay(first, how.ca)
	return nil
}

// administer serves what the cluster recorded until the context ends.
func (s *session) administer(ctx context.Context, cluster *fakesignalr.Cluster, address string, urls []string) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("listen for --admin: %w", err)
	}
	server := &http.Server{Handler: cluster.Admin(), ReadHeaderTimeout: 5 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	go func() { _ = server.Serve(l) }() // it ends with the run
	s.print("")
	s.print("records          http://%s/ shows what arrived, to a test of the proxy too:", l.Addr())
	s.print("  curl http://%s/records", l.Addr())
	for _, url := range urls {
		s.print("  asrscheck test %s --record http://%s/", url, l.Addr())
	}
	return nil
}

// dialInto leads the addresses that a gateway connects to, to the fake service's instances.
func dialInto(cluster *fakesignalr.Cluster, ties map[string]string) func(context.Context, string) (net.Conn, error) {
	return func(ctx context.Context, address string) (net.Conn, error) {
		host, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, fmt.Errorf("dial %s: %w", address, err)
		}
		for _, i := range cluster.Instances() {
			if strings.EqualFold(i.Host, host) || strings.EqualFold(i.Host, ties[strings.ToLower(host)]) {
				return (&net.Dialer{}).DialContext(ctx, "tcp", addressOf(i, port))
			}
		}
		return nil, fmt.Errorf("%s is not known to be an Azure SignalR service", host)
	}
}

// addressOf is where an instance speaks what is spoken at a port of the real service.
func addressOf(i *fakesignalr.Instance, port string) string {
	if port == "80" {
		return i.PlainAddr()
	}
	return i.Addr()
}

// print writes one line to standard output.
func (s *session) print(format string, args ...any) {
	_, _ = fmt.Fprintf(s.stdout, format+"\n", args...) // whoever reads it is gone
}
