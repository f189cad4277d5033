package main

import (
	"fmt"
	"slices"
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
		Long: "explain tells why a rule exists, how to fix what it finds on each kind of gateway, and shows a bad and a good example; what a live\n" +
			"case needs; or what a requirement demands and what judges it. Without an ID it lists them all.",
		Example: "  asrscheck explain ASRS-HOST-001\n  asrscheck explain host-override",
		Args:    cobra.MaximumNArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return explainable(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error { return s.explain(args) },
	}
}

func (s *session) explain(args []string) error {
	color := s.colors(s.stdout)
	all := catalog()
	if len(args) == 0 {
		return asFailure(all.WriteIndex(s.stdout, color))
	}
	if r := rules.ByID(strings.ToUpper(args[0])); r != nil {
		return asFailure(reports.WriteRule(s.stdout, r, fixtures.Files.ReadFile, color))
	}
	if c := live.ByID(strings.ToUpper(args[0])); c != nil {
		return asFailure(reports.WriteCase(s.stdout, documented(c), color))
	}
	if r, ok := conformance.RequirementByID(strings.ToLower(args[0])); ok {
		return asFailure(all.WriteRequirement(s.stdout, r, color))
	}
	return fmt.Errorf("there is no rule, case or requirement %q%s; asrscheck explain lists them all", args[0], closest(args[0]))
}

func catalog() *reports.Catalog {
	c := &reports.Catalog{Rules: rules.All}
	for _, one := range live.All {
		c.Cases = append(c.Cases, documented(one))
	}
	return c
}

// documented says in words when a case can be run.
func documented(c *live.Case) reports.Case {
	out := reports.Case{ID: c.ID, Title: c.Title, Requirement: c.Requirement, Needs: c.Needs}
	switch c.Level {
	case live.Token:
		out.Conditions = append(out.Conditions, "It needs an access token, or an access key to make one.")
	case live.Hub:
		out.Conditions = append(out.Conditions, "It needs the URL of the app's hub (--hub).")
	case live.Direct:
		out.Conditions = append(out.Conditions, "It needs the service's own host, which it asks past the proxy (--direct).")
	case live.Log:
		out.Conditions = append(out.Conditions, "It needs the proxy's access log (--access-log).")
	case live.Reload:
		out.Conditions = append(out.Conditions, "It needs an access token, and a command that has the proxy load its configuration again (--reload); --real-nginx does that by itself.")
	case live.Open:
	}
	if c.Advises {
		out.Conditions = append(out.Conditions, "It only advises: what it finds breaks nothing.")
	}
	switch c.View {
	case live.Inside, live.Closer:
		out.Conditions = append(out.Conditions, "It looks at what arrives, and so needs the built-in service behind the proxy.")
	case live.Outside:
		out.Conditions = append(out.Conditions, "It is for a service that cannot be looked into; where one can, another case knows better.")
	case live.InTwin:
		out.Conditions = append(out.Conditions, "It is for gateways that asrscheck itself runs: it delays the service's answers.")
	case live.Prober:
		out.Conditions = append(out.Conditions, "It is for gateways that asrscheck itself runs: it sends their own health probes.")
	case live.Either:
	}
	if slices.Contains(c.Labels, live.Slow) {
		out.Conditions = append(out.Conditions, "It is slow: it takes longer than 10 seconds against a real service.")
	}
	if slices.Contains(c.Labels, live.Timing) {
		out.Conditions = append(out.Conditions, "It depends on timers, and is tried twice before it fails.")
	}
	return out
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
