package conformance_test

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"pgregory.net/rapid"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/internal/oracle"
	"github.com/asrscheck/asrscheck/conformance/internal/realnginx"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// site is a configuration and requests that it is tried with.
type site struct {
	files  map[string]string // nginx.conf and what it includes, by name
	trials []oracle.Trial
}

// text is the configuration in one piece, for people.
func (s site) text() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(s.files)) {
		b.WriteString("# " + name + "\n" + s.files[name])
	}
	return b.String()
}

// String says which configuration failed; the requests are named by the failure.
func (s site) String() string { return strconv.Itoa(len(s.trials)) + " requests" }

// sitesFor draws configurations for a version of NGINX that are put together from what decides where and how a request goes. They need
// not make sense, and NGINX may refuse some: then asrscheck must refuse them as well.
func sitesFor(nginx realnginx.Installation) *rapid.Generator[site] {
	return rapid.Custom(func(t *rapid.T) site {
		m := &maker{t: t, nginx: nginx, taken: map[string]bool{}, files: map[string]string{}}
		m.shared()
		for _, s := range m.servers() {
			m.http = append(m.http, block("server", s)...)
		}
		if len(m.sites) > 0 {
			m.http = append(m.http, "include sites/*"+m.pick("sites", "", ".conf", "")+";")
		}
		m.files["nginx.conf"] = "events { }\n" + strings.Join(append(m.stream(), ""), "\n") + "http {\n" + indented(m.http) + "}\n"
		return site{m.files, m.requests()}
	})
}

// maker draws the lines of one configuration.
type maker struct {
	t      *rapid.T
	nginx  realnginx.Installation
	http   []string // lines of http{}
	files  map[string]string
	sites  []string // servers that have files of their own
	taken  map[string]bool
	passes bool // the location under way has a proxy_pass
	moves  bool // the server under way has a rewrite of its own
	leaks  bool // the map has expressions: what it captures takes the place of other captures, and NGINX 1.22 may crash over it
}

// pick draws one of several texts; the first is what a failure is reduced to.
func (m *maker) pick(label string, from ...string) string {
	return rapid.SampledFrom(from).Draw(m.t, label)
}

// maybe is true about once in n; a failure is reduced to where it is not.
func (m *maker) maybe(label string, n int) bool {
	return rapid.IntRange(0, n-1).Draw(m.t, label) == n-1
}

// since is a text for NGINX 1.minor and later, and another one for those before.
func (m *maker) since(minor int, later, before string) string {
	if _, rest, _ := strings.Cut(m.nginx.Version, "."); rest != "" {
		if n, err := strconv.Atoi(rest[:strings.IndexByte(rest, '.')]); err == nil && n < minor {
			return before
		}
	}
	return later
}

// upTo draws how often something is there.
func (m *maker) upTo(n int, label string) int { return rapid.IntRange(0, n).Draw(m.t, label) }

func block(head string, lines []string) []string {
	out := []string{head + " {"}
	for _, l := range lines {
		out = append(out, "\t"+l)
	}
	return append(out, "}")
}

func indented(lines []string) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString("\t" + l + "\n")
	}
	return b.String()
}

// variables are what values are put together from.
var variables = strings.Fields(`x $host $http_host $uri $request_uri $args $is_args $arg_k $query_string $request_method $scheme $server_name
	$server_port $remote_addr $proxy_host $proxy_port $proxy_add_x_forwarded_for $http_upgrade $http_x_a $cookie_c $server_protocol
	$content_type $document_uri $request $mapped $part $own $upstream_addr $remote_user $https $1 $2 ${host}y $chained $place $ssl_server_name
	$realip_remote_addr $http_x_b $arg_access_token $http_cookie $cookie_D $http_x_forwarded_for $arg_K $hostname $document_root $request_id
	$upstream_status $upstream_http_x_a $sent_http_x_added $request_filename $http_accept $content_length $request_length $server_addr`)

// value draws a text with variables.
func (m *maker) value(label string) string {
	v := m.pick(label, variables...)
	if m.maybe(label+" is longer", 3) {
		v += m.pick(label+" joined by", "-", "/", "", ".") + m.pick(label+" goes on", variables[1:]...) // all but a plain letter, which would change the name in front
	}
	if m.leaks && strings.ContainsAny(v, "12") {
		return "x"
	}
	if m.maybe(label+" quoted", 8) {
		v = `"` + v + `"`
	}
	return v
}

