package live

import "time"

// WatchedPings is how many pings a quiet connection must outlive.
func (t *Target) WatchedPings() int { return t.watchedPings() }

// Hurry bounds every case, so that a test need not wait as long as a user would.
func (t *Target) Hurry(limit time.Duration) { t.hurry = limit }
