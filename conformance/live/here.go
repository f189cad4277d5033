package live

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"time"
)

// isHere reports whether the proxy listens on this machine.
func (t *Target) isHere() bool {
	t.shared.place.Do(func() {
		host := t.endpoint.Host
		if h, _, err := net.SplitHostPort(t.door.address); err == nil {
			host = h
		}
		t.shared.here = isLocal(host)
	})
	return t.shared.here
}

// isLocal reports whether a name or an address leads to this machine.
func isLocal(host string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return false
	}
	own, _ := net.InterfaceAddrs() // without them, loopback counts
	return !slices.ContainsFunc(found, func(a netip.Addr) bool {
		a = a.Unmap()
		return !a.IsLoopback() && !slices.ContainsFunc(own, func(o net.Addr) bool {
			p, err := netip.ParsePrefix(o.String())
			return err == nil && p.Addr() == a
		})
	})
}
