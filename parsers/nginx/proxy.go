package nginx

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// target is a proxy_pass.
type target struct {
	d      Directive
	scheme routing.Expr
	https  bool // it may be spoken TLS
	// host and port are $proxy_host and $proxy_port; to is what the request is sent to, uri its target.
	host, port, to, uri routing.Expr
	// fixed is the host name without port, where no variable stands in it.
	fixed string
	// computed is set where variables stand in the directive.
	computed bool
}

// proxyPass lowers a proxy_pass that handles requests in a level.
func (w *lowering) proxyPass(e *env, loc *location, d Directive) []routing.Step {
	if d.Broken() || d.Len() != 2 {
		return []routing.Step{&routing.Opaque{Why: "the statement has an error of syntax", Span: d.Span()}}
	}
	var t *target
	if strings.Contains(d.Value(1), "$") {
		t = w.computedTarget(e, d)
	} else {
		t = w.fixedTarget(e, loc, d)
	}
	if t == nil {
		return []routing.Step{&routing.Opaque{Why: "proxy_pass cannot be read", Span: d.Span()}}
	}
	inner := &env{server: e.server, scope: e.scope, proxyHost: t.host, proxyPort: t.port}
	steps := append(w.chunkLimit(e), w.headers(inner, t)...)
	steps = append(steps, w.http2Refusal(inner)...)
	steps = append(append(steps, w.hiddenHeaders(e)...), w.strippedUpgrade(d)...)
	answer := *inner
	answer.answered = true
	steps = append(append(steps, w.addedHeaders(&answer, 200)...), w.logs(e)...)
	if c, ok := w.maxConnections(t); ok {
		steps = append(steps, &c)
	}
	steps = append(steps, w.requestChanges(inner)...) // variables tell the client's request until the end
	return append(steps, &routing.Forward{
		To: t.to, Scheme: t.scheme, Target: t.uri, Settings: w.settings(inner, t), Label: title(d), Span: d.Span(),
	})
}

func (w *lowering) fixedTarget(e *env, loc *location, d Directive) *target {
	https, authority, uri, ok := splitURL(d.Value(1))
	if !ok {
		w.refuse(d, "invalid URL prefix")
		return nil
	}
	host, port := splitPort(authority)
	if host == "" {
		w.refuse(d, `no host in upstream "`+authority+uri+`"`)
		return nil
	}
	if pool := w.g.Pools[lower(host)]; pool != nil && port != "" {
		w.refuse(d, `upstream "`+host+`" may not have port `+port)
	}
	if uri != "" && (loc == nil || e.scope != loc.scope || loc.kind == byRegex || loc.kind == byRegexFold || loc.kind == byName) && w.isOwn(e.scope, d) {
		w.refuse(d, `"proxy_pass" cannot have URI part in location given by regular expression, or inside named location, or inside "if" statement, or inside "limit_except" block`)
	}
	at := d.Span()
	lit := func(s string) routing.Expr { return routing.Lit{Value: routing.Of(s, at)} }
	t := &target{d: d, scheme: lit(schemeText(https)), https: https, to: lit(authority), host: lit(proxyHost(authority, https)), fixed: host}
	if port == "" {
		port = defaultPort(https)
	}
	t.port = lit(port)
	t.uri = w.fixedURI(loc, uri, at)
	return t
}

func (w *lowering) isOwn(s *scope, d Directive) bool {
	for _, x := range s.own {
		if x.Directive == d {
			return true
		}
	}
	return false
}

// fixedURI is the request target that a proxy_pass without variables sends (ngx_http_proxy_create_request).
func (w *lowering) fixedURI(loc *location, uri string, at routing.Span) routing.Expr {
	if uri == "" {
		return routing.Choose{Arms: []routing.ChooseArm{{When: unchanged, To: rawTarget}, {When: routing.Always{}, To: changedTarget}}}
	}
	prefix := ""
	if loc != nil && (loc.kind == byPrefix || loc.kind == byPrefixNoRegex || loc.kind == byExact) {
		prefix = loc.name
	}
	replaced := routing.Call{Name: "replace " + prefix + " by " + uri, Fn: func(a ...string) string {
		rest := a[0][min(len(prefix), len(a[0])):]
		if strings.Contains(a[1], "%") || a[2] != "" {
			rest = escapeURI(rest)
		}
		return uri + rest
	}, Args: []routing.Expr{requestPath, routing.ReadOriginal(routing.InPath, ""), readVar(internalVar)}, Span: at}
	return routing.Choose{Arms: []routing.ChooseArm{
		{When: routing.Truthy{Of: readVar(wholeVar)}, To: changedTarget},
		{When: routing.Always{}, To: routing.Concat{Parts: []routing.Expr{replaced, oldQuery("?")}, Span: at}},
	}}
}

