package main

import "runtime/debug"

const (
	// softLimit is the memory, in bytes, from which on the collector of garbage works harder: for ten megabytes of configuration that lead
	// to ten thousand services it gives back a third for a tenth of the time. Pipelines often allow 256 MB. What is in use may be more:
	// this is no bound.
	softLimit = 220 << 20
	// garbagePercent is how much garbage, in percent of what is in use, may gather below that limit. Go's own 100 has the collector run
	// dozens of times while a few megabytes are read, for memory that nobody misses.
	garbagePercent = 400
)

// spareMemory sets both, unless the environment says otherwise for Go programs.
func (s *session) spareMemory() {
	if s.env("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softLimit)
	}
	if s.env("GOGC") == "" {
		debug.SetGCPercent(garbagePercent)
	}
}
