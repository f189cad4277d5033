package routing

import (
	"strconv"
	"strings"
	"time"
)

// Step is one instruction of a gateway's program.
type Step interface {
	// At is where the step was written.
	At() Span
}

type (
	// Match runs the first arm whose condition holds and then goes on behind itself, unless the arm ended the request.
	Match struct {
		Arms    []Arm
		Span    Span
		opening opening
	}
	// Arm is a condition and what to do when it holds. Label is the product's own words: "location ~ /negotiate$".
	Arm struct {
		When  Cond
		Do    []Step
		Label string
		Span  Span
	}
	// Table jumps to the block that an exact key names, and falls through when there is none. It is Match for thousands of arms.
	Table struct {
		Key  Expr
		To   map[string]TableEntry // keys in lower case where Fold is set
		Fold bool
		Span Span
	}
	// TableEntry is one row of a Table.
	TableEntry struct {
		Block string
		Label string
		Span  Span
	}
	// Set gives a place of the request in flight a value. Setting a header replaces all fields of that name; setting it to the
	// empty text removes it.
	Set struct {
		What Place
		To   Expr
		Span Span
	}
	// Add appends a header field and leaves others of that name alone.
	Add struct {
		What Place
		To   Expr
		Span Span
	}
	// Remove takes a header, an argument or a variable away; of headers, all where the name is AllHeaders, or those of them that Only
	// holds for.
	Remove struct {
		What Place
		Only func(name string) bool
		Span Span
		// Related are other places that had a part in it, such as lines that are hidden here.
		Related []Note
	}
	// Jump goes on in another block and does not come back. With Max set it counts, and when it has jumped so more than Max times,
	// Over is done instead: that is how products bound rewrite cycles. Without Over the request fails with status 500.
	Jump struct {
		To    string
		Max   int
		Over  []Step
		Label string
		Span  Span
	}
	// Serve says what the route that the request took serves: OnlySockets or OnlyRequests, where a product has routes of one kind only.
	// Whoever set up the one gave up the other there, knowingly.
	Serve struct {
		What string
		Span Span
	}
	// Ignore says that something which is written here counts for nothing for this request.
	Ignore struct {
		What Place // that it would change; the zero Place where it is none of the request's
		// Route says that it is a route, which would take the request if it counted.
		Route bool
		Text  string
		Span  Span
	}
	// Copy says that the product sends a copy of the request to an upstream as well, whose answer nobody gets.
	Copy struct {
		To   Value // the authority that it goes to, or that it names as its Host
		Span Span
	}
	// Count says that the product counts the request, and turns it away where there are too many of those with the same key. Which those
	// are that count beside it, a trace of one request does not tell.
	Count struct {
		Name string // of the count: steps with one name add to one
		Key  Expr   // requests for which it is empty are not counted
		// AtOnce bounds how many may be under way at a time; 0 is no bound.
		AtOnce int
		// Every is the time in which another one is taken, beside Burst that may come at any time; 0 is no bound.
		Every time.Duration
		Burst int
		Label string
		Span  Span
	}
	// Log says that the product writes a line about the request somewhere.
	// Parts are pieces of the line that a report can name.
	Log struct {
		Line  Expr
		Parts []LogPart
		Sink  string
		Span  Span
	}
	// LogPart is a piece of a log line as the configuration writes it ("$request").
	LogPart struct {
		Name string
		Of   Expr
		Span Span
	}
	// Respond ends the request with the gateway's own answer. An unknown Status stands for a family of answers that the text of
	// Label describes ("a file from disk").
	// Override, where it is set and not empty, is the status instead.
	Respond struct {
		Status   Value
		Override Expr
		Body     string
		Label    string
		Reason   Reason
		Span     Span
	}
	// Redirect ends the request with a 3xx answer.
	Redirect struct {
		Status Value
		To     Expr
		Span   Span
	}
	// Opaque ends what reading can follow: a script, an unread file, an unknown directive.
	Opaque struct {
		Why  string
		Span Span
	}
	// Forward ends the request at an upstream.
	Forward struct {
		// To names a pool, or is an authority (host or host:port).
		To Expr
		// Scheme is http or https.
		Scheme Expr
		// Target is the request target sent: path and query.
		Target Expr
		// Then are Set, Add and Remove steps that run when the member has been picked: they may read InUpstreamHost.
		Then []Step
		// Settings are how it is sent.
		Settings Settings
		Probe    *Probe
		Label    string
		Span     Span
	}
)

