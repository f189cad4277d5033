package apim_test

import (
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

func TestTheSettingsOfABackendCountWhereAPolicyLeadsToItsURL(t *testing.T) {
	backend := part{"backends", "chat", props{"url": "https://chat.service.signalr.net/client/", "tls": props{"validateCertificateName": false}}}
	for inbound, want := range map[string]string{
		`<set-backend-service base-url="https://chat.service.signalr.net/client" />`:                                                                       "false",
		`<set-backend-service base-url="@("https://" + context.Request.Headers.GetValueOrDefault("name","chat") + ".service.signalr.net/client")" />`:      "false",
		`<set-backend-service backend-id="chat" />`:                                                                                                        "false",
		`<set-backend-service backend-id="chat" /><set-backend-service base-url="https://other.service.signalr.net/client" />`:                             "true",
		`<set-backend-service base-url="@("https://" + context.Request.Headers.GetValueOrDefault("name","other") + ".service.signalr.net/client")" />`:     "true",
		`<set-backend-service base-url="@("wss://" + context.Request.Headers.GetValueOrDefault("name","chat") + ".service.signalr.net/client/deeper")" />`: "true",
	} {
		socket := part{"apis", "rt", props{"path": "client", "type": "websocket", "serviceUrl": "wss://own.service.signalr.net/client", "protocols": []string{"wss"}, "subscriptionRequired": false}}
		g := gateway(t, socket, backend, policyOf("rt/policy", inbound, "<base />", ""))
		paths := ask(g, "GET", "/client/?hub=chat", "Upgrade: websocket", "Connection: Upgrade")
		if len(paths) == 0 || paths[0].Delivery == nil {
			t.Errorf("%s: %s", inbound, told(paths))
			continue
		}
		if got := paths[0].Delivery.Setting(routing.VerifyName).Text(); got != want {
			t.Errorf("%s: the name is verified %s, want %s", inbound, got, want)
		}
	}
}

func TestJSONThatBecomesXMLIsNoAnswerToNegotiate(t *testing.T) {
	for attributes, want := range map[string]struct {
		body    string
		unknown bool
	}{
		`apply="always" consider-accept-header="false"`: {"json-to-xml", false},
		`apply="always"`: {"", true},
	} {
		g := gateway(t, append(realtime("POST /negotiate", "POST /"), policyOf("rt/policy", "", "<base />", "<json-to-xml "+attributes+" />"))...)
		got := ask(g, "POST", "/client/negotiate?hub=chat")[0].Delivery.Setting(routing.AnswerBody)
		if got.Text() != want.body || got.IsUnknown() != want.unknown {
			t.Errorf("json-to-xml %s: negotiate is answered by %q, unknown %t", attributes, got.Text(), got.IsUnknown())
		}
		if v := ask(g, "POST", "/client/?hub=chat")[0].Delivery.Setting(routing.AnswerBody); v.IsSet() && v.Text() != "" {
			t.Errorf("json-to-xml %s: a message is answered by %q", attributes, v.Text())
		}
	}
}
