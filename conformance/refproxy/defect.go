package refproxy

import (
	"bytes"
	"crypto/tls"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Defect is something that a proxy can do wrong. It is data and a function that spoils the plan for a request, or the gateway.
type Defect struct {
	Name   string
	Does   string   // completes "the proxy …"
	Breaks []string // the requirements that it breaks on a gateway that is otherwise sound and verifies certificates

	plan    func(*plan, *routing.Request)
	gateway func(*routing.Gateway) *routing.Gateway
	probe   func(routing.Probe) *routing.Probe                     // changes health probes
	tls     func(*tls.Config)                                      // of listeners
	atOnce  int                                                    // how many requests may be under way; the others get 503
	hold    func(*routing.Request) bool                            // requests that are held for holdTime
	once    func(*routing.Request) bool                            // requests that may come once only
	reads   func(body []byte) *answer                              // turns requests away for what stands in their bodies
	replies func(*http.Response, *http.Request)                    // changes the answers of the service
	socket  func(client, service io.Reader) (io.Reader, io.Reader) // changes what either side says on a WebSocket
	cuts    int64                                                  // how many bytes of a body are passed on before a longer one is refused
	logs    bool                                                   // access tokens
	reload  bool                                                   // ends WebSockets
}

// DefectByName finds a defect.
func DefectByName(name string) (Defect, bool) {
	for _, d := range Defects() {
		if d.Name == name {
			return d, true
		}
	}
	return Defect{}, false
}

// everything is what breaks when no request of any transport arrives.
var everything = []string{"negotiate", "websocket", "server-sent-events", "long-polling"}

// Defects lists all defects.
func Defects() []Defect {
	var all []Defect
	for _, group := range [][]Defect{
		hostDefects, tlsDefects, routeDefects, answerDefects, streamDefects, socketDefects, pathDefects, affinityDefects, edgeDefects, headerDefects, probeDefects,
	} {
		all = append(all, group...)
	}
	return all
}

var hostDefects = []Defect{
	{Name: "host-preserve", Does: "sends the client's Host", Breaks: []string{"host-override"}, plan: sent(func(s *sending, r *routing.Request) {
		s.header = append([]routing.Field{{Name: "Host", Value: r.Host}}, without(s.header, "Host")...)
	})},
	{Name: "double-host", Does: "sends the client's Host beside the service's", Breaks: []string{"host-override"}, plan: sent(func(s *sending, r *routing.Request) {
		s.header = append(s.header, routing.Field{Name: "Host", Value: r.Host})
	})},
	{Name: "told-host", Does: "takes the Host from X-Forwarded-Host where a client sends one", Breaks: []string{"host-override"}, plan: sent(func(s *sending, r *routing.Request) {
		if told := values(r.Header, "X-Forwarded-Host"); len(told) > 0 {
			s.header = append(without(s.header, "Host"), routing.Field{Name: "Host", Value: told[0]})
		}
	})},
	{Name: "upgrade-host", Does: "sends the client's Host with upgrades to WebSocket", Breaks: []string{"host-override"}, plan: sent(func(s *sending, r *routing.Request) {
		if len(values(r.Header, "Upgrade")) > 0 {
			s.header = append(without(s.header, "Host"), routing.Field{Name: "Host", Value: r.Host})
		}
	})},
	{Name: "foreign-host", Does: "serves a Host that it does not know, and passes it on", Breaks: []string{"host-override"}, plan: sent(func(s *sending, r *routing.Request) {
		if r.Host != r.SNI {
			s.header = append(without(s.header, "Host"), routing.Field{Name: "Host", Value: r.Host})
		}
	})},
	{Name: "foreign-sni", Does: "serves a TLS server name that it does not know, and sends it as Host", Breaks: []string{"host-override"}, plan: sent(func(s *sending, r *routing.Request) {
		if strings.HasPrefix(r.SNI, "nobody") {
			s.header = append(without(s.header, "Host"), routing.Field{Name: "Host", Value: r.SNI})
		}
	})},
}

var probeDefects = []Defect{
	{Name: "probe-root", Does: "asks for the root to learn whether the service is well", Breaks: []string{"health-probe"}, probe: func(p routing.Probe) *routing.Probe {
		p.Path = routing.Of("/", routing.Span{})
		return &p
	}},
	{Name: "probe-address", Does: "asks for 127.0.0.1 to learn whether the service is well", Breaks: []string{"health-probe"}, probe: func(p routing.Probe) *routing.Probe {
		p.Host = routing.Of("127.0.0.1", routing.Span{})
		return &p
	}},
	{Name: "probe-picky", Does: "takes no answer but 204 for that of a service that is well", Breaks: []string{"health-probe"}, probe: func(p routing.Probe) *routing.Probe {
		p.Statuses = routing.Of("204", routing.Span{})
		return &p
	}},
}

var tlsDefects = []Defect{
	{Name: "plain-http", Does: "speaks plain HTTP to the service", Breaks: []string{"upstream-tls"}, plan: sent(func(s *sending, _ *routing.Request) {
		s.scheme, s.address = "http", hostOf(s.address)+":80"
	})},
	{
		Name: "no-sni", Does: "sends no server name, and so gets a certificate that does not hold",
		Breaks: append([]string{"tls-sni"}, everything...), plan: setting(routing.SNI, ""),
	},
	{Name: "no-verify", Does: "accepts any certificate", Breaks: []string{"tls-verify"}, plan: both(setting(routing.VerifyChain, "false"), setting(routing.VerifyName, "false"))},
	{Name: "no-name-check", Does: "accepts a certificate for another name", Breaks: []string{"tls-verify"}, plan: setting(routing.VerifyName, "false")},
	{
		Name: "other-name", Does: "checks the certificate for another name than it asks for",
		Breaks: append([]string{"tls-verify"}, everything...), plan: setting(routing.VerifiedName, "www.example.com"),
	},
}

var routeDefects = []Defect{
	{Name: "redirect", Does: "redirects every request", Breaks: everything, plan: func(p *plan, r *routing.Request) {
		*p = plan{answer: &answer{status: 301, location: "https://www.example.com" + r.Target}}
	}},
	{Name: "spa-fallback", Does: "answers negotiate with the page of an application", Breaks: []string{"negotiate"}, plan: when(isNegotiate, &answer{
		status: 200, html: true, body: "<!doctype html><title>App</title>",
	})},
	{Name: "deny-options", Does: "refuses OPTIONS", Breaks: []string{"negotiate"}, plan: when(method("OPTIONS"), &answer{status: 403})},
	{Name: "deny-post", Does: "refuses POST", Breaks: []string{"negotiate"}, plan: when(method("POST"), &answer{status: 403})},
	{Name: "deny-send", Does: "refuses every POST but negotiate", Breaks: []string{"server-sent-events", "long-polling"}, plan: when(isSend, &answer{status: 403})},
	{Name: "deny-delete", Does: "refuses DELETE", Breaks: []string{"long-polling"}, plan: when(method("DELETE"), &answer{status: 405})},
	{Name: "strip-auth", Does: "drops the Authorization header", Breaks: []string{"negotiate"}, plan: sent(func(s *sending, _ *routing.Request) {
		s.header = without(s.header, "Authorization")
	})},
	{Name: "round-robin", Does: "picks the service without regard to the request", Breaks: []string{"affinity"}, gateway: withoutKeys},
}

var answerDefects = []Defect{
	{Name: "add-version", Does: "asks for version 1 of negotiate where a client does not", Breaks: []string{"negotiate"}, plan: sent(func(s *sending, r *routing.Request) {
		if isNegotiate(r) && !strings.Contains(s.target, "negotiateVersion=") {
			s.target += "&negotiateVersion=1"
		}
	})},
	{Name: "rewrite-body", Does: "replaces letters in what the service answers", Breaks: []string{"negotiate"}, replies: rewriteBody},
	{Name: "slow", Does: "takes a minute and a half for negotiate", Breaks: []string{"negotiate"}, hold: isNegotiate},
	{Name: "error-page", Does: "shows a page with status 200 where the service answers 503", Breaks: []string{"negotiate"}, replies: func(a *http.Response, _ *http.Request) {
		if a.StatusCode == http.StatusServiceUnavailable {
			a.StatusCode = http.StatusOK
		}
	}},
	{Name: "login-page", Does: "sends clients to a page to sign in where the service answers 401", Breaks: []string{"negotiate"}, replies: func(a *http.Response, _ *http.Request) {
		if a.StatusCode == http.StatusUnauthorized {
			a.StatusCode = http.StatusFound
			a.Header.Set("Location", "https://login.example.com/")
		}
	}},
	{Name: "lost-length", Does: "drops the length of a POST without body", plan: sent(func(s *sending, _ *routing.Request) {
		s.header = without(s.header, "Content-Length")
	})},
	{Name: "http2-lost-length", Does: "drops the length of a POST without body that comes over HTTP/2", plan: sent(func(s *sending, r *routing.Request) {
		if r.Protocol == "HTTP/2.0" {
			s.header = without(s.header, "Content-Length")
		}
	})},
	{Name: "page-for-get", Does: "answers GET negotiate with the page of an application", plan: when(func(r *routing.Request) bool { return isNegotiate(r) && r.Method == "GET" }, &answer{
		status: 200, html: true, body: "<!doctype html><title>App</title>",
	})},
	{Name: "no-slash", Does: "does not know negotiate with a slash at its end", plan: when(func(r *routing.Request) bool { return strings.HasSuffix(r.Path(), "/negotiate/") }, &answer{status: 404})},
}

var streamDefects = []Defect{
	{Name: "drop-upgrade", Does: "drops the Upgrade header", Breaks: []string{"websocket"}, plan: both(setting(routing.Upgrade, "never"), sent(func(s *sending, _ *routing.Request) {
		s.header = without(without(s.header, "Upgrade"), "Connection")
	}))},
	{Name: "old-protocol", Does: "sends requests as HTTP/1.0", Breaks: []string{"websocket"}, plan: setting(routing.Protocol, "HTTP/1.0")},
	{Name: "idle-cut", Does: "cuts a quiet WebSocket after 10 seconds", Breaks: []string{"websocket"}, plan: setting(routing.IdleTimeout, "10s")},
	{Name: "buffer", Does: "holds answers back until they are complete", Breaks: []string{"server-sent-events"}, plan: setting(routing.Buffering, "holds")},
	{Name: "quiet-cut", Does: "waits 10 seconds between two reads", Breaks: []string{"server-sent-events", "long-polling"}, plan: setting(routing.ReadTimeout, "10s")},
	{Name: "impatient", Does: "waits 2 seconds between two reads", Breaks: []string{"negotiate", "server-sent-events", "long-polling"}, plan: setting(routing.ReadTimeout, "2s")},
	{Name: "poll-cut", Does: "waits 60 seconds for an answer", Breaks: []string{"long-polling"}, plan: setting(routing.ReadTimeout, "1m")},
	{Name: "cache", Does: "serves the answer of one poll to another", Breaks: []string{"long-polling"}, plan: setting(routing.Cache, "true")},
	{Name: "poll-gap", Does: "holds polls for a minute and a half", Breaks: []string{"long-polling"}, hold: isPoll},
	{Name: "text-only", Does: "refuses messages that are not text", Breaks: []string{"long-polling"}, plan: when(func(r *routing.Request) bool {
		return isSend(r) && !strings.HasPrefix(strings.Join(values(r.Header, "Content-Type"), ""), "text/")
	}, &answer{status: 415})},
	{Name: "plain-events", Does: "calls event streams plain text", Breaks: []string{"server-sent-events"}, replies: ofEvents(func(h http.Header) { h.Set("Content-Type", "text/plain") })},
	{Name: "stored-events", Does: "lets event streams be stored", replies: ofEvents(func(h http.Header) { h.Set("Cache-Control", "public, max-age=60") })},
}

var socketDefects = []Defect{
	{Name: "silence-cut", Does: "cuts a silent WebSocket after 25 seconds", plan: setting(routing.IdleTimeout, "25s")},
	{Name: "frame-limit", Does: "cuts a WebSocket behind 24 KB", Breaks: []string{"websocket"}, socket: atMost(24 << 10)},
	{Name: "long-frame-limit", Does: "cuts a WebSocket behind 200 KB", socket: atMost(200 << 10)},
	{Name: "close-lost", Does: "cuts a WebSocket that the service closes", Breaks: []string{"websocket"}, socket: withoutClose},
	{Name: "reload-cut", Does: "cuts WebSockets when it loads its configuration again", reload: true},
	{Name: "early-upgrade", Does: "accepts WebSockets that the service refuses", Breaks: []string{"websocket"}, replies: func(a *http.Response, r *http.Request) {
		if asksUpgrade(r.Header) && a.StatusCode >= 400 {
			a.StatusCode, a.Status = http.StatusSwitchingProtocols, "101 Switching Protocols"
		}
	}},
	{Name: "half-deflate", Does: "agrees to compression that the service declines", Breaks: []string{"websocket"}, replies: func(a *http.Response, r *http.Request) {
		if offered := r.Header.Get("Sec-Websocket-Extensions"); offered != "" {
			a.Header.Set("Sec-Websocket-Extensions", "permessage-deflate; client_no_context_takeover; server_no_context_takeover")
		}
	}},
}

var pathDefects = []Defect{
	{Name: "drop-query", Does: "drops the query", Breaks: []string{"path"}, plan: target(dropQuery)},
	{Name: "dup-query", Does: "sends the query twice", Breaks: []string{"path"}, plan: target(doubleQuery)},
	{Name: "decode-query", Does: "decodes the query", Breaks: []string{"path"}, plan: target(decodeQuery)},
	{Name: "prefix-kept", Does: "leaves a prefix before the path", Breaks: []string{"path"}, plan: target(func(s string) string { return "/signalr" + s })},
	{Name: "prefix-lost", Does: "strips /client from the path", Breaks: []string{"exposure", "path"}, plan: target(stripClient)},
	{Name: "decode-token", Does: "decodes access tokens in queries", Breaks: []string{"path"}, plan: target(decodeToken)},
	{Name: "drop-unknown", Does: "drops parameters that it does not know", Breaks: []string{"path"}, plan: target(dropUnknown)},
}

var affinityDefects = []Defect{
	{Name: "connect-once", Does: "lets no WebSocket be opened again", Breaks: []string{"affinity"}, once: func(r *routing.Request) bool { return len(values(r.Header, "Upgrade")) > 0 }},
	{Name: "negotiate-once", Does: "lets nobody negotiate again", Breaks: []string{"affinity", "negotiate"}, once: func(r *routing.Request) bool { return isNegotiate(r) && r.Method == "POST" }},
}

var edgeDefects = []Defect{
	{Name: "old-tls", Does: "speaks TLS 1.0 with clients", Breaks: []string{"client-tls"}, tls: func(c *tls.Config) { c.MinVersion = tls.VersionTLS10 }},
	{Name: "expose", Does: "passes every path on", Breaks: []string{"exposure"}, gateway: withoutPaths},
	{Name: "cors-dup", Does: "adds an Access-Control-Allow-Origin to that of the service", Breaks: []string{"cors"}, plan: sent(func(s *sending, _ *routing.Request) {
		s.edits = append(s.edits, edit{name: allowOrigin, value: known("https://app.example.com"), add: true})
	})},
	{Name: "cors-any", Does: "lets every origin in at once", Breaks: []string{"cors"}, plan: sent(func(s *sending, _ *routing.Request) {
		s.edits = append(s.edits, edit{name: allowOrigin, value: known("*")})
	})},
	{Name: "cors-lost", Does: "takes the permission for credentials off", Breaks: []string{"cors"}, plan: sent(func(s *sending, _ *routing.Request) {
		s.edits = append(s.edits, edit{name: "Access-Control-Allow-Credentials", value: known("")})
	})},
	{Name: "cors-lost-on-refusals", Does: "takes the permission for the origin off refusals of the service", replies: func(a *http.Response, _ *http.Request) {
		if a.StatusCode == http.StatusNotFound {
			a.Header.Del(allowOrigin)
		}
	}},
	{Name: "bare-preflight", Does: "answers preflights without a word", Breaks: []string{"cors"}, plan: when(method("OPTIONS"), &answer{status: 204})},
	{Name: "no-delete-preflight", Does: "allows browsers GET and POST only", Breaks: []string{"cors"}, plan: when(method("OPTIONS"), &answer{status: 204, edits: []edit{
		{name: allowOrigin, value: known("https://app.example.com")},
		{name: "Access-Control-Allow-Credentials", value: known("true")},
		{name: "Access-Control-Allow-Headers", value: known("authorization, x-requested-with, x-signalr-user-agent")},
		{name: "Access-Control-Allow-Methods", value: known("GET, POST, OPTIONS")},
	}})},
	{Name: "deny-poll-preflight", Does: "refuses the preflights of polls", Breaks: []string{"cors"}, plan: when(func(r *routing.Request) bool {
		return r.Method == "OPTIONS" && slices.Contains(values(r.Header, "Access-Control-Request-Method"), "GET")
	}, &answer{status: 403})},
	{Name: "short-lines", Does: "refuses targets of more than 2048 bytes", Breaks: []string{"limits"}, plan: when(func(r *routing.Request) bool { return len(r.Target) > 2048 }, &answer{status: 414})},
	{Name: "short-headers", Does: "refuses header lines of more than 2048 bytes", Breaks: []string{"limits"}, plan: when(hasLongHeader, &answer{status: 431})},
	{
		Name: "firewall", Does: "has a firewall that takes access tokens in queries for an attack",
		Breaks: []string{"limits", "websocket", "server-sent-events"}, plan: when(hasTokenInQuery, &answer{status: 403, edits: []edit{{name: BlockedHeader, value: known("rule 942100")}}}),
	},
	{Name: "cut-bodies", Does: "passes bodies on as they come, and gives up behind 1024 bytes", Breaks: []string{"limits"}, cuts: 1024},
	{Name: "small-bodies", Does: "refuses bodies of more than 1024 bytes", Breaks: []string{"limits"}, plan: when(func(r *routing.Request) bool { return r.BodySize > 1024 }, &answer{status: 413})},
	{Name: "few-at-once", Does: "serves 20 requests at once", Breaks: []string{"limits"}, atOnce: 20},
	{Name: "message-firewall", Does: "has a firewall that takes markup in messages for an attack", Breaks: []string{"limits"}, reads: func(body []byte) *answer {
		if bytes.Contains(body, []byte("<script")) {
			return &answer{status: 403}
		}
		return nil
	}},
	{Name: "middling-lines", Does: "refuses targets of more than 6000 bytes", plan: when(func(r *routing.Request) bool { return len(r.Target) > 6000 }, &answer{status: 414})},
	{Name: "middling-bodies", Does: "refuses bodies of more than 100 KB", plan: when(func(r *routing.Request) bool { return r.BodySize > 100<<10 }, &answer{status: 413})},
	{Name: "http2-short-headers", Does: "refuses header lines of more than 2048 bytes that come over HTTP/2", plan: when(func(r *routing.Request) bool { return r.Protocol == "HTTP/2.0" && hasLongHeader(r) }, &answer{status: 431})},
	{Name: "plain-too", Does: "serves clients over plain HTTP too", gateway: withPlainListener},
	{Name: "trace", Does: "answers TRACE with the request", Breaks: []string{"exposure"}, plan: func(p *plan, r *routing.Request) {
		if r.Method == "TRACE" {
			*p = plan{answer: &answer{status: 200, body: echoOf(r)}}
		}
	}},
	{Name: "tunnel", Does: "opens tunnels for CONNECT", Breaks: []string{"exposure"}, plan: when(method("CONNECT"), &answer{status: 200})},
	{Name: "page-for-put", Does: "answers PUT with the page of an application", plan: when(method("PUT"), &answer{status: 200, html: true, body: "<!doctype html><title>App</title>"})},
}

var headerDefects = []Defect{
	{Name: "xff-append", Does: "appends to the X-Forwarded-For of the client", plan: sent(func(s *sending, r *routing.Request) {
		s.header = append(without(s.header, "X-Forwarded-For"), routing.Field{Name: "X-Forwarded-For", Value: strings.Join(append(values(r.Header, "X-Forwarded-For"), r.ClientIP), ", ")})
	})},
	{Name: "cookies-passed", Does: "passes cookies of the app on to the service", plan: sent(func(s *sending, r *routing.Request) {
		for _, cookie := range values(r.Header, "Cookie") {
			s.header = append(s.header, routing.Field{Name: "Cookie", Value: cookie})
		}
	})},
	{Name: "few-headers", Does: "drops headers that it does not know", plan: sent(func(s *sending, _ *routing.Request) {
		s.header = without(without(s.header, "X-App"), "X-Signalr-User-Agent")
	})},
	{Name: "log-tokens", Does: "writes access tokens to its access log", Breaks: []string{"token-log"}, logs: true},
	{Name: "bare-cookie", Does: "sets a cookie that browsers do not send back from other sites", replies: func(a *http.Response, _ *http.Request) {
		a.Header.Add("Set-Cookie", "affinity=1; Path=/")
	}},
}

const allowOrigin = "Access-Control-Allow-Origin"
