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
	// plenty is so much in use that it cannot be kept below softLimit for long: from then on memory is spent for time, and as much again may be
	// in use.
	plenty = softLimit / 3 * 2
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
		limit := max(least, enough())
		debug.SetMemoryLimit(limit)
		raiseLimit(least, limit)
	}, now)
}

// enough is a limit up to which what is in use may grow by its share. The limit is on all memory of the process, of which a part is beside the
// heap, or lost between its objects.
func enough() int64 {
	const classes = "/memory/classes/"
	read := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: classes + "total:bytes"}, {Name: classes + "heap/released:bytes"}, {Name: classes + "heap/free:bytes"}, {Name: classes + "heap/objects:bytes"}}
	metrics.Read(read)
	var n [5]int64
	for i := range read {
		n[i] = int64(read[i].Value.Uint64()) //nolint:gosec // no machine has so much
	}
	live, beside := n[0], n[1]-n[2]-n[3]-n[4]
	if live < plenty {
		return live + live/headroom
	}
	return 2*live + beside
}
