package main

import (
	"runtime/debug"
	"testing"
)

func TestTheEnvironmentDecidesAboutMemoryBeforeTheProgram(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	defer debug.SetMemoryLimit(before)
	for given, want := range map[string]int64{"": softLimit, "1GiB": before} {
		debug.SetMemoryLimit(before)
		s := &session{env: func(string) string { return given }}
		s.spareMemory()
		if got := debug.SetMemoryLimit(-1); got != want {
			t.Errorf("with GOMEMLIMIT=%s the limit is %d instead of %d", given, got, want)
		}
	}
}
