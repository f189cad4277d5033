package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/asrscheck/asrscheck/conformance"
)

// gate are the flags that decide about the exit status.
type gate struct {
	failOn    string
	allowNone bool
}

// never is the word for a gate that no finding closes.
const never = "none"

func (g *gate) register(c *cobra.Command) {
	g.failOn = string(conformance.Error)
	c.Flags().StringVar(&g.failOn, "fail-on", g.failOn, "exit with 1 for findings of this `SEVERITY` or above: error, warning, note, none")
	c.Flags().BoolVar(&g.allowNone, "allow-none", false, "accept that something was not read, or that nothing was judged: do not exit with 3 for that")
	words := []string{string(conformance.Error), string(conformance.Warning), string(conformance.Notice), never}
	_ = c.RegisterFlagCompletionFunc("fail-on", cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)) // the flag exists
}

func (g *gate) validate() error {
	if g.failOn == never {
		return nil
	}
	if _, err := conformance.ParseSeverity(g.failOn); err != nil {
		return fmt.Errorf("--fail-on: %w, none", err)
	}
	return nil
}

// status is the exit status that a report deserves. A run that proves less than it seems to is not clean, and that weighs more than
// findings; the reasons go to standard error.
func (s *session) conclude(r *conformance.Report, g gate) int {
	gaps := r.Gaps()
	s.tell(gaps)
	switch {
	case len(gaps) > 0 && !g.allowNone:
		s.note("this run proves less than it seems to (exit status %d); --allow-none accepts that", exitFailed)
		return exitFailed
	case g.failOn != never && r.Findings(conformance.Severity(g.failOn)) > 0:
		return exitFindings
	}
	return exitClean
}

// toldGaps bounds how many gaps are told; reports hold them all.
const toldGaps = 10

func (s *session) tell(gaps []conformance.Gap) {
	for i, gap := range gaps {
		if i == toldGaps {
			s.note("… and %d more, which the report names", len(gaps)-toldGaps)
			return
		}
		what := gap.What
		if place := gap.Span.String(); place != "" {
			what = place + ": " + what
		}
		if !strings.HasSuffix(what, "?") {
			what += "."
		}
		s.note("%s", strings.TrimSpace(what+" "+gap.Fix))
	}
}
