package refproxy

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// sent spoils what goes to an upstream.
func sent(change func(*sending, *routing.Request)) func(*plan, *routing.Request) {
	return func(p *plan, r *routing.Request) {
		if p.send != nil {
			change(p.send, r)
		}
	}
}

func setting(name routing.Setting, to string) func(*plan, *routing.Request) {
	return sent(func(s *sending, _ *routing.Request) { s.settings[name] = known(to) })
}

func target(change func(string) string) func(*plan, *routing.Request) {
	return sent(func(s *sending, _ *routing.Request) { s.target = change(s.target) })
}

func both(a, b func(*plan, *routing.Request)) func(*plan, *routing.Request) {
	return func(p *plan, r *routing.Request) { a(p, r); b(p, r) }
}

// when answers some requests instead of sending them on.
func when(holds func(*routing.Request) bool, with *answer) func(*plan, *routing.Request) {
	return func(p *plan, r *routing.Request) {
		if holds(r) {
			*p = plan{answer: with}
		}
	}
}

func method(name string) func(*routing.Request) bool {
	return func(r *routing.Request) bool { return r.Method == name }
}

func isNegotiate(r *routing.Request) bool {
	return strings.HasSuffix(strings.TrimSuffix(r.Path(), "/"), "/negotiate")
}

func isSend(r *routing.Request) bool { return r.Method == "POST" && !isNegotiate(r) }

func isPoll(r *routing.Request) bool { return r.Method == "GET" && strings.Contains(r.Target, "&_=") }

// ofEvents changes the headers of event streams.
func ofEvents(change func(http.Header)) func(*http.Response, *http.Request) {
	return func(a *http.Response, _ *http.Request) {
		if strings.HasPrefix(a.Header.Get("Content-Type"), "text/event-stream") {
			change(a.Header)
		}
	}
}

// rewriteBody does to an answer of known length what a rule for the bodies of pages may do to JSON.
func rewriteBody(a *http.Response, _ *http.Request) {
	if a.ContentLength <= 0 || a.ContentLength > maxHead {
		return
	}
	body, err := io.ReadAll(a.Body)
	if err != nil {
		return
	}
	a.Body = io.NopCloser(bytes.NewReader(bytes.ReplaceAll(body, []byte(`connectionToken":"`), []byte(`connectionToken":"x`))))
	a.ContentLength++
	a.Header.Del("Content-Length")
}

// echoOf is a request as TRACE gives it back (RFC 9110 section 9.3.8).
func echoOf(r *routing.Request) string {
	var b strings.Builder
	b.WriteString("TRACE " + r.Target + " HTTP/1.1\r\n")
	for _, f := range r.Header {
		b.WriteString(f.Name + ": " + f.Value + "\r\n")
	}
	return b.String()
}

func hasTokenInQuery(r *routing.Request) bool { return strings.Contains(r.Target, "access_token=") }

func hasLongHeader(r *routing.Request) bool {
	return slices.ContainsFunc(r.Header, func(f routing.Field) bool { return len(f.Value) > 2048 })
}

func hostOf(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	return host
}

func dropQuery(target string) string {
	path, _, _ := strings.Cut(target, "?")
	return path
}

func doubleQuery(target string) string {
	path, query, _ := strings.Cut(target, "?")
	return path + "?" + query + "&" + query
}

func decodeQuery(target string) string {
	path, query, _ := strings.Cut(target, "?")
	if decoded, err := url.PathUnescape(query); err == nil && !strings.ContainsAny(decoded, " \r\n") {
		query = decoded
	}
	return path + "?" + query
}

// decodeToken decodes the token alone.
func decodeToken(target string) string {
	before, token, found := strings.Cut(target, "access_token=")
	decoded, err := url.PathUnescape(token)
	if !found || err != nil {
		return target
	}
	return before + "access_token=" + decoded
}

// knownParameters are those of clients.
var knownParameters = []string{"hub", "asrs.op", "negotiateVersion", "asrs_request_id", "id", "access_token", "_", "asrs_lang", "asrs_ui_lang", "useStatefulReconnect"}

func dropUnknown(target string) string {
	path, query, _ := strings.Cut(target, "?")
	kept := slices.DeleteFunc(strings.Split(query, "&"), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		return !slices.Contains(knownParameters, name)
	})
	return path + "?" + strings.Join(kept, "&")
}

func stripClient(target string) string { return strings.TrimPrefix(target, "/client") }

// withoutKeys is the gateway with pools that go by turns.
func withoutKeys(g *routing.Gateway) *routing.Gateway {
	spoiled := *g
	spoiled.Pools = make(map[string]*routing.Pool, len(g.Pools))
	for name, pool := range g.Pools {
		inTurn := *pool
		inTurn.Pick = routing.Pick{How: "round robin"}
		spoiled.Pools[name] = &inTurn
	}
	return &spoiled
}

// withoutPaths is the gateway without conditions on the beginning of a path.
func withoutPaths(g *routing.Gateway) *routing.Gateway {
	spoiled := *g
	spoiled.Blocks = make(map[string][]routing.Step, len(g.Blocks))
	for name, steps := range g.Blocks {
		for _, s := range steps {
			spoiled.Blocks[name] = append(spoiled.Blocks[name], withoutPrefixes(s))
		}
	}
	return &spoiled
}

func withoutPrefixes(s routing.Step) routing.Step {
	match, ok := s.(*routing.Match)
	if !ok {
		return s
	}
	open := routing.Match{Span: match.Span, Arms: slices.Clone(match.Arms)}
	for i := range open.Arms {
		if _, prefix := open.Arms[i].When.(routing.Prefix); prefix {
			open.Arms[i].When = routing.Always{}
		}
	}
	return &open
}

// withPlainListener is the gateway that speaks plain HTTP on port 80 besides.
func withPlainListener(g *routing.Gateway) *routing.Gateway {
	spoiled := *g
	spoiled.Listeners = slices.Clone(g.Listeners)
	for _, l := range g.Listeners {
		plain := *l
		plain.Name, plain.Port, plain.TLS = "*:80", 80, false
		spoiled.Listeners = append(spoiled.Listeners, &plain)
	}
	return &spoiled
}
