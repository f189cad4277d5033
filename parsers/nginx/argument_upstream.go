package nginx

import (
	"net/netip"
	"slices"
	"strings"
)

// member is a server of an upstream block (ngx_http_upstream_server). A server block is none.
func (k *checker) member(d Directive, _ *place) {
	if d.HasBlock() {
		return
	}
	words := d.Args()
	resolved := slices.Contains(words, "resolve")
	if slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, "service=") }) && !resolved {
		k.refused(d, `service upstream "`+d.Value(1)+`" requires "resolve" parameter`)
	}
	if refusal := refusedAddress(d.Value(1), false); refusal != "" {
		k.refused(d, refusal+` in upstream "`+d.Value(1)+`"`)
	}
}

// refusedAddress is what is wrong with an address and a port (ngx_parse_url); empty for what NGINX takes, if it can resolve the name. A
// URI may stand behind it where one is asked for.
func refusedAddress(s string, withURI bool) string {
	switch {
	case strings.HasPrefix(lower(s), "unix:"):
		path := s[5:]
		if withURI {
			path, _, _ = strings.Cut(path, ":")
		}
		return refusedPath(path)
	case strings.HasPrefix(s, "["):
		return refusedIPv6(s, withURI)
	}
	if at := strings.IndexAny(s, "/?"); at >= 0 {
		if !withURI {
			return "invalid host"
		}
		s = s[:at]
	}
	host, port, has := strings.Cut(s, ":")
	switch {
	case has && !isPort(port):
		return "invalid port"
	case host == "":
		return "no host"
	case strings.ContainsAny(host, "$^~*=%(){}<>|\"' "):
		return "host not found"
	}
	return ""
}

func refusedPath(path string) string {
	switch {
	case path == "":
		return "no path in the unix domain socket"
	case len(path) >= 108:
		return "too long path in the unix domain socket"
	}
	return ""
}

func refusedIPv6(s string, withURI bool) string {
	host, rest, closed := strings.Cut(s[1:], "]")
	if at := strings.IndexByte(rest, '/'); at >= 0 && withURI {
		rest = rest[:at]
	}
	port, has := strings.CutPrefix(rest, ":")
	ip, err := netip.ParseAddr(host)
	switch {
	case !closed || rest != "" && !has || strings.Contains(rest, "/"):
		return "invalid host"
	case has && !isPort(port):
		return "invalid port"
	case host == "":
		return "no host"
	case err != nil || !ip.Is6() || ip.Zone() != "":
		return "invalid IPv6 address"
	}
	return ""
}

func isPort(s string) bool { return isPositive(s) && number(s) < 1<<16 }

func (k *checker) keepalive(d Directive, _ *place) {
	if !isCount(d.Value(1)) || !isPositive(d.Value(1)) && k.release != nil && k.release.before(keepsAlive) {
		k.refused(d, `invalid value "`+d.Value(1)+`" in "keepalive" directive`)
	}
}

// upstreamZone is the zone of an upstream block. Blocks may share one, if it has a size somewhere.
func (k *checker) upstreamZone(d Directive, _ *place) {
	name := d.Value(1)
	switch {
	case name == "":
		k.refused(d, `invalid zone name ""`)
	case d.Len() == 2:
		k.uses = append(k.uses, zoneUse{name, "upstream", d})
	case !isSize(d.Value(2)):
		k.refused(d, `invalid zone size "`+d.Value(2)+`"`)
	case !atLeast(8 * pageSize)(d.Value(2)):
		k.refused(d, `zone "`+name+`" is too small`)
	default:
		k.zones["upstream "+name] = zone{module: "upstream", size: d.Value(2)}
	}
}

func (k *checker) random(d Directive, _ *place) {
	if d.Len() > 1 && d.Value(1) != "two" {
		k.refused(d, `invalid parameter "`+d.Value(1)+`"`)
	}
}
