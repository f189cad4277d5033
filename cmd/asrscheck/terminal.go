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
	if !isTerminal(s.stderr) {
		job()
		return
	}
	var mu sync.Mutex
	shown, over := false, false
	timer := time.AfterFunc(patience, func() {
		mu.Lock()
		defer mu.Unlock()
		if shown = !over; shown {
			_, _ = fmt.Fprintf(s.stderr, "%s …", what) // progress is only decoration
		}
	})
	defer func() {
		timer.Stop()
		mu.Lock()
		defer mu.Unlock()
		if over = true; shown {
			_, _ = fmt.Fprint(s.stderr, "\r\x1b[K") // back to the beginning, and erase the line (ECMA-48 8.3.41)
		}
	}()
	job()
}
