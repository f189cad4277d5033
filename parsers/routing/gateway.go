package routing

import "strings"

// Estate is all that one run read.
type Estate struct {
	Gateways []*Gateway
	Services []Service
	Inputs   []Input
	Problems []Problem // of inputs that became no gateway
	// Skipped are files that were come across and not read, where that was asked for: nothing hangs on them.
	Skipped []Skip
	// Hidden are the places where secrets stand that were taken out of what was read.
	Hidden []Span
}

// Input is one file, folder or stream that was read.
type Input struct {
	Name     string // as the user gave it
	Format   string // which format it was read as; empty when none was recognized
	Gateways int    // how many gateways it held
	// Note says how it was read, where that is not plain ("with the values of main.parameters.json").
	Note string
	// Files are others that were read along with it, by the names that places have.
	Files []string
	// Form is the form within the format, where it has several ("graph" of azure).
	Form string
	// Items are what it holds, where that was asked for.
	Items []Item
}

// Service is one Azure SignalR resource that the estate names.
type Service struct {
	Host string // chat.service.signalr.net
	Span Span
	// Public is a boolean: do clients reach it from the internet. Private is one: does an approved private endpoint lead to it that lets clients
	// in. Both are unset where the resource itself was not read.
	Public, Private Value
	// Networks are the virtual networks in which its name is known to resolve to a private endpoint.
	Networks []string
}

// Problem is something wrong with what was read, or with how much of it could be read.
type Problem struct {
	Span    Span
	Message string
	Fix     string // what to do about it
	// Kind says what it means for the verdicts.
	Kind ProblemKind
}

// ProblemKind says what a Problem means for the verdicts.
type ProblemKind uint8

// The kinds of problems.
const (
	Refused   ProblemKind = iota // the product itself would not accept this
	Truncated                    // what was read says itself that a part is missing: a cut export, a dangling reference
	NotWhole                     // something was not given or could not be read: what it decides is unknown
	Unread                       // the input could not be read at all
)

// Gateway is one reverse proxy as its configuration describes it: sockets, and the program that runs for each request.
type Gateway struct {
	Kind string // nginx, appgateway, apim, frontdoor, akamai
	Name string
	// Version is the product version whose defaults apply ("NGINX 1.30"); empty where versions make no difference.
	Version   string
	Listeners []*Listener
	Pools     map[string]*Pool
	Blocks    map[string][]Step
	// Deferred are the blocks that Blocks does not hold; nil where it holds them all.
	Deferred *Deferred
	Span     Span
	Problems []Problem
	// Uses are other resources that it refers to.
	Uses []Use
	// Outside says that it stands outside of all networks and reaches public addresses only, and where that is decided; the zero Note where it
	// stands in one, or that is not known.
	Outside Note
	// Retired says since when, or from when on, the product is not offered any more in this form; the zero Note where it is.
	Retired Note
	// Network is the virtual network that it stands in; empty where it stands in none, or that is not known.
	Network string
	// Notes are remarks about the gateway as a whole, such as where else it is described.
	Notes []Note
	// LogsKnown says that the program's Log steps are all that the product logs of requests.
	LogsKnown bool
	// LimitsKnown says that the program's conditions and settings are all by which the product bounds requests, a firewall included.
	LimitsKnown bool
	// Bounds is a sentence on what the product itself bounds, where it is not known whether clients stay within that.
	Bounds string
	// Variants are the same configuration under the other versions that it may run on, when the version is not known and
	// makes a difference.
	Variants []*Gateway

	made      *made      // where the rest is made when it is asked for
	neighbors *neighbors // of the estate
}

// Use is another resource that a gateway refers to.
type Use struct {
	Kind, Name string
	At         Span // of the reference
	// Read is where that resource stands in what was read; the zero Span where it was not.
	Read Span
}

// Deferred are the blocks of a program that may be too large to hold at once: each is made when it is asked for, and forgotten again.
type Deferred struct {
	// Block makes the steps of a block; nil where there is none of that name. Several goroutines may ask at once.
	Block func(name string) []Step
	// ShortestLimit is that of Gateway.ShortestLimit in these blocks, 0 for none: looking for it would make them all.
	ShortestLimit int
}

// Block are the steps of a block; none where there is none of that name.
func (g *Gateway) Block(name string) []Step {
	steps, ok := g.Blocks[name]
	if !ok && g.Deferred != nil {
		return g.Deferred.Block(name)
	}
	return steps
}

// Listener is a socket. Virtual hosts are arms of its program.
type Listener struct {
	Name    string
	Address string // "*", an IP address, or unix: and a path; empty for one of its own that is not known
	Port    int
	TLS     bool
	// MinTLS is the lowest protocol version offered to clients ("TLS1.2").
	MinTLS Value
	// HTTP2 says that clients may speak HTTP/2 here, which they ask for in the TLS handshake (ALPN).
	HTTP2 bool
	// Fronted is where it is said that connections begin with a line about the client (the PROXY protocol): who comes directly is turned away.
	Fronted Span
	// Hosts are the names that the program tells apart, as far as they are plain names or masks; for finding client endpoints.
	Hosts []HostEntry
	// OtherHosts says that clients are meant to come by names beside Hosts too: they are told apart by an expression, or not at all.
	OtherHosts bool
	// Names are host names and addresses by which the socket is reached from elsewhere, beside its own address.
	Names []string
	// Entry is the block where a request on this socket starts.
	Entry string
	// Plain is the block where a request starts that comes without TLS although TLS is spoken here; empty where such connections fail.
	Plain string
	Span  Span
}

// LowestTLS is the lowest protocol version that clients of a host name may speak.
func (l *Listener) LowestTLS(host string) Value {
	for _, h := range l.Hosts {
		if strings.EqualFold(h.Host, host) && h.MinTLS.IsSet() {
			return h.MinTLS
		}
	}
	return l.MinTLS
}

// HostEntry is a host name and the block that serves it.
type HostEntry struct {
	Host  string
	Block string
	// MinTLS is that of the listener where a name has one of its own; unset elsewhere.
	MinTLS Value
	Span   Span
}

// Pool is a named set of upstream members and the way one of them is picked.
type Pool struct {
	Name    string
	Members []Member
	Pick    Pick
	Span    Span
}

// Member is one upstream. Address is host:port, or a host alone where the port follows from the scheme.
type Member struct {
	Address Value
	Weight  int  // 0 counts as 1
	Backup  bool // used only when no other member is left
	Span    Span
}

// Pick says how a pool of several members picks one.
type Pick struct {
	// How is the product's own word: "hash $arg_asrs_request_id", "round robin".
	How string
	// Key is what the choice is computed from; nil when the choice does not depend on the request (round robin, random, least
	// connections). An empty key counts as none.
	Key Expr
	// Cookie says that the gateway gives clients a cookie by which it knows them again.
	Cookie bool
	Span   Span
}
