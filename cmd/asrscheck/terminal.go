package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// isTerminal reports whether a stream is a character device, as terminals are.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// colors reports whether a stream takes colors: a terminal that is not dumb, without NO_COLOR (no-color.org).
func (s *session) colors(stream io.Writer) bool {
	return isTerminal(stream) && s.env("NO_COLOR") == "" && s.env("TERM") != "dumb"
}

// patience is how long something may last before a terminal is told about it.
const patience = time.Second

// during runs a job; when that lasts, a line on the terminal says what is being done, and goes away afterwards.
func (s *session) during(what string, job func()) {
	s.duringSteps(what, func(func(string)) { job() })
}

// duringSteps is during for a job that tells how far it is.
func (s *session) duringSteps(what string, job func(tell func(string))) {
	if !isTerminal(s.stderr) {
		job(func(string) {})
		return
	}
	p := &progress{out: s.stderr, what: what}
	timer := time.AfterFunc(patience, p.begin)
	defer func() {
		timer.Stop()
		p.end()
	}()
	job(p.tell)
}

// progress is a line on a terminal. It is only decoration, so that errors do not matter.
type progress struct {
	mu          sync.Mutex
	out         io.Writer
	what        string
	shown, over bool
}

// eraseLine goes back to the beginning and erases the line (ECMA-48 8.3.41).
const eraseLine = "\r\x1b[K"

func (p *progress) begin() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over {
		return
	}
	p.shown = true
	_, _ = fmt.Fprint(p.out, p.what, " …")
}

func (p *progress) tell(what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.what = what; p.shown && !p.over {
		_, _ = fmt.Fprint(p.out, eraseLine, what, " …")
	}
}

func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over = true; p.shown {
		_, _ = fmt.Fprint(p.out, eraseLine)
	}
}
