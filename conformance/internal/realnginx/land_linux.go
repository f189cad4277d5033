package realnginx

import (
	"fmt"
	"net/netip"
	"os"
	"runtime"
	"syscall"
)

// The cable between the front, where NGINX runs, and the back, where the services are. 198.18.0.0/15 is set aside for measuring
// between two machines (RFC 2544), so that no configuration means anything else by it.
var (
	frontEnd = netip.MustParsePrefix("198.18.0.1/30")
	backEnd  = netip.MustParsePrefix("198.18.0.2/30")
	anywhere = netip.MustParsePrefix("0.0.0.0/0")
)

// land is the network: the front is the namespace of the program, the back that of one thread.
type land struct {
	do chan func()
}

// newLand builds the network.
func newLand() (*land, error) {
	l := &land{do: make(chan func())}
	opened := make(chan error)
	var back *os.File
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with its namespace
		var err error
		back, err = newNamespace()
		opened <- err
		for f := range l.do {
			f()
		}
	}()
	if err := <-opened; err != nil {
		return nil, err
	}
	defer func() { _ = back.Close() }() // the thread keeps the namespace
	if err := front(back); err != nil {
		return nil, fmt.Errorf("set up the front network: %w", err)
	}
	if err := l.inBack(backRoutes); err != nil {
		return nil, fmt.Errorf("set up the back network: %w", err)
	}
	return l, nil
}

// inBack runs a function on the thread of the back. Sockets that it opens belong there, whoever uses them afterwards.
func (l *land) inBack(f func() error) error {
	done := make(chan error)
	l.do <- func() { done <- f() }
	return <-done
}

// own makes addresses the front's own.
func (*land) own(p netip.Prefix) error { return owned(p).add() }

func (l *land) close() { close(l.do) }

// newNamespace moves the calling thread into a network namespace of its own.
func newNamespace() (*os.File, error) {
	if err := syscall.Unshare(syscall.CLONE_NEWNET); err != nil {
		return nil, &UnavailableError{"the system refuses a second network namespace: " + err.Error()}
	}
	f, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		return nil, fmt.Errorf("open the new namespace: %w", err)
	}
	return f, nil
}

func front(back *os.File) error {
	if err := addPair("front", "back", back); err != nil {
		return &UnavailableError{"the system refuses a virtual cable (veth): " + err.Error()}
	}
	return inOrder(
		func() error { return up("lo") },
		func() error { return addAddress("front", frontEnd) },
		func() error { return up("front") },
		route{to: anywhere, device: "front", via: backEnd.Addr(), table: syscall.RT_TABLE_MAIN, kind: syscall.RTN_UNICAST}.add,
		owned(Clients).add,
	)
}

// backRoutes make every address the back's own, except the other end of the cable.
func backRoutes() error {
	home := route{to: netip.PrefixFrom(frontEnd.Addr(), 32), device: "back", table: tableLocal, kind: syscall.RTN_UNICAST, scope: syscall.RT_SCOPE_LINK}
	return inOrder(
		func() error { return up("lo") },
		func() error { return addAddress("back", backEnd) },
		func() error { return up("back") },
		home.add,
		owned(anywhere).add,
	)
}

// owned makes all addresses of a network the machine's own.
func owned(p netip.Prefix) route {
	return route{to: p, device: "lo", table: tableLocal, kind: syscall.RTN_LOCAL, scope: syscall.RT_SCOPE_HOST}
}

func inOrder(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}