// Reason says why a gateway answers a request itself, for reasons that every product has and its own words do not tell apart.
type Reason uint8

// The reasons.
const (
	OtherReason   Reason = iota
	TooLong              // the request, a part of it, is longer than a bound
	Unresolvable         // the upstream's name is computed, and nothing resolves it
	WrongProtocol        // what is sent is not allowed in the protocol that it is sent in
	NoListener           // there is no socket where the client comes to
	Blocked              // a firewall takes it for an attack, or its rules forbid it
)

// At implements Step.
func (s *Match) At() Span { return s.Span }

// At implements Step.
func (s *Table) At() Span { return s.Span }

// At implements Step.
func (s *Set) At() Span { return s.Span }

// At implements Step.
func (s *Add) At() Span { return s.Span }

// At implements Step.
func (s *Remove) At() Span { return s.Span }

// At implements Step.
func (s *Jump) At() Span { return s.Span }

// At implements Step.
func (s *Serve) At() Span { return s.Span }

// At implements Step.
func (s *Ignore) At() Span { return s.Span }

// At implements Step.
func (s *Copy) At() Span { return s.Span }

// At implements Step.
func (s *Count) At() Span { return s.Span }

// At implements Step.
func (s *Log) At() Span { return s.Span }

// At implements Step.
func (s *Respond) At() Span { return s.Span }

// At implements Step.
func (s *Redirect) At() Span { return s.Span }

// At implements Step.
func (s *Opaque) At() Span { return s.Span }

// At implements Step.
func (s *Forward) At() Span { return s.Span }

// What a route may serve.
const (
	OnlySockets  = "sockets"  // WebSocket handshakes, and no other request
	OnlyRequests = "requests" // requests and their answers, and no upgrade
)

// PlaceKind is a kind of place that a step can change or an expression can read.
type PlaceKind uint8

// The places of a request in flight. Those with a comment "named" need Place.Name.
const (
	InVar            PlaceKind = iota // named: a variable of the gateway's program
	InMethod                          //
	InPath                            // the path that the product matches on
	InQuery                           // the raw query
	InArgument                        // named: a query argument, undecoded
	InHeader                          // named: a request header; Host is one
	InResponseHeader                  // named: a header of the answer
	InHeaderLines                     // named, read only: all lines of a request header, as one
	InCookie                          // named, read only
	InHost                            // read only: the host name, lower case, without port; that of a target that is a whole URL before that of Host
	InTarget                          // read only: path and query, without scheme and host where the client sent a whole URL
	InScheme                          // read only
	InPort                            // read only: the listener's port; empty where it is no socket of TCP
	InSNI                             // read only
	InProtocol                        // read only: HTTP/1.1
	InClientIP                        // read only
	InRequestLine                     // read only: method, target and protocol, as limits measure it
	InHeaders                         // read only: the largest header line, as limits measure it
	InBodySize                        // read only: decimal
	InCapture                         // named: a group of the last regular expression that matched
	InUpstreamHost                    // read only: name or address of the picked member, without port; for Forward's Then and Settings
)

// AllHeaders is the name that stands for every header in Remove.
const AllHeaders = "*"

// Place is one place of the request in flight.
type Place struct {
	Kind PlaceKind
	Name string
}

// Setting names one property of how a request is forwarded.
type Setting string

