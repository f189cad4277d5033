package nginx

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// network is one line of a geo block.
type network struct {
	prefix netip.Prefix
	value  string
	at     routing.Span
}

// geoBlock is a geo block: the value of the narrowest network that holds the client's address.
func (w *lowering) geoBlock(block Directive) routing.Expr {
	key := routing.Expr(clientAddress)
	if block.Len() == 3 {
		key = w.value(block, 1, &env{})
	}
	var networks []network
	otherwise := network{at: block.Span()}
	for d := range block.Body() {
		if why, ok := d.Gap(); ok {
			return unknown(why, d.Span())
		}
		switch word := d.Value(0); word {
		case "default":
			otherwise.value, otherwise.at = d.Value(1), d.Span()
		case "ranges", "proxy", "proxy_recursive", "delete":
			return unknown("a geo block with "+word, d.Span())
		default:
			p, ok := parseNetwork(word)
			if !ok {
				w.refuse(d, `invalid network "`+word+`"`)
				continue
			}
			networks = append(networks, network{p, d.Value(1), d.Span()})
		}
	}
	slices.SortStableFunc(networks, func(a, b network) int { return cmp.Compare(b.prefix.Bits(), a.prefix.Bits()) })
	find := func(args ...string) string { return findNetwork(networks, args[0], otherwise).value }
	line := func(args ...string) routing.Span { return findNetwork(networks, args[0], otherwise).at }
	return routing.Call{Name: "geo", Fn: find, Args: []routing.Expr{key}, Line: line, Label: title(block), Span: block.Span()}
}

func findNetwork(networks []network, address string, otherwise network) network {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return otherwise
	}
	for _, n := range networks {
		if n.prefix.Contains(ip.Unmap()) {
			return n
		}
	}
	return otherwise
}

// parseNetwork reads an address or a network in CIDR form.
func parseNetwork(s string) (netip.Prefix, bool) {
	text, bits, masked := strings.Cut(s, "/")
	ip, ok := parseAddress(text)
	switch {
	case !ok:
		return netip.Prefix{}, false
	case !masked:
		return netip.PrefixFrom(ip, ip.BitLen()), true
	case !isCount(bits) || number(bits) > int64(ip.BitLen()):
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(ip, int(number(bits))).Masked(), true
}

// parseAddress reads an address as NGINX does: numbers of IPv4 addresses may have zeros in front, or none at all (ngx_inet_addr).
func parseAddress(s string) (netip.Addr, bool) {
	if strings.Contains(s, ":") {
		ip, err := netip.ParseAddr(s)
		return ip, err == nil && ip.Zone() == ""
	}
	var octets [4]byte
	parts := strings.Split(s, ".")
	for i, part := range parts {
		n := number("0" + part)
		if len(parts) != len(octets) || part != "" && !isDigits(part) || n > 255 {
			return netip.Addr{}, false
		}
		octets[i] = byte(n) //nolint:gosec // it is 255 at most
	}
	return netip.AddrFrom4(octets), true
}
