package main

import (
	"bytes"
	"testing"
)

func TestProgressIsOneLineThatGoesAway(t *testing.T) {
	var b bytes.Buffer
	p := &progress{out: &b, what: "testing"}
	p.tell("testing: case 1 of 2")
	if b.Len() > 0 {
		t.Errorf("a job that has just begun is told of already: %q", b.String())
	}
	p.begin()
	p.tell("testing: case 2 of 2")
	p.end()
	p.tell("too late")
	p.begin()
	if got, want := b.String(), "testing: case 1 of 2 …\r\x1b[Ktesting: case 2 of 2 …\r\x1b[K"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestProgressIsForTerminalsOnly(t *testing.T) {
	var b bytes.Buffer
	s := &session{stderr: &b}
	ran := false
	s.duringSteps("testing", func(tell func(string)) {
		tell("testing: case 1 of 2")
		ran = true
	})
	if !ran || b.Len() > 0 {
		t.Errorf("the job ran: %v; it was told %q", ran, b.String())
	}
}
