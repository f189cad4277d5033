package nginx

import (
	"net"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// defaultTimeout is that of proxy_connect_timeout, proxy_send_timeout and proxy_read_timeout.
const defaultTimeout = "1m0s"

// settings are how a request is sent.
func (w *lowering) settings(e *env, t *target) routing.Settings {
	read := routing.Lit{Value: w.duration(e.scope, "proxy_read_timeout", defaultTimeout)}
	s := routing.Settings{
		routing.Protocol:       routing.Lit{Value: w.protocol(e)},
		routing.Upgrade:        upgradeByHeaders,
		routing.Buffering:      w.buffering(e),
		routing.ReadTimeout:    read,
		routing.IdleTimeout:    read,
		routing.AnswerStatus:   readVar(statusVar),
		routing.Retry:          w.retry(e),
		routing.ConnectTimeout: routing.Lit{Value: w.duration(e.scope, "proxy_connect_timeout", defaultTimeout)},
	}
	if v := w.doubted(e, t); v.IsUnknown() {
		s[routing.Doubt] = routing.Lit{Value: v}
	} else if arms := w.slow(e); len(arms) > 0 || w.numbers["set"] > 0 {
		s[routing.Doubt] = routing.Choose{Arms: append(arms, routing.ChooseArm{When: routing.Always{}, To: readVar(slowVar)})}
	}
	w.cache(e, t, s)
	if on := w.flag(e.scope, "proxy_intercept_errors", false); isOn(on) && len(w.list(e.scope, "error_page")) > 0 {
		s[routing.Intercept] = routing.Lit{Value: on}
		if restated := w.errorStatuses(e); restated.IsSet() {
			s[routing.ErrorStatuses] = routing.Lit{Value: restated}
		}
	}
	s[routing.Relocates], s[routing.AskedBuffering] = w.relocates(e, t), w.askedBuffering(e, t)
	w.bounds(t, s)
	for _, status := range []int{500, 502} { // a name computed that is none, an upstream that cannot be reached
		if page := w.errorPage(e, status); !page.IsZero() {
			s[routing.FailurePage] = routing.Lit{Value: routing.Of(strings.Join(page.Args(), " "), page.Span())}
		}
	}
	if lost := w.lostBody(e); lost != nil {
		s[routing.Body] = lost
	}
	if t.computed {
		s[routing.Resolvable] = w.resolvable(e, t)
	}
	if t.https {
		w.tls(e, t, s)
	}
	return s
}

// bounds are the limits on the number of requests or connections.
func (w *lowering) bounds(t *target, s routing.Settings) {
	var arms []routing.ChooseArm
	if w.numbers["limit_req"]+w.numbers["limit_conn"] > 0 {
		arms = append(arms, metLimits)
	}
	if d := w.few; !d.IsZero() {
		arms = append(arms, routing.ChooseArm{When: routing.Always{}, To: routing.Lit{Value: routing.Of(title(d), d.Span())}})
	}
	if c, ok := w.maxConnections(t); ok {
		arms = append(arms, routing.ChooseArm{When: routing.Always{}, To: routing.Lit{Value: routing.Of(c.Label, c.Span)}})
	}
	if len(arms) > 0 {
		s[routing.RateLimit] = routing.Choose{Arms: arms}
	}
}

var upgradeByHeaders = routing.Lit{Value: routing.Of("headers", routing.Span{})}

// retry are the failures on which the next member is tried.
func (w *lowering) retry(e *env) routing.Expr {
	d := w.one(e.scope, "proxy_next_upstream")
	if d.IsZero() {
		return defaultRetry
	}
	return routing.Lit{Value: routing.Of(strings.Join(d.Args(), " "), d.Span())}
}

var defaultRetry = routing.Lit{Value: routing.DefaultOf("error timeout", "NGINX")}

// relocates is how the redirects begin that proxy_redirect rewrites: as the URL of proxy_pass, unless something else is set.
func (w *lowering) relocates(e *env, t *target) routing.Expr {
	list := w.list(e.scope, "proxy_redirect")
	switch {
	case len(list) > 1 || len(list) == 1 && list[0].Len() == 3:
		return unknown("which redirects proxy_redirect rewrites", list[0].Span())
	case t.computed || len(list) == 1 && list[0].Value(1) == "off":
		return routing.Text("")
	}
	return routing.Text(t.d.Value(1))
}

// protocol is the HTTP version that is spoken to the upstream.
func (w *lowering) protocol(e *env) routing.Value {
	d := w.one(e.scope, "proxy_http_version")
	if d.IsZero() {
		if v, ok := w.around(e.scope, "proxy_http_version"); ok {
			return v
		}
		version := "HTTP/1.0"
		if w.since(speaksHTTP11) {
			version = "HTTP/1.1"
		}
		return routing.DefaultOf(version, w.release.side(speaksHTTP11))
	}
	if why := w.missing(d); why != "" {
		return routing.UnknownOf(why, d.Span())
	}
	switch d.Value(1) {
	case "1.0", "1.1":
		return routing.Of("HTTP/"+d.Value(1), d.Span())
	case "2":
		if w.release.before(speaksHTTP2) {
			w.refuse(d, `invalid value "2"`)
		}
		return routing.Of("HTTP/2", d.Span())
	}
	w.refuse(d, `invalid value "`+d.Value(1)+`"`)
	return routing.UnknownOf("the HTTP version cannot be read", d.Span())
}

// buffering tells whether events pass at once, which hangs on how the client came in.
func (w *lowering) buffering(e *env) routing.Expr {
	return w.bufferedWhere(e, w.flag(e.scope, "proxy_buffering", true))
}

// askedBuffering is buffering where the upstream asks for it.
func (w *lowering) askedBuffering(e *env, t *target) routing.Expr {
	for _, d := range w.list(e.scope, "proxy_ignore_headers") {
		if slices.ContainsFunc(d.Args(), isAccelBuffering) {
			return routing.Text("ignored")
		}
	}
	return w.bufferedWhere(e, routing.OfBool(true, t.d.Span()))
}

func isAccelBuffering(header string) bool { return lower(header) == "x-accel-buffering" }

func (w *lowering) bufferedWhere(e *env, on routing.Value) routing.Expr {
	plain := w.buffered(e, on, false)
	overTLS := w.buffered(e, on, w.one(e.scope, "ssl_buffer_size").Value(1) != "1") // a buffer of one byte is full at once
	if plain.State() != routing.Known || plain.Text() == overTLS.Text() {
		return routing.Lit{Value: plain}
	}
	return routing.Choose{Arms: []routing.ChooseArm{
		{When: equals(routing.ReadOriginal(routing.InScheme, ""), "https"), To: routing.Lit{Value: overTLS}}, {When: routing.Always{}, To: routing.Lit{Value: plain}},
	}}
}

// buffered is buffering for clients that come in over TLS, or over plain HTTP. NGINX holds an answer only until it has a buffer full or the
// upstream pauses, which with chunks is after each event; but an HTTP/1.0 answer has no chunks, gzip gathers what buffering gives it, and
// so does the buffer of a TLS connection, unless HTTP/2 is spoken in it (ngx_ssl_send_chain: buffers of the event pipe ask for no flush).
func (w *lowering) buffered(e *env, on routing.Value, overTLS bool) routing.Value {
	var v routing.Value
	switch compressed, isCompressed := w.compression(e); {
	case on.IsUnknown():
		v = on
	case !isOn(on):
		v = routing.Of("off", on.Span)
	case isCompressed:
		v = routing.Of("holds", compressed.Span()).With(on.Span, "answers of the type text/event-stream are compressed, out of full buffers")
	default:
		v = w.bufferedBy(w.protocol(e), on, overTLS)
	}
	return w.accelNote(e, v)
}

// bufferedBy is the value for buffered answers that are not compressed.
func (w *lowering) bufferedBy(protocol, on routing.Value, overTLS bool) routing.Value {
	state, at := "passes", on.Span
	unchunked := protocol.Text() == "HTTP/1.0"
	if unchunked || overTLS {
		state = "holds"
	}
	if unchunked && at.IsZero() {
		at = protocol.Span
	}
	whose := on.Why()
	if protocol.IsDefault() && (unchunked || !overTLS) {
		whose = protocol.Why()
	}
	v := routing.Of(state, at)
	if at.IsZero() {
		v = routing.DefaultOf(state, whose)
	}
	switch {
	case unchunked:
		v = v.With(protocol.Span, "answers over HTTP/1.0 come in no chunks")
	case overTLS:
		v = v.With(at, "what is sent over TLS, other than by HTTP/2, waits until a buffer is full (ssl_buffer_size)")
	}
	return v
}

// accelNote tells those who hoped for X-Accel-Buffering that it counts only in what the upstream answers.
func (w *lowering) accelNote(e *env, v routing.Value) routing.Value {
	for _, d := range w.list(e.scope, "add_header") {
		if isAccelBuffering(d.Value(1)) {
			v = v.With(d.Span(), "add_header X-Accel-Buffering has no effect here: NGINX obeys that header only where the upstream sends it")
			if v.Span.IsZero() && v.Text() == "holds" {
				v.Span = d.Span()
			}
		}
	}
	return v
}

// compression is the directive that has event streams compressed.
func (w *lowering) compression(e *env) (Directive, bool) {
	for _, kind := range []string{"gzip", "brotli", "zstd"} {
		if on := w.one(e.scope, kind); on.IsZero() || lower(on.Value(1)) != "on" {
			continue
		}
		for _, d := range w.list(e.scope, kind+"_types") {
			if slices.Contains(d.Args(), "*") || slices.ContainsFunc(d.Args(), func(t string) bool { return lower(t) == "text/event-stream" }) {
				return d, true
			}
		}
	}
	return Directive{}, false
}

// resolvable tells whether a name that is computed can be resolved: by a resolver, or because a proxy_pass without variables names it.
func (w *lowering) resolvable(e *env, t *target) routing.Expr {
	if d := w.one(e.scope, "resolver"); !d.IsZero() {
		return routing.Lit{Value: routing.OfBool(true, d.Span())}
	}
	known := func(a ...string) string {
		host, port := splitPort(lower(a[0]))
		if port == "" {
			port = defaultPort(a[1] == "https")
		}
		return boolText(w.static[net.JoinHostPort(strings.Trim(host, "[]"), port)])
	}
	return routing.Call{Name: "resolvable", Fn: known, Args: []routing.Expr{t.to, t.scheme}, Span: t.d.Span()}
}

// tls are the settings of the TLS handshake with the upstream.
func (w *lowering) tls(e *env, t *target, s routing.Settings) {
	verify := w.flag(e.scope, "proxy_ssl_verify", false)
	name := w.tlsName(e, t)
	s[routing.VerifyChain], s[routing.VerifyName] = routing.Lit{Value: verify}, routing.Lit{Value: verify}
	if !verify.IsDefault() {
		s[routing.VerifiedName] = name
	}
	if isOn(verify) && w.one(e.scope, "proxy_ssl_trusted_certificate").Value(1) == "" && !w.uncertain(e.scope) {
		w.refuse(w.one(e.scope, "proxy_ssl_verify"), "no proxy_ssl_trusted_certificate for proxy_ssl_verify")
	}
	if d := w.one(e.scope, "proxy_ssl_certificate"); !d.IsZero() && d.Value(1) != "" && w.one(e.scope, "proxy_ssl_certificate_key").IsZero() && !w.uncertain(e.scope) {
		w.refuse(d, `no "proxy_ssl_certificate_key" is defined for certificate "`+d.Value(1)+`"`)
	}
	if most := w.highestTLS(e.scope); most.IsSet() {
		s[routing.MaxTLS] = routing.Lit{Value: most}
	}
	on := w.flag(e.scope, "proxy_ssl_server_name", false)
	if isOn(on) {
		s[routing.SNI] = w.sentName(name, t, on)
		return
	}
	none := routing.Value{Span: on.Span}
	if on.IsUnknown() {
		none = on
	}
	if d := w.one(e.scope, "proxy_ssl_name"); !d.IsZero() && !d.Span().IsZero() {
		none = none.With(d.Span(), "proxy_ssl_name is not sent without proxy_ssl_server_name on")
	}
	if isOn(verify) {
		none = none.With(verify.Span, "the certificate is verified")
	}
	s[routing.SNI] = routing.Lit{Value: none}
}

// highestTLS is the highest version that proxy_ssl_protocols names; by default it is the highest there is.
func (w *lowering) highestTLS(s *scope) routing.Value {
	d := w.one(s, "proxy_ssl_protocols")
	for _, v := range slices.Backward(tlsVersions) {
		if !d.IsZero() && slices.Contains(d.Args(), v[0]) {
			return routing.Of(v[1], d.Span())
		}
	}
	return routing.Value{}
}

// tlsName is the name that the certificate is checked for: proxy_ssl_name, else that of proxy_pass, without a port
// (ngx_http_upstream_ssl_name).
func (w *lowering) tlsName(e *env, t *target) routing.Expr {
	if d := w.one(e.scope, "proxy_ssl_name"); !d.IsZero() {
		return withoutPort(w.value(d, 1, e), d.Span())
	}
	return withoutPort(t.host, t.d.Span())
}

func withoutPort(x routing.Expr, at routing.Span) routing.Expr {
	host := func(s string) string { host, _ := splitPort(s); return host }
	if lit, ok := x.(routing.Lit); ok && !lit.IsUnknown() {
		return routing.Lit{Value: routing.Of(host(lit.Text()), lit.Span)}
	}
	return routing.Call{Name: "name", Fn: func(a ...string) string { return host(a[0]) }, Args: []routing.Expr{x}, Span: at}
}

// sentName is the SNI: addresses are never sent as one. A name that nobody set stands where server names were switched on.
func (w *lowering) sentName(name routing.Expr, t *target, on routing.Value) routing.Expr {
	if lit, ok := name.(routing.Lit); ok && !lit.IsUnknown() {
		if isIP(lit.Text()) {
			none := routing.Value{Span: on.Span}
			return routing.Lit{Value: none.With(t.d.Span(), "an address is not sent as a server name")}
		}
		if lit.Span == t.d.Span() {
			lit.Span = on.Span
			return routing.Lit{Value: lit.With(t.d.Span(), "the name is that of proxy_pass, as proxy_ssl_name is not set")}
		}
		return lit
	}
	address := routing.Call{Name: "address", Fn: func(a ...string) string { return boolText(isIP(a[0])) }, Args: []routing.Expr{name}}
	return routing.Choose{Arms: []routing.ChooseArm{{When: routing.Not{Cond: equals(address, "true")}, To: name}}}
}
