package conformance

import (
	"net/url"
	"path"
	"slices"
	"strings"
)

// Exposure says what a request target asks the service for.
type Exposure uint8

// The exposures.
const (
	ClientPart Exposure = iota // what clients use, the health path, or nothing that the service serves
	Disguised                  // the service's inner part, if the service takes the path for what it resolves to; whether it does is not documented
	InnerPart                  // the data plane's interface, or what hub servers connect to
	Split                      // whatever the client likes: the request line ends where the client says, and lines of its own follow
)

// innerParts are the first segments of paths that are not for clients: the REST interface and the connections of hub servers
// (azure-signalr docs/swagger; DefaultServiceEndpointGenerator.cs).
var innerParts = []string{"api", "server", "aspnetserver"}

// healthPaths answer without a token, and tell no more than that the service is there.
var healthPaths = []string{"/api/health", "/api/v1/health"}

// ExposureOf tells what a target that arrives at the service asks it for.
func ExposureOf(target string) Exposure {
	if HasLineBreak(target) {
		return Split
	}
	raw, _, _ := strings.Cut(target, "?")
	resolved := raw
	if decoded, err := url.PathUnescape(raw); err == nil {
		resolved = decoded
	}
	resolved = strings.ToLower(path.Clean("/" + resolved))
	switch {
	case !isInner(resolved):
		return ClientPart
	case isInner(raw) && path.Clean(raw) == strings.TrimSuffix(raw, "/"):
		return InnerPart
	}
	return Disguised
}

// HasLineBreak reports whether what a gateway writes into a request ends the line that it stands in.
func HasLineBreak(text string) bool { return strings.ContainsAny(text, "\r\n") }

func isInner(path string) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return slices.Contains(innerParts, first) && !slices.Contains(healthPaths, strings.TrimSuffix(path, "/"))
}

// intrusion is a request that no client sends.
type intrusion struct {
	method, path string
	socket       bool // a WebSocket handshake
	beside       bool // the path does not begin with that of the client endpoint
}

// rest is a method of the REST interface that sends to everyone (azure-signalr docs/swagger).
const rest = "api/v1/hubs/chat"

// plainIntrusions ask for the inner parts by their own paths, also behind that of clients, which a proxy may strip.
var plainIntrusions = []intrusion{
	{method: "POST", path: rest},
	{method: "GET", path: "server/?hub=chat", socket: true},
	{method: "GET", path: "aspnetserver/?hub=chat", socket: true},
	{method: "POST", path: "client/" + rest},
	{method: "POST", path: rest, beside: true},
	{method: "GET", path: "server/?hub=chat", socket: true, beside: true},
}

// disguisedIntrusions ask for them by paths that a proxy may take for a client's, or let slip through what it denies.
var disguisedIntrusions = []intrusion{
	{method: "POST", path: "client/../" + rest},
	{method: "POST", path: "client/%2e%2e/" + rest},
	{method: "POST", path: "client/..%2f" + rest},
	{method: "POST", path: "client//../" + rest},
	{method: "POST", path: "client/..;/" + rest},
	{method: "POST", path: "client../" + rest},
	{method: "POST", path: "CLIENT/../" + rest},
	{method: "POST", path: "API/v1/hubs/chat"},
	{method: "POST", path: "/" + rest},
	{method: "POST", path: "api/v1/hubs/chat/client/"},
	{method: "GET", path: "client/%20HTTP/1.1%0d%0a" + SplitField + ":%20"},
}

// SplitField is the header field that the service is sent where a gateway decodes the line break in front of it.
const SplitField = "X-Split"

// Intrusions are requests that no client sends and that must not reach the service: first those by plain paths, then those by paths
// in disguise.
func Intrusions(e Endpoint) (plain, disguised []Probe) {
	for _, i := range plainIntrusions {
		if !i.beside || e.Path != "/" {
			plain = append(plain, i.probe(e))
		}
	}
	for _, i := range disguisedIntrusions {
		disguised = append(disguised, i.probe(e))
	}
	return plain, disguised
}

// NewBeside is a request for a page of the same site whose path begins like that of clients.
func NewBeside(e Endpoint) Probe {
	return intrusion{method: "GET", path: "clientele/"}.probe(e)
}

// PathOf is the path that a probe asks for.
func PathOf(p Probe) string {
	path, _, _ := strings.Cut(p.Request.Target, "?")
	return path
}

// probe is the intrusion as a request through a client endpoint. It carries no token: one for clients opens nothing there.
func (i intrusion) probe(e Endpoint) Probe {
	b := &probeBuilder{endpoint: e, sample: defaultSample}
	if i.socket {
		b.handshake()
	} else {
		b.header("Content-Length", "0")
	}
	b.method, b.path = i.method, i.path
	prefix := e.Path
	if i.beside {
		prefix = "/"
	}
	p := b.probe(ProbeKind(i.method + " " + prefix + i.path))
	p.Request.Target = prefix + i.path
	return p
}
