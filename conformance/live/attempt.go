package live

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/onsi/gomega"

	"github.com/asrscheck/asrscheck/conformance"
)

// Bounds of one case. Against a real service a poll alone takes 90 seconds.
const (
	caseLimit     = 20 * time.Second
	slowCaseLimit = 150 * time.Second
	leaveLimit    = 2 * time.Second // for a case whose time is up to notice it
	maxPause      = 5 * time.Second // before a second try
)

// run is one run of the cases on a target.
type run struct {
	target *Target
	cases  []*Case
	ctx    context.Context                   //nolint:containedctx // that of the run: slow cases begin while another case has the word
	held   map[string]conformance.CaseResult // by the case's id
	early  map[string]chan conformance.CaseResult
	waits  atomic.Int64 // second tries because somebody asked for time
	silent atomic.Int64 // cases whose time was up before anything came back
}

func newRun(ctx context.Context, t *Target, cases []*Case) *run {
	return &run{target: t, cases: cases, ctx: ctx, held: map[string]conformance.CaseResult{}}
}

// try runs a case, if it can be judged at all.
func (r *run) try(ctx context.Context, c *Case) conformance.CaseResult {
	if r.target.ticks() && c.patient() {
		r.together()
	}
	result := r.result(ctx, c)
	r.held[c.ID] = result
	return result
}

func (r *run) result(ctx context.Context, c *Case) conformance.CaseResult {
	begun := r.early[c.ID]
	if begun == nil {
		return r.judge(ctx, c, false)
	}
	select {
	case result := <-begun:
		return result
	case <-ctx.Done():
		return unjudged(c, "the run was ended: "+context.Cause(ctx).Error())
	}
}

// patient reports whether a case does little but wait, and disturbs no other.
func (c *Case) patient() bool { return slices.Contains(c.Labels, Slow) && !c.Alone }

// together begins all cases that wait for the service's timers, which takes no longer than one of them.
func (r *run) together() {
	if r.early != nil {
		return
	}
	r.early = map[string]chan conformance.CaseResult{}
	if r.target.sees() {
		r.target.cluster.ResetRecords()
	}
	for _, c := range r.cases {
		if !c.patient() || r.obstacle(c) != nil {
			continue
		}
		done := make(chan conformance.CaseResult, 1)
		r.early[c.ID] = done
		go func() { done <- r.judge(r.ctx, c, true) }()
	}
}

func unjudged(c *Case, why string) conformance.CaseResult {
	return conformance.CaseResult{ID: c.ID, Title: c.Title, Verdict: conformance.Unjudged, Message: why, Advice: c.Advises}
}

// judge runs a case, a second time where the first may have failed for another reason than the proxy.
func (r *run) judge(ctx context.Context, c *Case, among bool) conformance.CaseResult {
	if !among {
		if o := r.obstacle(c); o != nil {
			return *o
		}
	}
	result, scope := attempt(ctx, c, r.target, among)
	silent := scope.log.silent()
	if silent && result.Verdict != conformance.Holds {
		r.silent.Add(1)
	}
	if result.Verdict == conformance.Broken && !silent && r.again(c, &scope.log) && ctx.Err() == nil {
		pause(ctx, scope.log.pause(r.target))
		result, scope = r.retry(ctx, c, among)
	}
	if why := r.inconclusive(scope.log.asksForTime()); result.Verdict == conformance.Broken && why != "" {
		result.Verdict, result.Cause = conformance.Unjudged, ""
		result.Message = "inconclusive: " + why + " (" + result.Message + ")"
	}
	if c.Advises && result.Verdict == conformance.Broken {
		result.Verdict = conformance.Holds
	}
	return r.design(c, result)
}

// design takes a transport that does not work for one that is not offered, where the proxy is said to do without it.
func (r *run) design(c *Case, result conformance.CaseResult) conformance.CaseResult {
	if result.Verdict == conformance.Broken && slices.Contains(r.target.without, c.Requirement) {
		result.Verdict, result.Cause = conformance.NotOffered, ""
		result.Message = "the design does without it (" + result.Message + ")"
	}
	return result
}

// inconclusive is why a status by which somebody asks to come back later, again, says nothing about the proxy; empty where it does. One that let
// negotiate through before has not lost its way to the service.
func (r *run) inconclusive(status int) string {
	t := r.target
	switch {
	case status == 0:
	case t.model.bounded != "":
		return fmt.Sprintf("the proxy answers %d, and %s bounds the requests, all of which come from one client here", status, t.model.bounded)
	case t.sees() && t.proxy != nil:
	case !t.sees():
		return fmt.Sprintf("somebody answers %d, twice, and whether that is the proxy or the service cannot be seen from here", status)
	case status == http.StatusTooManyRequests || r.held[caseNegotiate].Verdict == conformance.Holds:
		return fmt.Sprintf("the proxy answers %d: it seems to bound the number of requests, and all those of a run come from one address", status)
	}
	return ""
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// pause is how long to wait before a second try: a service that is moved or too busy needs a moment.
func (e *evidence) pause(t *Target) time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	if t.sees() && t.proxy != nil || e.busy == 0 {
		return 0
	}
	return min(max(e.retryAfter, time.Second), maxPause)
}

// asksForTime is the status by which somebody asked to come back later, or 0.
func (e *evidence) asksForTime() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.busy
}

// silent reports whether requests were sent, the last of them until its time was up, and nothing came back.
func (e *evidence) silent() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.late && !e.answered
}

