package oracle

import (
	"net/http"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// limitStatus is what configurations of tests answer to requests beyond a limit (limit_req_status); nothing else answers with it.
const limitStatus = http.StatusTooManyRequests

// refused reports whether a limit refused the request that else would have gone one of these ways. Limits come before access control
// and content, and after rewrite codes.
func refused(paths []routing.Path, o *Observation) bool {
	if len(o.Seen) > 0 || o.Answer == nil || o.Answer.Status != limitStatus {
		return false
	}
	for i := range paths {
		if d := paths[i].Delivery; d != nil && d.Setting(routing.RateLimit).IsSet() {
			return true
		}
		if r := paths[i].Response; r != nil && r.Status.Text() != "429" {
			return true
		}
	}
	return false
}

// cacheable are the deliveries of a path whose answers are kept: that to a service, and those to listeners of NGINX's own on the way.
func cacheable(p *routing.Path) []*routing.Delivery {
	var out []*routing.Delivery
	for _, d := range append(slices.Clone(p.Via), p.Delivery) {
		if d == nil {
			continue
		}
		on, _ := d.Setting(routing.Cache).Bool()
		if on && d.Setting(routing.CacheKey).State() == routing.Known && !recased(d) {
			out = append(out, d)
		}
	}
	return out
}

// store remembers what NGINX now has in its cache: configurations of tests keep every answer, but no tunnel and no error of its own.
func (f *Front) store(p *routing.Path, o *Observation) {
	if o.Answer == nil || o.Answer.Status == http.StatusSwitchingProtocols || o.Answer.Status == http.StatusBadGateway {
		return
	}
	for _, d := range cacheable(p) {
		f.stored[d.Setting(routing.CacheKey).Text()] = true
	}
}

// fromCache compares the answer to a request that is in the cache; ok is false where it is not, or went another way.
func (f *Front) fromCache(paths []routing.Path, o *Observation, trial string) (found []Difference, ok bool) {
	var first *routing.Path
	var kept *routing.Delivery
	ways := 0
	for i := range paths {
		if d := f.keptFor(&paths[i]); d != nil {
			if ways++; first == nil {
				first, kept = &paths[i], d
			}
		}
	}
	reached := len(o.Seen) > 0 || o.Answer == nil
	if ways == 0 || reached && ways < len(paths) {
		return nil, false
	}
	f.Tally.Cached++
	if reached {
		return []Difference{{Trial: trial, Field: "the outcome", Predicted: "an answer from the cache", Observed: o.outcome(), At: kept.Setting(routing.Cache).Span}}, true
	}
	c := &comparison{path: first, seen: o}
	if ways == len(paths) && o.Answer.Status == http.StatusOK && len(first.Via) == 0 {
		c.edits(kept.Response, kept.Forward.Span)
	}
	return c.found, true
}

// keptFor is the delivery of a path whose answer is in the cache; nil for none.
func (f *Front) keptFor(p *routing.Path) *routing.Delivery {
	for _, d := range cacheable(p) {
		if f.stored[d.Setting(routing.CacheKey).Text()] {
			return d
		}
	}
	return nil
}

// recased reports whether NGINX resolves a name with capital letters. It writes them small where they stand, in the cache key too, and takes
// what it then finds in the cache for another's.
func recased(d *routing.Delivery) bool {
	return d.Pool == nil && strings.ToLower(d.Address.Text()) != d.Address.Text()
}
