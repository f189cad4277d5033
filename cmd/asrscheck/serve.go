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
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/live"
	"github.com/asrscheck/asrscheck/conformance/rules"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// serving are the flags of serve.
type serving struct {
	listen      []string
	plain       []string
	proxyListen []string
	admin       string
	caFile      string
	replicas    int
	length      time.Duration
	knobs       fakesignalr.Knobs
}

// defaultService is the name that the fake service has unless it is told another.
const defaultService = "chat.service.signalr.net"

// serveCommand runs the fake service, and a gateway in front of it.
func serveCommand(s *session) *cobra.Command {
	var in input
	v := serving{knobs: fakesignalr.Defaults()}
	c := &cobra.Command{
		Use:   "serve [PATH]",
		Short: "Run the fake Azure SignalR Service, and a gateway in front of it",
		Long: "serve runs a strict fake Azure SignalR Service, for hand tests and for pipelines of one's own, and tells how to lead a proxy to it.\n" +
			"With PATH it also runs the gateway that PATH describes in front of it. Each request that arrives is told on standard error. It listens on\n" +
			"loopback unless told otherwise, and ends with an interrupt, or after --for.",
		Example: "  asrscheck serve --service chat.service.signalr.net --listen 127.0.0.1:443 --ca-file ca.pem\n" +
			"  asrscheck serve nginx.conf",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return errors.New("serve takes one PATH at most")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return s.serve(args, &in, &v) },
	}
	in.register(c)
	in.registerEndpoints(c)
	v.register(c)
	return c
}

func (v *serving) register(c *cobra.Command) {
	f := c.Flags()
	f.StringArrayVar(&v.listen, "listen", nil, "`ADDRESS` for HTTPS of the fake service (repeatable, one for each instance; default: a free port of loopback)")
	f.StringArrayVar(&v.plain, "listen-plain", nil, "`ADDRESS` for plain HTTP of the fake service (likewise)")
	f.StringArrayVar(&v.proxyListen, "proxy-listen", nil, "`ADDRESS` for a listener of the gateway (repeatable, in the order of the listeners; likewise)")
	f.StringVar(&v.admin, "admin", "127.0.0.1:0", "`ADDRESS` where the fake service can be watched and steered: /records, /knobs, /ca.pem …")
	f.StringVar(&v.caFile, "ca-file", "", "write the certificate of the fake service's authority to this `FILE`, for the proxy to trust")
	f.IntVar(&v.replicas, "replicas", 1, "how many instances each service has")
	f.DurationVar(&v.length, "for", 0, "end after so `LONG`, such as 10m")
	knobs := flag.NewFlagSet("knobs", flag.ContinueOnError)
	v.knobs.Flags(knobs)
	f.AddGoFlagSet(knobs)
}

// serve starts everything, tells where it is, and waits.
func (s *session) serve(args []string, in *input, v *serving) error {
	endpoints, err := in.parsedEndpoints()
	if err = errors.Join(err, in.validate(args), v.validate(args)); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if v.length > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, v.length)
		defer cancel()
	}
	if len(args) == 0 {
		return asFailure(s.serveService(ctx, in, v))
	}
	return asFailure(s.serveGateway(ctx, args[0], endpoints, in, v))
}

func (v *serving) validate(args []string) error {
	switch {
	case v.replicas < 1 || v.replicas > 100:
		return fmt.Errorf("--replicas %d: give 1 to 100", v.replicas)
	case len(args) > 0 && v.replicas > 1:
		return errors.New("--replicas is for a fake service without a gateway in front of it")
	case len(args) == 0 && len(v.proxyListen) > 0:
		return errors.New("--proxy-listen is for a gateway: give its PATH")
	}
	for _, address := range slices.Concat(v.listen, v.plain, v.proxyListen, []string{v.admin}) {
		if _, _, err := net.SplitHostPort(address); err != nil {
			return fmt.Errorf("%s is not an address: write it as 127.0.0.1:8443", address)
		}
	}
	return nil
}

func (v *serving) addresses() fakesignalr.Addresses {
	return fakesignalr.Addresses{TLS: v.listen, Plain: v.plain, WithPlain: true}
}

