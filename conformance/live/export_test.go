package live

import "time"

// Hurry bounds every case, so that a test need not wait as long as a user would.
func (t *Target) Hurry(limit time.Duration) { t.hurry = limit }
