package oracle

import (
	"net"
	"net/http"
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/conformance/internal/realnginx"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// delivered compares what a service received.
func (c *comparison) delivered(d *routing.Delivery) {
	at := d.Forward.Span
	if why := fails(d); why != "" {
		c.failed(d, why)
		return
	}
	seen := afterFailures(d, c.seen.Seen)
	if len(seen) != 1 {
		observed := c.seen.outcome()
		if len(seen) > 1 {
			observed = strconv.Itoa(len(seen)) + " requests"
		}
		c.differ("the outcome", c.path.Outcome(), observed, at)
		return
	}
	s := seen[0]
	c.connection(d, s)
	method, target, protocol := parts(s.Line)
	c.text("the method", d.Method, method, at)
	c.text("the request target", d.Target, target, at)
	c.text("the protocol", d.Setting(routing.Protocol), protocol, at)
	c.headers(d, s)
	if c.seen.Answer == nil {
		c.differ("the outcome", "an answer", c.seen.closed(), at)
		return
	}
	c.status(d)
	if !realnginx.Fails(s.Host) { // add_header goes by the status
		c.edits(d.Response, at)
	}
}

// parts cuts a request line. Targets may hold spaces, which NGINX does not escape everywhere.
func parts(line string) (method, target, protocol string) {
	method, rest, _ := strings.Cut(line, " ")
	i := strings.LastIndexByte(rest, ' ')
	return method, rest[:max(i, 0)], rest[i+1:]
}

// connection compares whom NGINX connected to, and how.
func (c *comparison) connection(d *routing.Delivery, s realnginx.Seen) {
	at := d.Forward.Span
	host, port := split(d.Address.Text())
	if !strings.EqualFold(host, s.Host) || port != strconv.Itoa(s.Port) {
		c.differ("the upstream", d.Address.Text(), address(s), placed(d.Address, at))
	}
	if s.Again {
		return // NGINX takes a connection that it has kept to a member, whatever was spoken and whom it named when that was made
	}
	scheme := "http"
	if s.TLS {
		scheme = "https"
	}
	c.text("the scheme", d.Scheme, scheme, at)
	if name := d.Setting(routing.SNI); s.TLS && !strings.EqualFold(name.Text(), s.SNI) { // NGINX's resolver writes names in small letters
		c.text("the server name of the handshake", name, s.SNI, at)
	}
}

func split(authority string) (host, port string) {
	host, port, err := net.SplitHostPort(authority)
	if err != nil {
		return authority, ""
	}
	if net.ParseIP(host) != nil {
		return host, port // the last part of an IPv6 address is no port
	}
	return routing.HostName(host), port
}

// status compares what the client gets: services answer 101 to a handshake that asks for the upgrade as it must, and else 200.
func (c *comparison) status(d *routing.Delivery) {
	want := http.StatusOK
	fixed, err := strconv.Atoi(d.Setting(routing.AnswerStatus).Text())
	switch u := d.Upgrades(); {
	case err == nil:
		want = fixed
	case u.Is == routing.Maybe, d.Setting(routing.Body).Text() != "":
		return // what is left of a body may be taken for another request
	case realnginx.Fails(c.seen.Seen[len(c.seen.Seen)-1].Host):
		want = http.StatusServiceUnavailable
	case u.Is == routing.Yes && d.Method.Text() == http.MethodGet && len(d.Header("Sec-WebSocket-Key")) > 0:
		want = http.StatusSwitchingProtocols
	}
	if got := c.seen.Answer.Status; got != want {
		c.differ("the status of what a service answers", strconv.Itoa(want), strconv.Itoa(got), d.Forward.Span)
	}
}

// failed compares a delivery that cannot succeed.
func (c *comparison) failed(d *routing.Delivery, why string) {
	if len(c.seen.Seen) == 1 && c.seen.Seen[0].Again {
		return // over a connection that was made for another location
	}
	if len(c.seen.Seen) > 0 {
		c.differ("the outcome", "no delivery, because "+why, c.seen.outcome(), d.Forward.Span)
		return
	}
	if c.seen.Answer == nil && d.Relays() {
		return
	}
	if c.seen.Answer == nil || c.seen.Answer.Status != http.StatusBadGateway {
		c.differ("the outcome", "502, because "+why, c.seen.outcome(), d.Forward.Span)
	}
}

// fails says why the connection of a delivery cannot succeed; empty when it does.
func fails(d *routing.Delivery) string {
	host, port := split(d.Address.Text())
	ip := net.ParseIP(host)
	switch {
	case strings.HasPrefix(d.Address.Text(), "unix:"):
		return "nothing listens on " + d.Address.Text()
	case port == strconv.Itoa(realnginx.ClosedPort):
		return "no service listens on port " + port
	case host == "localhost" || ip != nil && ip.IsLoopback():
		return "nothing listens on " + d.Address.Text()
	case d.Scheme.Text() == "https" && port == "80":
		return "services speak no TLS on port 80"
	case d.Scheme.Text() == "http" && port == "443":
		return "services speak TLS on port 443"
	case d.Scheme.Text() == "https" && d.Setting(routing.MaxTLS).IsSet() && d.Setting(routing.MaxTLS).Text() < "TLS1.2":
		return "services speak no TLS below 1.2"
	case d.Scheme.Text() == "https":
		return refusesCertificate(d)
	}
	return ""
}

// refusesCertificate says why the handshake fails: the rig's services present a certificate for the name that was asked for.
func refusesCertificate(d *routing.Delivery) string {
	shown := d.Setting(routing.SNI).Text()
	if shown == "" {
		shown = realnginx.DefaultName
	}
	check, _ := d.Setting(routing.VerifyName).Bool()
	if want := d.Setting(routing.VerifiedName).Text(); check && !strings.EqualFold(want, shown) {
		return "the certificate is checked for " + want + " and is one for " + shown
	}
	return ""
}
