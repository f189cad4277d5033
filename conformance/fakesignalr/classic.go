package fakesignalr

import (
	"encoding/json"
	"net/http"
	"path"
	"strings"
)

// classicNegotiation is the answer to clients of ASP.NET SignalR, its fields in the order in which that writes them (SignalR/SignalR
// PersistentConnection.cs, ProcessNegotiationRequest), with the defaults of its configuration.
type classicNegotiation struct {
	URL               string  `json:"Url"`
	Token             string  `json:"ConnectionToken"`
	ID                string  `json:"ConnectionId"`
	KeepAlive         float64 `json:"KeepAliveTimeout"`
	Disconnect        float64 `json:"DisconnectTimeout"`
	Connection        float64 `json:"ConnectionTimeout"`
	TryWebSockets     bool    `json:"TryWebSockets"`
	Version           string  `json:"ProtocolVersion"`
	TransportsConnect float64 `json:"TransportConnectTimeout"`
	LongPollDelay     float64 `json:"LongPollDelay"`
}

// classicVersions are those that it speaks; an unknown one gets the oldest (SignalR/SignalR ProtocolResolver.cs).
var classicVersions = []string{"1.2", "1.3", "1.4", "1.5", "2.0", "2.1"}

// classic serves clients of ASP.NET SignalR as far as a proxy can tell the difference: it negotiates and pings. Their transports it does not
// speak.
func (v *visit) classic() {
	v.doing(OperationClassic)
	token, in := v.bearer()
	if in == TokenNowhere {
		v.refuse(challengeFault(ReasonTokenMissing, ""))
		return
	}
	found, reason := v.verifyFor(v.Instance, token, classicAudience)
	if reason != "" {
		v.refuse(challengeFault(reason, descriptions[reason]))
		return
	}
	v.claims = found
	switch strings.ToLower(path.Base(v.r.URL.Path)) {
	case "negotiate":
		v.classicNegotiate()
	case "ping":
		v.w.reply(http.StatusOK, "application/json; charset=UTF-8", []byte(`{"Response":"pong"}`))
	default:
		v.refuse(textFault(http.StatusNotImplemented, ReasonClassicTransport, "the fake service does not speak the transports of ASP.NET SignalR"))
	}
}

// classicAudience is that of tokens for clients of ASP.NET SignalR, whatever their hubs (azure-signalr AspNet/EndpointProvider).
func classicAudience(v *visit, i *Instance, audience []string) bool {
	for _, value := range audience {
		if strings.HasPrefix(strings.ToLower(value), v.audienceHost(i, value)+"/aspnetclient") {
			return true
		}
	}
	return false
}

func (v *visit) classicNegotiate() {
	version := classicVersions[0]
	for _, known := range classicVersions {
		if v.query.last("clientProtocol") == known {
			version = known
		}
	}
	answer := classicNegotiation{
		URL: "/aspnetclient", Token: newID(v.Tag), ID: newID(v.Tag), KeepAlive: 20, Disconnect: 30, Connection: 110,
		TryWebSockets: v.claims.allows(webSockets), Version: version, TransportsConnect: 5,
	}
	body, err := json.Marshal(answer)
	if err != nil {
		v.refuse(textFault(http.StatusInternalServerError, ReasonMalformed, err.Error()))
		return
	}
	v.w.reply(http.StatusOK, "application/json; charset=UTF-8", body)
}
