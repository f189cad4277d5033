package nginx

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// clientVar holds the address that NGINX takes for the client's where a trusted proxy in front named another than its own.
const clientVar = ":client"

// clientAddress is the address that NGINX takes for the client's.
var clientAddress = routing.Choose{Arms: []routing.ChooseArm{
	{When: routing.Not{Cond: equals(readVar(clientVar), "")}, To: readVar(clientVar)},
	{When: routing.Always{}, To: routing.ReadOriginal(routing.InClientIP, "")},
}}

// realAddress takes the client's address from a header that a trusted proxy sent (ngx_http_realip_module). NGINX looks as soon as the
// server is chosen, and once more in the location if no address was found before.
func (w *lowering) realAddress(s *scope) []routing.Step {
	trusted := w.list(s, "set_real_ip_from")
	if len(trusted) == 0 {
		return nil
	}
	set := &routing.Set{What: routing.Place{Kind: routing.InVar, Name: clientVar}, To: w.namedAddress(s, trusted), Span: trusted[0].Span()}
	return []routing.Step{&routing.Match{Span: set.Span, Arms: []routing.Arm{{When: equals(readVar(clientVar), ""), Do: []routing.Step{set}}}}}
}

// realAddressHere is realAddress for a level inside of a server that says otherwise than the server.
func (w *lowering) realAddressHere(e *env) []routing.Step {
	for s := e.scope; s != nil && s != e.server.scope; s = s.parent {
		if len(w.own(s, "set_real_ip_from", "real_ip_header", "real_ip_recursive")) > 0 {
			return w.realAddress(e.scope)
		}
	}
	return nil
}

// namedAddress is the address that the header names; empty where the peer is not trusted, or names none.
func (w *lowering) namedAddress(s *scope, trusted []Directive) routing.Expr {
	var networks []netip.Prefix
	sockets := false
	for _, d := range trusted {
		switch p, ok := parseNetwork(d.Value(1)); {
		case ok:
			networks = append(networks, p)
		case d.Value(1) == "unix:":
			sockets = true
		default:
			return unknown("which addresses "+d.Value(1)+" stands for", d.Span())
		}
	}
	header := "X-Real-IP"
	if d := w.one(s, "real_ip_header"); !d.IsZero() {
		header = d.Value(1)
	}
	if lower(header) == "proxy_protocol" {
		return unknown("the address that the PROXY protocol names", w.one(s, "real_ip_header").Span())
	}
	recursive := isOn(w.flag(s, "real_ip_recursive", false))
	find := func(a ...string) string { return forwardedAddress(a[0], a[1], trusts(networks, sockets), recursive) }
	return routing.Call{Name: "real address", Fn: find, Args: []routing.Expr{
		routing.ReadOriginal(routing.InClientIP, ""), routing.ReadOriginal(routing.InHeaderLines, header),
	}, Span: trusted[0].Span()}
}

// forwardedAddress is the last address of a list that a trusted peer sent; where it is recursive, the last that is not trusted itself
// (ngx_http_get_forwarded_addr).
func forwardedAddress(peer, list string, trusted func(string) bool, recursive bool) string {
	found := ""
	for {
		if !trusted(peer) {
			return found
		}
		list = strings.TrimRight(list, " ,")
		start := strings.LastIndexAny(list, " ,") + 1
		next, ok := parsePeer(list[start:])
		if !ok {
			return found
		}
		found, peer, list = next, next, list[:start]
		if !recursive {
			return found
		}
	}
}

// trusts reports whether a peer is in one of the networks, or comes through a socket of UNIX where those are trusted.
func trusts(networks []netip.Prefix, sockets bool) func(peer string) bool {
	return func(peer string) bool {
		if peer == "unix:" {
			return sockets
		}
		ip, err := netip.ParseAddr(peer)
		return err == nil && slices.ContainsFunc(networks, func(p netip.Prefix) bool { return p.Contains(ip.Unmap()) })
	}
}

// parsePeer reads an address, with a port or without.
func parsePeer(s string) (string, bool) {
	if ip, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil {
		return ip.String(), true
	}
	at, err := netip.ParseAddrPort(s)
	return at.Addr().String(), err == nil
}