// serveService runs the fake service alone.
func (s *session) serveService(ctx context.Context, in *input, v *serving) error {
	hosts := in.services
	if len(hosts) == 0 {
		hosts = []string{defaultService}
	}
	services := fakesignalr.Services(hosts...)
	for i := range services {
		services[i].Replicas = v.replicas
	}
	cluster, err := fakesignalr.NewCluster(services, v.knobs)
	if err != nil {
		return err
	}
	if err := cluster.Listen(v.addresses()); err != nil {
		return err
	}
	return errors.Join(s.attend(ctx, cluster, v, nil), cluster.Close())
}

// serveGateway runs a gateway in front of the fake service.
func (s *session) serveGateway(ctx context.Context, path string, endpoints []conformance.Endpoint, in *input, v *serving) error {
	estate, _ := s.load(in, []string{path})
	var gateways []*routing.Gateway
	report := conformance.Check(estate, conformance.Options{
		Endpoints: endpoints, Services: in.services, Rules: rules.All, Judged: func(g *routing.Gateway) { gateways = append(gateways, g) },
	})
	s.tell(report.Gaps())
	if len(gateways) == 0 {
		return errors.New("there is no gateway to run")
	}
	twin := live.Twin{Gateway: gateways[0], Services: conformance.NewServices(estate, in.services), Speed: 1, Knobs: &v.knobs, Addresses: v.addresses(), Listen: v.doors(gateways[0])}
	for i, subject := range report.Subjects {
		if gateways[i] != gateways[0] {
			return errors.New("several gateways lead to a service there; name the client endpoint of one with --client-endpoint URL")
		}
		e, err := conformance.ParseEndpoint(subject.Endpoint)
		if err != nil {
			return err
		}
		twin.Also = append(twin.Also, e)
	}
	twin.Endpoint = twin.Also[0]
	target, err := live.NewTwin(twin)
	if err != nil {
		return err
	}
	return errors.Join(s.attend(ctx, target.Service(), v, func() { s.showProxy(&twin, target) }), target.Close())
}

// doors gives each listener the address that stands at its place in --proxy-listen.
func (v *serving) doors(g *routing.Gateway) func(*routing.Listener) string {
	return func(l *routing.Listener) string {
		if i := slices.Index(g.Listeners, l); i >= 0 && i < len(v.proxyListen) {
			return v.proxyListen[i]
		}
		return "127.0.0.1:0"
	}
}

// attend tells where everything is, and each request that arrives, until the end.
func (s *session) attend(ctx context.Context, cluster *fakesignalr.Cluster, v *serving, more func()) error {
	if v.caFile != "" {
		if err := os.WriteFile(v.caFile, cluster.CA().PEM(), 0o644); err != nil { //nolint:gosec // a certificate is there to be read
			return fmt.Errorf("write --ca-file: %w", err)
		}
	}
	var config net.ListenConfig
	socket, err := config.Listen(ctx, "tcp", v.admin)
	if err != nil {
		return fmt.Errorf("open --admin: %w", err)
	}
	admin := &http.Server{Handler: cluster.Admin(), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = admin.Serve(socket) }() // it returns when it is closed
	s.showService(cluster, v, "http://"+socket.Addr().String())
	if more != nil {
		more()
	}
	s.follow(ctx, cluster)
	return admin.Close()
}

func answerOf(r *fakesignalr.Record) string {
	if r.Status == 0 {
		return "not answered yet"
	}
	return strings.TrimSpace(fmt.Sprintf("answered %d %s", r.Status, r.Reason))
}

// follow tells each request as it is answered.
func (s *session) follow(ctx context.Context, cluster *fakesignalr.Cluster) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for after := uint64(0); ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for _, r := range cluster.Records(fakesignalr.Filter{After: after}) {
			after = r.Seq
			s.note("%s %s %s at %s: Host %q, SNI %q, %s", r.Method, r.Target, r.Proto, r.Instance, r.Hosts, r.SNI, answerOf(&r))
		}
	}
}
