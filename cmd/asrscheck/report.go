package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/asrscheck/asrscheck/reports"
)

// reportCommand renders saved results.
func reportCommand(s *session) *cobra.Command {
	var out output
	var g gate
	c := &cobra.Command{
		Use:   "report RESULTS.json…",
		Short: "Render saved results in any format",
		Long: "report reads what --report json wrote (- for standard input) and renders it again. The results hold the source lines that they\n" +
			"point at, so that nothing else is read. Several are put together: those of test --shard, say.\n\n" +
			"The exit status is that of the saved run; --fail-on none and --allow-none only render.",
		Example: "  asrscheck check infra/ --report json=results.json\n" +
			"  asrscheck report results.json --report html=results.html",
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return s.report(args, &out, g) },
	}
	out.register(c)
	g.register(c)
	return c
}

func (s *session) report(paths []string, out *output, g gate) error {
	targets, err := out.targets()
	if err != nil {
		return err
	}
	if err = g.validate(); err != nil {
		return err
	}
	var all []*reports.Document
	for _, path := range paths {
		d, err := s.results(path)
		if err != nil {
			return failure{fmt.Errorf("%s: %w", path, err)}
		}
		all = append(all, d)
	}
	d := reports.Merge(all)
	err = s.write(d, targets)
	s.status = s.conclude(d.Report, g)
	return err
}

func (s *session) results(path string) (*reports.Document, error) {
	in := s.stdin
	if path != "-" {
		f, err := os.Open(path) //nolint:gosec // reading what the user names is what the program is for
		if err != nil {
			return nil, err
		}
		defer f.Close() //nolint:errcheck // it was only read
		in = f
	}
	return reports.Read(in)
}
