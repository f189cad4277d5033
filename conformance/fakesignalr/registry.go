package fakesignalr

import (
	"crypto/rand"
	"encoding/base64"
	"sync"
	"time"
)

// Bounds of the registry: connections that live, and how long a dead one is remembered, so that the reason given for it is
// precise.
const (
	maxConnections = 20_000
	remembrance    = time.Minute
	firstSweep     = 1_024
)

// registry knows the connections of all instances of a cluster by what the client calls them.
type registry struct {
	mu    sync.Mutex
	byKey map[string]*connection
	sweep int // size at which to look for dead ones next
}

// open makes a connection for a negotiate; false means that there are too many.
func (g *registry) open(v *visit, version int) (*connection, bool) {
	c := newConnection(v, version)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.byKey == nil {
		g.byKey, g.sweep = map[string]*connection{}, firstSweep
	}
	if len(g.byKey) >= g.sweep {
		g.clear(remembrance)
		g.sweep = max(firstSweep, 2*len(g.byKey))
	}
	if len(g.byKey) >= maxConnections {
		g.clear(0)
	}
	if len(g.byKey) >= maxConnections {
		c.cancel()
		return nil, false
	}
	g.byKey[c.key] = c
	return c, true
}

func (g *registry) clear(age time.Duration) {
	now := time.Now()
	for key, c := range g.byKey {
		if c.deadFor(now) > age {
			c.die()
			delete(g.byKey, key)
		}
	}
}

func (g *registry) find(key string) *connection {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.byKey[key]
}

// newID is 16 bytes in base64url and the tag of the instance, as ids of the real service look.
func newID(tag string) string {
	raw := make([]byte, 16)
	rand.Read(raw)
	return base64.RawURLEncoding.EncodeToString(raw) + tag
}
