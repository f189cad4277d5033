package conformance_test

import (
	"path/filepath"
	"testing"

	"github.com/asrscheck/asrscheck/parsers"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// TestEveryFormOfOneServiceIsReadAndJudgedAlike: API Management, too, is one thing whatever it is described in, and what decides stands where it is
// said to stand.
func TestEveryFormOfOneServiceIsReadAndJudgedAlike(t *testing.T) {
	found, err := filepath.Glob("../fixtures/apim/ok/http_design*")
	if err != nil {
		t.Fatal(err)
	}
	forms, verdicts := 0, ""
	for _, path := range found {
		if filepath.Ext(path) == ".out" {
			continue
		}
		forms++
		if got := verdictsOf(fixture{path: path}); verdicts == "" {
			verdicts = got
		} else if got != verdicts {
			t.Errorf("%s is judged\n%s\nwant\n%s", path, got, verdicts)
		}
		estate := parsers.Load([]string{path}, parsers.Options{})
		g := estate.Gateways[0]
		paths := g.Trace(g.Listeners[0], &routing.Request{Method: "GET", Scheme: "https", Host: "rt.contoso.example", Target: "/client/?hub=chat"})
		if len(paths) != 1 || paths[0].Delivery == nil {
			t.Fatalf("%s does not deliver", path)
		}
		d := paths[0].Delivery
		for what, v := range map[string]routing.Value{"chat.service": d.Address, "240": d.Setting(routing.ReadTimeout), "buffer-response": d.Setting(routing.Buffering)} {
			if v.Span.Line == 0 || !stands(t, v, what) {
				t.Errorf("%s: %q is said to stand at %s", path, what, v.Span)
			}
		}
	}
	if forms < 7 {
		t.Errorf("only %d forms are held together", forms)
	}
}
