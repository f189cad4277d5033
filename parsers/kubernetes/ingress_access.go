package kubernetes

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// access writes who may come in: networks, passwords, another server's answer, and what modules decide.
func (k *controller) access(s *script, l *location) {
	ing := l.ing
	for _, list := range []struct{ directive, names string }{{"deny", "denylist-source-range"}, {"allow", "allowlist-source-range whitelist-source-range"}} {
		for name := range strings.FieldsSeq(list.names) {
			v := k.effective(ing, name, isWord)
			if v.text == "" {
				continue
			}
			for network := range strings.SplitSeq(v.text, ",") {
				s.line(v.at, "%s %s;", list.directive, strings.TrimSpace(network))
			}
			if list.directive == "allow" {
				s.line(v.at, "deny all;")
				break
			}
		}
	}
	if v := annotation(ing, "auth-type", isWord); v.text() == "basic" {
		s.line(v.span(), "auth_basic \"Authentication Required\";\nauth_basic_user_file /etc/ingress-controller/auth/passwd;\nproxy_set_header Authorization \"\";")
	}
	if v := annotation(ing, "auth-url", isWord); !v.isZero() {
		s.line(v.span(), "auth_request %s;", authLocation(l))
	}
	if v := annotation(ing, "satisfy", func(t string) bool { return t == "any" || t == "all" }); !v.isZero() {
		s.line(v.span(), "satisfy %s;", v.text())
	}
	if v := annotation(ing, "enable-modsecurity", isBool); isTrue(v.text()) {
		s.line(v.span(), "modsecurity on;")
	}
	if v := annotation(ing, "ssl-passthrough", isBool); isTrue(v.text()) {
		s.line(v.span(), "if (%s) { return 421; }", s.guess("whether the controller passes TLS through: it does where it was started with --enable-ssl-passthrough, and then Host and TLS name are the client's"))
	}
}

func authLocation(l *location) string { return "/_external-auth-" + checksum(l.path+l.kind) }

// authPath writes the location that asks another server.
func (k *controller) authPath(s *script, l *location) {
	v := annotation(l.ing, "auth-url", isWord)
	if v.isZero() {
		return
	}
	target := v.text()
	if u, err := url.Parse(target); err != nil || u.Host == "" || strings.Contains(target, "$") {
		target = "http://127.0.0.1"
	}
	s.line(v.span(), "location = %s { internal; proxy_pass %s; }", authLocation(l), target)
}

// limitNames are the annotations that bound what one client may do.
var limitNames = []struct{ name, directive, unit string }{{"limit-rps", "limit_req", "s"}, {"limit-rpm", "limit_req", "m"}, {"limit-connections", "limit_conn", ""}}

func zone(l object, name string) string { return checksum(l.id()) + "_" + name }

func checksum(text string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(text)) // a hash never fails
	return strconv.FormatUint(uint64(h.Sum32()), 16)
}

// zones writes what limits are counted in.
func (k *controller) zones(s *script) {
	for _, ing := range k.ingresses {
		for _, limit := range limitNames {
			v := annotation(ing, limit.name, isInt)
			n, _ := v.number()
			switch {
			case n <= 0:
			case limit.directive == "limit_conn":
				s.line(v.span(), "limit_conn_zone $binary_remote_addr zone=%s:5m;", zone(ing, limit.name))
			default:
				s.line(v.span(), "limit_req_zone $binary_remote_addr zone=%s:5m rate=%dr/%s;", zone(ing, limit.name), n, limit.unit)
			}
		}
	}
}

// limits writes the limits of a location; requests may come in bursts of five times the rate unless an annotation says otherwise.
func (k *controller) limits(s *script, l *location) {
	burst := 5
	if n, ok := annotation(l.ing, "limit-burst-multiplier", isInt).number(); ok && n > 0 {
		burst = min(n, 1000)
	}
	for _, limit := range limitNames {
		v := annotation(l.ing, limit.name, isInt)
		n, _ := v.number()
		switch {
		case n <= 0:
		case limit.directive == "limit_conn":
			s.line(v.span(), "limit_conn %s %d;", zone(l.ing, limit.name), n)
		default:
			s.line(v.span(), "limit_req zone=%s burst=%d nodelay;", zone(l.ing, limit.name), min(n, 1<<20)*burst)
		}
	}
}

