package routing

import (
	"strconv"
	"strings"
)

// Probe is the gateway's own health probe of an upstream.
type Probe struct {
	Name string
	// Host is what is sent as Host; unset: the name of the member that is probed.
	Scheme, Host, Port, Path Value
	// Statuses are the accepted status ranges ("200-399").
	Statuses Value
	// Body is a text that the answer must hold; unset: any.
	Body Value
	// Interval is the time between two requests, Timeout that for an answer (30s).
	Interval, Timeout Value
	// UsesUnhealthy says that requests go on when every member fails its probes.
	UsesUnhealthy bool
	// Spared is how many members count as healthy whatever they answer; unset for none.
	Spared Value
	Span   Span
}

// Takes reports whether the probe takes a status for healthy. A list of statuses and ranges of them (200-399, 404) that says nothing, or
// nothing that is understood, is not sound.
func (p *Probe) Takes(status int) (taken, sound bool) {
	for part := range strings.SplitSeq(p.Statuses.Text(), ",") {
		low, high, isRange := strings.Cut(strings.TrimSpace(part), "-")
		if !isRange {
			high = low
		}
		from, err := strconv.Atoi(strings.TrimSpace(low))
		to, err2 := strconv.Atoi(strings.TrimSpace(high))
		if err != nil || err2 != nil {
			return false, false
		}
		taken = taken || from <= status && status <= to
	}
	return taken, true
}

// Probes reports whether the gateway probes any upstream.
func (g *Gateway) Probes() bool {
	found := false
	w := &walker{g: &Gateway{Blocks: g.Blocks}, seen: map[string]bool{}, sends: func(f *Forward) { found = found || f.Probe != nil }}
	for name := range g.Blocks {
		w.block(name)
	}
	return found
}
