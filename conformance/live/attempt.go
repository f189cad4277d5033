package live

import (
	"context"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/onsi/gomega"

	"github.com/asrscheck/asrscheck/conformance"
)

// caseLimit bounds one case against a proxy that runs here; against others a poll alone takes 90 seconds.
const (
	caseLimit     = 20 * time.Second
	slowCaseLimit = 5 * time.Minute
	leaveLimit    = 2 * time.Second // for a case whose time is up to notice it
)

// run is one run of the cases on a target.
type run struct {
	target *Target
	held   map[string]conformance.CaseResult // by the case's id
}

func newRun(t *Target) *run { return &run{target: t, held: map[string]conformance.CaseResult{}} }

// try runs a case, if it can be judged at all.
func (r *run) try(ctx context.Context, c *Case) conformance.CaseResult {
	result := conformance.CaseResult{ID: c.ID, Title: c.Title, Verdict: conformance.Unjudged, Message: r.obstacle(c)}
	if result.Message == "" {
		result = attempt(ctx, c, r.target)
	}
	if result.Verdict == conformance.Broken && r.again(c) && ctx.Err() == nil {
		result = r.retry(ctx, c)
	}
	r.held[c.ID] = result
	return result
}

func (r *run) retry(ctx context.Context, c *Case) conformance.CaseResult {
	slow, back, err := r.target.slowed()
	defer back()
	if err != nil {
		return conformance.CaseResult{ID: c.ID, Title: c.Title, Verdict: conformance.Unjudged, Message: err.Error()}
	}
	return attempt(ctx, c, slow)
}

// again reports whether a failure deserves a second try: a timer of ours may have been late, which in a twin, where a second stands
// for a minute, can hit any request; and the real service has its moods (maintenance, 429, 503).
func (r *run) again(c *Case) bool {
	return r.target.proxy != nil || !r.target.sees() || slices.Contains(c.Labels, Timing)
}

// obstacle says why a case cannot be judged.
func (r *run) obstacle(c *Case) string {
	if r.target.blocked != "" {
		return r.target.blocked
	}
	if c.Level > r.target.level() {
		return "needs an access token: set ASRSCHECK_CONNECTION_STRING to the service's connection string"
	}
	if c.View == Inside && !r.target.sees() {
		return "what arrives at the service can only be seen where the fake service stands behind the proxy"
	}
	for _, id := range c.Needs {
		if need, ran := r.held[id]; !ran || need.Verdict != conformance.Holds {
			return fmt.Sprintf("needs %s to hold first", id)
		}
	}
	return ""
}

// attempt runs a case once, on a goroutine of its own, which a failed expectation ends.
func attempt(ctx context.Context, c *Case, t *Target) conformance.CaseResult {
	limit := caseLimit
	if t.proxy == nil {
		limit = slowCaseLimit
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	done := make(chan conformance.CaseResult, 1)
	go perform(ctx, c, t.scoped(c), done)
	select {
	case result := <-done:
		return result
	case <-ctx.Done():
	}
	select {
	case result := <-done:
		return result
	case <-time.After(leaveLimit):
	}
	return conformance.CaseResult{ID: c.ID, Title: c.Title, Verdict: conformance.Unjudged, Message: "took too long: " + context.Cause(ctx).Error()}
}

// perform tells what became of a case, whichever way it ends: by return, by a failed expectation, by leaving, or by a panic.
func perform(ctx context.Context, c *Case, t *Target, done chan<- conformance.CaseResult) {
	result := conformance.CaseResult{ID: c.ID, Title: c.Title}
	defer func() {
		if p := recover(); p != nil {
			result.Verdict, result.Message = conformance.Unjudged, fmt.Sprintf("the case itself failed: %v", p)
		}
		done <- result
	}()
	g := gomega.NewGomega(func(message string, _ ...int) {
		result.Verdict, result.Message = conformance.Broken, sentence(message)
		if ctx.Err() != nil && context.Cause(ctx) != context.DeadlineExceeded { //nolint:errorlint // the cause itself
			result.Verdict, result.Message = conformance.Unjudged, "the run was ended: "+context.Cause(ctx).Error()
		}
		runtime.Goexit()
	})
	defer func() {
		if t.scope.left != "" && result.Verdict == "" {
			result.Verdict, result.Message = conformance.Unjudged, t.scope.left
		}
	}()
	if t.sees() {
		t.cluster.ResetRecords()
	}
	c.Run(ctx, g, t)
	if t.scope.left == "" {
		result.Verdict = conformance.Holds
	}
}

// ports are what differs from run to run in errors of package net.
var ports = regexp.MustCompile(`\b(?:read|write|dial) tcp [0-9.:>\[\]-]+: `)

// sentence is what a case says of a failure, without what Gomega adds behind it.
func sentence(message string) string {
	first, _, _ := strings.Cut(message, "\n")
	return ports.ReplaceAllString(strings.TrimSuffix(strings.TrimSpace(first), "."), "")
}

// leave ends the case: it cannot be judged.
func (t *Target) leave(format string, args ...any) {
	t.scope.left = sentence(fmt.Sprintf(format, args...))
	runtime.Goexit()
}

// must leaves the case when something failed that is not the proxy's.
func (t *Target) must(err error) {
	if err != nil {
		t.leave("the case could not be set up: %v", err)
	}
}
