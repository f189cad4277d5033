package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"

	"github.com/spf13/cobra"

	"github.com/asrscheck/asrscheck/conformance/ownnginx"
	"github.com/asrscheck/asrscheck/parsers/routing"
	"github.com/asrscheck/asrscheck/reports"
)

// ownNGINX are the flags for a configuration that the user's own NGINX runs.
type ownNGINX struct {
	wanted  bool
	program string
}

func (o *ownNGINX) register(c *cobra.Command) {
	f := c.Flags()
	f.BoolVar(&o.wanted, "real-nginx", false, "run the configuration in the nginx of this machine instead of the reference proxy (root on Linux)")
	f.StringVar(&o.program, "nginx", "", "the nginx that --real-nginx runs, as a `PATH` (default: the one that is installed)")
}

func (o *ownNGINX) set() bool { return o.wanted || o.program != "" }

// check finds what is wrong with the command line.
func (o *ownNGINX) check(args []string, how trial) error {
	switch {
	case !o.wanted:
		return errors.New("--nginx is for --real-nginx")
	case len(args) > 1 || args[0] == "-" || isURL(args[0]):
		return errors.New("--real-nginx runs one configuration of NGINX: give its main file, or its folder")
	case how.remote.set():
		return errRemoteOnly
	}
	return nil
}

// testOwnNGINX has this program test inside a private network. What comes out of there is the results as JSON, and what went wrong as text.
func (s *session) testOwnNGINX(ctx context.Context, args []string, how trial, targets []target, g gate) error {
	if err := how.own.check(args, how); err != nil {
		return err
	}
	var results bytes.Buffer
	err := ownnginx.Enter(ctx, s.args, ownnginx.Streams{Out: &results, Err: s.stderr})
	exit, told := errors.AsType[*exec.ExitError](err)
	if err != nil && !told {
		return failure{fmt.Errorf("--real-nginx: %w; without it, the reference proxy runs the configuration", err)}
	}
	if results.Len() == 0 {
		s.status = exitOf(exit)
		return nil
	}
	document, err := reports.Read(&results)
	if err != nil {
		return failure{fmt.Errorf("--real-nginx: %w", err)}
	}
	err = s.write(document, targets)
	s.status = s.conclude(document.Report, g)
	if told {
		s.status = exitFailed
	}
	return err
}

// exitOf is the status of a program that said why it gave no results.
func exitOf(exit *exec.ExitError) int {
	if exit == nil || exit.ExitCode() <= exitFindings { // it was killed, say
		return exitFailed
	}
	return exit.ExitCode()
}

// testInside tests with the user's NGINX, and writes the results for the program that started this one.
func (s *session) testInside(ctx context.Context, args []string, in *input, how trial) error {
	endpoints, err := in.parsedEndpoints()
	if err != nil {
		return err
	}
	bench, err := ownnginx.Open(ctx, ownnginx.Configuration{Program: how.own.program, Path: args[0], Prefix: in.prefix})
	if err != nil {
		return failure{fmt.Errorf("--real-nginx: %w", err)}
	}
	defer bench.Close()
	if in.nginxVersion != "" && in.nginxVersion != bench.Version() {
		return failure{fmt.Errorf("--nginx-version %s: %s is %s; leave the flag out, or name another program with --nginx", in.nginxVersion, bench.Program(), bench.Version())}
	}
	in.nginxVersion = bench.Version()
	estate, sources := s.load(in, args)
	if err := isOneNGINX(estate); err != nil {
		return failure{err}
	}
	document, err := s.testEstate(ctx, estate, sources, in, endpoints, how, bench.Target)
	return errors.Join(err, s.write(document, []target{{format: reports.FormatByName("json")}}))
}

// isOneNGINX refuses what NGINX does not run as it was read.
func isOneNGINX(e *routing.Estate) error {
	if len(e.Gateways) != 1 || e.Gateways[0].Kind != "nginx" {
		return fmt.Errorf("--real-nginx runs one configuration of NGINX, and what was given holds %d gateways: name the main file of one", len(e.Gateways))
	}
	return nil
}