// shared draws what stands beside the servers: upstreams, maps, shares, logs.
func (m *maker) shared() {
	m.http = append(m.http, m.logs()...)
	if !m.maybe("no resolver", 6) {
		m.http = append(m.http, "resolver 10.0.0.10;")
	}
	of := m.pick("map of", "$http_upgrade", "$arg_k", "$uri", "$host", "$request_method", "$http_host$uri")
	m.http = append(m.http, block("map "+of+" $mapped", m.mapLines())...)
	m.http = append(m.http, block("split_clients "+m.pick("shares of", "$arg_k", "$remote_addr", "$request_uri", "$request_id", "a$msec")+" $part", []string{
		m.pick("first share", "50%", "10%", "33.33%") + " one.service.signalr.net;", "* two.service.signalr.net;",
	})...)
	m.http = append(m.http, block("map "+m.pick("second map of", "$mapped", "$own", "$place$part")+" $chained", []string{
		"default " + m.pick("second default", "$mapped", "''", "two.service.signalr.net") + ";", "upgrade $part;", "west $arg_k;",
	})...)
	m.http = append(m.http, m.places()...)
	m.http = append(m.http, block("upstream pool", m.poolLines())...)
	m.http = append(m.http, m.zones()...)
	if m.maybe("behind another proxy", 6) {
		m.http = append(m.http, "set_real_ip_from "+m.pick("trusted", "192.0.2.0/24", "192.0.2.1", "10.0.0.0/8", "unix:", "127.0.0.1")+";")
		m.http = append(m.http, m.pick("real address from", "real_ip_header X-Forwarded-For;", "real_ip_header X-Real-IP;", "real_ip_header X-Forwarded-For; real_ip_recursive on;"))
	}
	m.settings(&m.http, 3)
	if set := strings.Join(m.http, " "); m.maybe("a cache for all", 3) && !strings.Contains(set, " proxy_cache ") {
		m.http = append(m.http, "proxy_cache kept;")
	}
	if set := strings.Join(m.http, " "); m.maybe("a limit for all", 8) && !strings.Contains(set, " limit_req zone") {
		m.http = append(m.http, "limit_req zone=few;")
	}
}

// zones draws what settings of servers and locations refer to. Limits are so high that they never refuse, or so low that they refuse
// all but the first requests; what is cached stays.
func (m *maker) zones() []string {
	return []string{
		"proxy_cache_path cache keys_zone=kept:1m; proxy_cache_valid any 1h;",
		"limit_req_zone " + m.pick("limited by", "$remote_addr", "$arg_k", "$mapped") + " zone=many:1m rate=100000r/s; limit_req_zone " + m.pick("limited by", "$arg_k", "$remote_addr", "$uri") + " zone=few:1m rate=1r/m;",
		"limit_conn_zone $binary_remote_addr zone=conns:1m; limit_req_status 429; limit_conn_status 429;",
	}
}

// logs draws formats and the log of the http level.
func (m *maker) logs() []string {
	lines := []string{"log_format bare '$remote_addr " + m.pick("logged", "$uri", "$request", "$args", "$request_uri", "$http_referer", "$arg_access_token", "$mapped") + " $status';"}
	if m.maybe("logs nothing", 2) {
		return append(lines, "access_log off;")
	}
	return append(lines, m.log())
}

func (m *maker) log() string {
	return "access_log logs/" + m.pick("log", "a.log", "b.log") + m.pick("format", "", " bare", " combined", " bare if=$arg_k", " combined if=$mapped") + ";"
}

func (m *maker) mapLines() []string {
	lines := []string{"default " + m.pick("map default", "upgrade", "''", "$host", "close", "one.service.signalr.net") + ";"}
	keys := []string{"websocket", "''", "a", "~^/client/(.*)$", "~*NEGOTIATE", "GET", "rt.example.com", "~(?<named>[a-z]+)", "B"}
	for range m.upTo(3, "map lines") {
		if key := m.pick("map key", keys...); m.fresh("map " + key) {
			m.leaks = m.leaks || strings.HasPrefix(key, "~")
			lines = append(lines, key+" "+m.pick("map to", "upgrade", "close", "''", "$arg_k", "one.service.signalr.net", "$1")+";")
		}
	}
	if m.maybe("hostnames", 5) {
		lines = append([]string{"hostnames;"}, append(lines, "*.example.com masked;", "rt.* prefixed;", ".org dotted;")...)
	}
	if m.maybe("volatile", 5) {
		lines = append([]string{"volatile;"}, lines...)
	}
	return lines
}

// fresh reports whether a name was not drawn before.
func (m *maker) fresh(name string) bool {
	known := m.taken[name]
	m.taken[name] = true
	return !known
}

