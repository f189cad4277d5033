package fakesignalr_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/conformance/fakesignalr"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

const (
	anID  = `[A-Za-z0-9_-]{22}fake00001`
	every = `\[\{"transport":"WebSockets","transferFormats":\["Text","Binary"\]\},` +
		`\{"transport":"ServerSentEvents","transferFormats":\["Text"\]\},` +
		`\{"transport":"LongPolling","transferFormats":\["Text","Binary"\]\}\]`
)

func TestNegotiateAnswersByteForByte(t *testing.T) {
	r := single(t)
	key := r.Instances()[0].Keys[0]
	tests := []struct {
		name, query string
		claims      map[string]any
		body        string
	}{
		{
			"version 1", "hub=chat&negotiateVersion=1", nil,
			`\{"negotiateVersion":1,"connectionId":"` + anID + `","connectionToken":"` + anID + `","availableTransports":` + every + `\}`,
		},
		{
			"version 7 as 1", "hub=chat&negotiateVersion=7", nil,
			`\{"negotiateVersion":1,"connectionId":"` + anID + `","connectionToken":"` + anID + `","availableTransports":` + every + `\}`,
		},
		{
			"version 0", "hub=chat", nil,
			`\{"negotiateVersion":0,"connectionId":"` + anID + `","availableTransports":` + every + `\}`,
		},
		{
			"stateful reconnect", "hub=chat&negotiateVersion=1&useStatefulReconnect=true", nil,
			`\{"negotiateVersion":1,"connectionId":"` + anID + `","connectionToken":"` + anID + `","useStatefulReconnect":true,"availableTransports":` + every + `\}`,
		},
		{
			"transports limited by the token", "hub=chat",
			map[string]any{"asrs.s.htt": "2"},
			`\{"negotiateVersion":0,"connectionId":"` + anID + `","availableTransports":\[\{"transport":"ServerSentEvents","transferFormats":\["Text"\]\}\]\}`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			token := r.mint(signalrclient.Access{Host: host, Hub: "chat", Key: key, Claims: test.claims})
			exchange := r.ask(asked{"POST", "/client/negotiate?" + test.query, token, ""})
			if !regexp.MustCompile(`^` + test.body + `$`).Match(exchange.Response.Body) {
				t.Errorf("body is\n%s\nwant\n%s", exchange.Response.Body, test.body)
			}
			if got := exchange.Response.Header.Get("Content-Type"); got != "application/json" {
				t.Errorf("content type is %q, want application/json", got)
			}
		})
	}
}

func TestRepeatedVersionAsASPNETAnswersIt(t *testing.T) {
	r := single(t, func(k *fakesignalr.Knobs) { k.JoinVersions = true })
	target := "/client/negotiate?hub=chat&negotiateVersion=1&negotiateVersion=1"
	exchange := r.ask(asked{"POST", target, r.client(0).Token, ""})
	if exchange.Status() != 200 || !strings.Contains(string(exchange.Response.Body), "non-integer") {
		t.Errorf("got %d %q, want 200 with an error", exchange.Status(), exchange.Response.Body)
	}
}

func TestTokens(t *testing.T) {
	r := newRig(t, fakesignalr.Services(host, "other.service.signalr.net"))
	own, other := r.Instances()[0], r.Instances()[1]
	good := signalrclient.Access{Host: host, Hub: "chat", Key: own.Keys[0]}
	with := func(change func(*signalrclient.Access)) string {
		access := good
		change(&access)
		return r.mint(access)
	}
	tests := []struct {
		name, token string
		reason      fakesignalr.Reason
		challenge   string
	}{
		{"primary key", r.mint(good), "", ""},
		{"secondary key", with(func(a *signalrclient.Access) { a.Key = own.Keys[1] }), "", ""},
		{"HS512", with(func(a *signalrclient.Access) { a.HS512 = true }), "", ""},
		{"any key id", with(func(a *signalrclient.Access) { a.KeyID = "-1895682698" }), "", ""},
		{"not yet valid", with(func(a *signalrclient.Access) { a.Claims = map[string]any{"nbf": 4102444800} }), "", ""},
		{"several audiences", with(func(a *signalrclient.Access) {
			a.Claims = map[string]any{"aud": []string{"x", signalrclient.Audience(host, "chat")}}
		}), "", ""},
		{"unknown key", with(func(a *signalrclient.Access) { a.Key = "k" }), "token-signature", "The signature key was not found"},
		{"another service", r.mint(signalrclient.Access{Host: other.Host, Hub: "chat", Key: other.Keys[0]}), "token-foreign", "The signature key was not found"},
		{"another hub", with(func(a *signalrclient.Access) { a.Hub = "news" }), "token-audience", "The audience is invalid"},
		{"the proxy as audience", with(func(a *signalrclient.Access) { a.Host = "proxy.example.com" }), "token-audience", "The audience is invalid"},
		{"expired", with(func(a *signalrclient.Access) { a.Lifetime = -1 }), "token-expired", "expired"},
		{"no expiry", with(func(a *signalrclient.Access) { a.Claims = map[string]any{"exp": nil} }), "token-expired", "expired"},
		{"algorithm none", "eyJhbGciOiJub25lIn0.e30.", "token-signature", ""},
		{"no token at all", "nonsense", "token-malformed", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			exchange := r.ask(asked{"POST", "/client/negotiate?hub=chat", test.token, ""})
			status := 401
			if test.reason == "" {
				status = 200
			}
			if exchange.Status() != status || r.last().Reason != test.reason {
				t.Errorf("got %d %q, want %d %q", exchange.Status(), r.last().Reason, status, test.reason)
			}
			if got := exchange.Response.Header.Get("WWW-Authenticate"); !strings.Contains(got, test.challenge) {
				t.Errorf("the challenge is %q, want it to hold %q", got, test.challenge)
			}
		})
	}
}

func TestTokenInTheQueryCountsForStreamsOnly(t *testing.T) {
	r := single(t)
	token := r.client(0).Token
	r.ask(asked{"POST", "/client/negotiate?hub=chat&access_token=" + token, "", ""})
	if got := r.last(); got.Status != 401 || got.Reason != fakesignalr.ReasonTokenMisplaced || got.TokenIn != fakesignalr.TokenInQuery {
		t.Errorf("a negotiate with the token in the query got %d %q, token in %q", got.Status, got.Reason, got.TokenIn)
	}
}