var (
	unchanged = equals(readVar(changedVar), "")
	rawTarget = routing.ReadOriginal(routing.InTarget, "")
	// changedTarget is the path as NGINX writes it anew, with the query.
	changedTarget = routing.Concat{Parts: []routing.Expr{
		routing.Call{Name: "escape", Fn: func(a ...string) string {
			if strings.Contains(a[1], "%") || a[2] != "" {
				return escapeURI(a[0])
			}
			return a[0]
		}, Args: []routing.Expr{requestPath, routing.ReadOriginal(routing.InPath, ""), readVar(internalVar)}},
		oldQuery("?"),
	}}
)

// computedTarget is a proxy_pass with variables: the whole URL is computed for each request (ngx_http_proxy_eval).
func (w *lowering) computedTarget(e *env, d Directive) *target {
	at := d.Span()
	url := w.value(d, 1, e)
	call := func(name string, fn func(string) string) routing.Expr {
		return routing.Call{Name: name, Fn: func(a ...string) string { return fn(a[0]) }, Args: []routing.Expr{url}, Span: at}
	}
	t := &target{d: d, computed: true, https: true}
	t.scheme = call("scheme", func(s string) string { https, _, _, _ := splitURL(s); return schemeText(https) })
	if https, _, _, ok := splitURL(d.Value(1)); ok {
		t.scheme, t.https = routing.Lit{Value: routing.Of(schemeText(https), at)}, https
	}
	t.to = call("authority", func(s string) string {
		_, authority, uri, _ := splitURL(s)
		if strings.HasSuffix(authority, "]") && strings.HasPrefix(uri, "?") {
			return authority + "?" // a query without a path behind an IPv6 address is refused (ngx_parse_inet6_url)
		}
		return authority
	})
	t.host = call("proxy_host", func(s string) string { https, authority, _, _ := splitURL(s); return proxyHost(authority, https) })
	t.port = call("proxy_port", func(s string) string {
		https, authority, _, _ := splitURL(s)
		if _, port := splitPort(authority); port != "" {
			return port
		}
		return defaultPort(https)
	})
	own := call("uri", func(s string) string {
		_, _, uri, _ := splitURL(s)
		if strings.HasPrefix(uri, "?") {
			uri = "/" + uri
		}
		return uri
	})
	t.uri = routing.Choose{Arms: []routing.ChooseArm{
		{When: routing.Not{Cond: routing.Equal{Of: own, To: routing.Text("")}}, To: own},
		{When: unchanged, To: rawTarget},
		{When: routing.Always{}, To: changedTarget},
	}}
	return t
}

// http2Refusal is what an upstream answers over HTTP/2 to a request with a Connection header (RFC 9113 8.2.2).
func (w *lowering) http2Refusal(e *env) []routing.Step {
	protocol := w.protocol(e)
	if protocol.Text() != "HTTP/2" {
		return nil
	}
	at := protocol.Span
	respond := &routing.Respond{Status: routing.Of("400", at), Label: "the upstream refuses a Connection header over HTTP/2", Reason: routing.WrongProtocol, Span: at}
	return []routing.Step{&routing.Match{Span: at, Arms: []routing.Arm{{
		When: routing.Truthy{Of: routing.Read(routing.InHeader, "Connection")}, Do: []routing.Step{respond}, Label: "proxy_http_version 2", Span: at,
	}}}}
}

// strippedUpgrade takes the Upgrade header off what clients of HTTP/2 and later get, where it means nothing (ngx_http_upstream_copy_upgrade).
func (w *lowering) strippedUpgrade(d Directive) []routing.Step {
	if w.release.before(stripsUpgrade) {
		return nil
	}
	at := d.Span()
	remove := &routing.Remove{What: routing.Place{Kind: routing.InResponseHeader, Name: "Upgrade"}, Span: at}
	first := routing.Not{Cond: routing.Prefix{Of: routing.ReadOriginal(routing.InProtocol, ""), Want: "HTTP/1."}}
	return []routing.Step{&routing.Match{Span: at, Arms: []routing.Arm{{When: first, Do: []routing.Step{remove}, Span: at}}}}
}

// requestChanges are what proxy directives change of a request beside its headers.
func (w *lowering) requestChanges(e *env) []routing.Step {
	var arms []routing.Arm
	if whole, ok := w.wholeAnswer(e); ok {
		arms = append(arms, whole)
	}
	if d := w.one(e.scope, "proxy_method"); !d.IsZero() {
		set := &routing.Set{What: routing.Place{Kind: routing.InMethod}, To: w.value(d, 1, e), Span: d.Span()}
		arms = append(arms, routing.Arm{When: routing.Always{}, Do: []routing.Step{set}})
	}
	if len(arms) == 0 {
		return w.otherBody(e)
	}
	return append([]routing.Step{&routing.Match{Arms: arms, Span: e.scope.head.Span()}}, w.otherBody(e)...)
}
