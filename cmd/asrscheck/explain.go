package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/live"
	"github.com/asrscheck/asrscheck/conformance/rules"
	"github.com/asrscheck/asrscheck/fixtures"
	"github.com/asrscheck/asrscheck/reports"
)

// explainCommand tells what stands behind an id of a report.
func explainCommand(s *session) *cobra.Command {
	return &cobra.Command{
		Use:   "explain [ID]",
		Short: "Explain a rule, a live case or a requirement",
		Long: "explain tells why a rule or a requirement exists, how to fix what it finds on each kind of gateway, and shows a bad and a good\n" +
			"example. Without an ID it lists them all.",
		Example: "  asrscheck explain ASRS-HOST-001\n  asrscheck explain LIVE-WS-03\n  asrscheck explain host-override",
		Args:    cobra.MaximumNArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return explainable(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error { return s.explain(args) },
	}
}

func (s *session) explain(args []string) error {
	color := s.colors(s.stdout)
	if len(args) == 0 {
		return asFailure(errors.Join(reports.WriteIndex(s.stdout, rules.All, color), writeCases(s.stdout, live.All)))
	}
	if r := rules.ByID(strings.ToUpper(args[0])); r != nil {
		return asFailure(reports.WriteRule(s.stdout, r, fixtures.Files.ReadFile, color))
	}
	if r, ok := conformance.RequirementByID(strings.ToLower(args[0])); ok {
		return asFailure(reports.WriteRequirement(s.stdout, r, rules.All, color))
	}
	if c := live.ByID(strings.ToUpper(args[0])); c != nil {
		return asFailure(writeCase(s.stdout, c))
	}
	return fmt.Errorf("there is no rule, case or requirement %q%s; asrscheck explain lists them all", args[0], closest(args[0]))
}

// explainable are all ids.
func explainable() []string {
	var out []string
	for _, r := range rules.All {
		out = append(out, r.ID)
	}
	for _, c := range live.All {
		out = append(out, c.ID)
	}
	for _, r := range conformance.Requirements {
		out = append(out, r.ID)
	}
	return out
}

// closest suggests the ids that hold what was asked for.
func closest(id string) string {
	var out []string
	for _, known := range explainable() {
		if id != "" && strings.Contains(strings.ToLower(known), strings.ToLower(id)) {
			out = append(out, known)
		}
	}
	if len(out) == 0 {
		return ""
	}
	return "; did you mean " + strings.Join(out, " or ")
}
