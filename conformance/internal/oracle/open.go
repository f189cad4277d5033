package oracle

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/internal/realnginx"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// open says why a path does not tell what NGINX does.
func (f *Front) open(p *routing.Path) string {
	switch {
	case p.Unknown.IsSet():
		return p.Unknown.Why()
	case p.Response != nil && p.Response.Reason == routing.Unresolvable && p.Response.Status.IsUnknown():
		return p.Response.Status.Why()
	case p.Delivery != nil && nonsense(p.Delivery.Address.Text()):
		return "what becomes of a computed name that no DNS holds"
	case p.Delivery != nil && conformance.HasLineBreak(p.Delivery.Target.Text()):
		return "what a service reads where a line break is in the request line"
	case p.Delivery != nil && p.Delivery.Pool != nil && f.unreachable(p.Delivery):
		return "which member takes over from one that cannot be reached" // proxy_next_upstream, max_fails
	case p.Delivery != nil && p.Delivery.Pool != nil && f.deserted(p.Delivery):
		return "what is answered when members of a pool fail one after the other"
	case p.Delivery != nil && fails(p.Delivery) != "" && p.Delivery.Setting(routing.FailurePage).IsSet():
		return "what the error page answers that takes the place of an upstream that cannot be reached"
	case p.Delivery != nil && slices.ContainsFunc(p.Delivery.Header("Content-Length"), routing.Value.IsUnknown):
		return "how long a service waits for the rest of a body that was thrown away"
	case p.Delivery != nil && intercepts(p.Delivery):
		return "what the error page answers that takes the place of an upstream's error"
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

// subrequested reports whether services may have received what auth_request asks them, beside the request itself.
func subrequested(paths []routing.Path, o *Observation) bool {
	return len(o.Seen) > 1 && slices.ContainsFunc(paths, func(p routing.Path) bool {
		return slices.ContainsFunc(p.Assumed, func(a routing.Assumption) bool { return strings.Contains(a.Why, "auth_request") })
	})
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
