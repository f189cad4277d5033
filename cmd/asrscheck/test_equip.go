package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"regexp"
	"strings"
	"time"

	"github.com/asrscheck/asrscheck/conformance/live"
)

// equip tells a target what the flags give for cases that need more than the proxy, and what is missing for the others.
func (r *remote) equip(t *live.Target) error {
	t.Lack(live.Hub, "needs the app's hub: --hub https://app.example.com/chat names it")
	t.Lack(live.Direct, "needs the service's own host: --direct chat.service.signalr.net names it")
	t.Lack(live.Log, "needs the proxy's access log: --access-log FILE names it")
	t.Lack(live.Reload, "needs a way to have the proxy load its configuration again: --reload COMMAND gives one")
	if r.reload != "" {
		t.ReloadBy(func(ctx context.Context) error { return runShell(ctx, r.reload) })
	}
	t.ComeFrom(r.origin)
	t.Watch(r.watch)
	return errors.Join(r.connect(t), r.checkOrigin(), r.askHub(t), r.askDirectly(t), r.readLog(t))
}

func (r *remote) connect(t *live.Target) error {
	if r.to == "" {
		return nil
	}
	if _, _, err := net.SplitHostPort(r.to); err != nil {
		return fmt.Errorf("--connect-to %s: write it as HOST:PORT, such as 127.0.0.1:8443", r.to)
	}
	t.ConnectTo(r.to)
	return nil
}

// originForm is what browsers send (RFC 6454 section 6.1).
var originForm = regexp.MustCompile(`^https?://[^/?#@]+$`)

func (r *remote) checkOrigin() error {
	if r.origin != "" && !originForm.MatchString(r.origin) {
		return fmt.Errorf("--origin %s: write it as browsers do, without a path: https://app.example.com", r.origin)
	}
	return nil
}

func (r *remote) askHub(t *live.Target) error {
	if r.hub == "" {
		return nil
	}
	if err := t.AskHub(r.hub); err != nil {
		return fmt.Errorf("--hub: %w", err)
	}
	return nil
}

func (r *remote) askDirectly(t *live.Target) error {
	if r.direct == "" {
		return nil
	}
	host, address, given := strings.Cut(r.direct, "=")
	_, _, err := net.SplitHostPort(address)
	if !hostForm.MatchString(host) || given && err != nil {
		return fmt.Errorf("--direct %s: write it as the service's host, such as chat.service.signalr.net, or as HOST=ADDRESS:PORT", r.direct)
	}
	roots, err := authorities(r.trust)
	if err != nil {
		return err
	}
	if err := t.AskDirectly(host, address, roots); err != nil {
		return fmt.Errorf("--direct: %w", err)
	}
	return nil
}

func (r *remote) readLog(t *live.Target) error {
	if r.log == "" {
		return nil
	}
	if err := t.ReadLog(r.log); err != nil {
		return failure{fmt.Errorf("--access-log: %w", err)}
	}
	return nil
}

// runShell runs a command that the user gave; the error holds the first line of what it said.
func runShell(ctx context.Context, command string) error {
	shell := exec.CommandContext(ctx, "sh", "-c", command) //nolint:gosec // running what the user gives is what --reload is for
	shell.WaitDelay = time.Second                          // what it started may hold on to its output
	output, err := shell.CombinedOutput()
	if err != nil {
		said, _, _ := strings.Cut(strings.TrimSpace(string(output)), "\n")
		return fmt.Errorf("--reload: %w: %s", err, said)
	}
	return nil
}
