package nginx

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// pools lowers the upstream blocks.
func (w *lowering) pools() {
	for _, d := range w.upstreams {
		name := d.Value(1)
		if _, dup := w.g.Pools[lower(name)]; dup {
			w.refuse(d, `duplicate upstream "`+name+`"`)
			continue
		}
		w.g.Pools[lower(name)] = w.pool(d, "80")
		w.countConnections(d, w.g.Pools[lower(name)])
	}
}

// balancing are the directives that choose among members; a later one takes the place of an earlier one.
var balancing = map[string]bool{"hash": true, "ip_hash": true, "least_conn": true, "random": true, "least_time": true, "sticky": true}

// pool lowers an upstream block. Members that are down never get a request.
func (w *lowering) pool(block Directive, port string) *routing.Pool {
	p := &routing.Pool{Name: block.Value(1), Span: block.Span(), Pick: routing.Pick{How: "round robin", Span: block.Span()}}
	servers := serverCount{block: block}
	for d := range block.Body() {
		servers.see(d)
		if why, ok := d.Gap(); ok {
			p.Members = append(p.Members, routing.Member{Address: routing.UnknownOf(why, d.Span()), Span: d.Span()})
			continue
		}
		switch name := d.Name(); {
		case name == "server":
			w.member(p, d, port)
		case name == "state" || name == "resolve":
			why := "the members of " + p.Name + " are kept outside of the configuration (" + title(d) + ")"
			p.Members = append(p.Members, routing.Member{Address: routing.UnknownOf(why, d.Span()), Span: d.Span()})
		case balancing[name]:
			p.Pick = w.pick(d)
		default:
			w.foreignPick(p, d)
		}
	}
	servers.judge(w)
	return p
}

// foreignPick is a directive of a module in an upstream block, which may choose the member.
func (w *lowering) foreignPick(p *routing.Pool, d Directive) {
	name := d.Name()
	if _, own := knownDirectives()[name]; own || d.Len() == 0 {
		return
	}
	if _, known := foreignEffect(name); known && !strings.HasPrefix(name, "balancer_by_lua") && !strings.HasPrefix(name, "js_") && name != "fair" && name != "consistent_hash" && name != "jvm_route" {
		return
	}
	key := unknown("how "+name+" chooses among the members of "+p.Name, d.Span())
	if name == "fair" {
		key = nil // the module chooses by load
	}
	p.Pick = routing.Pick{How: title(d), Key: key, Span: d.Span()}
}

func (w *lowering) member(p *routing.Pool, d Directive, port string) {
	address := d.Value(1)
	if why := w.filled(d); why != "" {
		p.Members = append(p.Members, routing.Member{Address: routing.UnknownOf(why, d.Span()), Weight: 1, Span: d.Span()})
		return
	}
	m := routing.Member{Span: d.Span(), Weight: 1}
	for _, option := range d.Args()[min(1, d.Len()-1):] {
		key, value, _ := strings.Cut(option, "=")
		switch key {
		case "down":
			return
		case "backup":
			m.Backup = true
		case "weight":
			n, err := strconv.Atoi(value)
			if err != nil || n < 1 {
				w.refuse(d, `invalid parameter "`+option+`"`)
				continue
			}
			m.Weight = min(n, 1<<16)
		}
	}
	if strings.Contains(address, "://") {
		w.refuse(d, `invalid host in upstream "`+address+`"`)
		return
	}
	host, own := splitPort(address)
	if own == "" && !strings.HasPrefix(address, "unix:") {
		address = host + ":" + port
	}
	m.Address = routing.Of(address, d.Span())
	p.Members = append(p.Members, m)
}

// pick is how a member is chosen.
func (w *lowering) pick(d Directive) routing.Pick {
	pick := routing.Pick{How: title(d), Span: d.Span()}
	switch d.Name() {
	case "hash":
		if chanceIn(d.Value(1)) == "" { // which member it is says nothing of the next request's
			pick.Key = w.value(d, 1, &env{})
		}
	case "ip_hash":
		client := clientAddress
		pick.Key = routing.Call{Name: "ip_hash", Fn: func(a ...string) string { return hashedAddress(a[0]) }, Args: []routing.Expr{client}, Span: d.Span()}
	}
	return pick
}

// hashedAddress is the part of an address that ip_hash looks at: three octets of IPv4, all of IPv6.
func hashedAddress(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil || !ip.Unmap().Is4() {
		return address
	}
	octets := ip.Unmap().As4()
	return netip.AddrFrom4([4]byte{octets[0], octets[1], octets[2], 0}).String()
}
