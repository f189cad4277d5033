package oracle

import (
	"net/netip"
	"strings"

	"github.com/asrscheck/asrscheck/conformance/internal/realnginx"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// open says why a path does not tell what NGINX does.
func (f *Front) open(p *routing.Path) string {
	switch {
	case p.Unknown.IsSet():
		return p.Unknown.Why()
	case p.Delivery != nil && nonsense(p.Delivery.Address.Text()):
		return "what becomes of a computed name that no DNS holds"
	case p.Delivery != nil && p.Delivery.Pool != nil && f.unreachable(p.Delivery):
		return "which member takes over from one that cannot be reached" // proxy_next_upstream, max_fails
	}
	return ""
}

// unreachable reports whether a member of the delivery's pool cannot be reached, or could not be before. One that is alone is always
// tried again.
func (f *Front) unreachable(d *routing.Delivery) bool {
	name := d.Pool.Name
	f.failed[name] = f.failed[name] || fails(d) != ""
	return f.failed[name] && len(d.Pool.Members) > 1
}

// nonsense reports whether an authority cannot be a service's: names have no empty labels and no spaces, and
// Go's TLS takes none with a final dot.
func nonsense(authority string) bool {
	host, _ := split(authority)
	if ip, err := netip.ParseAddr(host); err == nil && realnginx.Clients.Contains(ip) {
		return true // it is NGINX's own machine here, and the client's elsewhere
	}
	raw, _, _ := strings.Cut(authority, ":")
	return strings.HasSuffix(raw, ".") || strings.HasPrefix(host, ".") || strings.Contains(host, "..") || strings.ContainsAny(host, " %/?#&=")
}
