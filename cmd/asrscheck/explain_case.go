package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/live"
)

// writeCases lists the live cases, which asrscheck test runs.
func writeCases(w io.Writer, cases []*live.Case) error {
	var b strings.Builder
	b.WriteString("\nlive cases, by which asrscheck test judges the same\n")
	for _, c := range cases {
		fmt.Fprintf(&b, "  %-18s %-18s %s\n", c.ID, c.Requirement, c.Title)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// views say in words where a case can judge.
var views = map[live.View]string{
	live.Either:  "from the client's side; from the service's too where the fake service stands behind the proxy",
	live.Inside:  "from the service's side: the fake service must stand behind the proxy",
	live.Outside: "from the client's side, where the real service stands behind the proxy",
	live.InTwin:  "from the client's side, where asrscheck itself runs the gateway",
}

// writeCase tells what one live case asks.
func writeCase(w io.Writer, c *live.Case) error {
	r, _ := conformance.RequirementByID(c.Requirement)
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s\n\n", c.ID, c.Title)
	row := func(name, value string) { fmt.Fprintf(&b, "  %-12s %s\n", name, value) }
	row("judges", fmt.Sprintf("%s, by traffic, with severity %s", c.Requirement, c.Weight()))
	row("looks", views[c.View])
	if c.Level == live.Token {
		row("needs", "an access token, which a key in "+connectionString+" gives")
	}
	for _, id := range c.Needs {
		row("needs", id+" to hold first")
	}
	if len(c.Labels) > 0 {
		row("labels", strings.Join(c.Labels, ", "))
	}
	row("source", r.Source)
	_, err := io.WriteString(w, b.String())
	return err
}
