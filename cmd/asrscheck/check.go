package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/rules"
	"github.com/asrscheck/asrscheck/reports"
)

// checkCommand reads configurations and judges them.
func checkCommand(s *session) *cobra.Command {
	var in input
	var out output
	var g gate
	c := &cobra.Command{
		Use:   "check PATH…",
		Short: "Read configurations and judge them",
		Long: "check reads files, folders and - (standard input), finds out which formats they have, and judges every gateway that leads to an\n" +
			"Azure SignalR service: it follows the requests that SignalR clients send through the configuration.\n\n" +
			"Exit status: 0 clean, 1 findings at or above --fail-on, 2 wrong usage, 3 something was not read or nothing was judged.",
		Example: "  asrscheck check /etc/nginx/nginx.conf\n" +
			"  nginx -T | asrscheck check - --nginx-version 1.28.0\n" +
			"  asrscheck check gateway.json --client-endpoint https://rt.example.com/ --report text --report html=gateway.html",
		Args: pathsFor("check"),
		RunE: func(_ *cobra.Command, paths []string) error { return s.check(paths, &in, &out, g) },
	}
	in.register(c)
	in.registerEndpoints(c)
	out.register(c)
	g.register(c)
	return c
}

func (s *session) check(paths []string, in *input, out *output, g gate) error {
	targets, err := out.targets()
	if err != nil {
		return err
	}
	endpoints, err := in.parsedEndpoints()
	if err != nil {
		return err
	}
	if err = errors.Join(in.validate(paths), g.validate()); err != nil {
		return err
	}
	s.spareMemory()
	estate, sources := s.load(in, paths)
	var report *conformance.Report
	s.during("judging", func() {
		report = conformance.Check(estate, conformance.Options{Endpoints: endpoints, Services: in.services, Rules: rules.All})
	})
	var document *reports.Document
	s.during("looking up the lines", func() { document = reports.New(report, sources) })
	err = s.write(document, targets)
	if s.status = s.conclude(report, g); len(absent(paths)) > 0 {
		s.status = exitFailed // whatever is allowed
	}
	return err
}
