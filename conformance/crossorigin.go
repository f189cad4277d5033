package conformance

import (
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// PreflightHeaders are the request headers that a preflight asks permission for.
const PreflightHeaders = "authorization,x-requested-with,x-signalr-user-agent"

// OriginHeader is what a gateway tells the pages of browsers apart by.
var OriginHeader = routing.Place{Kind: routing.InHeader, Name: "Origin"}

// NewDeletePreflight is the preflight of the request that ends a polling connection. Browsers send one before every request by fetch;
// the methods GET and POST need no permission of their own, DELETE does (Fetch standard, "CORS-safelisted method").
func NewDeletePreflight(e Endpoint) Probe {
	return connectPreflight(e, "DELETE", "preflight of delete")
}

// NewSendPreflight is the preflight of a message that is sent by POST.
func NewSendPreflight(e Endpoint) Probe { return connectPreflight(e, "POST", "preflight of send") }

func connectPreflight(e Endpoint, method string, kind ProbeKind) Probe {
	b := &probeBuilder{endpoint: e, sample: defaultSample, method: "OPTIONS", path: "client/"}
	b.header("Origin", origin)
	b.header("Access-Control-Request-Method", method)
	b.header("Access-Control-Request-Headers", PreflightHeaders)
	b.query = "hub=chat&asrs.op=%2Fchat&negotiateVersion=1&asrs_request_id=" + b.sample.RequestID + "&id=" + connectionToken
	return b.probe(kind)
}

// AnswerHeader is every field of a name in the answer that a client gets. Of what the service sends, only that it sends one is known:
// such a field is unset. taken is what takes the service's field off, where something does; in an answer of the gateway's own, what
// hides lines that would have added one.
func (a *Arrival) AnswerHeader(name string) (fields []routing.Value, taken routing.Value) {
	var edits []routing.HeaderEdit
	switch {
	case a.Delivery != nil:
		fields, edits = []routing.Value{{}}, a.Delivery.Response
	case a.Response != nil:
		edits, taken.Related = a.Response.Headers, a.Response.Status.Hidden()
	}
	for _, e := range edits {
		switch {
		case !strings.EqualFold(e.Name, name):
		case !e.Value.IsUnknown() && e.Value.Text() == "":
			fields, taken = nil, e.Value
		case e.Add:
			fields = append(slices.Clip(fields), e.Value)
		default:
			fields = []routing.Value{e.Value}
		}
	}
	return fields, taken
}
