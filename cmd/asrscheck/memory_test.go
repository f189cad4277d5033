package main

import (
	"runtime/debug"
	"testing"
)

func TestTheEnvironmentDecidesAboutMemoryBeforeTheProgram(t *testing.T) {
	limit, percent := debug.SetMemoryLimit(-1), debug.SetGCPercent(100)
	defer func() { debug.SetMemoryLimit(limit); debug.SetGCPercent(percent) }()
	for given, want := range map[string]struct {
		limit   int64
		percent int
	}{
		"":           {softLimit, garbagePercent},
		"GOMEMLIMIT": {limit, garbagePercent},
		"GOGC":       {softLimit, 100},
	} {
		debug.SetMemoryLimit(limit)
		debug.SetGCPercent(100)
		s := &session{env: func(name string) string {
			if name == given {
				return "1"
			}
			return ""
		}}
		s.spareMemory()
		if got := debug.SetMemoryLimit(-1); got != want.limit {
			t.Errorf("with %q set the limit is %d instead of %d", given, got, want.limit)
		}
		if got := debug.SetGCPercent(100); got != want.percent {
			t.Errorf("with %q set %d%% of garbage may gather instead of %d%%", given, got, want.percent)
		}
	}
}
