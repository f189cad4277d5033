package main

import (
	"errors"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/asrscheck/asrscheck/reports"
)

// Exit statuses. Pipelines rely on them.
const (
	exitClean    = 0
	exitFindings = 1 // findings at or above --fail-on
	exitUsage    = 2 // the command line is wrong; nothing was done
	exitFailed   = 3 // the job could not be done, or proved nothing
)

// commands is the table of sub-commands.
var commands = []func(*session) *cobra.Command{checkCommand, testCommand, serveCommand, readCommand, traceCommand, explainCommand, reportCommand}

// session is one run of the program: its streams, its environment, and how it ends.
type session struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	env            func(string) string
	args           []string // the command line
	status         int
}

// failure is an error that is not the command line's.
type failure struct{ error }

func (f failure) Unwrap() error { return f.error }

// asFailure marks an error as a failure of the job.
func asFailure(err error) error {
	if err == nil {
		return nil
	}
	return failure{err}
}

// run runs one command line and returns the exit status. What goes to standard output is the result; everything else goes to standard
// error.
func run(args []string, s *session) (status int) {
	defer s.survive(&status)
	s.args = args
	err := s.root(args).Execute()
	var failed failure
	switch {
	case err == nil:
		return s.status
	case errors.As(err, &failed):
		s.note("%v", err)
		return exitFailed
	}
	s.note("%v", err)
	return exitUsage
}

// survive turns a defect of the program into the status for a job that could not be done: Go's own would be that for wrong usage.
func (s *session) survive(status *int) {
	if defect := recover(); defect != nil {
		s.note("a defect of asrscheck ended the run; please report it with the lines below: %v\n%s", defect, debug.Stack())
		*status = exitFailed
	}
}

// note writes one line to standard error.
func (s *session) note(format string, args ...any) {
	_, _ = fmt.Fprintln(s.stderr, reports.Redact("asrscheck: "+fmt.Sprintf(format, args...))) // nowhere is left to say that this failed
}

func (s *session) root(args []string) *cobra.Command {
	root := &cobra.Command{
		Use:   "asrscheck",
		Short: "Check reverse proxies in front of Azure SignalR Service",
		Long: "asrscheck tells whether SignalR clients that come through a reverse proxy reach the right Azure SignalR Service,\n" +
			"on every transport, and nothing else.\n\n" +
			"Exit status: 0 clean, 1 findings at or above --fail-on, 2 wrong usage, 3 the job could not be done or proved nothing.",
		Example: "  asrscheck check /etc/nginx/nginx.conf\n" +
			"  az network application-gateway show -g GROUP -n NAME | asrscheck check -\n" +
			"  asrscheck check infra/ --report html=asrscheck.html --fail-on warning",
		Version:       version(),
		SilenceErrors: true, SilenceUsage: true,
		RunE: func(*cobra.Command, []string) error {
			return errors.New("say what to do: asrscheck check PATH, or asrscheck --help for more")
		},
	}
	root.SetArgs(args)
	root.SetIn(s.stdin)
	root.SetOut(s.stdout)
	root.SetErr(s.stderr)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return fmt.Errorf("%w (asrscheck %s --help tells what there is)", err, c.Name())
	})
	for _, command := range commands {
		root.AddCommand(command(s))
	}
	return root
}

// version is the module's version, where the binary knows it.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
