package refproxy

import (
	"crypto/tls"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Defect is something that a proxy can do wrong. It is data and a function that spoils the plan for a request, or the gateway.
type Defect struct {
	Name   string
	Does   string   // completes "the proxy …"
	Breaks []string // the requirements that it breaks on a gateway that is otherwise sound and verifies certificates

	plan    func(*plan, *routing.Request)
	gateway func(*routing.Gateway) *routing.Gateway
	tls     func(*tls.Config) // of listeners
	atOnce  int               // how many requests may be under way; the others get 503
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
	for _, group := range [][]Defect{hostDefects, tlsDefects, routeDefects, streamDefects, pathDefects, edgeDefects} {
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
}

var pathDefects = []Defect{
	{Name: "drop-query", Does: "drops the query", Breaks: []string{"path"}, plan: target(dropQuery)},
	{Name: "dup-query", Does: "sends the query twice", Breaks: []string{"path"}, plan: target(doubleQuery)},
	{Name: "decode-query", Does: "decodes the query", Breaks: []string{"path"}, plan: target(decodeQuery)},
	{Name: "prefix-kept", Does: "leaves a prefix before the path", Breaks: []string{"path"}, plan: target(func(s string) string { return "/signalr" + s })},
	{Name: "prefix-lost", Does: "strips /client from the path", Breaks: []string{"exposure", "path"}, plan: target(stripClient)},
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
	{Name: "bare-preflight", Does: "answers preflights without a word", Breaks: []string{"cors"}, plan: when(method("OPTIONS"), &answer{status: 204})},
	{Name: "no-delete-preflight", Does: "allows browsers GET and POST only", Breaks: []string{"cors"}, plan: when(method("OPTIONS"), &answer{status: 204, edits: []edit{
		{name: allowOrigin, value: known("https://app.example.com")},
		{name: "Access-Control-Allow-Credentials", value: known("true")},
		{name: "Access-Control-Allow-Headers", value: known("authorization, x-requested-with, x-signalr-user-agent")},
		{name: "Access-Control-Allow-Methods", value: known("GET, POST, OPTIONS")},
	}})},
	{Name: "short-lines", Does: "refuses targets of more than 2048 bytes", Breaks: []string{"limits"}, plan: when(func(r *routing.Request) bool { return len(r.Target) > 2048 }, &answer{status: 414})},
	{Name: "short-headers", Does: "refuses header lines of more than 2048 bytes", Breaks: []string{"limits"}, plan: when(hasLongHeader, &answer{status: 431})},
	{
		Name: "firewall", Does: "has a firewall that takes access tokens in queries for an attack",
		Breaks: []string{"limits", "websocket", "server-sent-events"}, plan: when(hasTokenInQuery, &answer{status: 403, edits: []edit{{name: BlockedHeader, value: known("rule 942100")}}}),
	},
	{Name: "small-bodies", Does: "refuses bodies of more than 1024 bytes", Breaks: []string{"limits"}, plan: when(func(r *routing.Request) bool { return r.BodySize > 1024 }, &answer{status: 413})},
	{Name: "few-at-once", Does: "serves 20 requests at once", Breaks: []string{"limits"}, atOnce: 20},
}

const allowOrigin = "Access-Control-Allow-Origin"
