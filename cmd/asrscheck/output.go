package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/asrscheck/asrscheck/conformance/rules"
	"github.com/asrscheck/asrscheck/reports"
)

// output are the flags that say which reports are written.
type output struct{ specs []string }

// target is one report to be written; without a file it goes to standard output.
type target struct {
	format *reports.Format
	file   string
}

func (o *output) register(c *cobra.Command) {
	var list []string
	for _, f := range reports.Formats() {
		list = append(list, f.Name+": "+f.Title)
	}
	c.Flags().StringArrayVar(&o.specs, "report", nil, "write a report as `FORMAT` to standard output, or as FORMAT=FILE to a file (repeatable; default: text to standard output)\n"+strings.Join(list, "\n"))
	_ = c.RegisterFlagCompletionFunc("report", cobra.FixedCompletions(reportNames(), cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveNoSpace)) // the flag exists
}

func reportNames() []string {
	var names []string
	for _, f := range reports.Formats() {
		names = append(names, f.Name)
	}
	return names
}

// targets are the reports that were asked for; text goes to standard output unless another format does.
func (o *output) targets() ([]target, error) {
	var out []target
	taken := map[string]bool{}
	for _, spec := range o.specs {
		name, file, toFile := strings.Cut(spec, "=")
		format := reports.FormatByName(name)
		switch {
		case format == nil:
			return nil, fmt.Errorf("--report %s: there is no format %q; there are %s", spec, name, strings.Join(reportNames(), ", "))
		case toFile && file == "":
			return nil, fmt.Errorf("--report %s: no file is named behind the equals sign", spec)
		case taken[file] && file == "":
			return nil, errors.New("--report: only one format can go to standard output; send the others to files with FORMAT=FILE")
		case taken[file]:
			return nil, fmt.Errorf("--report %s: another report goes to that file already", spec)
		}
		taken[file] = true
		out = append(out, target{format, file})
	}
	if !taken[""] {
		out = append([]target{{format: &reports.Formats()[0]}}, out...)
	}
	return out, nil
}

// write writes every report; one that cannot be written does not keep the others back.
func (s *session) write(d *reports.Document, targets []target) error {
	d.Rules, d.Version = rules.All, version()
	var failed []error
	for _, t := range targets {
		d.Color = t.file == "" && s.colors(s.stdout)
		if t.file == "" {
			failed = append(failed, t.format.Write(s.stdout, d))
			continue
		}
		s.during("writing "+t.file, func() {
			failed = append(failed, writeFile(t.file, func(w io.Writer) error { return t.format.Write(w, d) }))
		})
	}
	return asFailure(errors.Join(failed...))
}

// writeFile writes a report to a file that the user names.
func writeFile(name string, write func(io.Writer) error) error {
	f, err := os.Create(name) //nolint:gosec // the user names it
	if err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	out := bufio.NewWriter(f)
	err = write(out)
	return errors.Join(err, out.Flush(), f.Close())
}
