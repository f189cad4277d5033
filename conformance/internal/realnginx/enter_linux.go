package realnginx

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// outside holds, in the environment of the program inside, the namespaces of the one that started it. They are compared, so that
// somebody who merely sets the variable does not have the rig mount over the machine's own folders.
const outside = "ASRSCHECK_OUTSIDE"

// Inside reports whether this program was started by Enter.
func Inside() bool {
	from, here := os.Getenv(outside), namespaces()
	net, mnt, ok := strings.Cut(from, " ")
	return ok && here != "" && !strings.Contains(here, net) && !strings.Contains(here, mnt)
}

// namespaces names the network and the mount namespace of this program; empty when /proc does not say.
func namespaces() string {
	net, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		return ""
	}
	mnt, err := os.Readlink("/proc/self/ns/mnt")
	if err != nil {
		return ""
	}
	return net + " " + mnt
}

// Streams are what the program inside reads and writes.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// Enter runs this program again with the given arguments, in namespaces of its own, and waits for it. The error is an *UnavailableError
// when that cannot be done here, and an *exec.ExitError when the program inside ended with a status other than 0.
func Enter(ctx context.Context, args []string, s Streams) error {
	if err := possible(); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	cmd := exec.CommandContext(ctx, self, args...) //nolint:gosec // this very program
	cmd.Env = append(os.Environ(), outside+"="+namespaces())
	cmd.Stdin, cmd.Stdout, cmd.Stderr = s.In, s.Out, s.Err
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // the program inside tells what it knows
	cmd.WaitDelay = 5 * time.Second
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Unshareflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS,
		Pdeathsig:    syscall.SIGKILL,
	}
	runtime.LockOSThread() // prctl(2): the signal is sent when the thread that started the child ends, not the program
	defer runtime.UnlockOSThread()
	err = cmd.Run()
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOSPC) {
		return &UnavailableError{"the system refuses a network namespace: " + err.Error()}
	}
	return err //nolint:wrapcheck // callers look at the exit status
}

// possible says what is missing before anything is started.
func possible() error {
	if os.Geteuid() != 0 {
		return &UnavailableError{"network namespaces need root"}
	}
	if namespaces() == "" {
		return &UnavailableError{"/proc does not tell the namespaces of this program"}
	}
	return nil
}
