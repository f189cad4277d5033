package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/asrscheck/asrscheck/fixtures"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"asrscheck": main})
}

// TestScripts runs the transcripts of testdata/script, each in a folder that holds the fixtures. UPDATE=1 rewrites what they compare
// with.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"), RequireExplicitExec: true, RequireUniqueNames: true, UpdateScripts: os.Getenv("UPDATE") != "",
		Setup: func(env *testscript.Env) error {
			return os.CopyFS(filepath.Join(env.WorkDir, "fixtures"), fixtures.Files)
		},
		Condition: holds,
		Cmds:      map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "waitfor": waitFor},
	})
}

// holds tells conditions: root may read everything, and with nginx it can be run in a private network. On machines that must be able to do
// that (ASRSCHECK_STRICT=1) it is no condition.
func holds(name string) (bool, error) {
	switch name {
	case "root":
		return os.Geteuid() == 0, nil
	case "nginx":
		_, err := exec.LookPath("nginx")
		_, elsewhere := exec.LookPath("/usr/sbin/nginx")
		private := exec.Command("unshare", "--net", "--mount", "true").Run() == nil
		return private && (err == nil || elsewhere == nil) || os.Getenv("ASRSCHECK_STRICT") == "1", nil
	default:
		return false, fmt.Errorf("there is no condition %q", name)
	}
}

// exits runs asrscheck and compares its exit status: exits STATUS ARGUMENT…
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: exits STATUS ARGUMENT…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	status := 0
	if err := ts.Exec("asrscheck", args[1:]...); err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("run asrscheck: %v", err)
		}
		status = exit.ExitCode()
	}
	if status != want {
		ts.Fatalf("asrscheck exits with %d instead of %d", status, want)
	}
}

// waitFor waits until a program in the background has written a file: waitfor FILE
func waitFor(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: waitfor FILE")
	}
	for range 500 {
		if info, err := os.Stat(ts.MkAbs(args[0])); err == nil && info.Size() > 0 {
			time.Sleep(100 * time.Millisecond) // what is printed behind it
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("%s does not appear", args[0])
}
