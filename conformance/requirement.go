package conformance

// Requirement is one demand on a gateway, in our own words.
type Requirement struct {
	ID     string
	Title  string
	Demand string // completes "holds when …"
	Source string // where the demand comes from
}

// Addresses of the pages that requirements rest on.
const (
	guide      = "https://learn.microsoft.com/azure/azure-signalr/signalr-howto-reverse-proxy-overview"
	appGateway = "https://learn.microsoft.com/azure/azure-signalr/signalr-howto-work-with-app-gateway"
	trouble    = "https://learn.microsoft.com/azure/azure-signalr/signalr-howto-troubleshoot-guide"
	transports = "https://github.com/dotnet/aspnetcore/blob/main/src/SignalR/docs/specs/TransportProtocols.md"
	custom     = "https://learn.microsoft.com/azure/azure-signalr/howto-custom-domain"
)

// Requirements are all demands, in the order of reports. Their ids are stable: reports, suppressions and users' scripts rely on them.
var Requirements = []Requirement{
	{"configuration", "The configuration is whole and valid", "the product itself accepts the configuration, and what was read is whole", guide},
	{"host-override", "The Host header names the service", "every probe is delivered with exactly one Host, that of the service it is delivered to: the service is multi-tenant and finds the tenant by Host", guide},
	{"upstream-tls", "The leg to the service is encrypted", "requests travel to the service over HTTPS", appGateway},
	{"tls-sni", "The TLS handshake names the service", "the TLS handshake with the service carries the service's own name (SNI)", custom},
	{"tls-verify", "The service's certificate is verified", "the proxy checks chain and name of the service's certificate", appGateway},
	{"negotiate", "Negotiate reaches the service", "the preflight and POST negotiate arrive, as POST, with Authorization, without a redirect and in time. What refuses negotiate and other requests alike is told here, once", guide},
	{"websocket", "WebSocket works end to end", "the handshake is relayed as an upgrade and an idle connection outlives the pings that come every 15 seconds", guide},
	{"server-sent-events", "Server-sent events work end to end", "events pass without delay, a quiet stream outlives the pings that come every 15 seconds, and messages can be sent by POST", transports},
	{"long-polling", "Long polling works end to end", "a poll may be held for 90 seconds, messages can be sent by POST, and the closing DELETE arrives", transports},
	{"path", "Path and query arrive unchanged", "the service sees /client/… with the raw query that the client sent: a prefix is stripped once, nothing is dropped, doubled or decoded", trouble},
	{"affinity", "One connection stays on one instance", "all requests of one connection reach the same instance, for every asrs_request_id, from any address and without cookies", guide},
	{"client-endpoint", "Clients are sent to this proxy", "connection strings and code send clients here, in a form that the SDK concatenates correctly, and each client endpoint leads to the service that signed the token", guide},
	{"client-tls", "Clients reach the proxy over TLS", "clients reach the proxy over TLS 1.2 or later, without redirects", trouble},
	{"cors", "Browsers are let in", "preflights and credentialed requests succeed, with one Access-Control-Allow-Origin", trouble},
	{"health-probe", "The health probe asks the right question", "the gateway's own health probe asks the service's health path with the service's Host, and would succeed", appGateway},
	{"limits", "Limits admit what clients send", "URL, header, body and rate limits admit what clients send, and a firewall does not block it", trouble},
	{"exposure", "Only client paths are exposed", "only client paths reach the service: not /api/, not /server/, not by path tricks", guide},
	{"token-log", "Access tokens stay out of logs", "access tokens in query strings do not reach log files", trouble},
	{"private-access", "The proxy cannot be bypassed", "the service cannot be reached around the proxy, and the proxy can reach it", guide},
	{"secrets", "No secret stands in the configuration", "no access key or token stands in what was read, nor is one wired into a plain setting or output", guide},
}

// unread says why a requirement is left open that no rule judges: what decides it is not read.
var unread = map[string]string{
	"private-access": "whether the service is closed to the public, and by which way the proxy reaches it, stands in the settings of the SignalR resource and of its private endpoints, which were not given",
	"secrets":        "what was read is not searched for keys and tokens, nor for settings and outputs that they are wired into",
}

// Unread says why a requirement is left open where nothing was read that decides it; empty for those that the gateway alone decides.
func Unread(requirement string) string { return unread[requirement] }

// RequirementByID finds a requirement.
func RequirementByID(id string) (Requirement, bool) {
	for _, r := range Requirements {
		if r.ID == id {
			return r, true
		}
	}
	return Requirement{}, false
}