// The settings of a Forward. A setting that a product does not have is left out.
const (
	// Protocol is HTTP/1.0, HTTP/1.1 or HTTP/2.
	Protocol Setting = "upstream-protocol"
	// Upgrade is "native" where the gateway relays WebSocket handshakes itself, "headers" where they pass if the request that is
	// sent asks for it (Upgrade, Connection, HTTP/1.1), "never" where they do not pass. "relay" is as "headers" for a gateway that passes on
	// the bytes of connections without reading requests: where it cannot, it closes the connection instead of answering.
	Upgrade Setting = "upgrade"
	// SNI is the server name sent in the TLS handshake; unset: none.
	SNI Setting = "sni"
	// MaxTLS is the highest version of TLS that is offered to the upstream, such as TLS1.1; unset: what services take.
	MaxTLS Setting = "highest-tls"
	// VerifyChain and VerifyName are booleans: is the upstream's certificate checked. VerifiedName is the name it is checked for, or
	// several with spaces between them, of which any will do.
	VerifyChain  Setting = "verify-chain"
	VerifyName   Setting = "verify-name"
	VerifiedName Setting = "verified-name"
	// TrustedRoots is what names the authorities that alone are trusted, instead of the public ones.
	TrustedRoots Setting = "trusted-roots"
	// Buffering of the answer: "off" passes every byte at once, "passes" holds nothing as long as the upstream sends chunks,
	// "holds" keeps events back.
	Buffering Setting = "response-buffering"
	// AskedBuffering is what Buffering is where the upstream asks for it by X-Accel-Buffering: yes; by no it switches it off. "ignored" is for a
	// product that only keeps that header to itself, and unset for one that does not know it.
	AskedBuffering Setting = "buffering-when-asked"
	// ReadTimeout bounds the wait for the first byte of the answer and between two reads.
	ReadTimeout Setting = "read-timeout"
	// FirstByte bounds the wait for the first byte of the answer where a product tells it from ReadTimeout.
	FirstByte Setting = "first-byte-timeout"
	// IdleTimeout bounds how long an upgraded connection may be quiet.
	IdleTimeout Setting = "idle-timeout"
	// Lifetime bounds how long an upgraded connection lasts, however busy it is. Drain is how long it is left open when the gateway is changed
	// or has one instance less.
	Lifetime Setting = "lifetime"
	Drain    Setting = "drain-timeout"
	// ConnectTimeout bounds the TCP connect.
	ConnectTimeout Setting = "connect-timeout"
	// Cache is a boolean: may an answer be stored and served to another request.
	Cache Setting = "cache"
	// CacheHeeds is a boolean: is an answer not stored that the upstream says must not be (Cache-Control, Expires). Unset: it may be.
	CacheHeeds Setting = "cache-heeds"
	// Resolvable is a boolean: can names that are computed at run time be resolved.
	Resolvable Setting = "resolvable"
	// Retry says in the product's words when another member of the pool is tried ("error timeout", "off").
	Retry Setting = "retry"
	// Relocates is how redirects of the upstream begin that do not reach the client as they are.
	Relocates Setting = "relocates"
	// CacheKey tells the answers in a cache apart: requests with equal keys may be served each other's.
	CacheKey Setting = "cache-key"
	// AnswerStatus is the status that the client gets whatever the upstream answers; unset or empty: the upstream's own.
	AnswerStatus Setting = "answer-status"
	// Doubt is unknown where it is not known whether the service's answers get through, for a reason that does not change what is sent; unset: they do.
	Doubt Setting = "doubt"
	// Body and AnswerBody say in the product's words what takes the place of the body of the request, and of the answer; unset or empty: they
	// are as they came.
	Body       Setting = "request-body"
	AnswerBody Setting = "answer-body"
	// Intercept is a boolean: is an answer of the upstream with a status of 300 or more replaced by the gateway's own error page.
	Intercept Setting = "intercept-errors"
	// ErrorStatuses are the statuses with which clients get errors of the upstream, where that is no error any more: "401=302 503=?" (see
	// ErrorStatus).
	ErrorStatuses Setting = "error-statuses"
	// FailurePage is the gateway's own page, in the product's words, that takes the place of its error where the upstream does not answer.
	FailurePage Setting = "failure-page"
	// RateLimit says in the product's words what bounds the number of requests or connections ("limit_req zone=one burst=5").
	RateLimit Setting = "rate-limit"
	// Inspection says in the product's words what else looks at the request and may turn it away, where the program does not tell whether it does
	// ("managed rules OWASP 3.2"); unset or empty: nothing.
	Inspection Setting = "inspection"
)

// ErrorStatus reads, of a value of ErrorStatuses, the status with which clients get an error of the upstream. It is the error's own where nothing
// takes its place, and 0 where what takes its place may be an error or not.
func ErrorStatus(v Value, upstream int) int {
	for pair := range strings.FieldsSeq(v.Text()) {
		from, to, _ := strings.Cut(pair, "=")
		if from == strconv.Itoa(upstream) {
			status, err := strconv.Atoi(to)
			if err != nil {
				return 0
			}
			return status
		}
	}
	return upstream
}

// Settings are the properties of a Forward.
type Settings map[Setting]Expr
