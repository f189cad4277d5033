package nginx

import (
	"strconv"
	"strings"
	"sync"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// maxKept bounds the steps of servers that are held at once. A configuration of the usual size stays whole; of ten thousand servers each
// is lowered to see what is wrong with it, forgotten, and lowered again when a request comes to it.
const maxKept = 5_000

// deferred lowers a server when one of its blocks is asked for.
type deferred struct {
	*lowering
	lock  sync.Mutex
	kept  map[*server]map[string][]routing.Step
	size  int             // steps in kept
	spent map[*server]int // steps of the servers before it
}

// deferServers lowers every server once, for what is wrong with it and what depends on the version.
func (w *lowering) deferServers() {
	d := &deferred{lowering: w, kept: map[*server]map[string][]routing.Step{}, spent: make(map[*server]int, len(w.servers))}
	for _, s := range w.servers {
		d.spent[s] = w.steps
		d.lower(s)
	}
	w.g.Deferred = &routing.Deferred{Block: d.block, ShortestLimit: w.shortest}
}

// block implements routing.Deferred.
func (d *deferred) block(name string) []routing.Step {
	d.lock.Lock()
	defer d.lock.Unlock()
	s := d.serverOf(name)
	if s == nil {
		return nil
	}
	if blocks, ok := d.kept[s]; ok {
		return blocks[name]
	}
	d.steps = d.spent[s]
	return d.lower(s)[name]
}

// lower lowers a server, and forgets those before it when there are too many.
func (d *deferred) lower(s *server) map[string][]routing.Step {
	before := d.steps
	blocks := map[string][]routing.Step{}
	d.blocks, d.shared = blocks, newShared()
	d.serverBlocks(s)
	if d.size += d.steps - before; d.size > maxKept {
		clear(d.kept)
		d.size = d.steps - before
	}
	d.kept[s] = blocks
	return blocks
}

// serverOf is the server that a block belongs to; nil for none.
func (c *config) serverOf(block string) *server {
	kind, rest, _ := strings.Cut(block, " ")
	digits, _, _ := strings.Cut(rest, " ")
	n, err := strconv.Atoi(digits)
	switch {
	case err != nil || n < 1:
	case kind == "server" && n <= len(c.servers):
		return c.servers[n-1]
	case kind == "location" && n <= len(c.locations):
		return c.locations[n-1]
	}
	return nil
}
