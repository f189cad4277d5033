package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/live"
	"github.com/asrscheck/asrscheck/conformance/ownnginx"
	"github.com/asrscheck/asrscheck/conformance/rules"
	"github.com/asrscheck/asrscheck/parsers/routing"
	"github.com/asrscheck/asrscheck/reports"
)

// connectionStringVariable names the environment variable with the service's connection string. A secret has no place on a command
// line, which other users of the machine can read.
const connectionStringVariable = "ASRSCHECK_CONNECTION_STRING"

// tokenVariable names the one with a client access token, for who has no access key.
const tokenVariable = "ASRSCHECK_TOKEN" //nolint:gosec // a name

// trial are the flags of a live run.
type trial struct {
	ids     []string
	labels  string
	shard   string
	dryRun  bool
	cases   []*live.Case
	timeout time.Duration
	without []string
	remote  remote
	own     ownNGINX
}

// testCommand drives traffic through a live proxy, or through the twin of a configuration.
func testCommand(s *session) *cobra.Command {
	var in input
	var out output
	var g gate
	var how trial
	c := &cobra.Command{
		Use:   "test URL|PATH…",
		Short: "Drive SignalR traffic through a proxy, or through a configuration",
		Long: "test sends what SignalR clients send.\n\n" +
			"With PATH it reads configurations as check does, runs each gateway in the reference proxy in front of a fake service, both on\n" +
			"loopback and with clocks that run 60 times as fast, and shows what it does beside what it says.\n\n" +
			"With --real-nginx it runs one configuration of NGINX, unchanged, in the nginx of this machine instead, in a private network where every\n" +
			"name leads to the fake service. That needs root on Linux. Clocks then run as they are, and certificates are made for the run. With\n" +
			"--label '!slow' it takes seconds instead of minutes.\n\n" +
			"With URL it tests the proxy at that client endpoint, which must lead to a real service. Only what needs no secret is sent,\n" +
			"unless " + connectionStringVariable + " in the environment holds the service's connection string, or " + tokenVariable + " or the\n" +
			"file of --token-file a client access token. With --fake the service behind the proxy is a fake one that this run starts, with\n" +
			"--record one that asrscheck serve runs elsewhere: then both sides can be seen. --direct, --access-log, --hub and --reload let cases judge\n" +
			"more: whether the service can be reached past the proxy, what its log holds, where the app sends clients, and what a reload cuts.",
		Example: "  asrscheck test nginx.conf\n" +
			"  asrscheck test gateway.json --client-endpoint https://rt.example.com/ --report html=gateway.html\n" +
			"  sudo asrscheck test /etc/nginx --real-nginx --label '!slow'\n" +
			"  asrscheck test https://rt.example.com/\n" +
			"  asrscheck test https://rt.example.com/ --direct chat.service.signalr.net --access-log /var/log/nginx/access.log\n" +
			"  asrscheck test https://rt.example.com/ --record http://127.0.0.1:9000/\n" +
			"  asrscheck test https://localhost:8443/ --fake chat.service.signalr.net=127.0.0.1:443 --ca ca.pem --wait 30s",
		Args: pathsFor("test"),
		RunE: func(_ *cobra.Command, args []string) error { return s.test(args, &in, &out, g, how) },
	}
	in.register(c)
	in.registerEndpoints(c)
	out.register(c)
	g.register(c)
	how.register(c)
	return c
}

func (how *trial) register(c *cobra.Command) {
	f := c.Flags()
	f.StringArrayVar(&how.ids, "run", nil, "run only the case with this `ID`, or those whose ids begin with it, and what they need (repeatable)")
	f.StringVar(&how.labels, "label", "", "run only the cases that `EXPRESSION` selects, such as 'websocket && !timing', and what they need; there are fast and slow, timing, real-service, L0 (needs no secret), L1 (a token), L2 (the app's hub), ids and requirements")
	f.StringVar(&how.shard, "shard", "", "run one part of the cases, such as `1/3`; asrscheck report puts the results together again")
	f.BoolVar(&how.dryRun, "dry-run", false, "list the cases that would run, with what each asks for and its labels, and send nothing")
	f.DurationVar(&how.timeout, "timeout", 5*time.Minute, "give up after this `TIME` and tell what is known")
	f.StringArrayVar(&how.without, "without", nil, "a `TRANSPORT` that the design does without: websocket, server-sent-events or long-polling; where it does not work it is not offered, and nothing is broken (repeatable)")
	how.remote.register(c)
	how.own.register(c)
}

// choose finds the cases that were asked for.
func (how *trial) choose() (err error) {
	s := live.Selection{IDs: how.ids, Labels: how.labels}
	if how.shard != "" {
		if s.Shard, err = live.ParseShard(how.shard); err != nil {
			return fmt.Errorf("--shard: %w", err)
		}
	}
	how.cases, err = s.Cases()
	if err == nil && len(how.cases) == 0 {
		return failure{live.ErrNothingRan}
	}
	return err
}

// validate refuses what is no transport.
func (how *trial) validate() error {
	for _, name := range how.without {
		if !slices.Contains(live.Transports(), name) {
			return fmt.Errorf("--without: %q is no transport; there are %s", name, strings.Join(live.Transports(), ", "))
		}
	}
	return nil
}

