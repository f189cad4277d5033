package conformance

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// ProbeKind is one kind of request that a SignalR client sends.
type ProbeKind string

// The probes, as @microsoft/signalr 10 sends them through a browser; NodeSocket is the WebSocket handshake of clients outside one,
// which carry the token in Authorization.
const (
	Preflight  ProbeKind = "preflight"
	Negotiate  ProbeKind = "negotiate"
	WebSocket  ProbeKind = "websocket"
	NodeSocket ProbeKind = "websocket outside a browser"
	Events     ProbeKind = "event stream"
	Poll       ProbeKind = "poll"
	Send       ProbeKind = "send"
	Delete     ProbeKind = "delete"
)

// ProbeKinds are all probes of one connection, in the order a client could send them.
var ProbeKinds = []ProbeKind{Preflight, Negotiate, WebSocket, NodeSocket, Events, Poll, Send, Delete}

// NeedsAnswer reports whether a client goes by what stands in the body of the answer.
func (k ProbeKind) NeedsAnswer() bool { return k == Negotiate || k == Events || k == Poll }

// Lengths of access tokens. MaxToken is what the SDK refuses to exceed (AuthUtility.MaxTokenLength); a token without any claim of the
// app's own is a little longer than ShortToken.
const (
	ShortToken = 300
	MaxToken   = 4096
)

// Lengths of messages in bytes. ShortMessage is that of a handshake; LongMessage is the longest that a hub of ASP.NET Core accepts unless it is told otherwise
// (HubOptions.MaximumReceiveMessageSize).
const (
	ShortMessage = 32
	LongMessage  = 32 << 10
)

// Sample is what differs between the connections that probes stand for.
type Sample struct {
	RequestID string // asrs_request_id, percent-encoded as it travels
	Hub       string // empty for the endpoint's
	ClientIP  string // empty for any
	Token     string
	Body      int64  // bytes of a message
	Origin    string // of the page; empty for one that no gateway names
}

// CanaryToken begins every token of a probe, so that a log line that holds it can be recognized.
const CanaryToken = "eyJhbGciOiJIUzI1NiJ9.canary" //nolint:gosec // no credential: nobody signed it

// TokenOf is a token of a given length.
func TokenOf(length int) string {
	return CanaryToken + strings.Repeat("A", max(0, length-len(CanaryToken)))
}

// DefaultSample is the connection that requirements are judged by where nothing depends on which one it is.
func DefaultSample() Sample { return defaultSample }

var defaultSample = Sample{RequestID: "g1vFtD4AAAA%3D", ClientIP: "192.0.2.10", Token: TokenOf(ShortToken), Body: ShortMessage}

// Probe is one request of a client, with what it must arrive as.
type Probe struct {
	Kind    ProbeKind
	Request routing.Request
	Target  string // what the service must see as request target
}

// origin is that of the page that probes come from.
const origin = "https://app.example.com"

// connectionToken has the form of the service's own: 22 characters and an instance suffix of 9.
const connectionToken = "NgYK8WrQ7HaSqzNZNBCotAeHFWuwK02" //nolint:gosec // no credential: no connection has it

// NewProbe builds the request of a kind for a connection that comes through a client endpoint.
func NewProbe(e Endpoint, kind ProbeKind, s Sample) Probe {
	b := &probeBuilder{endpoint: e, sample: s}
	b.header("Origin", cmp.Or(s.Origin, e.Origin, origin))
	b.query = b.redirected()
	if kind != Negotiate && kind != Preflight {
		b.query += "&id=" + connectionToken
	}
	builders[kind](b)
	return b.probe(kind)
}

// redirected is the query of the URL that the app's server sends clients to.
func (b *probeBuilder) redirected() string {
	return "hub=" + cmp.Or(b.sample.Hub, b.endpoint.Hub, UsualHub) + "&asrs.op=%2Fchat&negotiateVersion=1&asrs_request_id=" + b.sample.RequestID
}

type probeBuilder struct {
	endpoint Endpoint
	sample   Sample
	method   string
	path     string
	query    string
	fields   []routing.Field
	body     int64
}

// builders fill in what each kind has of its own.
var builders = map[ProbeKind]func(*probeBuilder){
	Preflight: func(b *probeBuilder) {
		b.method, b.path = "OPTIONS", "client/negotiate"
		b.header("Access-Control-Request-Method", "POST")
		b.header("Access-Control-Request-Headers", PreflightHeaders)
	},
	Negotiate: func(b *probeBuilder) {
		b.method, b.path = "POST", "client/negotiate"
		b.header("Content-Length", "0")
		b.script()
	},
	WebSocket: func(b *probeBuilder) {
		b.tokenInQuery()
		b.handshake()
	},
	NodeSocket: func(b *probeBuilder) {
		b.header("Authorization", "Bearer "+b.sample.Token)
		b.handshake()
	},
	Events: func(b *probeBuilder) {
		b.method, b.path = "GET", "client/"
		b.tokenInQuery()
		b.header("Accept", "text/event-stream")
		b.header("Accept-Encoding", "gzip, deflate, br")
	},
	Poll: func(b *probeBuilder) {
		b.method, b.path = "GET", "client/"
		b.query += "&_=1700000000000"
		b.script()
	},
	Send: func(b *probeBuilder) {
		b.method, b.path, b.body = "POST", "client/", b.sample.Body
		b.header("Content-Type", "text/plain;charset=UTF-8")
		b.header("Content-Length", strconv.FormatInt(b.body, 10))
		b.script()
	},
	Delete: func(b *probeBuilder) {
		b.method, b.path = "DELETE", "client/"
		b.script()
	},
}

func (b *probeBuilder) header(name, value string) {
	b.fields = append(b.fields, routing.Field{Name: name, Value: value})
}

func (b *probeBuilder) tokenInQuery() { b.query += "&access_token=" + b.sample.Token }

// script adds what requests by fetch carry.
func (b *probeBuilder) script() {
	b.header("Authorization", "Bearer "+b.sample.Token)
	b.header("X-Requested-With", "XMLHttpRequest")
	b.header("X-SignalR-User-Agent", "Microsoft SignalR/10.0 (10.0.11; Unknown OS; Browser; Unknown Runtime Version)")
}

// handshake is RFC 6455 4.1.
func (b *probeBuilder) handshake() {
	b.method, b.path = "GET", "client/"
	b.header("Connection", "Upgrade")
	b.header("Upgrade", "websocket")
	b.header("Sec-WebSocket-Version", "13")
	b.header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
}

func (b *probeBuilder) probe(kind ProbeKind) Probe {
	e := b.endpoint
	req := routing.Request{
		Method: b.method, Scheme: e.Scheme, Host: e.Authority(), Target: e.Path + b.path + "?" + b.query,
		ClientIP: b.sample.ClientIP, Header: b.fields, BodySize: b.body,
	}
	if e.Scheme == "https" {
		req.SNI = e.Host
	}
	if b.sample.ClientIP == "" {
		req.FromAnywhere()
	}
	return Probe{Kind: kind, Request: req, Target: "/" + b.path + "?" + b.query}
}

// Refusals are the statuses with which the service refuses clients (troubleshooting guide).
var Refusals = []int{400, 401, 404, 409, 429, 503}