func (m *maker) poolLines() []string {
	var lines []string
	states := []string{"", " weight=3", " max_fails=0", " down"}
	if m.maybe("pool picks by a rule", 2) {
		lines = append(lines, m.pick("pool picks by", "hash $arg_k;", "hash $arg_k consistent;", "ip_hash;", "least_conn;", "random;", "hash $request_uri;", "random two least_conn;", m.since(30, "sticky cookie srv;", "ip_hash;")))
	}
	names := []string{
		"one.service.signalr.net:443", "two.service.signalr.net:443", "10.9.8.7:443", "one.service.signalr.net", "three.service.signalr.net:8443",
		"one.service.signalr.net:443", "two.service.signalr.net:443", "10.9.8.7:443", "closed.service.signalr.net:81", "failing.service.signalr.net:443",
	}
	if len(lines) == 0 || m.maybe("backup where none may be", 40) {
		states = append(states, " backup")
	}
	lines = append(lines, "server "+m.pick("member", names...)+m.pick("first member is", states[:3]...)+";")
	for range m.upTo(2, "more members") {
		lines = append(lines, "server "+m.pick("member", names...)+m.pick("member is", states...)+";")
	}
	if m.maybe("connections are kept", 4) {
		lines = append(lines, "keepalive "+m.pick("kept", "2", "16")+";")
	}
	return lines
}

// requests draws what the site is tried with.
func (m *maker) requests() []oracle.Trial {
	var out []oracle.Trial
	for i := range 1 + m.upTo(9, "more requests") {
		r := routing.Request{Scheme: "http", Protocol: "HTTP/1.1", ClientIP: "192.0.2." + strconv.Itoa(1+i*20)}
		r.Method = m.pick("method", "GET", "POST", "HEAD", "OPTIONS", "DELETE")
		r.Host = m.pick("host", hosts...)
		r.Target = m.pick("path", targets...) + m.pick("query", queries...)
		r.Header = append(r.Header, rapid.SampledFrom(clientFields).Draw(m.t, "fields")...)
		if r.Method == "POST" {
			m.body(&r)
		}
		if m.maybe("over HTTP/2", 3) && mayBeHTTP2(&r) {
			r.Protocol = realnginx.HTTP2
		} else {
			m.unusual(&r)
		}
		out = append(out, oracle.Trial{Name: "a generated request", Request: r})
		for range m.upTo(1, "again") {
			out = append(out, out[len(out)-1])
		}
	}
	return out
}

// mayBeHTTP2 reports whether Go's client sends a request over HTTP/2 just as it is: headers of the connection are none there, and cookies and
// bytes that are no text would be written anew.
func mayBeHTTP2(r *routing.Request) bool {
	for _, f := range r.Header {
		if slices.Contains([]string{"Connection", "Keep-Alive", "Upgrade", "TE", "Transfer-Encoding", "Proxy-Connection", "Expect", "Trailer", "Cookie", "X-Long", "x-a"}, f.Name) || f.Value == "" {
			return false
		}
	}
	length, counted := r.Get("Content-Length")
	return (!counted && r.Method != "POST" || length == strconv.FormatInt(r.BodySize, 10)) && !strings.HasPrefix(r.Target, "//") && !strings.Contains(r.Target, "#")
}

// body gives a request a body, of a length that is told before or not.
func (m *maker) body(r *routing.Request) {
	r.BodySize = rapid.SampledFrom([]int64{0, 5, 200}).Draw(m.t, "body")
	length := routing.Field{Name: "Content-Length", Value: strconv.FormatInt(r.BodySize, 10)}
	switch m.pick("body is", "counted", "counted", "counted", "in chunks", "in unknown chunks", "of no number", "both") {
	case "in chunks":
		length = routing.Field{Name: "Transfer-Encoding", Value: "chunked"}
	case "in unknown chunks":
		length = routing.Field{Name: "Transfer-Encoding", Value: "gzip"}
	case "of no number":
		length.Value = "x"
	case "both":
		r.Header = append(r.Header, routing.Field{Name: "Transfer-Encoding", Value: "Chunked"})
	}
	r.Header = append(r.Header, length)
}

