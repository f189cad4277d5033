package refproxy

import (
	"bytes"
	"net/http"
	"strings"
	"sync"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Bounds of the cache.
const (
	maxStored     = 64
	maxStoredBody = 1 << 20
)

// cache is what a gateway stores that may serve an answer to another request.
type cache struct {
	mu sync.Mutex
	by map[string]*stored
}

type stored struct {
	header http.Header
	body   []byte
}

func cacheKey(s *sending) string { return s.address + " " + s.target }

// serve answers from the cache; false means that there is nothing in it.
func (c *cache) serve(w http.ResponseWriter, s *sending) bool {
	if s.method != http.MethodGet || len(values(s.header, "Upgrade")) > 0 {
		return false
	}
	c.mu.Lock()
	found := c.by[cacheKey(s)]
	c.mu.Unlock()
	if found == nil {
		return false
	}
	if v := s.settings[routing.Cache]; v.unknown() {
		refuse(w, http.StatusNotImplemented, UnknownHeader, "whether an answer is cached: "+v.why)
		return true
	}
	copyHeader(w.Header(), found.header)
	_, _ = w.Write(found.body) // a client that left is of no concern
	return true
}

// keeper collects an answer that may be stored.
type keeper struct {
	cache *cache
	x     *exchange
	on    bool
	body  bytes.Buffer
}

func (c *cache) keeper(x *exchange) *keeper {
	v := x.settings[routing.Cache]
	fits := x.response.StatusCode == http.StatusOK && x.response.ContentLength >= 0 && x.response.ContentLength <= maxStoredBody
	if x.settings[routing.CacheHeeds].is(true) && strings.Contains(x.response.Header.Get("Cache-Control"), "no-store") {
		fits = false
	}
	return &keeper{cache: c, x: x, on: (v.is(true) || v.unknown()) && fits && x.method == http.MethodGet}
}

// Write keeps bytes of the answer, and stores it with the last of them: before the client has it.
func (k *keeper) Write(p []byte) (int, error) {
	if k.on {
		k.body.Write(p)
		if int64(k.body.Len()) == k.x.response.ContentLength {
			k.store()
		}
	}
	return len(p), nil
}

func (k *keeper) store() {
	k.cache.mu.Lock()
	defer k.cache.mu.Unlock()
	if k.cache.by == nil {
		k.cache.by = map[string]*stored{}
	}
	if len(k.cache.by) < maxStored {
		k.cache.by[cacheKey(k.x.sending)] = &stored{k.x.response.Header.Clone(), k.body.Bytes()}
	}
}
