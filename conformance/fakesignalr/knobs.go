package fakesignalr

import (
	"flag"
	"fmt"
	"time"
)

// Knobs are the switches of a cluster that can be turned while it runs. A connection that exists already notices a new
// period when its current one has passed.
type Knobs struct {
	PingPeriod       time.Duration // between the service's pings
	PollTimeout      time.Duration // how long a poll without data is held
	PollGap          time.Duration // how long a long-polling connection lives without a poll
	ConnectWindow    time.Duration // from negotiate to connect
	HandshakeTimeout time.Duration
	ClientTimeout    time.Duration // of a client that pinged once and then fell silent; 0 never drops it
	Silent           bool          // no pings from the service, to measure a proxy's idle time-out

	HTTP2           bool // offer HTTP/2, without WebSockets over it
	Compression     bool // accept permessage-deflate
	NoServers       bool // no app server is connected: the handshake of a hub is refused, as in default mode
	RequireLength   bool // answer 411 to a POST without length, as some servers do
	SkipNegotiation bool // accept a WebSocket without id, as ASP.NET does
	JoinVersions    bool // answer a repeated negotiateVersion as ASP.NET does: 200 and an error

	LooseAudience bool   // accept a token whose audience names another host of the resource
	ChallengeBody string // of 401
	UnknownHost   int    // status for a Host that is no service's
	Origins       string // that browsers may come from, with commas between them, as the resource's cors.allowedOrigins; * is all of them
	CheckOrigin   bool   // hold WebSockets to Origins too

	Deny    string    // request types that the network ACL refuses: client, server, rest, health, with commas between them
	DenyAll bool      // answer 403 as the service's network ACL does
	Answer  int       // answer every client request with this status (429, 503, or 200 with nothing); 0 is off
	NoSNI   SNIAnswer // what happens without SNI, or with a name that is not this instance's
	Rogue   bool      // present certificates of a CA that nobody knows
	Misname bool      // present a good certificate for another name, whatever the SNI

	ForgiveHost  bool // serve a foreign Host as the tenant whose address it came to
	ForgivePath  bool // know a path by its end
	ForgiveQuery bool // take a lost or doubled hub from the token, a lost id from ConnectionHeader
	ForgiveToken bool // accept a token of another service of the cluster
	ForgiveOwner bool // serve a connection of another instance
}

// ConnectionHeader names, for ForgiveQuery, the connection whose id the proxy lost.
const ConnectionHeader = "X-Asrscheck-Connection"

// SNIAnswer is what an instance does with a TLS client that names no host, or a host it does not know. What the real
// service does is not known, hence the choice.
type SNIAnswer string

// The answers.
const (
	SNIWrongName SNIAnswer = "wrong-name" // a certificate for another name
	SNIRefuse    SNIAnswer = "refuse"     // no handshake
	SNITenant    SNIAnswer = "tenant"     // the instance's own certificate
)

// Defaults are the knobs of a new cluster: strict, and with the periods of the service (ASP.NET Core
// HttpConnectionOptions and HubOptions; azure-signalr Constants.Periods; the troubleshooting guide for the connect window).
func Defaults() Knobs {
	return Knobs{
		PingPeriod:       15 * time.Second,
		PollTimeout:      90 * time.Second,
		PollGap:          5 * time.Second,
		ConnectWindow:    5 * time.Second,
		HandshakeTimeout: 15 * time.Second,
		ClientTimeout:    30 * time.Second,
		UnknownHost:      404,
		Origins:          "*",
		NoSNI:            SNIWrongName,
	}
}

