package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

const (
	// softLimit is the memory, in bytes, from which on the collector of garbage works harder: for ten megabytes of configuration that lead
	// to ten thousand services it gives back a third for a tenth of the time. Pipelines often allow 256 MB. What is in use may be more:
	// this is no bound.
	softLimit = 220 << 20
	// headroom is how much more than what is in use the limit is at least, as a divisor: a limit below what is in use has the collector run
	// all the time.
	headroom = 2
	// garbagePercent is how much garbage, in percent of what is in use, may gather below that limit. Go's own 100 has the collector run
	// dozens of times while a few megabytes are read, for memory that nobody misses.
	garbagePercent = 400
)

// spareMemory sets both, unless the environment says otherwise for Go programs.
func (s *session) spareMemory() {
	if s.env("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softLimit)
		raiseLimit(softLimit, softLimit)
	}
	if s.env("GOGC") == "" {
		debug.SetGCPercent(garbagePercent)
	}
}

// raiseLimit looks at the end of every collection how much is in use, and raises the limit where that comes close to it, but never
// below the least. It stops where somebody else has set the limit.
func raiseLimit(least, now int64) {
	collected := new([2]*byte) // by the next collection
	runtime.AddCleanup(collected, func(set int64) {
		if debug.SetMemoryLimit(-1) != set {
			return
		}
		inUse := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(inUse)
		live := int64(inUse[0].Value.Uint64()) //nolint:gosec // no machine has so much
		limit := max(least, live+live/headroom)
		debug.SetMemoryLimit(limit)
		raiseLimit(least, limit)
	}, now)
}
