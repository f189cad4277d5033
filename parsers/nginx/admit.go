package nginx

import (
	"slices"
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// admitLine are the checks of the request line that NGINX makes before it looks into the target (ngx_http_parse_request_line).
func (w *lowering) admitLine(v *virtual) routing.Step {
	at := v.at.Span()
	malformed := routing.Call{Name: "malformed", Fn: w.malformed(), Args: []routing.Expr{routing.ReadOriginal(routing.InMethod, ""), sentTarget}}
	do := v.byHandshake(w.answersInItsWay(v), func(s *server) []routing.Step {
		e := beforeLine(s)
		e.lineless = true
		return w.refuses(e, 400, at, "a request line that NGINX takes for malformed")
	})
	return &routing.Match{Span: at, Arms: []routing.Arm{{When: routing.Truthy{Of: malformed}, Do: do, Span: at}}}
}

// admitName are the checks of the name by which the server is chosen: that in the request line, else that in the Host header
// (ngx_http_validate_host).
func (w *lowering) admitName(v *virtual) routing.Step {
	at := v.at.Span()
	misnamed := routing.Call{Name: "misnamed", Fn: w.misnamed, Args: []routing.Expr{sentTarget, routing.ReadOriginal(routing.InHeader, "Host")}}
	do := v.byHandshake(w.answersInItsWay(v), func(s *server) []routing.Step {
		e := beforeLine(s)
		e.unread = false
		return w.refuses(e, 400, at, "a host name that NGINX refuses")
	})
	return &routing.Match{Span: at, Arms: []routing.Arm{{When: routing.Truthy{Of: misnamed}, Do: do, Span: at}}}
}

// beforeLine is where a server answers to a target that it could not read.
func beforeLine(s *server) *env {
	return &env{server: s, scope: s.scope, unread: true, nameless: true, headless: true}
}

// sentTarget is the target as it stands in the request line, a whole URL or not.
var sentTarget = routing.Call{Name: "target", Fn: func(a ...string) string {
	_, rest, _ := strings.Cut(a[0], " ")
	return rest[:max(0, strings.LastIndexByte(rest, ' '))]
}, Args: []routing.Expr{routing.ReadOriginal(routing.InRequestLine, "")}}

// admitHere are the checks that come when the server is known: of the Host header where the request line has a name of its own, and
// of what NGINX does not serve at all (ngx_http_process_host, ngx_http_process_request_header).
func (w *lowering) admitHere(s *server) routing.Step {
	at := s.scope.head.Span()
	e, headless := &env{server: s, scope: s.scope}, &env{server: s, scope: s.scope, headless: true}
	method, host := routing.ReadOriginal(routing.InMethod, ""), routing.ReadOriginal(routing.InHeader, "Host")
	refused := func(s string) bool { return s != "" && !w.isName(s) }
	nameless := routing.All{equals(host, ""), routing.Not{Cond: equals(routing.ReadOriginal(routing.InProtocol, ""), "HTTP/1.0")}}
	arms := []routing.Arm{
		{When: holds("misnamed", refused, host), Do: w.refuses(headless, 400, at, "a Host that NGINX refuses"), Span: at},
		{When: holds("named twice", namesTwo, routing.ReadOriginal(routing.InHeaderLines, "Host")), Do: w.refuses(headless, 400, at, "a request with two Hosts"), Span: at},
		{When: nameless, Do: w.answer(e, 400, at, "a request without Host"), Span: at},
		{When: equals(method, "TRACE"), Do: w.answer(e, 405, at, "NGINX refuses TRACE"), Span: at},
	}
	arms = append(arms, routing.Arm{When: equals(method, "CONNECT"), Do: w.answer(e, 405, at, "NGINX refuses CONNECT"), Span: at})
	return &routing.Match{Span: at, Arms: slices.Insert(arms, 3, w.framed(e)...)}
}

// namesTwo reports whether a request has several lines for Host, as no single one that NGINX takes has a space in it.
func namesTwo(lines string) bool { return strings.Contains(lines, ", ") }

// refuses answers to a request of which NGINX has not read everything. What an error page makes of so little is left open.
func (w *lowering) refuses(e *env, status int, at routing.Span, label string) []routing.Step {
	if page := w.errorPage(e, status); !page.IsZero() {
		return append(w.logs(e), &routing.Opaque{Why: "what an error page shows for a request that was not read to its end", Span: page.Span()})
	}
	reason := routing.OtherReason
	if status == tooLargeHeader {
		status, reason = 400, routing.TooLong
	}
	return append(w.ending(e, status), &routing.Respond{Status: routing.Of(strconv.Itoa(status), at), Label: label, Reason: reason, Span: at})
}

// malformed tells request lines that are answered with 400, from method and target.
func (w *lowering) malformed() func(a ...string) string {
	strictTarget, readsConnect := !w.release.before(refusesControls), !w.release.before(readsConnect)
	return func(a ...string) string {
		method, target := a[0], a[1]
		good := strings.HasPrefix(target, "/") || isWholeURL(target)
		if readsConnect && method == "CONNECT" {
			good = isHostAndPort(target)
		}
		if !good || !isMethod(method) || strictTarget && hasControl(target) {
			return "1"
		}
		return ""
	}
}

// misnamed tells requests whose name for the server is refused, from target and Host. That of a whole URL is looked at, not the header.
func (w *lowering) misnamed(a ...string) string {
	authority, _, ok := (&routing.Request{Target: a[0]}).Absolute()
	if !ok {
		authority = a[1]
	}
	if (ok || authority != "") && !w.isName(authority) {
		return "1"
	}
	return ""
}

// isName reports whether NGINX takes a text for a host, with or without a port.
func (w *lowering) isName(s string) bool {
	return isHost(s) && (w.release.before(checksHost) || isStrictHost(s))
}

// isWholeURL reports whether a target that does not begin with a slash is one that NGINX can read.
func isWholeURL(target string) bool {
	authority, rest, ok := (&routing.Request{Target: target}).Absolute()
	if !ok || strings.HasPrefix(rest, "#") {
		return false
	}
	name, port := authority, ""
	if i := strings.LastIndexByte(authority, ':'); i >= 0 && !strings.HasSuffix(authority, "]") {
		name, port = authority[:i], authority[i+1:]
	}
	return (isPlainName(name) || isLiteral(name)) && isDigitsOrNone(port)
}

// isPlainName: other letters end a name in a request line.
func isPlainName(s string) bool {
	for i := range len(s) {
		if !isAlphanumeric(s[i]) && s[i] != '.' && s[i] != '-' {
			return false
		}
	}
	return true
}

// isLiteral reports whether a name is an address in brackets, as far as NGINX looks.
func isLiteral(s string) bool {
	inside, ok := strings.CutPrefix(s, "[")
	if !ok || !strings.HasSuffix(inside, "]") {
		return false
	}
	for _, c := range []byte(strings.TrimSuffix(inside, "]")) {
		if !isAlphanumeric(c) && strings.IndexByte(":-._~!$&'()*+,;=", c) < 0 {
			return false
		}
	}
	return true
}

func isDigitsOrNone(s string) bool { return strings.Trim(s, "0123456789") == "" }

// isHostAndPort is what the target of CONNECT must be.
func isHostAndPort(s string) bool {
	i := strings.LastIndexByte(s, ':')
	return i >= 0 && i < len(s)-1 && (isPlainName(s[:i]) || isLiteral(s[:i])) && isDigitsOrNone(s[i+1:])
}

// isMethod: NGINX knows no methods with small letters.
func isMethod(s string) bool {
	for i := range len(s) {
		if (s[i] < 'A' || s[i] > 'Z') && s[i] != '_' && s[i] != '-' {
			return false
		}
	}
	return s != ""
}

func hasControl(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] == 0x7f {
			return true
		}
	}
	return false
}

