package nginx

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// geography is what a geo block says of addresses (ngx_http_geo_module).
type geography struct {
	networks  map[netip.Prefix]region
	ranges    *ranges // instead of networks
	otherwise region  // of ranges
	proxies   []netip.Prefix
	recursive bool
}

// region is the value of some addresses, and the line that gives it.
type region struct {
	value string
	at    Directive
}

// nobody is what NGINX looks for in place of what is no address, such as that of a client behind a Unix socket (INADDR_NONE).
var nobody = netip.AddrFrom4([4]byte{255, 255, 255, 255})

// geoBlock is the variable of a geo block.
func (w *lowering) geoBlock(block Directive) routing.Expr {
	key := routing.Expr(clientAddress)
	if block.Len() == 3 {
		key = w.value(block, 1, &env{})
	}
	g := &geography{networks: map[netip.Prefix]region{}}
	for d := range block.Body() {
		if why, ok := d.Gap(); ok {
			return unknown(why, d.Span())
		}
		g.read(d) // what NGINX refuses, the checker has told
	}
	if g.ranges != nil && g.ranges.size > maxIntervals {
		return unknown("a geo block whose ranges are wider than asrscheck reads", block.Span())
	}
	args := []routing.Expr{key}
	if len(g.proxies) > 0 {
		args = append(args, routing.ReadOriginal(routing.InHeaderLines, "X-Forwarded-For"))
	}
	line := func(a ...string) routing.Span {
		if d := g.find(a).at; !d.IsZero() {
			return d.Span()
		}
		return block.Span()
	}
	find := func(a ...string) string { return g.find(a).value }
	return routing.Call{Name: "geo", Fn: find, Args: args, Line: line, Label: title(block), Values: g.values(), Span: block.Span()}
}

// read takes the next line of the block; it returns why NGINX refuses the line.
func (g *geography) read(d Directive) (refusal string) {
	word := d.Value(0)
	switch {
	case d.Len() == 1 && word == "ranges":
		if len(g.networks) > 0 {
			return `the "ranges" directive must be the first directive inside "geo" block`
		}
		g.ranges = &ranges{intervals: map[uint16][]interval{}}
	case d.Len() == 1 && word == "proxy_recursive":
		g.recursive = true
	case d.Len() == 1 && word == "volatile":
	case d.Len() != 2:
		return "invalid number of the geo parameters"
	case word == "proxy":
		p, ok := parseNetwork(d.Value(1))
		if !ok {
			return `invalid network "` + d.Value(1) + `"`
		}
		g.proxies = append(g.proxies, p)
	case g.ranges != nil:
		return g.stretch(d)
	default:
		return g.network(d)
	}
	return ""
}

// everywhere are the networks of all addresses.
var everywhere = []netip.Prefix{netip.PrefixFrom(netip.IPv4Unspecified(), 0), netip.PrefixFrom(netip.IPv6Unspecified(), 0)}

// network gives a network a value; the last that is given to it counts.
func (g *geography) network(d Directive) (refusal string) {
	word := d.Value(0)
	if word == "default" {
		for _, p := range everywhere {
			g.networks[p] = region{d.Value(1), d}
		}
		return ""
	}
	deletes := word == "delete"
	if deletes {
		word = d.Value(1)
	}
	p, ok := parseNetwork(word)
	switch {
	case !ok:
		return `invalid network "` + word + `"`
	case deletes:
		delete(g.networks, p)
	default:
		g.networks[p] = region{d.Value(1), d}
	}
	return ""
}

// stretch gives the addresses of a range a value.
func (g *geography) stretch(d Directive) (refusal string) {
	word := d.Value(0)
	if word == "default" {
		g.otherwise = region{d.Value(1), d}
		return ""
	}
	deletes := word == "delete"
	if deletes {
		word = d.Value(1)
	}
	first, last, ok := parseRange(word)
	switch {
	case !ok:
		return `invalid range "` + word + `"`
	case deletes:
		g.ranges.remove(first, last)
	default:
		if over := g.ranges.put(first, last, region{d.Value(1), d}); over != "" {
			return `range "` + word + `" overlaps "` + over + `"`
		}
	}
	return ""
}

// values are all that the block says of some address, each once, in the order of their lines.
func (g *geography) values() []routing.Value {
	regions := slices.Collect(maps.Values(g.networks))
	if g.ranges != nil {
		regions = append(g.ranges.regions(), g.otherwise)
	}
	slices.SortFunc(regions, func(a, b region) int { return cmp.Compare(a.at.Span().Line, b.at.Span().Line) })
	var out []routing.Value
	met := map[string]bool{}
	for _, r := range regions {
		if !met[r.value] && !r.at.IsZero() {
			met[r.value] = true
			out = append(out, routing.Of(r.value, r.at.Span()))
		}
	}
	return out
}

// find is what the block says of an address, or of what a trusted proxy names in its place (ngx_http_geo_addr).
func (g *geography) find(args []string) region {
	ip, ok := parseAddress(args[0])
	if !ok {
		return g.at(nobody)
	}
	if len(args) > 1 {
		if named, err := netip.ParseAddr(forwardedAddress(ip.String(), args[1], trusts(g.proxies, false), g.recursive)); err == nil {
			ip = named
		}
	}
	return g.at(ip.Unmap())
}

func (g *geography) at(ip netip.Addr) region {
	if g.ranges != nil {
		if !ip.Is4() {
			ip = nobody
		}
		if r, ok := g.ranges.find(ip); ok {
			return r
		}
		return g.otherwise
	}
	for bits := ip.BitLen(); bits >= 0; bits-- {
		p, err := ip.Prefix(bits)
		if r, ok := g.networks[p]; ok && err == nil {
			return r
		}
	}
	return region{}
}

// parseRange reads two addresses of IPv4, the lower one first. NGINX takes the last address of all for none.
func parseRange(s string) (first, last netip.Addr, ok bool) {
	low, high, _ := strings.Cut(s, "-")
	first, ok1 := parseAddress(low)
	last, ok2 := parseAddress(high)
	return first, last, ok1 && ok2 && first.Is4() && last.Is4() && !last.Less(first) && first != nobody && last != nobody
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
