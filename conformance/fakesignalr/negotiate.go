package fakesignalr

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
)

// transport is one of ASP.NET Core SignalR's; its bit is that of the claim asrs.s.htt (ASP.NET HttpTransportType).
type transport int

const (
	noTransport    transport = 0
	webSockets     transport = 1
	serverEvents   transport = 2
	longPolling    transport = 4
	everyTransport           = webSockets | serverEvents | longPolling
)

var transportNames = map[transport]string{
	webSockets: "WebSockets", serverEvents: "ServerSentEvents", longPolling: "LongPolling",
}

// allows reports whether a mask of transports, where 0 means all, holds t.
func (c claims) allows(t transport) bool {
	mask := transport(c.Transports) & everyTransport
	return mask == 0 || mask&t != 0
}

// negotiation is the answer, its fields in the order in which ASP.NET writes them (HttpConnectionDispatcher.cs,
// WriteNegotiatePayload; NegotiateProtocol.cs).
type negotiation struct {
	Version      int         `json:"negotiateVersion"`
	ConnectionID string      `json:"connectionId"`
	Token        string      `json:"connectionToken,omitempty"`
	Stateful     bool        `json:"useStatefulReconnect,omitempty"`
	Transports   []available `json:"availableTransports"`
}

type available struct {
	Transport string   `json:"transport"`
	Formats   []string `json:"transferFormats"`
}

func (c claims) available() []available {
	list := []available{}
	for _, t := range []transport{webSockets, serverEvents, longPolling} {
		if !c.allows(t) {
			continue
		}
		formats := []string{"Text", "Binary"}
		if t == serverEvents {
			formats = formats[:1]
		}
		list = append(list, available{transportNames[t], formats})
	}
	return list
}

func (v *visit) negotiate() {
	v.doing(OperationNegotiate)
	if v.r.Method != http.MethodPost {
		v.refuse(textFault(http.StatusMethodNotAllowed, ReasonMethod, ""))
		return
	}
	if _, f := v.readBody(); f != nil {
		v.refuse(f)
		return
	}
	version, f := v.version()
	if f != nil {
		v.refuse(f)
		return
	}
	c, ok := v.cluster.registry.open(v, version)
	if !ok {
		v.refuse(textFault(http.StatusTooManyRequests, ReasonTooMany, "Too many connections"))
		return
	}
	v.update(func(r *Record) { r.Connection = c.key })
	body, err := json.Marshal(negotiation{version, c.id, c.token(), c.stateful, v.claims.available()})
	if err != nil {
		v.refuse(textFault(http.StatusInternalServerError, ReasonForced, err.Error()))
		return
	}
	v.w.reply(http.StatusOK, "application/json", body)
}

// version is 0 or 1: higher ones are clamped, and what is no number is an error with status 200 (HttpConnectionDispatcher.cs,
// ProcessNegotiate). The real service was seen to answer 400 to a repeated parameter, where ASP.NET joins the values.
func (v *visit) version() (int, *fault) {
	values := v.query.all("negotiateVersion")
	if len(values) == 0 {
		return 0, nil
	}
	if len(values) > 1 && !v.knobs.JoinVersions && !v.knobs.ForgiveQuery {
		return 0, textFault(http.StatusBadRequest, ReasonVersionRepeated, "'negotiateVersion' must be given once.")
	}
	if len(values) > 1 && v.knobs.ForgiveQuery {
		v.forgive(ForgaveQuery)
		values = values[:1]
	}
	version, err := strconv.Atoi(values[0])
	if err != nil || len(values) > 1 {
		return 0, &fault{
			status: http.StatusOK, reason: ReasonVersion, contentType: "application/json",
			body: `{"error":"The client requested a non-integer protocol version."}`,
		}
	}
	return min(max(version, 0), 1), nil
}

// maxMessage bounds what one request, frame or unfinished message may hold.
const maxMessage = 1 << 20

// readBody reads and fingerprints a request body.
func (v *visit) readBody() ([]byte, *fault) {
	body, err := io.ReadAll(http.MaxBytesReader(v.w, v.r.Body, maxMessage))
	v.update(func(r *Record) {
		r.BodyBytes, r.BodyHash = int64(len(body)), Fingerprint(string(body))
	})
	if errors.As(err, new(*http.MaxBytesError)) {
		return nil, textFault(http.StatusRequestEntityTooLarge, ReasonBodyTooLarge, "")
	}
	if err != nil {
		v.note(NoteBodyIncomplete)
		return nil, textFault(http.StatusBadRequest, ReasonBodyUnreadable, "")
	}
	return body, nil
}
