package signalrclient

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
)

// Generation is one of the forms that asrs_request_id had over time.
type Generation int

// The generations (azure-signalr AuthUtility.GenerateRequestId and its successors).
const (
	Bare     Generation = 1 // base64 of 8 bytes: may hold + / =
	Traced   Generation = 2 // trace identifier, hyphen, base64: holds a colon too
	Readable Generation = 3 // trace identifier with hyphens, hyphen, 8 hex digits
)

// Generations lists all of them.
func Generations() []Generation { return []Generation{Bare, Traced, Readable} }

// NewRequestID makes a request id of that generation, not yet escaped. The same source yields the same ids.
func NewRequestID(g Generation, source *rand.Rand) string {
	switch g {
	case Traced:
		return traceIdentifier(source) + "-" + eightBytes(source)
	case Readable:
		return strings.ReplaceAll(traceIdentifier(source), ":", "-") + fmt.Sprintf("-%08x", source.Uint32())
	case Bare:
	}
	return eightBytes(source)
}

func eightBytes(source *rand.Rand) string {
	return base64.StdEncoding.EncodeToString(binary.LittleEndian.AppendUint64(nil, source.Uint64()))
}

// traceIdentifier is Kestrel's: 13 characters of base32 for the connection, a colon, the number of the request in 8 hex digits
// (ASP.NET Core CorrelationIdGenerator.cs, HttpProtocol.CreateRequestId).
func traceIdentifier(source *rand.Rand) string {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUV"
	id := []byte("0HN")
	for len(id) < 13 {
		id = append(id, digits[source.IntN(len(digits))])
	}
	return fmt.Sprintf("%s:%08X", id, 1+source.IntN(64))
}

// Redirect describes the query of the URL to which a hub server sends a client.
type Redirect struct {
	Hub       string
	Path      string // of the hub at its server, for asrs.op; empty omits it
	RequestID string // decoded; empty omits it, as in serverless mode
	Version   string // negotiateVersion, which the client asked the hub server for; empty omits it
	More      string // raw parameters of the application
}

// RedirectQuery composes the raw query in the order of the SDK (azure-signalr DefaultServiceEndpointGenerator.cs,
// NegotiateHandler.GetQueryString).
func RedirectQuery(r Redirect) string {
	query := "hub=" + url.QueryEscape(strings.ToLower(r.Hub))
	if r.Path != "" {
		query += "&asrs.op=" + url.QueryEscape(r.Path)
	}
	if r.More != "" {
		query += "&" + r.More
	}
	if r.Version != "" {
		query += "&negotiateVersion=" + url.QueryEscape(r.Version)
	}
	if r.RequestID != "" {
		query += "&asrs_request_id=" + url.QueryEscape(r.RequestID)
	}
	return query
}