func (r *run) retry(ctx context.Context, c *Case, among bool) (conformance.CaseResult, *scope) {
	slow, back, err := r.target.slowed()
	defer back()
	if err != nil {
		return unjudged(c, err.Error()), &scope{}
	}
	return attempt(ctx, c, slow, among)
}

// again reports whether a failure deserves a second try: a timer of ours may have been late, which in a twin, where a second stands
// for a minute, can hit any request; the real service has its moods (maintenance, 429, 503); and a proxy that bounds the number of requests lets
// some in again after a while, which is waited for a few times.
func (r *run) again(c *Case, seen *evidence) bool {
	asked := seen.asksForTime() != 0 && r.waits.Add(1) <= mostWaits
	return asked || r.target.proxy != nil || !r.target.sees() || slices.Contains(c.Labels, Timing)
}

// mostWaits bounds how often a run waits because somebody asks for time behind whom the fake service stands: a proxy that has lost its way to the
// service may ask for ever.
const mostWaits = 4

// patienceWithSilence is after how many cases without a sign of life the others are not tried: each would wait until its time is up.
const patienceWithSilence = 3

// obstacle is the result of a case that is not run; nil when nothing stands against it.
func (r *run) obstacle(c *Case) *conformance.CaseResult {
	if name := transportNames[c.Requirement]; name != "" && r.target.shared.lacks(name) {
		return &conformance.CaseResult{ID: c.ID, Title: c.Title, Advice: c.Advises, Verdict: conformance.NotOffered, Message: "the answer to negotiate does not offer " + name + ", so that no client tries it"}
	}
	why := r.whyNot(c)
	if why == "" {
		return nil
	}
	result := unjudged(c, why)
	return &result
}

// transportNames are the transports in the words of negotiate, by requirement.
var transportNames = map[string]string{"websocket": "WebSockets", "server-sent-events": "ServerSentEvents", "long-polling": "LongPolling"}

// Transports are those that a design may do without, as requirements.
func Transports() []string { return slices.Sorted(maps.Keys(transportNames)) }

// lacks reports whether negotiate was seen to offer transports, but not this one.
func (s *shared) lacks(transport string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.offered) > 0 && !s.offered[transport]
}

func (r *run) whyNot(c *Case) string {
	if n := r.silent.Load(); n >= patienceWithSilence {
		return fmt.Sprintf("not tried: nothing came back from %s in %d cases before", r.target.endpoint, n)
	}
	if r.target.blocked != "" {
		return r.target.blocked
	}
	if c.View == Inside && !r.target.sees() {
		return "what arrives at the service can only be seen where the fake service stands behind the proxy: --fake starts one, --record names one"
	}
	if !r.target.given(c.Level) {
		return r.target.lacking[c.Level]
	}
	for _, id := range c.Needs {
		if need, ran := r.held[id]; !ran || need.Verdict != conformance.Holds {
			return fmt.Sprintf("needs %s to hold first", id)
		}
	}
	return ""
}

// limit bounds one try of a case.
func (t *Target) limit(c *Case) time.Duration {
	switch {
	case t.hurry > 0:
		return t.hurry
	case t.proxy == nil && (slices.Contains(c.Labels, Slow) || t.sees()):
		return slowCaseLimit + t.watch
	}
	return caseLimit
}

// attempt runs a case once, on a goroutine of its own, which a failed expectation ends. A case among others leaves the records of the
// fake service to them.
func attempt(ctx context.Context, c *Case, t *Target, among bool) (conformance.CaseResult, *scope) {
	ctx, cancel := context.WithTimeout(ctx, t.limit(c))
	defer cancel()
	here := t.scoped(c)
	if here.sees() && !among {
		here.noteAstray()
		here.cluster.ResetRecords()
	}
	done := make(chan conformance.CaseResult, 1)
	go perform(ctx, c, here, done)
	result := awaited(ctx, c, done)
	result.Evidence = here.scope.log.chosen()
	result.Message = here.conceal(result.Message)
	if result.Verdict == conformance.Broken {
		result.Cause = here.causeOf(c, result.Message)
	}
	return result, here.scope
}

func awaited(ctx context.Context, c *Case, done <-chan conformance.CaseResult) conformance.CaseResult {
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
	return unjudged(c, "took too long: "+context.Cause(ctx).Error())
}

// perform tells what became of a case, whichever way it ends: by return, by a failed expectation, by leaving, or by a panic.
func perform(ctx context.Context, c *Case, t *Target, done chan<- conformance.CaseResult) {
	result := conformance.CaseResult{ID: c.ID, Title: c.Title, Advice: c.Advises}
	defer func() {
		if p := recover(); p != nil {
			result.Verdict, result.Message = conformance.Unjudged, fmt.Sprintf("the case itself failed: %v", p)
		}
		if err := t.blind(); err != nil {
			result.Verdict, result.Message = conformance.Unjudged, "what arrives at the service cannot be seen: "+sentence(err.Error())
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
	c.Run(ctx, g, t)
	if t.scope.left == "" {
		result.Verdict, result.Message = conformance.Holds, t.scope.remark
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

// remark says something about a case that holds.
func (t *Target) remark(format string, args ...any) {
	t.scope.remark = sentence(fmt.Sprintf(format, args...))
}

// must leaves the case when something failed that is not the proxy's.
func (t *Target) must(err error) {
	if err != nil {
		t.leave("the case could not be set up: %v", err)
	}
}
