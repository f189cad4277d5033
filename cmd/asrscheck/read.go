package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
	"github.com/asrscheck/asrscheck/reports"
)

// readCommand shows what was understood of configurations.
func readCommand(s *session) *cobra.Command {
	var in input
	var spec string
	c := &cobra.Command{
		Use:   "read PATH…",
		Short: "Show what is understood of configurations",
		Long: "read shows what check and the others work with: inputs and their form, the resources, servers, parameters and variables in them with\n" +
			"their places and what their values came from, gateways with their client endpoints, and what is unknown, partial or left out, and why.\n" +
			"It judges nothing: use it when a verdict surprises.\n\n" +
			"Exit status: 0 all was read, 2 wrong usage, 3 something was not read, or no gateway was found.",
		Example: "  asrscheck read infra/\n  asrscheck read main.json --report json",
		Args:    pathsFor("read"),
		RunE:    func(_ *cobra.Command, paths []string) error { return s.read(paths, &in, spec) },
	}
	in.register(c)
	in.registerEndpoints(c)
	var list []string
	names := readingNames()
	for _, f := range reports.ReadingFormats() {
		list = append(list, f.Name+": "+f.Title)
	}
	c.Flags().StringVar(&spec, "report", names[0], "write it as `FORMAT` to standard output, or as FORMAT=FILE to a file\n"+strings.Join(list, "\n"))
	_ = c.RegisterFlagCompletionFunc("report", cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveNoSpace)) // the flag exists
	return c
}

func (s *session) read(paths []string, in *input, spec string) error {
	name, file, toFile := strings.Cut(spec, "=")
	format := readingFormat(name)
	switch {
	case format == nil:
		return fmt.Errorf("--report %s: there is no format %q; there are %s", spec, name, strings.Join(readingNames(), ", "))
	case toFile && file == "":
		return fmt.Errorf("--report %s: no file is named behind the equals sign", spec)
	}
	if err := in.validate(paths); err != nil {
		return err
	}
	endpoints, err := in.parsedEndpoints()
	if err != nil {
		return err
	}
	in.items = true
	estate, _ := s.load(in, paths)
	var reading *reports.Reading
	s.during("following the routes", func() {
		reading = reports.NewReading(estate, conformance.Surveys(estate, conformance.Options{Endpoints: endpoints, Services: in.services}))
	})
	if gaps := gapsIn(estate); len(gaps) > 0 {
		s.tell(gaps)
		s.status = exitFailed
	}
	return asFailure(s.writeReading(reading, format, file))
}

// gapsIn are the reasons why what was understood is not all that there is.
func gapsIn(estate *routing.Estate) []conformance.Gap {
	report := &conformance.Report{Inputs: estate.Inputs, Problems: slices.Clone(estate.Problems)}
	for _, g := range estate.Gateways {
		g = g.Open()
		report.Problems = append(report.Problems, slices.DeleteFunc(slices.Clone(g.Problems), func(p routing.Problem) bool { return p.Kind == routing.Refused })...)
	}
	if len(estate.Gateways) > 0 {
		return report.Unread() // that nothing was judged is no gap here: nobody asked for it
	}
	return report.Gaps()
}

func readingNames() []string {
	var names []string
	for _, f := range reports.ReadingFormats() {
		names = append(names, f.Name)
	}
	return names
}

func readingFormat(name string) *reports.ReadingFormat {
	for _, f := range reports.ReadingFormats() {
		if f.Name == name {
			return &f
		}
	}
	return nil
}

func (s *session) writeReading(r *reports.Reading, format *reports.ReadingFormat, file string) error {
	if file == "" {
		return format.Write(r, s.stdout)
	}
	return writeFile(file, func(w io.Writer) error { return format.Write(r, w) })
}
