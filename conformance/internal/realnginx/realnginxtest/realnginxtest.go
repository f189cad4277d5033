// Package realnginxtest runs tests in the private network that package realnginx makes.
package realnginxtest

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/asrscheck/asrscheck/conformance/internal/realnginx"
)

// strict names the environment variable that turns skipped tests into failures, for machines that must be able to run them.
const strict = "ASRSCHECK_STRICT"

// Inside reports whether the test runs in a private network. Where it does not, it is run again in one by another process, whose
// outcome becomes the test's own; the test has nothing left to do then.
func Inside(t *testing.T) bool {
	t.Helper()
	if realnginx.Inside() {
		return true
	}
	var out bytes.Buffer
	_, err := realnginx.Find()
	unavailable(t, err)
	err = realnginx.Enter(t.Context(), arguments(t.Name()), realnginx.Streams{Out: &out, Err: &out})
	unavailable(t, err)
	var failed *exec.ExitError
	switch {
	case errors.As(err, &failed):
		t.Errorf("inside the private network:\n%s", &out)
	case err != nil:
		t.Errorf("the private network was not entered: %v", err)
	case strings.Contains(out.String(), "--- SKIP: "+t.Name()+" ("):
		t.Skip(strings.TrimSpace(out.String()))
	default:
		t.Logf("inside the private network:\n%s", &out)
	}
	return false
}

// Open opens a rig for the time of a test.
func Open(t *testing.T) *realnginx.Rig {
	t.Helper()
	r, err := realnginx.Open()
	unavailable(t, err)
	if err != nil {
		t.Fatalf("the rig did not open: %v", err)
	}
	t.Cleanup(r.Close)
	return r
}

// EachVersion runs a test with every NGINX there is, as a subtest with the name of its version. Each has a private network of its own, so
// that they run at the same time. One that .ci/setup should have unpacked and that is not there is skipped.
func EachVersion(t *testing.T, test func(t *testing.T, rig *realnginx.Rig, nginx realnginx.Installation)) {
	t.Helper()
	found, missing, err := realnginx.Installations(t.Context())
	if err != nil {
		t.Fatalf("it is not known which NGINX there are: %v", err)
	}
	for _, suite := range missing {
		t.Run(suite, func(t *testing.T) {
			Missing(t, "the NGINX of Debian "+suite+" is not unpacked; .ci/setup does that")
		})
	}
	var all sync.WaitGroup
	for _, nginx := range found {
		all.Go(func() {
			t.Run(nginx.Version, func(t *testing.T) {
				if Inside(t) {
					test(t, Open(t), nginx)
				}
			})
		})
	}
	all.Wait()
}

// Installed is the NGINX of this machine.
func Installed(t *testing.T) realnginx.Installation {
	t.Helper()
	i, err := realnginx.Installed(t.Context())
	unavailable(t, err)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// Program is the path of a program that is neither ours nor NGINX; the test is skipped where it is not installed.
func Program(t *testing.T, name string) string {
	t.Helper()
	for _, path := range []string{name, "/usr/sbin/" + name} {
		if found, err := exec.LookPath(path); err == nil {
			return found
		}
	}
	Missing(t, "no "+name+" is installed; .ci/setup does that")
	return ""
}

// Missing skips the test for something that is not on this machine.
func Missing(t *testing.T, reason string) {
	t.Helper()
	unavailable(t, &realnginx.UnavailableError{Reason: reason})
}

// unavailable skips the test where the error says that this machine cannot run it.
func unavailable(t *testing.T, err error) {
	t.Helper()
	var u *realnginx.UnavailableError
	if !errors.As(err, &u) {
		return
	}
	if os.Getenv(strict) == "1" {
		t.Fatalf("%v, and %s=1 asks for it", u, strict)
	}
	t.Skip(u.Error())
}

// arguments are the flags of a test binary that run one test, and its subtests as far as they were asked for. Flags of the test's own
// are passed on; those that write files are not, because the process outside writes them.
func arguments(name string) []string {
	pattern := strings.Split(name, "/")
	for i, element := range pattern {
		pattern[i] = "^" + regexp.QuoteMeta(element) + "$"
	}
	args := []string{"-test.v"}
	flag.Visit(func(f *flag.Flag) {
		switch {
		case f.Name == "test.run":
			if asked := strings.Split(f.Value.String(), "/"); len(asked) > len(pattern) {
				pattern = append(pattern, asked[len(pattern):]...)
			}
		case f.Name == "test.timeout" || !strings.HasPrefix(f.Name, "test."):
			args = append(args, "-"+f.Name+"="+f.Value.String())
		}
	})
	return append(args, "-test.run="+strings.Join(pattern, "/"))
}
