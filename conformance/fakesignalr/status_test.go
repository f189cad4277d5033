package fakesignalr_test

import (
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

// asked is a request as the tests of statuses write it.
type asked struct {
	method, target, token, host string
}

func (r *rig) ask(a asked) *signalrclient.Exchange {
	r.t.Helper()
	c := r.client(0)
	if a.host == "" {
		a.host = c.Host()
	}
	request := signalrclient.Request{Method: a.method, Target: a.target, Header: []signalrclient.Field{{Name: "Host", Value: a.host}}}
	if a.token != "" {
		request.Set("Authorization", "Bearer "+a.token)
	}
	exchange, err := c.Do(soon(r.t), "ask", request)
	if err != nil {
		r.t.Fatalf("%s %s got no answer: %v", a.method, a.target, err)
	}
	return exchange
}

func TestStatusesBeforeAConnectionExists(t *testing.T) {
	r := single(t)
	good := r.client(0).Token
	tests := []struct {
		name   string
		asked  asked
		status int
		reason fakesignalr.Reason
		body   string
	}{
		{"client path without hub", asked{"GET", "/client", "", ""}, 400, "hub-missing", "'hub' query parameter is required."},
		{"client path with slash, without hub", asked{"GET", "/client/", "", ""}, 400, "hub-missing", "'hub' query parameter is required."},
		{"negotiate without hub", asked{"POST", "/client/negotiate", "", ""}, 400, "hub-missing", ""},
		{"negotiate with slash, without hub", asked{"POST", "/client/negotiate/", "", ""}, 400, "hub-missing", ""},
		{"empty hub", asked{"POST", "/client/negotiate?hub=", good, ""}, 400, "hub-missing", ""},
		{"two hubs", asked{"POST", "/client/negotiate?hub=chat&hub=chat", good, ""}, 400, "hub-repeated", ""},
		{"two hubs that differ in case", asked{"POST", "/client/negotiate?hub=chat&Hub=chat", good, ""}, 400, "hub-repeated", ""},
		{"negotiate without token", asked{"POST", "/client/negotiate?hub=chat", "", ""}, 401, "token-missing", ""},
		{"negotiate", asked{"POST", "/client/negotiate?hub=chat", good, ""}, 200, "", ""},
		{"negotiate with slash", asked{"POST", "/client/negotiate/?hub=chat", good, ""}, 200, "", ""},
		{"negotiate with GET", asked{"GET", "/client/negotiate?hub=chat", good, ""}, 405, "method", ""},
		{"negotiate with PUT", asked{"PUT", "/client/negotiate?hub=chat", good, ""}, 405, "method", ""},
		{"repeated version", asked{"POST", "/client/negotiate?hub=chat&negotiateVersion=1&negotiateVersion=1", good, ""}, 400, "version-repeated", ""},
		{"version that is no number", asked{"POST", "/client/negotiate?hub=chat&negotiateVersion=x", good, ""}, 200, "version-not-a-number", `{"error":"The client requested a non-integer protocol version."}`},
		{"poll without id", asked{"GET", "/client/?hub=chat", good, ""}, 400, "id-missing", "Connection ID required"},
		{"negotiate of classic servers", asked{"GET", "/aspnetserver/?hub=chat", good, ""}, 401, "protected-path", ""},
		{"exchange of keys", asked{"GET", "/api/v1/auth/accessKey", good, ""}, 401, "protected-path", ""},
		{"health of version 1", asked{"GET", "/api/v1/health", "", ""}, 200, "", ""},
		{"send without id", asked{"POST", "/client/?hub=chat", good, ""}, 400, "id-missing", "Connection ID required"},
		{"delete without id", asked{"DELETE", "/client/?hub=chat", good, ""}, 400, "id-missing", "Connection ID required"},
		{"poll with unknown id", asked{"GET", "/client/?hub=chat&id=nobody", good, ""}, 404, "connection-unknown", "No Connection with that ID"},
		{"connect with PATCH", asked{"PATCH", "/client/?hub=chat&id=x", good, ""}, 405, "method", ""},
		{"OPTIONS that is no preflight", asked{"OPTIONS", "/client/?hub=chat", good, ""}, 405, "method", ""},
		{"unknown Host", asked{"GET", "/client", "", "proxy.example.com"}, 404, "unknown-host", "<center>nginx</center>"},
		{"Host with another port", asked{"GET", "/client", "", host + ":8443"}, 404, "unknown-host", "<center>nginx</center>"},
		{"Host with port 443", asked{"GET", "/client", "", host + ":443"}, 400, "hub-missing", ""},
		{"Host in capitals", asked{"GET", "/client", "", strings.ToUpper(host)}, 400, "hub-missing", ""},
		{"health", asked{"GET", "/api/health", "", ""}, 200, "", ""},
		{"health with HEAD", asked{"HEAD", "/api/health", "", ""}, 200, "", ""},
		{"health with POST", asked{"POST", "/api/health", "", ""}, 405, "method", ""},
		{"health of an unknown Host", asked{"GET", "/api/health", "", "127.0.0.1"}, 404, "unknown-host", ""},
		{"REST", asked{"POST", "/api/hubs/chat/:send", good, ""}, 401, "protected-path", ""},
		{"server connections", asked{"GET", "/server/?hub=chat", good, ""}, 401, "protected-path", ""},
		{"server connections with dots", asked{"GET", "/client/%2e%2e/server/?hub=chat", "", ""}, 401, "protected-path", ""},
		{"server connections with two slashes", asked{"GET", "//server/", "", ""}, 401, "protected-path", ""},
		{"root", asked{"GET", "/", "", ""}, 403, "unknown-path", "<center>nginx</center>"},
		{"client path twice", asked{"GET", "/client/client/?hub=chat", good, ""}, 403, "unknown-path", ""},
		{"escaped slash", asked{"POST", "/client%2Fnegotiate?hub=chat", good, ""}, 403, "unknown-path", ""},
		{"target of 12 K and more", asked{"GET", "/client/?hub=chat&x=" + strings.Repeat("x", 12<<10), good, ""}, 414, "target-too-long", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			exchange := r.ask(test.asked)
			if exchange.Status() != test.status {
				t.Errorf("status is %d, want %d", exchange.Status(), test.status)
			}
			if got := exchange.Response.Header.Get(fakesignalr.ReasonHeader); got != string(test.reason) {
				t.Errorf("the answer gives the reason %q, want %q", got, test.reason)
			}
			if !strings.Contains(string(exchange.Response.Body), test.body) {
				t.Errorf("body is %q, want it to hold %q", exchange.Response.Body, test.body)
			}
			record := r.last()
			if record.Status != test.status || record.Reason != test.reason {
				t.Errorf("the record says %d %q, want %d %q", record.Status, record.Reason, test.status, test.reason)
			}
			if challenge := exchange.Response.Header.Get("WWW-Authenticate"); (test.status == 401) != strings.HasPrefix(challenge, "Bearer") {
				t.Errorf("a %d carries the challenge %q", test.status, challenge)
			}
		})
	}
}

