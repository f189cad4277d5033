//go:build !linux

package realnginx

import (
	"context"
	"io"
	"net/netip"
	"os/exec"
)

func onlyLinux() error { return &UnavailableError{"private networks need Linux"} }

// Inside reports whether this program was started by Enter.
func Inside() bool { return false }

// Streams are what the program inside reads and writes.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// Enter runs this program again in namespaces of its own, which only Linux has.
func Enter(context.Context, []string, Streams) error { return onlyLinux() }

type land struct{}

func newLand() (*land, error) { return nil, onlyLinux() }

func (*land) inBack(func() error) error { return onlyLinux() }

func (*land) own(netip.Prefix) error { return onlyLinux() }

func (*land) close() {}

type scene struct{}

func newScene() (*scene, error) { return nil, onlyLinux() }

func (*scene) write(string, []byte) error { return onlyLinux() }

func (*scene) clear(string) error { return onlyLinux() }

func answerNames(string, *names) error { return onlyLinux() }

func dieWithParent(*exec.Cmd) {}

const stage = ""
