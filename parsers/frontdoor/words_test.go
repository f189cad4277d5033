package frontdoor_test

import (
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

func TestWordsThatAreNoneAreRefusedAndDecideNothing(t *testing.T) {
	for word, tt := range map[string]struct{ old, says, ends string }{
		`"forwardingProtocol": "HttpsOnlyx"`: {`"forwardingProtocol": "HttpsOnly"`, `forwardingProtocol is "HttpsOnlyx", and HttpOnly, HttpsOnly, MatchRequest are accepted`, "delivered to chat.service.signalr.net:80"},
		`"enabledState": "On"`:               {`"enabledState": "Enabled"`, `enabledState is "On", and Enabled, Disabled are accepted`, "the endpoint or the route is disabled"},
	} {
		g := changed(t, tt.old, word)
		told := false
		for _, p := range g.Problems {
			told = told || p.Kind == routing.Refused && !p.Span.IsZero() && strings.Contains(p.Message, tt.says)
		}
		if !told {
			t.Errorf("nobody says that %s: %v", tt.says, g.Problems)
		}
		if got := ask(g, "https://rt.contoso.example/client/"); !strings.Contains(got, tt.ends) {
			t.Errorf("%s: %s\nhas no way that is %s", word, got, tt.ends)
		}
	}
}