// unusual makes some requests such as no client of SignalR sends.
func (m *maker) unusual(r *routing.Request) {
	if m.maybe("a whole URL", 6) {
		path := r.Target
		if m.maybe("no path", 5) {
			path = m.pick("instead of a path", "", "?k=a&access_token="+conformance.CanaryToken, "?")
		}
		r.Target = m.pick("URL scheme", "http", "https", "HTTP", "x+y.1", "1x") + "://" + m.pick("URL host", authorities...) + path
	}
	if m.maybe("an old client", 10) {
		r.Protocol = "HTTP/1.0"
	}
	if m.maybe("an odd Host", 12) {
		r.Host = m.pick("odd host", "", "a@b", "rt.example.com/x", "a..b", "[::1]:80", "rt.example.com:99999", "rt.example.com:x", ":80", "_", "a b")
	}
	if m.maybe("a second Host", 16) && r.Host != "" {
		r.Header = slices.Insert(slices.Clone(r.Header), 0, routing.Field{Name: m.pick("second Host as", "Host", "host"), Value: m.pick("second Host", r.Host, "other.example.org", "")})
	}
	if m.maybe("an odd method", 16) {
		r.Method = m.pick("odd method", "TRACE", "CONNECT", "get", "PROPFIND", "A_B-C")
	}
	if m.maybe("an odd target", 16) {
		r.Target = m.pick("odd target", "*", "client/", "", "/client/%zz?access_token="+conformance.CanaryToken, "/../?access_token="+conformance.CanaryToken, "rt.example.com:443", "/client/a b", "://x/", "x:/y")
	}
}

var hosts = []string{
	"rt.example.com:8080", "rt.example.com", "a.rt.example.com", "RT.Example.COM.", "other.example.org", "b.rt.example.com:8443", "rt.example.net",
}

// authorities stand in targets that are whole URLs.
var authorities = append([]string{"", "user@rt.example.com", "rt_x.example.com", "[::1]", "[::1]:8080", "rt.example.com:", "rt.example.com:99999", "a..b", ":80"}, hosts...)

var queries = []string{"", "?k=a", "?x=1&k=b%20c", "?", "?k=&K=d", "?a=1?b#c", "?hub=chat&access_token=" + conformance.CanaryToken + "&k=a"}

var targets = []string{
	"/", "/client/", "/client/negotiate", "/client", "/client/a/b.html", "/clientele", "/chat/client/negotiate", "/CLIENT/Negotiate", "/a/../client/x", "/client//x",
	"/client/%2e%2e/a/x", "/a", "/a/", "/a/b", "/client/%3Fk=z", "/client/x%20y", "/client/%C3%A9", "/client/%25", "/b/c/d", "/b/c%2Fd", "/nothing", "/./client/;x",
	"/client/.", "//client/", "/index.html", "/static/app.js", "/static", "/static/", "/docs/", "/docs", "/50x.html", "/a/index.html",
}

// clientFields are headers that clients send together.
var clientFields = [][]routing.Field{
	nil,
	{{Name: "Connection", Value: "Upgrade"}, {Name: "Upgrade", Value: "websocket"}, {Name: "Sec-WebSocket-Key", Value: "dGhlIHNhbXBsZSBub25jZQ=="}},
	{{Name: "X-A", Value: "1"}, {Name: "Accept", Value: "text/plain"}, {Name: "Authorization", Value: "Bearer x"}},
	{{Name: "Cookie", Value: "c=v; d=w"}, {Name: "X-Forwarded-For", Value: "198.51.100.7"}, {Name: "Content-Type", Value: "text/plain"}},
	{{Name: "X-Real-IP", Value: "198.51.100.7"}, {Name: "X-Forwarded-For", Value: "203.0.113.9, 192.0.2.1"}, {Name: "Referer", Value: "https://a.example.org/?access_token=" + conformance.CanaryToken}},
	{{Name: "X_Under", Value: "1"}, {Name: "X-B", Value: "2"}, {Name: "X.Dot", Value: "3"}, {Name: "Authorization", Value: "Basic YTpi"}},
	{{Name: "Connection", Value: "keep-alive"}, {Name: "Keep-Alive", Value: "timeout=1"}, {Name: "TE", Value: "trailers"}},
	{{Name: "X-A", Value: "1"}, {Name: "x-a", Value: "2"}, {Name: "Cookie", Value: "a=1; C=w, d = 2"}, {Name: "Cookie", Value: "c=x"}, {Name: "X-Forwarded-For", Value: "198.51.100.7"}, {Name: "X-Forwarded-For", Value: "192.0.2.1"}},
	{{Name: "Range", Value: "bytes=0-1"}, {Name: "If-None-Match", Value: `"x"`}, {Name: "If-Modified-Since", Value: "Sat, 01 Jan 2000 00:00:00 GMT"}, {Name: "X-A", Value: ""}, {Name: "Expect", Value: "100-continue"}},
	{{Name: "X-Long", Value: strings.Repeat("y", 600)}},
	{{Name: "Cookie", Value: "cc=1; c =  v ;c=2"}, {Name: "X-B", Value: "caf\xc3\xa9 \x01\"{}"}, {Name: "Proxy-Connection", Value: "close"}, {Name: "Trailer", Value: "X"}},
}