// Flags binds every knob to a flag of fs, for command lines and for the admin handler.
func (k *Knobs) Flags(fs *flag.FlagSet) {
	fs.DurationVar(&k.PingPeriod, "ping-period", k.PingPeriod, "time between the service's pings")
	fs.DurationVar(&k.PollTimeout, "poll-timeout", k.PollTimeout, "how long a poll without data is held")
	fs.DurationVar(&k.PollGap, "poll-gap", k.PollGap, "how long a long-polling connection lives without a poll")
	fs.DurationVar(&k.ConnectWindow, "connect-window", k.ConnectWindow, "time from negotiate to connect")
	fs.DurationVar(&k.HandshakeTimeout, "handshake-timeout", k.HandshakeTimeout, "time to the hub handshake")
	fs.DurationVar(&k.ClientTimeout, "client-timeout", k.ClientTimeout, "silence after which a client that pinged is dropped")
	fs.BoolVar(&k.Silent, "silent", k.Silent, "send no pings")
	fs.BoolVar(&k.HTTP2, "http2", k.HTTP2, "offer HTTP/2, without WebSockets over it; whether the real service serves clients over it is not documented")
	fs.BoolVar(&k.Compression, "compression", k.Compression, "accept permessage-deflate")
	fs.BoolVar(&k.NoServers, "no-servers", k.NoServers, "have no app server connected")
	fs.BoolVar(&k.RequireLength, "require-length", k.RequireLength, "answer 411 to a POST without length")
	fs.BoolVar(&k.SkipNegotiation, "skip-negotiation", k.SkipNegotiation, "accept a WebSocket without id")
	fs.BoolVar(&k.JoinVersions, "join-versions", k.JoinVersions, "answer a repeated negotiateVersion as ASP.NET does")
	fs.BoolVar(&k.LooseAudience, "loose-audience", k.LooseAudience, "accept a token whose audience names another host")
	fs.StringVar(&k.ChallengeBody, "challenge-body", k.ChallengeBody, "body of 401")
	fs.IntVar(&k.UnknownHost, "unknown-host", k.UnknownHost, "status for a Host that is no service's")
	fs.StringVar(&k.Origins, "origins", k.Origins, "origins that browsers may come from, with commas between them")
	fs.BoolVar(&k.CheckOrigin, "check-origin", k.CheckOrigin, "refuse WebSockets from other origins too")
	fs.StringVar(&k.Deny, "deny", k.Deny, "request types that a network ACL refuses: client, server, rest, health, with commas between them")
	fs.BoolVar(&k.DenyAll, "deny-all", k.DenyAll, "answer 403 as a network ACL does")
	fs.IntVar(&k.Answer, "answer", k.Answer, "answer every client request with this status")
	fs.StringVar((*string)(&k.NoSNI), "no-sni", string(k.NoSNI), "without a known SNI: wrong-name, refuse or tenant")
	fs.BoolVar(&k.Rogue, "rogue", k.Rogue, "present certificates of an unknown CA")
	fs.BoolVar(&k.Misname, "misname", k.Misname, "present a certificate for another name")
	fs.BoolVar(&k.ForgiveHost, "forgive-host", k.ForgiveHost, "serve a foreign Host")
	fs.BoolVar(&k.ForgivePath, "forgive-path", k.ForgivePath, "know a path by its end")
	fs.BoolVar(&k.ForgiveQuery, "forgive-query", k.ForgiveQuery, "do without hub and id in the query")
	fs.BoolVar(&k.ForgiveToken, "forgive-token", k.ForgiveToken, "accept a token of another service")
	fs.BoolVar(&k.ForgiveOwner, "forgive-owner", k.ForgiveOwner, "serve a connection of another instance")
}

func isError(status int) bool { return status >= 400 && status <= 599 }

func (k Knobs) check() error {
	for name, period := range map[string]time.Duration{
		"ping period": k.PingPeriod, "poll timeout": k.PollTimeout, "poll gap": k.PollGap,
		"connect window": k.ConnectWindow, "handshake timeout": k.HandshakeTimeout,
	} {
		if period < time.Millisecond {
			return fmt.Errorf("set knobs: %s %v is below 1ms", name, period)
		}
	}
	if k.ClientTimeout < 0 {
		return fmt.Errorf("set knobs: client timeout %v is negative", k.ClientTimeout)
	}
	if k.Answer != 0 && k.Answer != 200 && !isError(k.Answer) {
		return fmt.Errorf("set knobs: answer %d is neither an error status nor 200", k.Answer)
	}
	if !isError(k.UnknownHost) {
		return fmt.Errorf("set knobs: unknown-host %d is not an error status", k.UnknownHost)
	}
	if err := k.checkDenied(); err != nil {
		return err
	}
	switch k.NoSNI {
	case SNIWrongName, SNIRefuse, SNITenant:
		return nil
	default:
		return fmt.Errorf("set knobs: no-sni %q is none of wrong-name, refuse, tenant", k.NoSNI)
	}
}
