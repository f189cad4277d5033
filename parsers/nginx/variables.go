package nginx

import (
	"encoding/base64"
	"net"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// env is where a value is computed.
type env struct {
	server *server
	scope  *scope
	// proxyHost and proxyPort are $proxy_host and $proxy_port; nil where nothing is proxied.
	proxyHost, proxyPort routing.Expr
	// logging is set for log lines, in which what is measured at run time stands as "-".
	logging bool
	// lineless is set where the request line was not read to its end, unread where the target in it was not, nameless where the server's
	// name was not, and headless where the headers were not.
	lineless, unread, nameless, headless bool
	// answered is set where the upstream's answer is there.
	answered bool
	// groups are names that the captures of a map's own expression hold.
	groups []string
}

// value is a word of a directive as an expression.
func (w *lowering) value(d Directive, i int, e *env) routing.Expr {
	if d.Broken() {
		return routing.Lit{Value: routing.UnknownOf("the statement has an error of syntax", d.Span())}
	}
	return w.text(d.Value(i), d, e)
}

// text is a text with variables as an expression.
func (w *lowering) text(value string, d Directive, e *env) routing.Expr {
	if strings.IndexByte(value, '$') < 0 {
		return routing.Lit{Value: routing.Of(value, d.Span())}
	}
	pieces, refusal := splitVariables(value)
	if refusal != "" {
		w.refuse(d, refusal)
		return routing.Lit{Value: routing.UnknownOf(refusal, d.Span())}
	}
	parts := make([]routing.Expr, 0, len(pieces))
	for _, p := range pieces {
		if p.variable == "" {
			parts = append(parts, routing.Lit{Value: routing.Of(p.text, d.Span())})
			continue
		}
		parts = append(parts, w.variable(p.variable, d, e))
	}
	return routing.Concat{Parts: parts, Span: d.Span()}
}

// variable is the value of a variable at this point of a request.
func (w *lowering) variable(name string, d Directive, e *env) routing.Expr {
	at := d.Span()
	if i := slices.IndexFunc(e.groups, func(g string) bool { return lower(g) == lower(name) }); i >= 0 {
		name = e.groups[i]
	}
	if isCapture(name) || slices.Contains(e.groups, name) {
		return routing.Part{Of: routing.Place{Kind: routing.InCapture, Name: name}, Span: at}
	}
	if w.isPlaceholder(name, d) {
		return unknown(w.whyUnknown(name), at)
	}
	name = lower(name)
	if by, own := w.declared[name]; w.ofConnections && (!own || by.Name() == "set") {
		return w.ofConnection(name, at)
	}
	if x := w.ofRequest(name, e); x != nil && !w.ofConnections {
		return x
	}
	if w.unsure[name] {
		return unknown("$"+name+" is given a value in more than one way", at)
	}
	if by, ok := w.declared[name]; ok {
		if e.nameless || e.headless {
			return unknown("what $"+name+" is for a request that was not read to its end", at)
		}
		return w.declaredBy(name, by)
	}
	if inMap, ok := w.groups[name]; ok {
		if inMap {
			return unknown("$"+name+" is a group of an expression in a map", at)
		}
		return routing.Read(routing.InVar, name)
	}
	if x := w.measured(name, e, at); x != nil {
		return x
	}
	return w.unknownVariable(name, d)
}

func unknown(why string, at routing.Span) routing.Expr {
	return routing.Lit{Value: routing.UnknownOf(why, at)}
}

// declaredBy is a variable that a directive of the configuration gives a value.
func (w *lowering) declaredBy(name string, by Directive) routing.Expr {
	switch by.Name() {
	case "set":
		return routing.Read(routing.InVar, name)
	case "map", "geo", "split_clients":
		return w.mapped(name, by)
	}
	return unknown("$"+name+" is computed by "+by.Name(), by.Span())
}

// unknownVariable is a variable that nothing defines. Modules that were not read may.
func (w *lowering) unknownVariable(name string, d Directive) routing.Expr {
	if p := w.unknown(name, d); p.Kind != routing.Refused || w.filled(d) == "" {
		w.complain(p)
	}
	return unknown(`unknown "`+name+`" variable`, d.Span())
}

// mayBeElsewhere reports whether something may be defined in a file that was not read.
func (c *config) mayBeElsewhere() bool { return c.partial || len(c.http.gaps) > 0 }

// ofRequest are the variables that are a part of the request, or computed from parts of it (NGINX src/http/ngx_http_variables.c).
func (w *lowering) ofRequest(name string, e *env) routing.Expr {
	switch {
	case name == "host":
		return w.host(e)
	case e.lineless && (name == "request_method" || name == "server_protocol"):
		return routing.Text("")
	case e.unread && (slices.Contains(lineVariables, name) || strings.HasPrefix(name, "arg_")):
		return routing.Text("")
	case e.headless && e.unread && name == "proxy_add_x_forwarded_for":
		return clientAddress
	case e.headless && readsHeaders(name) && e.unread:
		return routing.Text("")
	case e.headless && readsHeaders(name):
		return unknown("whether the header of $"+name+" was read", e.scope.head.Span())
	case e.answered && strings.HasPrefix(name, "upstream_"):
		return unknown("the value of $"+name, e.scope.head.Span())
	}
	if x, ok := requestVariables[name]; ok {
		return x
	}
	switch name {
	case "proxy_host":
		return orEmpty(e.proxyHost)
	case "proxy_port":
		return orEmpty(e.proxyPort)
	case "server_name":
		return w.serverName(e)
	}
	kind, rest, ok := strings.Cut(name, "_")
	if !ok {
		return nil
	}
	if rest == "" && (kind == "arg" || kind == "http") {
		return routing.Text("") // nothing has an empty name
	}
	switch kind {
	case "arg":
		return routing.Read(routing.InArgument, rest)
	case "http":
		return w.httpHeader(rest)
	case "cookie":
		return w.cookie(rest)
	}
	return nil
}

// httpHeader is $http_name: all lines of a header, or the first. Host stands only once.
func (w *lowering) httpHeader(name string) routing.Expr {
	kind := routing.InHeaderLines
	if name == "host" || w.release.before(joinsHeaders) && name != "cookie" && name != "x_forwarded_for" {
		kind = routing.InHeader
	}
	return routing.ReadOriginal(kind, strings.ReplaceAll(name, "_", "-"))
}

// cookie is $cookie_name: names compare without regard to case (ngx_http_parse_multi_header_lines).
func (w *lowering) cookie(name string) routing.Expr {
	separators := ";,"
	if !w.release.before(splitsCookies) {
		separators = ";"
	}
	find := func(a ...string) string { return findCookie(a[0], name, separators) }
	return routing.Call{Name: "cookie " + name, Fn: find, Args: []routing.Expr{routing.ReadOriginal(routing.InHeaderLines, "Cookie")}}
}

func findCookie(all, name, separators string) string {
	for all != "" {
		if len(all) >= len(name) && strings.EqualFold(all[:len(name)], name) {
			all = strings.TrimLeft(all[len(name):], " ")
			if value, ok := strings.CutPrefix(all, "="); ok {
				value, _, _ = strings.Cut(strings.TrimLeft(value, " "), ";")
				return value
			}
		}
		i := strings.IndexAny(all, separators)
		if i < 0 {
			return ""
		}
		all = strings.TrimLeft(all[i+1:], " ")
	}
	return ""
}

// lineVariables are the parts of a request line, which NGINX knows once it has the whole of it.
var lineVariables = []string{"uri", "document_uri", "request_uri", "args", "query_string", "is_args"}

// readsHeaders reports whether a variable is computed from headers of the request.
func readsHeaders(name string) bool {
	return strings.HasPrefix(name, "http_") || strings.HasPrefix(name, "cookie_") ||
		slices.Contains([]string{"remote_user", "content_length", "content_type", "proxy_add_x_forwarded_for"}, name)
}

func orEmpty(x routing.Expr) routing.Expr {
	if x == nil {
		return routing.Text("")
	}
	return x
}

// requestVariables are variables that read the same everywhere.
var requestVariables = map[string]routing.Expr{
	"host":               routing.ReadOriginal(routing.InHost, ""),
	"uri":                routing.Read(routing.InPath, ""),
	"document_uri":       routing.Read(routing.InPath, ""),
	"request_uri":        routing.ReadOriginal(routing.InTarget, ""),
	"args":               routing.Read(routing.InQuery, ""),
	"query_string":       routing.Read(routing.InQuery, ""),
	"request_method":     routing.Read(routing.InMethod, ""),
	"request":            routing.ReadOriginal(routing.InRequestLine, ""),
	"scheme":             routing.ReadOriginal(routing.InScheme, ""),
	"server_port":        routing.ReadOriginal(routing.InPort, ""),
	"server_protocol":    routing.ReadOriginal(routing.InProtocol, ""),
	"remote_addr":        clientAddress,
	"binary_remote_addr": clientAddress,
	"realip_remote_addr": routing.ReadOriginal(routing.InClientIP, ""),
	"ssl_server_name":    routing.ReadOriginal(routing.InSNI, ""),
	"content_length":     contentLength,
	"content_type":       routing.ReadOriginal(routing.InHeader, "Content-Type"),
	"request_body_file":  routing.Text(""),
	"is_args":            ifThen(routing.Not{Cond: equals(routing.Read(routing.InQuery, ""), "")}, routing.Text("?")),
	"https":              ifThen(equals(routing.ReadOriginal(routing.InScheme, ""), "https"), routing.Text("on")),
	"upstream_addr":      routing.Text(""), // all of them are empty until the upstream has answered
	"upstream_status":    routing.Text(""),
	"upstream_http_":     routing.Text(""),
	"http2":              ifThen(equals(routing.ReadOriginal(routing.InProtocol, ""), "HTTP/2.0"), overTLS("h2", "h2c")),
	"http3":              ifThen(equals(routing.ReadOriginal(routing.InProtocol, ""), "HTTP/3.0"), routing.Text("h3")),
	"remote_user":        routing.Call{Name: "user", Fn: basicUser, Args: []routing.Expr{routing.ReadOriginal(routing.InHeader, "Authorization")}},
	"proxy_add_x_forwarded_for": routing.Choose{Arms: []routing.ChooseArm{
		{When: equals(routing.ReadOriginal(routing.InHeaderLines, "X-Forwarded-For"), ""), To: clientAddress},
		{When: routing.Always{}, To: routing.Concat{Parts: []routing.Expr{
			routing.ReadOriginal(routing.InHeaderLines, "X-Forwarded-For"), routing.Text(", "), clientAddress,
		}}},
	}},
}

// overTLS is one text for clients that come over TLS, and another for others.
func overTLS(secure, plain string) routing.Expr {
	return routing.Choose{Arms: []routing.ChooseArm{
		{When: equals(routing.ReadOriginal(routing.InScheme, ""), "https"), To: routing.Text(secure)}, {When: routing.Always{}, To: routing.Text(plain)},
	}}
}

// basicUser is the name in an Authorization header of the Basic scheme (ngx_http_auth_basic_user).
func basicUser(args ...string) string {
	const scheme = "Basic "
	field := args[0]
	if len(field) < len(scheme) || !strings.EqualFold(field[:len(scheme)], scheme) {
		return ""
	}
	plain, err := base64.StdEncoding.DecodeString(strings.TrimLeft(field[len(scheme):], " "))
	user, _, ok := strings.Cut(string(plain), ":")
	if err != nil || !ok {
		return ""
	}
	return user
}

func equals(x routing.Expr, text string) routing.Cond {
	return routing.Equal{Of: x, To: routing.Text(text)}
}

// ifThen is a text under a condition, and empty without it.
func ifThen(when routing.Cond, then routing.Expr) routing.Expr {
	return routing.Choose{Arms: []routing.ChooseArm{{When: when, To: then}, {When: routing.Always{}, To: routing.Text("")}}}
}

// host is $host; where the request has none, it is $server_name.
func (w *lowering) host(e *env) routing.Expr {
	if e.nameless {
		return w.serverName(e)
	}
	host := routing.ReadOriginal(routing.InHost, "")
	return routing.Choose{Arms: []routing.ChooseArm{{When: routing.Not{Cond: equals(host, "")}, To: host}, {When: routing.Always{}, To: w.serverName(e)}}}
}

// serverNameVar holds $server_name for those who read it in any server: maps.
const serverNameVar = ":server_name"

// serverName is $server_name: the first name of the server.
func (w *lowering) serverName(e *env) routing.Expr {
	if e.server == nil {
		return readVar(serverNameVar)
	}
	own := w.own(e.server.scope, "server_name")
	if len(own) == 0 {
		return routing.Text("")
	}
	name := own[0].Value(1)
	if !strings.HasPrefix(name, "~") {
		name = strings.TrimPrefix(lower(name), ".")
	}
	return routing.Lit{Value: routing.Of(name, own[0].Span())}
}

// measuredNames are variables whose value nobody can read from a configuration: what the machine, the connection or the answer decide.
var measuredNames = strings.Fields(`
	ancient_browser body_bytes_sent bytes_sent connection connection_requests connection_time connections_active connections_reading
	connections_waiting connections_writing date_gmt date_local document_root fastcgi_path_info fastcgi_script_name gzip_ratio hostname
	invalid_referer is_request_port limit_conn_status limit_rate limit_req_status modern_browser msec msie nginx_version pid pipe
	proxy_add_via proxy_protocol_addr proxy_protocol_port proxy_protocol_server_addr proxy_protocol_server_port realip_remote_port realpath_root
	remote_port request_body request_completion request_filename request_id request_length request_port request_time secure_link
	secure_link_expires server_addr slice_range spdy spdy_request_priority status tcpinfo_rcv_space tcpinfo_rtt tcpinfo_rttvar
	tcpinfo_snd_cwnd time_iso8601 time_local uid_got uid_reset uid_set
	upstream_bytes_received upstream_bytes_sent upstream_cache_etag upstream_cache_last_modified upstream_cache_status upstream_connect_time
	upstream_header_time upstream_response_length upstream_response_time upstream_queue_time upstream_last_server_name`)

// measuredPrefixes begin the names of more of them.
var measuredPrefixes = strings.Fields(`
	sent_http_ sent_trailer_ upstream_http_ upstream_cookie_ upstream_trailer_ ssl_ geoip_ geoip2_ proxy_protocol_tlv_ jwt_ otel_ opentracing_ date_
	brotli_ zstd_ session_log_ vts_`)

func isMeasured(name string) bool {
	return slices.Contains(measuredNames, name) || slices.ContainsFunc(measuredPrefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}

// measured is a variable that is known to exist, while its value is not.
func (w *lowering) measured(name string, e *env, at routing.Span) routing.Expr {
	switch {
	case !isMeasured(name):
		return nil
	case e.logging:
		return routing.Text("-")
	case strings.HasPrefix(name, "upstream_"):
		return routing.Text("")
	}
	return unknown("the value of $"+name, at)
}

// isIP reports whether a host is an address, which TLS never sends as a name.
func isIP(host string) bool { return net.ParseIP(strings.Trim(host, "[]")) != nil }
