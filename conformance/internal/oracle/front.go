package oracle

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/asrscheck/asrscheck/conformance/internal/realnginx"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Front is an NGINX that runs, and the gateway that its configuration was read as.
type Front struct {
	Rig     *realnginx.Rig
	Gateway *routing.Gateway
	Tally   Tally
	// whole is the gateway with pools that follow every member: which one NGINX's hash of a key picks is not predicted.
	whole *routing.Gateway
	// picked are the members that keys were seen to pick.
	picked map[string]string
	// failed are the pools of which a member could not be reached: NGINX leaves it alone for a while.
	failed map[string]bool
	// stored are the keys of the answers in the cache.
	stored map[string]bool
	// owed are the copies that may still come.
	owed []owed
	// written is what logs must keep, and sinks are the logs.
	written []written
	sinks   map[string]bool
}

// NewFront prepares the rig for a gateway: addresses that its listeners are bound to become NGINX's own.
func NewFront(r *realnginx.Rig, g *routing.Gateway) (*Front, error) {
	f := &Front{Rig: r, Gateway: g, picked: map[string]string{}, failed: map[string]bool{}, sinks: map[string]bool{}}
	f.whole = reachable(g)
	f.stored = map[string]bool{}
	for _, l := range g.Listeners {
		if a, err := netip.ParseAddr(l.Address); err == nil {
			if err := r.Own(a); err != nil {
				return nil, fmt.Errorf("prepare listener %s: %w", l.Name, err)
			}
		}
	}
	return f, nil
}

// Address is where clients connect to reach a listener; ok is false for one that no client can reach.
func Address(l *routing.Listener, all []*routing.Listener) (to netip.AddrPort, ok bool) {
	if l.Port < 1 || l.Port > 65535 {
		return netip.AddrPort{}, false
	}
	port := uint16(l.Port)
	if l.Address != "*" {
		a, err := netip.ParseAddr(l.Address)
		return netip.AddrPortFrom(a, port), err == nil && a.Is4()
	}
	for last := byte(1); last < 255; last++ { // one that no other listener is bound to
		a := netip.AddrFrom4([4]byte{127, 0, 0, last})
		if !slices.ContainsFunc(all, func(o *routing.Listener) bool { return o.Port == l.Port && o.Address == a.String() }) {
			return netip.AddrPortFrom(a, port), true
		}
	}
	return netip.AddrPort{}, false
}

// Try sends a request to a listener and compares. The error says that nothing could be compared.
func (f *Front) Try(ctx context.Context, l *routing.Listener, t Trial) ([]Difference, error) {
	to, ok := Address(l, f.Gateway.Listeners)
	if !ok {
		return nil, fmt.Errorf("try %s: no client reaches listener %s", t.Name, l.Name)
	}
	if t.Request.Protocol == realnginx.HTTP2 && !f.Rig.Speaks(ctx, to, &t.Request) {
		t.Request.Protocol = "HTTP/1.1"
	}
	name := t.String()
	t, token := f.marked(t)
	paths := f.whole.Trace(l, &t.Request)
	if err := f.listen(paths); err != nil {
		return nil, err
	}
	o := f.observe(ctx, to, t)
	f.stray(paths, o)
	f.Tally.Requests++
	if subrequested(paths, o) {
		f.Tally.unknown("which of several requests that services received is that of auth_request", 1)
		return nil, nil
	}
	missing, known := f.copied(paths, o)
	if !known {
		f.Tally.unknown("which of several requests that services received is a copy", 1)
		return nil, nil
	}
	if refused(paths, o) {
		f.Tally.Limited++
		return nil, nil
	}
	for i := range paths {
		if why := f.open(&paths[i]); why != "" {
			f.Tally.unknown(why, 1)
			return nil, nil
		}
	}
	f.Tally.Compared++
	if found, ok := f.fromCache(paths, o, name); ok {
		return found, nil
	}
	taken, found := f.closest(paths, o)
	if taken != nil {
		f.note(name, token, taken)
	}
	found = append(append(found, f.consistent(l, t, o)...), missing...)
	for i := range found {
		found[i].Trial = name
	}
	return found, nil
}

// resends is how often a request with a body is sent again that was answered by a reset, which may have taken the answer away.
const resends = 3

// observe sends the request. A connection that NGINX closes instead of answering is an observation like others.
func (f *Front) observe(ctx context.Context, to netip.AddrPort, t Trial) *Observation {
	f.Rig.Take()
	answer, err := f.Rig.Send(ctx, to, &t.Request)
	for again := 1; again <= resends && errors.Is(err, syscall.ECONNRESET) && t.Request.BodySize > 0; again++ {
		time.Sleep(time.Duration(again) * quiet) // an NGINX that has just started may still be taking over
		answer, err = f.Rig.SendApart(ctx, to, &t.Request)
	}
	if err != nil {
		answer = nil
	}
	return &Observation{Answer: answer, Err: err, Seen: f.Rig.Take(), Head: t.Request.Method == "HEAD"}
}

// closest compares with the path that NGINX took, or came nearest to. There is no one path where NGINX may have taken several.
func (f *Front) closest(paths []routing.Path, o *Observation) (taken *routing.Path, found []Difference) {
	best, agree := 0, 0
	for i := range paths {
		other := Compare(&paths[i], o)
		if len(other) == 0 {
			agree++
		}
		if i == 0 || len(other) < len(found) {
			best, found = i, other
		}
	}
	f.store(&paths[best], o)
	if len(paths[best].Assumed) > 0 {
		f.Tally.Assumed++
	}
	if r := paths[best].Response; r != nil && r.Status.IsUnknown() {
		f.Tally.Open++
	}
	if agree > 1 {
		return nil, nil
	}
	return &paths[best], found
}

// listen has services listen on the ports that requests are sent to.
func (f *Front) listen(paths []routing.Path) error {
	var to []routing.Value
	for i := range paths {
		if paths[i].Delivery != nil {
			to = append(to, paths[i].Delivery.Address)
		}
		for _, c := range paths[i].Copied {
			to = append(to, c.To)
		}
	}
	for _, v := range to {
		_, text := split(v.Text())
		port, err := strconv.Atoi(text)
		if err != nil || port < 1 || port > 65535 {
			continue
		}
		if err := f.Rig.Listen(port); err != nil {
			return fmt.Errorf("prepare upstream: %w", err)
		}
	}
	return nil
}

// consistent compares the member that a key picks with the one that the same key picked before.
func (f *Front) consistent(l *routing.Listener, t Trial, o *Observation) []Difference {
	paths := f.Gateway.Trace(l, &t.Request)
	if len(paths) != 1 || len(o.Seen) != 1 {
		return nil
	}
	for _, d := range append(slices.Clone(paths[0].Via), paths[0].Delivery) {
		if d == nil || !d.Key.IsSet() || d.Pool == nil || troubled(d.Pool) {
			continue
		}
		key := d.Pool.Name + "\x00" + d.Key.Text()
		before, now := f.picked[key], address(o.Seen[0])
		if before == "" || before == now {
			f.picked[key] = now
			return nil
		}
		return []Difference{{Field: "the member for the key " + quote(d.Key.Text()), Predicted: before + " as before", Observed: now, At: d.Pool.Pick.Span}}
	}
	return nil
}
