package main

import "runtime/debug"

// softLimit is the memory, in bytes, from which on the collector of garbage works harder. By itself it lets garbage grow as large as what
// is in use: for ten megabytes of configuration that lead to ten thousand services 350 MB, of which it can give back half for a tenth of
// the time. Pipelines often allow 256 MB. What is in use may be more: this is no bound.
const softLimit = 220 << 20

// spareMemory sets the limit, unless the environment has one for Go programs.
func (s *session) spareMemory() {
	if s.env("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softLimit)
	}
}
