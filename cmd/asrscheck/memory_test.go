package main

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
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

func TestTheLimitStaysAboveWhatIsInUse(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	defer debug.SetMemoryLimit(before)
	const least, used = 1 << 20, 16 << 20
	inUse := make([]byte, used)
	debug.SetMemoryLimit(least)
	raiseLimit(least, least)
	for end := time.Now().Add(10 * time.Second); debug.SetMemoryLimit(-1) <= used; time.Sleep(time.Millisecond) {
		if runtime.GC(); time.Now().After(end) {
			t.Fatalf("the limit is %d bytes, while %d are in use", debug.SetMemoryLimit(-1), len(inUse))
		}
	}
	runtime.KeepAlive(inUse)
}
