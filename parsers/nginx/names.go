package nginx

import (
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// names gathers the server names of one socket (ngx_http_server_names): plain names first, then masks with the asterisk in front,
// then those with it behind, long ones first, then regular expressions in order. Of equal names the first counts.
type names struct {
	*lowering
	listener *routing.Listener
	exact    map[string]routing.TableEntry
	masks    []nameArm
	masked   map[string]bool
	regexes  []nameArm
	// several is set where there are others on the socket, or a name is an expression with groups: NGINX looks at the names of a server
	// only then.
	several   bool
	nginxName string
}

type nameArm struct {
	name   string
	server *server
	at     Directive
}

// captures reports whether a name of a server is an expression with groups.
func (w *lowering) captures(s *server) bool {
	for _, d := range w.own(s.scope, "server_name") {
		for _, name := range d.Args() {
			if strings.HasPrefix(name, "~") && strings.Contains(name, "(") {
				return true
			}
		}
	}
	return false
}

func (n *names) server(s *server) {
	for _, d := range n.own(s.scope, "server_name") {
		if n.filled(d) != "" {
			continue
		}
		for _, name := range d.Args() {
			n.name(nameArm{lower(name), s, d}, name)
		}
	}
	if len(n.own(s.scope, "server_name")) == 0 {
		n.plain(nameArm{"", s, s.scope.head})
	}
}

func (n *names) name(a nameArm, written string) {
	switch {
	case strings.HasPrefix(written, "~"):
		a.name = written[1:]
		n.regexes = append(n.regexes, a)
		n.listener.OtherHosts = true
		return
	case strings.HasPrefix(written, "*") && (len(written) < 3 || written[1] != '.'), written == ".":
		n.refuse(a.at, `server name "`+written+`" is invalid`)
		return
	case strings.HasPrefix(a.name, "."):
		plain := a
		plain.name = a.name[1:]
		if !n.plain(plain) {
			return // the whole name is ignored, its mask too (ngx_hash_add_key)
		}
		a.name = "*" + a.name
	}
	if strings.Contains(a.name, "*") {
		if n.several && !isHostMask(a.name) {
			n.refuse(a.at, `invalid server name or wildcard "`+written+`" on `+n.nginxName)
		}
		n.mask(a)
		return
	}
	n.plain(a)
}

// plain adds a plain name unless it is taken already.
func (n *names) plain(a nameArm) bool {
	if _, taken := n.exact[a.name]; taken {
		return false
	}
	n.exact[a.name] = routing.TableEntry{Block: a.server.block(), Label: serverLabel(a), Span: a.at.Span()}
	n.known(a)
	return true
}

func (n *names) mask(a nameArm) {
	if n.masked[a.name] {
		return
	}
	n.masked[a.name] = true
	n.masks = append(n.masks, a)
	n.known(a)
}

// known makes a name a host of the listener.
func (n *names) known(a nameArm) {
	if a.name == "" || a.name == "_" {
		n.listener.OtherHosts = true
	} else {
		n.listener.Hosts = append(n.listener.Hosts, routing.HostEntry{Host: a.name, Block: a.server.block(), Span: a.at.Span()})
	}
}

func serverLabel(a nameArm) string { return strings.TrimSpace("server " + a.name) }

// sort puts the masks in the order in which NGINX tries them.
func (n *names) sort() {
	slices.SortStableFunc(n.masks, func(a, b nameArm) int { return compareMasks(a.name, b.name) })
}

// steps choose the server of a request by its Host.
func (n *names) steps(v *virtual) []routing.Step {
	host := routing.ReadOriginal(routing.InHost, "")
	steps := []routing.Step{&routing.Table{Key: host, To: n.exact, Fold: true, Span: v.at.Span()}}
	var arms []routing.Arm
	for _, a := range n.masks {
		arms = append(arms, n.arm(a, masked(host, a.name), nil))
	}
	for _, a := range n.regexes {
		x := n.lowering.regexes.compile(a.name, a.name != lower(a.name))
		a.name = "~" + a.name
		arms = append(arms, n.arm(a, x.matches(host, false, a.at.Span()), x.keep(a.at.Span())))
	}
	if len(arms) > 0 {
		steps = append(steps, &routing.Match{Arms: arms, Span: v.at.Span()})
	}
	return steps
}

func (n *names) arm(a nameArm, when routing.Cond, do []routing.Step) routing.Arm {
	do = append(do, &routing.Jump{To: a.server.block(), Span: a.at.Span()})
	return routing.Arm{When: when, Do: do, Label: serverLabel(a), Span: a.at.Span()}
}

// masked is the condition that a host has a name, or fits a mask: "*.example.com", ".example.com" or "www.*".
func masked(host routing.Expr, name string) routing.Cond {
	if beginning, ok := strings.CutSuffix(name, "*"); ok {
		return routing.Prefix{Of: host, Want: beginning, Fold: true}
	}
	if end, ok := strings.CutPrefix(name, "*"); ok {
		return routing.Suffix{Of: host, Want: end, Fold: true}
	}
	if plain, ok := strings.CutPrefix(name, "."); ok {
		return routing.Any{equals(host, plain), routing.Suffix{Of: host, Want: name, Fold: true}}
	}
	return routing.Equal{Of: host, To: routing.Text(name), Fold: true}
}
