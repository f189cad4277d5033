package nginx

import (
	"fmt"
	"strconv"
	"strings"
)

// release is a version of NGINX: major, minor, patch.
type release [3]int

// Releases in which a default changed that decides where or how requests go (NGINX's CHANGES and its commits).
var (
	speaksTLS13     = release{1, 23, 4} // proxy_ssl_protocols holds TLSv1.3 by default
	tellsHTTP2      = release{1, 25, 1} // a socket without TLS that speaks HTTP/2 takes HTTP/1.1, too
	trustsClients   = release{1, 27, 2} // ssl_trusted_certificate is enough for ssl_verify_client
	dropsOldTLS     = release{1, 27, 3} // TLS 1.0 and 1.1 are off unless ssl_protocols says otherwise
	joinsHeaders    = release{1, 23, 0} // $http_ variables hold all lines of a header
	splitsCookies   = release{1, 29, 6} // commas part cookies no more
	speaksHTTP2     = release{1, 29, 4} // proxy_http_version 2
	speaksHTTP11    = release{1, 29, 7} // proxy_http_version is 1.1, and no Connection: close is sent (6bb27a631)
	refusesControls = release{1, 21, 1} // spaces and control characters in a request line are refused
	checksHost      = release{1, 29, 4} // Host must be as RFC 3986 has it (511abb19e)
	geoVolatile     = release{1, 29, 3} // volatile in geo blocks
	readsConnect    = release{1, 29, 3} // the target of CONNECT must be a host and a port (42ca3a457)
	keepsAlive      = release{1, 29, 7} // connections to upstream blocks are kept, and keepalive 0 is taken to have it otherwise (4fbe4b627)
	dropsProxyConn  = release{1, 31, 0} // the Proxy-Connection header of clients is not passed on
	stripsUpgrade   = release{1, 31, 3} // clients of HTTP/2 and later get no Upgrade header of the upstream (3f720dc78)
	sendsOneHost    = release{1, 31, 4} // of several proxy_set_header Host the last counts, an empty one means $proxy_host (dea68dbf1)
	stable          = release{1, 30, 0}
)

// era is a stretch of releases that are alike in what is lowered, the one that stands for it, and one of the stretch beside it.
type era struct {
	title   string
	release release
	beside  release
}

// eras are the variants of a configuration whose version is not known; the first is the one reported.
var eras = []era{
	{"NGINX 1.30", stable, stable},
	{"NGINX before 1.29.7", release{1, 26, 0}, stable},
	{"NGINX before 1.25.1", release{1, 24, 0}, release{1, 26, 0}},
	{"NGINX 1.31.4 or later", sendsOneHost, stable},
}

// parseRelease reads a version as nginx -v prints it: "1.26.3", "nginx/1.26.3", "1.30".
func parseRelease(s string) (release, error) {
	var r release
	text := strings.TrimPrefix(strings.TrimSpace(s), "nginx/")
	parts := strings.Split(text, ".")
	if len(parts) < 2 || len(parts) > 3 {
		return r, fmt.Errorf("read NGINX version %q: want the form 1.26.3", s)
	}
	for i, p := range parts {
		n, err := strconv.Atoi(p)
		if err != nil || n < 0 {
			return r, fmt.Errorf("read NGINX version %q: want the form 1.26.3", s)
		}
		r[i] = n
	}
	return r, nil
}

// before reports whether r is older than s.
func (r release) before(s release) bool {
	for i := range r {
		if r[i] != s[i] {
			return r[i] < s[i]
		}
	}
	return false
}

func (r release) String() string { return fmt.Sprintf("%d.%d.%d", r[0], r[1], r[2]) }

// side names the stretch on which side of a change a release lies, for defaults.
func (r release) side(change release) string {
	if r.before(change) {
		return "NGINX before " + change.String()
	}
	return "NGINX " + change.String() + " or later"
}
