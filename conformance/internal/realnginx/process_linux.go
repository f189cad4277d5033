package realnginx

import (
	"os/exec"
	"syscall"
)

// dieWithParent ends a process with the thread that starts it, so that no NGINX outlives a program that was killed.
func dieWithParent(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM} }
