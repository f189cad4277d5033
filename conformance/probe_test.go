package conformance

import (
	"strings"
	"testing"
)

func TestProbesAreWhatClientsSend(t *testing.T) {
	e, _ := ParseEndpoint("https://rt.example.com/signalr/")
	const query = "hub=chat&asrs.op=%2Fchat&negotiateVersion=1&asrs_request_id=g1vFtD4AAAA%3D"
	tests := []struct {
		kind       ProbeKind
		method     string
		target     string // where {t} is the access token
		authorized bool
	}{
		{Preflight, "OPTIONS", "/client/negotiate?" + query, false},
		{Negotiate, "POST", "/client/negotiate?" + query, true},
		{WebSocket, "GET", "/client/?" + query + "&id=" + connectionToken + "&access_token={t}", false},
		{NodeSocket, "GET", "/client/?" + query + "&id=" + connectionToken, true},
		{Events, "GET", "/client/?" + query + "&id=" + connectionToken + "&access_token={t}", false},
		{Poll, "GET", "/client/?" + query + "&id=" + connectionToken + "&_=1700000000000", true},
		{Send, "POST", "/client/?" + query + "&id=" + connectionToken, true},
		{Delete, "DELETE", "/client/?" + query + "&id=" + connectionToken, true},
	}
	if len(tests) != len(ProbeKinds) {
		t.Fatalf("%d kinds are tested, there are %d", len(tests), len(ProbeKinds))
	}
	for _, tt := range tests {
		p := NewProbe(e, tt.kind, DefaultSample())
		want := strings.ReplaceAll(tt.target, "{t}", DefaultSample().Token)
		if p.Request.Method != tt.method || p.Target != want || p.Request.Target != "/signalr"+want || p.Request.Host != "rt.example.com" || p.Request.SNI != "rt.example.com" {
			t.Errorf("%s is %s %s", tt.kind, p.Request.Method, p.Request.Target)
		}
		if _, ok := p.Request.Get("Authorization"); ok != tt.authorized {
			t.Errorf("%s carries Authorization: %v", tt.kind, ok)
		}
	}
}
