package fakesignalr_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

func (r *rig) classicToken() string {
	return r.mint(signalrclient.Access{
		Host: host, Hub: "chat", Key: r.Instances()[0].Keys[0], Claims: map[string]any{"aud": "https://" + host + "/aspnetclient"},
	})
}

func TestClassicClientsNegotiate(t *testing.T) {
	r := single(t)
	exchange := r.ask(asked{"GET", "/aspnetclient/negotiate?clientProtocol=2.1&asrs_request_id=1", r.classicToken(), ""})
	var got struct {
		URL             string `json:"Url"`
		ConnectionToken string
		ProtocolVersion string
	}
	err := json.Unmarshal(exchange.Response.Body, &got)
	if exchange.Status() != 200 || err != nil || got.URL != "/aspnetclient" || got.ProtocolVersion != "2.1" || !strings.HasSuffix(got.ConnectionToken, "fake00001") {
		t.Errorf("got %d %s (%v)", exchange.Status(), exchange.Response.Body, err)
	}
	if last := r.last(); last.Operation != fakesignalr.OperationClassic {
		t.Errorf("it was recorded as %q", last.Operation)
	}
}

func TestClassicPathsAreGuarded(t *testing.T) {
	r := single(t)
	core := r.client(0).Token
	for _, test := range []struct {
		target, token string
		status        int
		reason        fakesignalr.Reason
	}{
		{"/aspnetclient/negotiate", "", 401, fakesignalr.ReasonTokenMissing},
		{"/aspnetclient/negotiate", core, 401, fakesignalr.ReasonTokenAudience},
		{"/aspnetclient/ping", r.classicToken(), 200, ""},
		{"/aspnetclient/connect", r.classicToken(), 501, fakesignalr.ReasonClassicTransport},
	} {
		exchange := r.ask(asked{"GET", test.target, test.token, ""})
		if got := r.last().Reason; exchange.Status() != test.status || got != test.reason {
			t.Errorf("%s got %d (%s), want %d (%s)", test.target, exchange.Status(), got, test.status, test.reason)
		}
	}
}
