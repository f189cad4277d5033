package nginx

import (
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// maxPortRange bounds how many sockets one listen directive may open.
const maxPortRange = 1000

// socket is an address and a port that requests arrive at.
type socket struct {
	address string // "*", an IP address, unix:/path, or a host name that is not resolved here
	port    int
}

func (s socket) String() string {
	if s.port == 0 {
		return s.address
	}
	return net.JoinHostPort(s.address, strconv.Itoa(s.port))
}

// nginxName is the socket as NGINX names it in errors.
func (s socket) nginxName() string {
	if s.address == "*" {
		s.address = "0.0.0.0"
	}
	return s.String()
}

// listen is one socket of a listen directive.
type listen struct {
	socket
	// written is the socket by which NGINX tells listen directives apart: one for both families of addresses is not one for IPv4.
	written                                           socket
	tls, http2, preferred, datagram, options, fronted bool
	at                                                Directive
}

// listens are the sockets of a server. Without a listen directive it is *:80 for the super-user, who is who runs NGINX as a rule.
func (w *lowering) listens(s *server) []listen {
	type kind struct {
		socket
		datagram bool
	}
	var out []listen
	seen := map[kind]bool{}
	for _, d := range w.own(s.scope, "listen") {
		if w.filled(d) != "" || d.Broken() {
			continue
		}
		for _, l := range w.parseListen(d) {
			if seen[kind{l.written, l.datagram}] {
				w.refuse(d, "a duplicate listen "+l.written.nginxName())
				continue
			}
			seen[kind{l.written, l.datagram}] = true
			out = append(out, l)
		}
	}
	if len(out) == 0 {
		out = append(out, listen{socket: socket{"*", 80}, written: socket{"*", 80}, at: s.scope.head})
	}
	return out
}

func (w *lowering) parseListen(d Directive) []listen {
	address, ports, ok := splitListen(d.Value(1))
	refusal := refusedListen(d.Value(1))
	if refusal == "" && !ok {
		refusal = "invalid port"
	}
	if refusal != "" {
		w.refuse(d, refusal+` in "`+d.Value(1)+`" of the "listen" directive`)
		return nil
	}
	proto := listen{at: d, socket: socket{address: address}}
	for i := 2; i < d.Len(); i++ {
		option, _, _ := strings.Cut(d.Value(i), "=")
		proto.options = proto.options || slices.Contains(socketOptions, option)
		switch d.Value(i) {
		case "ssl":
			proto.tls = true
		case "proxy_protocol":
			proto.fronted = true
		case "http2":
			proto.http2 = true
		case "default_server", "default":
			proto.preferred = true
		case "quic", "udp":
			proto.datagram = true
		case "ipv6only=off":
			if address == "::" {
				proto.address = "*"
			}
		}
	}
	var out []listen
	for port := ports[0]; port <= ports[1]; port++ {
		proto.port = port
		proto.written = socket{address, port}
		out = append(out, proto)
	}
	return out
}

// socketOptions are those that may be given for a socket once (lsopt.set in ngx_http_core_listen).
var socketOptions = strings.Fields("bind setfib fastopen backlog rcvbuf sndbuf accept_filter deferred ipv6only reuseport multipath so_keepalive")

// refusedListen is what is wrong with the address of a listen directive; empty for a port alone, and what else NGINX takes.
func refusedListen(s string) string {
	if isDigits(strings.Replace(s, "-", "", 1)) {
		return ""
	}
	if !strings.HasPrefix(s, "unix:") {
		if at := strings.LastIndexByte(s, ':'); at >= 0 && !strings.HasSuffix(s, "]") {
			s = s[:at+1] + strings.ReplaceAll(s[at+1:], "-", "") // a range of ports, which is looked at elsewhere
		}
	}
	refusal := refusedAddress(s, false)
	if refusal == "invalid port" || refusal == "host not found" && s == "*" || strings.HasPrefix(s, "*:") {
		return ""
	}
	return refusal
}

// splitListen splits the address of a listen directive from its port, or its range of ports (ngx_parse_url).
func splitListen(s string) (address string, ports [2]int, ok bool) {
	if strings.HasPrefix(s, "unix:") {
		return s, ports, true
	}
	address, port := s, ""
	switch i := strings.LastIndexByte(s, ':'); {
	case strings.HasPrefix(s, "["):
		end := strings.IndexByte(s, ']')
		if end < 0 {
			return "", ports, false
		}
		address, port = s[1:end], strings.TrimPrefix(s[end+1:], ":")
	case i >= 0:
		address, port = s[:i], s[i+1:]
	case isDigits(strings.ReplaceAll(s, "-", "")):
		address, port = "*", s
	}
	if port == "" {
		port = "80"
	}
	first, last, ranged := strings.Cut(port, "-")
	if !ranged {
		last = first
	}
	low, err1 := strconv.Atoi(first)
	high, err2 := strconv.Atoi(last)
	ok = err1 == nil && err2 == nil && 0 < low && low <= high && high < 1<<16 && high-low < maxPortRange
	return plainAddress(address), [2]int{low, high}, ok
}

// plainAddress writes the same address in one way.
func plainAddress(s string) string {
	switch s {
	case "", "0.0.0.0":
		return "*"
	case "localhost":
		return "127.0.0.1"
	}
	if ip, err := netip.ParseAddr(s); err == nil {
		return ip.String()
	}
	return lower(s)
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// minTLS is the lowest protocol version that a server offers.
func (w *lowering) minTLS(s *scope) routing.Value {
	d := w.one(s, "ssl_protocols")
	if d.IsZero() {
		if v, ok := w.around(s, "ssl_protocols"); ok {
			return v
		}
		lowest := "TLS1.0"
		if w.since(dropsOldTLS) {
			lowest = "TLS1.2"
		}
		return routing.DefaultOf(lowest, w.release.side(dropsOldTLS))
	}
	for _, v := range tlsVersions {
		if slices.Contains(d.Args(), v[0]) {
			return routing.Of(v[1], d.Span())
		}
	}
	return routing.UnknownOf("ssl_protocols names no version that is known here", d.Span())
}

// tlsVersions are the versions in NGINX's words and in those of the model, the lowest first.
var tlsVersions = [][2]string{{"SSLv2", "SSL2.0"}, {"SSLv3", "SSL3.0"}, {"TLSv1", "TLS1.0"}, {"TLSv1.1", "TLS1.1"}, {"TLSv1.2", "TLS1.2"}, {"TLSv1.3", "TLS1.3"}}
