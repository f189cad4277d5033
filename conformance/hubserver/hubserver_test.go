package hubserver_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/conformance/hubserver"
	"github.com/asrscheck/asrscheck/conformance/signalrclient"
)

func server() *hubserver.Server {
	return &hubserver.Server{ClientEndpoint: "https://rt.example.com/", Host: "chat.service.signalr.net", Key: "not-a-secret", Hub: "Chat"}
}

func ask(s *hubserver.Server, method, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(method, target, http.NoBody))
	return w
}

func TestClientsAreSentToTheClientEndpoint(t *testing.T) {
	serverless, first, second, bare, localized := server(), server(), server(), server(), server()
	second.Generation = signalrclient.Traced
	localized.Language, localized.UILanguage = "de-CH", "en-US"
	serverless.Serverless = true
	first.Generation = signalrclient.Bare
	bare.ClientEndpoint = "https://rt.example.com/signalr"
	for _, tt := range []struct {
		name   string
		server *hubserver.Server
		target string
		want   string
	}{
		{"an app server", server(), "/hubs/chat/negotiate?negotiateVersion=1", `"url":"https://rt.example.com/client/\?hub=chat\\u0026asrs.op=%2Fhubs%2Fchat\\u0026negotiateVersion=1\\u0026asrs_request_id=0HN[0-9A-V]{10}-[0-9A-F]{8}-[0-9a-f]{8}"`},
		{"the first form of request ids", first, "/chat/negotiate?a=b", `asrs.op=%2Fchat\\u0026a=b\\u0026asrs_request_id=[0-9A-Za-z%]+%3D"`},
		{"the second form of request ids", second, "/chat/negotiate", `asrs_request_id=0HN[0-9A-V]{10}%3A[0-9A-F]{8}-[0-9A-Za-z%]+%3D"`},
		{"an app with localization", localized, "/chat/negotiate", `asrs_request_id=[^"]*\\u0026asrs_lang=de-CH\\u0026asrs_ui_lang=en-US"`},
		{"an app that asks for version 1, whose redirect is of version 0 all the same", server(), "/chat/negotiate?negotiateVersion=1", `^\{"negotiateVersion":0,"url":"[^"]*","accessToken":"[^"]*","availableTransports":\[\]\}$`},
		{"a serverless app", serverless, "/api/negotiate", `"url":"https://rt.example.com/client/\?hub=chat"`},
		{"a client endpoint without a slash at its end, which the SDK does not add", bare, "/chat/negotiate", `"url":"https://rt.example.com/signalrclient/`},
		{"ASP.NET SignalR", server(), "/signalr/negotiate?clientProtocol=2.1", `"RedirectUrl":"https://rt.example.com/aspnetclient\?hub=chat\\u0026asrs_request_id=`},
	} {
		w := ask(tt.server, http.MethodPost, tt.target)
		if w.Code != http.StatusOK || !regexp.MustCompile(tt.want).MatchString(w.Body.String()) || strings.Count(w.Body.String(), "oken\":\"ey") != 1 {
			t.Errorf("%s: %d %s, want %s", tt.name, w.Code, w.Body, tt.want)
		}
	}
}

func TestOnlyNegotiateByPOSTIsAnswered(t *testing.T) {
	for target, want := range map[string]int{"/chat/negotiate": http.StatusMethodNotAllowed, "/chat": http.StatusNotFound} {
		if w := ask(server(), http.MethodGet, target); w.Code != want {
			t.Errorf("GET %s is answered with %d, want %d", target, w.Code, want)
		}
	}
}

func TestAnAppServerThatCannotSendClientsOnSaysSo(t *testing.T) {
	away, wordy := server(), server()
	away.Disconnected = true
	wordy.Claims = map[string]any{"roles": strings.Repeat("x", 4096)}
	for _, tt := range []struct {
		server *hubserver.Server
		status int
		text   string
	}{
		{away, http.StatusInternalServerError, "Azure SignalR Service is not connected yet, please try again later."},
		{wordy, http.StatusRequestEntityTooLarge, "too long"},
	} {
		if w := ask(tt.server, http.MethodPost, "/chat/negotiate"); w.Code != tt.status || !strings.Contains(w.Body.String(), tt.text) {
			t.Errorf("answered with %d %q, want %d and %q", w.Code, w.Body, tt.status, tt.text)
		}
	}
}
