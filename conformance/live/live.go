package live

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/extensions/globals"
	"github.com/onsi/ginkgo/v2/formatter"
	"github.com/onsi/ginkgo/v2/types"

	"github.com/asrscheck/asrscheck/conformance"
)

// Options are what a run of the suite is told.
type Options struct {
	Cases   []*Case // All when nil; see Selection
	Timeout time.Duration
	Console io.Writer                    // Ginkgo's own report; nil discards it
	OnStart func(c *Case, n, of int)     // called as each case starts, the n-th of so many
	OnCase  func(conformance.CaseResult) // called as each case ends
}

// suites lets one suite run at a time: Ginkgo's suite, configuration and fail handler belong to the process.
var suites sync.Mutex

// shim is all that Ginkgo wants of a *testing.T.
type shim struct{}

// Fail takes note of nothing: the results tell.
func (shim) Fail() {}

// labelFilter reads a label filter; Ginkgo itself would end the process for one that it cannot read.
func labelFilter(text string) (types.LabelFilter, error) {
	filter, err := types.ParseLabelFilter(text)
	if err != nil {
		return nil, fmt.Errorf("%q is not a filter such as \"websocket && !slow\"", text)
	}
	return filter, nil
}

// Run runs cases on a target as a Ginkgo suite. The error says why the run itself did not succeed; that a case failed is a result.
func Run(ctx context.Context, t *Target, o Options) (Results, error) {
	if o.Cases == nil {
		o.Cases = All
	}
	if o.Cases = t.applicable(o.Cases); len(o.Cases) == 0 {
		return nil, ErrNothingRan
	}
	suites.Lock()
	defer suites.Unlock()
	return runSuite(ctx, t, o)
}

func runSuite(ctx context.Context, t *Target, o Options) (r Results, err error) {
	defer console(o.Console)()
	if o.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, o.Timeout, fmt.Errorf("the time for the run is over (%s)", o.Timeout))
		defer cancel()
	}
	globals.Reset()
	s := &suite{run: newRun(ctx, t, o.Cases), options: o, results: Results{}, over: func() bool { return ctx.Err() != nil }}
	defer func() {
		if err == nil || ctx.Err() != nil {
			s.results.complete(o.Cases, context.Cause(ctx))
			s.results.doubt(t)
		}
	}()
	ginkgo.Describe(t.endpoint.String(), s.build)
	reported := false
	ginkgo.ReportAfterSuite("results", func(ginkgo.Report) { reported = true })
	config, reporter := types.NewDefaultSuiteConfig(), types.NewDefaultReporterConfig()
	config.RandomSeed, config.FailOnEmpty, config.GracePeriod = 1, true, leaveLimit
	if o.Timeout > 0 {
		config.Timeout = o.Timeout + ginkgoLag
	}
	reporter.NoColor = true
	ginkgo.RunSpecs(shim{}, t.endpoint.String(), config, reporter, under(ctx))
	signal.Reset(os.Interrupt, syscall.SIGTERM) // Ginkgo keeps its handler, and ^C would no longer end the process
	switch {
	case ctx.Err() != nil:
		return s.results, context.Cause(ctx)
	case !reported:
		return s.results, errors.New("the suite ended without a report")
	case len(s.results) == 0:
		return nil, ErrNothingRan
	}
	return s.results, nil
}

// ginkgoLag is how much later than the run's own context Ginkgo's clock ends it, if that should ever be needed.
const ginkgoLag = time.Minute

// console leads Ginkgo's report to a writer, and back.
func console(to io.Writer) (restore func()) {
	old := formatter.ColorableStdOut
	formatter.ColorableStdOut = to
	if to == nil {
		formatter.ColorableStdOut = io.Discard
	}
	return func() { formatter.ColorableStdOut = old }
}

// under makes every node of the suite end with the caller's context.
func under(ctx context.Context) any {
	return ginkgo.AroundNode(func(node context.Context) context.Context {
		node, cancel := context.WithCancelCause(node)
		context.AfterFunc(ctx, func() { cancel(context.Cause(ctx)) })
		return node
	})
}

// suite turns cases into specs.
type suite struct {
	run     *run
	options Options
	results Results
	over    func() bool // has the caller's context ended
}

// build declares a spec for each case. Ginkgo sorts specs of one line of source by their texts, hence the numbers.
func (s *suite) build() {
	for i, c := range s.options.Cases {
		ginkgo.It(fmt.Sprintf("%03d %s %s", i, c.ID, c.Title), ginkgo.Labels(c.labels()), func(ctx ginkgo.SpecContext) {
			if s.over() {
				ginkgo.Skip("the run was ended")
			}
			if s.options.OnStart != nil {
				s.options.OnStart(c, i+1, len(s.options.Cases))
			}
			result := s.run.try(ctx, c)
			s.results[c.Requirement] = append(s.results[c.Requirement], result)
			if s.options.OnCase != nil {
				s.options.OnCase(result)
			}
			switch result.Verdict {
			case conformance.Broken:
				ginkgo.Fail(result.Message)
			case conformance.Unjudged:
				ginkgo.Skip(result.Message)
			case conformance.Holds, conformance.NotOffered:
			}
		})
	}
}
