package nginx

import (
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// admit are the checks of request line and Host that NGINX makes before anything that is configured (ngx_http_parse_request_line,
// ngx_http_validate_host, ngx_http_process_request_header).
func (w *lowering) admit(v *virtual) routing.Step {
	at := v.at.Span()
	target, method := routing.ReadOriginal(routing.InTarget, ""), routing.ReadOriginal(routing.InMethod, "")
	malformed := routing.Call{Name: "malformed", Fn: w.malformed(), Args: []routing.Expr{
		method, target, routing.ReadOriginal(routing.InProtocol, ""), routing.ReadOriginal(routing.InHeader, "Host"),
	}}
	logs := w.logs(&env{server: v.preferred, scope: v.preferred.scope})
	arm := func(when routing.Cond, end routing.Step) routing.Arm {
		return routing.Arm{When: when, Do: append(slices.Clip(logs), end), Span: at}
	}
	arms := []routing.Arm{
		arm(routing.Truthy{Of: malformed}, &routing.Respond{Status: routing.Of("400", at), Label: "a request that NGINX takes for malformed", Span: at}),
		arm(routing.Not{Cond: routing.Prefix{Of: target, Want: "/"}}, &routing.Opaque{Why: "how a target that is a whole URL is taken", Span: at}),
		arm(equals(method, "TRACE"), &routing.Respond{Status: routing.Of("405", at), Label: "NGINX refuses TRACE", Span: at}),
	}
	if w.release.before(readsConnect) {
		arms = append(arms, arm(equals(method, "CONNECT"), &routing.Respond{Status: routing.Of("405", at), Label: "NGINX refuses CONNECT", Span: at}))
	}
	return &routing.Match{Arms: arms, Span: at}
}

// malformed tells requests that are answered with 400, from method, target, protocol and Host.
func (w *lowering) malformed() func(a ...string) string {
	strictTarget, strictHost, readsConnect := !w.release.before(refusesControls), !w.release.before(checksHost), !w.release.before(readsConnect)
	return func(a ...string) string {
		method, target, protocol, host := a[0], a[1], a[2], a[3]
		switch {
		case readsConnect && method == "CONNECT" && strings.Contains(target, "/"):
			return "1"
		case !isMethod(method), !strings.HasPrefix(target, "/") && !strings.Contains(target, "://"), strictTarget && hasControl(target):
			return "1"
		case host == "" && protocol == "HTTP/1.0":
			return ""
		case !isHost(host) || strictHost && !isStrictHost(host):
			return "1"
		}
		return ""
	}
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
	return strings.Trim(port, "0123456789") == ""
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
