package oracle

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/asrscheck/asrscheck/conformance/internal/realnginx"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// late is how long a copy may come after the answer to the request itself: NGINX sends it beside.
const late = 2 * time.Second

// quiet is how long nothing more must come where it is not known what is to come.
const quiet = 100 * time.Millisecond

// owed is a copy of an earlier request that may still come, as it does on a busy machine.
type owed struct {
	by    routing.Copy
	until time.Time
}

// stray takes away what came late to a service that this request cannot reach, and remembers what this one's copies may do to the next.
func (f *Front) stray(paths []routing.Path, o *Observation) {
	now := time.Now()
	f.owed = slices.DeleteFunc(f.owed, func(w owed) bool { return now.After(w.until) })
	o.Seen = slices.DeleteFunc(o.Seen, func(s realnginx.Seen) bool {
		here := func(p routing.Path) bool {
			return p.Delivery != nil && (p.Delivery.Address.IsUnknown() || routing.HostName(p.Delivery.Address.Text()) == s.Host) ||
				slices.ContainsFunc(p.Copied, func(c routing.Copy) bool { return c.To.IsUnknown() || isFor(c, s.Host) })
		}
		late := slices.ContainsFunc(f.owed, func(w owed) bool { return isFor(w.by, s.Host) })
		return late && !slices.ContainsFunc(paths, here)
	})
	for i := range paths {
		for _, c := range paths[i].Copied {
			f.owed = append(f.owed, owed{by: c, until: now.Add(late)})
		}
	}
}

// copied takes the copies of a request out of what services received. What differs is that there is none where there must be one. It is not
// known which they are where nobody knows who receives them, or where the request itself goes there too.
func (f *Front) copied(paths []routing.Path, o *Observation) (missing []Difference, known bool) {
	to := paths[0].Copied
	for i := range paths {
		if !slices.EqualFunc(paths[i].Copied, to, func(a, b routing.Copy) bool { return a.Span == b.Span && a.To.Text() == b.To.Text() }) {
			f.settle()
			return nil, false
		}
	}
	if len(to) == 0 {
		return nil, true
	}
	ambiguous := func(c routing.Copy) bool {
		there := func(p routing.Path) bool { return p.Delivery != nil && isFor(c, p.Delivery.Address.Text()) }
		return c.To.IsUnknown() || slices.ContainsFunc(paths, there)
	}
	if slices.ContainsFunc(to, ambiguous) {
		f.settle()
		return nil, false
	}
	isCopy := func(s realnginx.Seen) bool {
		return slices.ContainsFunc(to, func(c routing.Copy) bool { return isFor(c, s.Host) })
	}
	lines := map[routing.Span]bool{} // each sends one
	for _, c := range to {
		lines[c.Span] = true
	}
	for end := time.Now().Add(late); count(o.Seen, isCopy) < len(lines) && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
		o.Seen = append(o.Seen, f.Rig.Take()...)
	}
	all := len(o.Seen)
	switch o.Seen = slices.DeleteFunc(o.Seen, isCopy); {
	case len(o.Seen) < all:
	case len(to) > len(lines) && slices.ContainsFunc(to, mayBeLost): // a pool's member
		return nil, false
	default:
		return []Difference{{Field: "a copy of the request", Predicted: "one for " + to[0].To.Text(), Observed: "none", At: to[0].Span}}, true
	}
	return nil, true
}

// settle waits for copies that would be taken for what the next request brings.
func (f *Front) settle() {
	for {
		time.Sleep(quiet)
		if len(f.Rig.Take()) == 0 {
			return
		}
	}
}

// mayBeLost reports whether a copy may reach nobody: nothing listens there, or what does speaks TLS only.
func mayBeLost(c routing.Copy) bool {
	_, port := split(c.To.Text())
	return port == strconv.Itoa(realnginx.ClosedPort) || port == "443"
}

func count(seen []realnginx.Seen, of func(realnginx.Seen) bool) (n int) {
	for _, s := range seen {
		if of(s) {
			n++
		}
	}
	return n
}

func isFor(c routing.Copy, authority string) bool {
	return strings.EqualFold(routing.HostName(c.To.Text()), routing.HostName(authority))
}