// isHost is ngx_http_validate_host as it was until NGINX 1.29.4.
func isHost(s string) bool {
	return routing.HostName(s) != "" && !strings.Contains(s, "..") && !strings.Contains(s, "/") && !hasControl(s)
}

// isStrictHost is what it asks for since, as RFC 3986 3.2.2 has it.
func isStrictHost(s string) bool {
	name, port := splitPort(s)
	if name != strings.TrimRight(name, "]") {
		return strings.HasPrefix(name, "[")
	}
	for i := range len(name) {
		if !isAlphanumeric(name[i]) && strings.IndexByte("-._~!$&'()*+,;=%", name[i]) < 0 {
			return false
		}
	}
	n, err := strconv.ParseUint(port, 10, 32)
	return port == "" || err == nil && n <= 65535 && isDigitsOrNone(port)
}

// withoutFragment takes what stands behind "#" off the query (ngx_http_parse_complex_uri). No client sends a fragment.
func (w *lowering) withoutFragment() routing.Step {
	target := routing.ReadOriginal(routing.InTarget, "")
	query := func(a ...string) string {
		whole, _, _ := strings.Cut(a[0], "#")
		_, query, _ := strings.Cut(whole, "?")
		return query
	}
	return &routing.Match{Arms: []routing.Arm{{
		When: holds("fragment", func(s string) bool { return strings.Contains(s, "#") }, target),
		Do:   []routing.Step{&routing.Set{What: routing.Place{Kind: routing.InQuery}, To: routing.Call{Name: "query", Fn: query, Args: []routing.Expr{target}}}},
	}}}
}

// withPath gives a whole URL that has a query but no path the path "/"; it is written anew when it is passed on (r->empty_path_in_uri). So it does
// with the host and port that CONNECT asks for.
func (w *lowering) withPath() routing.Step {
	root := &routing.Set{What: routing.Place{Kind: routing.InPath}, To: routing.Text("/")}
	m := &routing.Match{Arms: []routing.Arm{{
		When: equals(routing.ReadOriginal(routing.InPath, ""), ""), Do: []routing.Step{root, setVar(changedVar, "1", routing.Span{})},
	}}}
	if !w.release.before(readsConnect) {
		m.Arms = append(m.Arms, routing.Arm{When: equals(routing.ReadOriginal(routing.InMethod, ""), "CONNECT"), Do: []routing.Step{root}})
	}
	return m
}