// list says which cases would run, and what they ask for.
func (s *session) list(cases []*live.Case) {
	for _, c := range cases {
		s.print("%-13s %-19s %s%s", c.ID, c.Requirement, c.Title, inBrackets(append(c.Asks(), c.Labels...)))
	}
}

func inBrackets(labels []string) string {
	if len(labels) == 0 {
		return ""
	}
	return " [" + strings.Join(labels, ", ") + "]"
}

func (s *session) test(args []string, in *input, out *output, g gate, how trial) error {
	targets, err := out.targets()
	if err != nil {
		return err
	}
	if err = errors.Join(in.validate(args), g.validate()); err != nil {
		return err
	}
	if err = errors.Join(how.choose(), how.validate()); err != nil {
		return err
	}
	if how.dryRun {
		s.list(how.cases)
		return nil
	}
	ctx, stop := interruptible()
	defer stop()
	var document *reports.Document
	switch {
	case how.own.wanted && ownnginx.Inside():
		return s.testInside(ctx, args, in, how)
	case how.own.set():
		return s.testOwnNGINX(ctx, args, how, targets, g)
	case isURL(args[0]):
		document, err = s.testURL(ctx, args, how)
	default:
		document, err = s.testPaths(ctx, args, in, how)
	}
	if document == nil {
		return err
	}
	err = errors.Join(err, s.write(document, targets))
	s.status = s.conclude(document.Report, g)
	return err
}

// errInterrupted ends a run in order: what is known is told, and that the others were not run.
var errInterrupted = errors.New("interrupted")

// interruptible is a context that ends with ^C or a request to end.
func interruptible() (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-signals:
			cancel(errInterrupted)
		case <-ctx.Done():
		}
	}()
	return ctx, func() { signal.Stop(signals); cancel(nil) }
}

func isURL(arg string) bool {
	arg = strings.ToLower(arg)
	return strings.HasPrefix(arg, "http://") || strings.HasPrefix(arg, "https://")
}

// testPaths tests the twins of all gateways that the paths describe.
func (s *session) testPaths(ctx context.Context, paths []string, in *input, how trial) (*reports.Document, error) {
	if how.remote.set() {
		return nil, errRemoteOnly
	}
	endpoints, err := in.parsedEndpoints()
	if err != nil {
		return nil, err
	}
	estate, sources := s.load(in, paths)
	return s.testEstate(ctx, estate, sources, in, endpoints, how, live.NewTwin)
}

// starter starts a gateway.
type starter func(live.Twin) (*live.Target, error)

// testEstate judges what was read, by reading and by traffic through each gateway.
func (s *session) testEstate(ctx context.Context, estate *routing.Estate, sources reports.Sources, in *input, endpoints []conformance.Endpoint, how trial, start starter) (*reports.Document, error) {
	report := conformance.Check(estate, conformance.Options{Endpoints: endpoints, Services: in.services, Rules: rules.All})
	services := conformance.NewServices(estate, in.services)
	for i := range report.Subjects {
		if err := s.driveTwins(ctx, &report.Subjects[i], services, how, start); err != nil {
			return reports.New(report, sources), asFailure(err)
		}
	}
	return reports.New(report, sources), nil
}

// driveTwins tests the twin of a gateway under each version that its product may have.
func (s *session) driveTwins(ctx context.Context, subject *conformance.Subject, services *conformance.Services, how trial, start starter) error {
	var all []live.ByVersion
	for _, g := range append([]*routing.Gateway{subject.Model()}, subject.Model().Variants...) {
		target, err := start(live.Twin{Gateway: g, Endpoint: subject.ClientEndpoint(), Services: services})
		if err != nil {
			return err
		}
		results, err := s.drive(ctx, target, subject, how)
		if results != nil {
			all = append(all, live.ByVersion{Version: g.Version, Results: results})
		}
		if err != nil {
			apply(all, subject)
			return err
		}
	}
	apply(all, subject)
	return nil
}

// apply writes what is known beside what reading said, of all versions that were tested.
func apply(all []live.ByVersion, subject *conformance.Subject) {
	if len(all) > 0 {
		live.Across(all).Apply(subject)
	}
}

// drive runs the cases on a target. Results may come with an error: what is known of a run that was ended.
func (s *session) drive(ctx context.Context, t *live.Target, subject *conformance.Subject, how trial) (live.Results, error) {
	t.Without(how.without...)
	var results live.Results
	var err error
	what := "testing " + subject.Endpoint
	s.duringSteps(what, func(tell func(string)) {
		options := live.Options{Cases: how.cases, Timeout: how.timeout + how.remote.watch, OnStart: func(c *live.Case, n, of int) {
			tell(fmt.Sprintf("%s: case %d of %d, %s", what, n, of, c.ID))
		}}
		results, err = live.Run(ctx, t, options)
	})
	subject.Probes += t.Sent()
	if err = errors.Join(err, t.Close()); err != nil {
		return results, fmt.Errorf("test %s: %w", subject.Endpoint, err)
	}
	return results, nil
}
