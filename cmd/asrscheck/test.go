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

	"github.com/spf13/cobra"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/live"
	"github.com/asrscheck/asrscheck/conformance/rules"
	"github.com/asrscheck/asrscheck/parsers/routing"
	"github.com/asrscheck/asrscheck/reports"
)

// driving are the flags that say which traffic is driven.
type driving struct {
	labels string
	remote remote
}

// testCommand drives traffic through a proxy.
func testCommand(s *session) *cobra.Command {
	var in input
	var out output
	var g gate
	var d driving
	c := &cobra.Command{
		Use:   "test URL|PATH…",
		Short: "Drive traffic through a proxy and judge what it does",
		Long: "test sends what SignalR clients send. With PATH it runs the gateways that the files describe, here, in front of a fake Azure SignalR\n" +
			"Service, and shows what they do beside what reading says. With URL it talks to the proxy behind that client endpoint, and to nothing\n" +
			"else. With " + connectionString + " in the environment it has access tokens for the service behind it; without, few requirements\n" +
			"can be judged. With --fake the service behind the proxy is a fake one that this run starts: then both sides can be seen.\n\n" +
			"Exit status: 0 clean, 1 something at or above --fail-on, 2 wrong usage, 3 something was not read or nothing was judged.",
		Example: "  asrscheck test nginx.conf\n" +
			"  asrscheck test https://rt.example.com/\n" +
			"  asrscheck test https://localhost:8443/ --fake chat.service.signalr.net=127.0.0.1:443 --fake-ca ca.pem --wait 30s",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("test needs a PATH or a URL: asrscheck test nginx.conf, or asrscheck test https://rt.example.com/")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return s.test(args, &in, &out, g, &d) },
	}
	in.register(c)
	in.registerEndpoints(c)
	out.register(c)
	g.register(c)
	c.Flags().StringVar(&d.labels, "labels", "", "run the cases whose ids, requirements and labels match this `FILTER`, such as \"websocket && !slow\"")
	d.remote.register(c)
	return c
}

func (s *session) test(args []string, in *input, out *output, g gate, d *driving) error {
	targets, err := out.targets()
	if err != nil {
		return err
	}
	endpoints, err := in.parsedEndpoints()
	if err = errors.Join(err, in.validate(args), g.validate(), d.validate()); err != nil {
		return err
	}
	var report *conformance.Report
	var sources reports.Sources
	if isURL(args[0]) {
		report, err = s.testURL(args, in, d)
	} else {
		report, sources, err = s.testPaths(args, in, endpoints, d)
	}
	if err != nil {
		return err
	}
	err = s.write(reports.New(report, sources), targets)
	if s.status = s.conclude(report, g); !isURL(args[0]) && len(absent(args)) > 0 {
		s.status = exitFailed // whatever is allowed
	}
	return err
}

func isURL(s string) bool { return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://") }

func (d *driving) validate() error {
	if d.labels == "" {
		return nil
	}
	if err := live.ValidLabels(d.labels); err != nil {
		return fmt.Errorf("--labels: %w", err)
	}
	return nil
}

// testPaths reads gateways, judges them, and drives traffic through a twin of each.
func (s *session) testPaths(paths []string, in *input, endpoints []conformance.Endpoint, d *driving) (*conformance.Report, reports.Sources, error) {
	if d.remote.set() || slices.ContainsFunc(paths, isURL) {
		return nil, nil, errors.New("give either one URL, or paths; --fake, --fake-ca, --trust and --wait are for a URL")
	}
	estate, sources := s.load(in, paths)
	var gateways []*routing.Gateway
	report := conformance.Check(estate, conformance.Options{
		Endpoints: endpoints, Services: in.services, Rules: rules.All,
		Judged: func(g *routing.Gateway) { gateways = append(gateways, g) },
	})
	services := conformance.NewServices(estate, in.services)
	for i, g := range gateways {
		if err := s.driveTwins(&report.Subjects[i], g, services, d); err != nil {
			return nil, nil, asFailure(err)
		}
	}
	return report, sources, nil
}

// driveTwins drives traffic through a twin of a gateway under each version that its product may have.
func (s *session) driveTwins(subject *conformance.Subject, g *routing.Gateway, services *conformance.Services, d *driving) error {
	e, err := conformance.ParseEndpoint(subject.Endpoint)
	if err != nil {
		return err
	}
	var all []live.ByVersion
	for _, version := range append([]*routing.Gateway{g}, g.Variants...) {
		target, err := live.NewTwin(live.Twin{Gateway: version, Endpoint: e, Services: services})
		if err != nil {
			return err
		}
		results, err := s.drive(target, d)
		subject.Probes += target.Sent()
		if err = errors.Join(err, target.Close()); err != nil {
			return err
		}
		all = append(all, live.ByVersion{Version: version.Version, Results: results})
	}
	live.Across(all).Apply(subject)
	return nil
}

// drive runs the cases on a target. The first interrupt ends the run.
func (s *session) drive(target *live.Target, d *driving) (live.Results, error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var results live.Results
	var err error
	s.during("driving traffic through "+target.Endpoint().String(), func() {
		results, err = live.Run(ctx, target, live.Options{Labels: d.labels})
	})
	if errors.Is(err, live.ErrNothingRan) {
		return nil, fmt.Errorf("--labels %q selects no case; asrscheck explain lists what there is", d.labels)
	}
	return results, err
}
