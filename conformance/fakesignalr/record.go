package fakesignalr

import (
	"slices"
	"strings"
	"time"
)

// Field is one header line as it was received.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Operation says what a request asked for, as far as the service understood it.
type Operation string

// The operations.
const (
	OperationPreflight Operation = "preflight"
	OperationNegotiate Operation = "negotiate"
	OperationWebSocket Operation = "websocket"
	OperationEvents    Operation = "events"
	OperationPoll      Operation = "poll"
	OperationSend      Operation = "send"
	OperationDelete    Operation = "delete"
	OperationHealth    Operation = "health"
	OperationClassic   Operation = "classic" // of clients of ASP.NET SignalR
	OperationProtected Operation = "protected"
)

// Placement says where the token of a request stood.
type Placement string

// The placements; both is a proxy's doing.
const (
	TokenNowhere  Placement = ""
	TokenInHeader Placement = "header"
	TokenInQuery  Placement = "query"
	TokenInBoth   Placement = "both"
)

// Record is one request as an instance received it. It holds no secret: tokens, credentials and cookies are fingerprints.
// A record exists from the moment the request head is read; Status is zero until the answer begins.
type Record struct {
	Seq      uint64    `json:"seq"`
	Time     time.Time `json:"time"`
	Instance string    `json:"instance"` // tag
	Remote   string    `json:"remote"`
	Local    string    `json:"local"`
	TLS      bool      `json:"tls"`
	SNI      string    `json:"sni,omitempty"`

	Method string   `json:"method"`
	Target string   `json:"target"` // raw but for the token, see RedactTarget
	Proto  string   `json:"proto"`
	Host   string   `json:"host"`   // as net/http understood it
	Hosts  []string `json:"hosts"`  // every Host line
	Header []Field  `json:"header"` // in order, Host included

	Operation  Operation `json:"operation,omitempty"`
	RequestID  string    `json:"requestId,omitempty"`  // asrs_request_id, decoded
	Connection string    `json:"connection,omitempty"` // id or X-Asrscheck-Connection
	TokenIn    Placement `json:"tokenIn,omitempty"`
	Token      string    `json:"token,omitempty"` // fingerprint of the decoded token
	BodyBytes  int64     `json:"bodyBytes,omitempty"`
	BodyHash   string    `json:"bodyHash,omitempty"`

	Status    int           `json:"status"`
	Reason    Reason        `json:"reason,omitempty"`
	Forgiven  []Forgiveness `json:"forgiven,omitempty"`
	Notes     []Note        `json:"notes,omitempty"`
	Answered  time.Time     `json:"answered,omitzero"`
	Ended     time.Time     `json:"ended,omitzero"`
	CloseCode int           `json:"closeCode,omitempty"` // of a WebSocket; 1006 when the connection was cut
}

// Values lists the values of a header in the order received.
func (r Record) Values(name string) []string {
	var values []string
	for _, f := range r.Header {
		if strings.EqualFold(f.Name, name) {
			values = append(values, f.Value)
		}
	}
	return values
}

// HasNote reports whether the record bears a note.
func (r Record) HasNote(note Note) bool { return slices.Contains(r.Notes, note) }

// HasForgiven reports whether something was overlooked for this request.
func (r Record) HasForgiven(what Forgiveness) bool { return slices.Contains(r.Forgiven, what) }

// size estimates what a record occupies, for the bound of the log.
func (r *Record) size() int {
	const fixed = 512
	n := fixed + len(r.Method) + len(r.Target) + len(r.RequestID) + len(r.Connection)
	for _, f := range r.Header {
		n += len(f.Name) + len(f.Value) + 32
	}
	return n
}

// Filter selects records; its zero value selects all of them.
type Filter struct {
	After      uint64 // only with a greater sequence number
	Instance   string
	Method     string
	Operation  Operation
	RequestID  string
	Connection string
	Reason     Reason
}

func (f Filter) selects(r *Record) bool {
	return r.Seq > f.After &&
		same(f.Instance, r.Instance) && same(f.Method, r.Method) && same(f.Operation, r.Operation) &&
		same(f.RequestID, r.RequestID) && same(f.Connection, r.Connection) && same(f.Reason, r.Reason)
}

func same[T ~string](want, got T) bool { return want == "" || want == got }