func TestHeadOver16KIsRefused(t *testing.T) {
	r := single(t)
	c := r.client(0)
	c.Extra = []signalrclient.Field{{Name: "X-Long", Value: strings.Repeat("x", 17<<10)}}
	exchange, err := c.Do(soon(t), "negotiate", c.NegotiateRequest())
	if err != nil || exchange.Status() != 431 {
		t.Errorf("a head of 17 K got %d (%v), want 431", exchange.Status(), err)
	}
}

func TestKnobsForceAnswers(t *testing.T) {
	tests := []struct {
		name   string
		turn   func(*fakesignalr.Knobs)
		status int
		body   string
	}{
		{"network ACL", func(k *fakesignalr.Knobs) { k.DenyAll = true }, 403, "<head><title>403 Forbidden</title></head>"},
		{"maintenance", func(k *fakesignalr.Knobs) { k.Answer = 404 }, 404, "Not Found"},
		{"too many requests", func(k *fakesignalr.Knobs) { k.Answer = 429 }, 429, "Too Many Requests"},
		{"overload", func(k *fakesignalr.Knobs) { k.Answer = 503 }, 503, "Service Unavailable"},
		{"declined without a word", func(k *fakesignalr.Knobs) { k.Answer = 200 }, 200, ""},
		{"network ACL for clients", func(k *fakesignalr.Knobs) { k.Deny = "server,client" }, 403, "<hr><center>nginx</center>"},
		{"network ACL for others", func(k *fakesignalr.Knobs) { k.Deny = "server,rest,health" }, 200, "connectionToken"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := single(t, test.turn)
			exchange := r.ask(asked{"POST", "/client/negotiate?hub=chat&negotiateVersion=1", r.client(0).Token, ""})
			if exchange.Status() != test.status || !strings.Contains(string(exchange.Response.Body), test.body) {
				t.Errorf("got %d %q, want %d %q", exchange.Status(), exchange.Response.Body, test.status, test.body)
			}
		})
	}
}

func TestKnobsThatMakeNoSenseAreRefused(t *testing.T) {
	r := single(t)
	for name, turn := range map[string]func(*fakesignalr.Knobs){
		"no ping period":    func(k *fakesignalr.Knobs) { k.PingPeriod = 0 },
		"success as answer": func(k *fakesignalr.Knobs) { k.Answer = 204 },
		"unknown type":      func(k *fakesignalr.Knobs) { k.Deny = "client,clients" },
		"a welcome":         func(k *fakesignalr.Knobs) { k.UnknownHost = 200 },
		"unknown SNI word":  func(k *fakesignalr.Knobs) { k.NoSNI = "maybe" },
		"negative time-out": func(k *fakesignalr.Knobs) { k.ClientTimeout = -1 },
	} {
		if err := r.Turn(turn); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	if r.Knobs() != fakesignalr.Defaults() {
		t.Error("a refused turn changed the knobs")
	}
}