var codeForm = regexp.MustCompile(`^[1-5]\d\d$`)

// answers writes what the controller answers itself: redirects, CORS, pages for errors.
func (k *controller) answers(s *script, l *location) {
	k.cors(s, l)
	if v := annotation(l.ing, "temporal-redirect", isWord); !v.isZero() {
		s.line(v.span(), "return %s %s;", cmp.Or(annotation(l.ing, "temporal-redirect-code", codeForm.MatchString).text(), "302"), quoted(v.text()))
	} else if v := annotation(l.ing, "permanent-redirect", isWord); !v.isZero() {
		s.line(v.span(), "return %s %s;", cmp.Or(annotation(l.ing, "permanent-redirect-code", codeForm.MatchString).text(), "301"), quoted(v.text()))
	}
	if v := k.effective(l.ing, "custom-http-errors", isWord); v.text != "" {
		s.line(v.at, "proxy_intercept_errors on;")
	}
}

// cors writes CORS as the controller answers it: preflights with 204, and its own headers in the place of the backend's.
func (k *controller) cors(s *script, l *location) {
	on := annotation(l.ing, "enable-cors", isBool)
	if !isTrue(on.text()) {
		return
	}
	origins := annotation(l.ing, "cors-allow-origin", isWord)
	at := where(origins, on.span())
	if cmp.Or(origins.text(), "*") == "*" {
		s.line(at, "set $cors_origin '*';\nset $cors 'true';")
	} else {
		s.line(at, "set $cors_origin '';\nset $cors '';")
		s.line(at, "if ($http_origin ~* %s) { set $cors_origin $http_origin; set $cors 'true'; }", quoted("("+originPattern(origins.text())+")$"))
	}
	s.line(on.span(), "if ($request_method = 'OPTIONS') { set $cors '${cors}options'; }")
	s.line(at, "add_header Access-Control-Allow-Origin $cors_origin always;\nproxy_hide_header Access-Control-Allow-Origin;")
	credentials := annotation(l.ing, "cors-allow-credentials", isBool)
	if credentials.isZero() || isTrue(credentials.text()) {
		s.line(where(credentials, at), "add_header Access-Control-Allow-Credentials true always;")
	}
	s.line(where(credentials, at), "proxy_hide_header Access-Control-Allow-Credentials;")
	for _, h := range []struct{ name, header, otherwise string }{
		{"cors-allow-methods", "Access-Control-Allow-Methods", "GET, PUT, POST, DELETE, PATCH, OPTIONS"},
		{"cors-allow-headers", "Access-Control-Allow-Headers", "DNT,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,Range,Authorization"},
		{"cors-max-age", "Access-Control-Max-Age", "1728000"},
	} {
		v := annotation(l.ing, h.name, isWord)
		s.line(where(v, at), "add_header %s %s always;\nproxy_hide_header %s;", h.header, quoted(cmp.Or(v.text(), h.otherwise)), h.header)
	}
	s.line(on.span(), "if ($cors = \"trueoptions\") { return 204; }")
}

// originPattern is the expression that origins are compared with: an asterisk stands for one label.
func originPattern(origins string) string {
	var parts []string
	for origin := range strings.SplitSeq(origins, ",") {
		if origin = strings.TrimSpace(origin); origin != "" {
			pattern := strings.Replace(regexp.QuoteMeta(origin), `\*`, `[A-Za-z0-9\-]+`, 1)
			parts = append(parts, fmt.Sprintf("(%s)", pattern))
		}
	}
	return strings.Join(parts, "|")
}
