package realnginx

import (
	"net/netip"
	"strings"
	"sync"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// maxNames is how many addresses there are to give out: 198.19.0.1 to 198.19.255.254 (RFC 2544), without the rounding.
const maxNames = 65_000

// names gives every name an address of its own, in the order in which the names come up.
type names struct {
	mu      sync.Mutex
	address map[string]netip.Addr
	name    map[netip.Addr]string
}

func newNames() *names {
	return &names{address: map[string]netip.Addr{}, name: map[netip.Addr]string{}}
}

// of is the address of a host name, or the address that the host already is. Names below invalid have none (RFC 6761 6.4).
func (n *names) of(host string) (netip.Addr, bool) {
	host = routing.HostName(host)
	if a, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return a, true
	}
	if host == "localhost" {
		return netip.AddrFrom4([4]byte{127, 0, 0, 1}), true
	}
	if host == "" || host == "invalid" || strings.HasSuffix(host, ".invalid") {
		return netip.Addr{}, false
	}
	return n.give(host)
}

func (n *names) give(host string) (netip.Addr, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if a, ok := n.address[host]; ok {
		return a, true
	}
	i := len(n.address) + 1
	if i > maxNames {
		return netip.Addr{}, false
	}
	a := netip.AddrFrom4([4]byte{198, 19, byte(i >> 8), byte(i)}) //nolint:gosec // the two bytes of a number below 65536
	n.address[host], n.name[a] = a, host
	return a, true
}

// at is the name that an address was given out for, or the address itself.
func (n *names) at(a netip.Addr) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if host, ok := n.name[a]; ok {
		return host
	}
	return a.String()
}
