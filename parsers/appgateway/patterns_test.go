package appgateway_test

import (
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// toService says whether a request takes the path rule: yes, no or maybe.
func toService(g *routing.Gateway, path string) string {
	paths := ask(g, "GET", "https://rt.contoso.example"+path)
	hits := 0
	for i := range paths {
		if strings.HasPrefix(paths[i].Outcome(), "delivered to asrs1") {
			hits++
		}
	}
	switch hits {
	case 0:
		return "no"
	case len(paths):
		return "yes"
	}
	return "maybe"
}

func TestPathPatterns(t *testing.T) {
	tests := []struct{ pattern, path, want string }{
		{"/client/*", "/client/negotiate?hub=x", "yes"},
		{"/client/*", "/client/?hub=x", "yes"},
		{"/client/*", "/Client/x", "yes"},
		{"/client/*", "/client", "maybe"},
		{"/client/*", "/clients/x", "no"},
		{"/client/*", "/api/client/x", "no"},
		{"/client*", "/client", "yes"},
		{"/client*", "/clients/x", "yes"},
		{"/client", "/client?hub=x", "yes"},
		{"/client", "/client/", "maybe"},
		{"/client", "/client/negotiate", "no"},
		{"/client/", "/client/", "yes"},
		{"/client/", "/client", "maybe"},
		{"/client/", "/client/negotiate", "no"},
		{"/*", "/anything", "yes"},
		{"/", "/", "yes"},
		{"/", "/client/", "no"},
	}
	for _, tt := range tests {
		g := changed(t, func(gateway object) { pathRule(gateway)["paths"] = []string{tt.pattern} })
		if got := toService(g, tt.path); got != tt.want {
			t.Errorf("pattern %s fits %s: %s, want %s", tt.pattern, tt.path, got, tt.want)
		}
	}
}

func TestTheFirstListedPatternWins(t *testing.T) {
	g := changed(t, func(gateway object) {
		paths := item(gateway, "urlPathMaps")
		first := object{"name": "all", "properties": object{
			"paths": []string{"/client/negotiate", "/*"}, "backendAddressPool": ref("backendAddressPools", "site"),
			"backendHttpSettings": ref("backendHttpSettingsCollection", "site-https"),
		}}
		paths["pathRules"] = append([]any{first}, paths["pathRules"].([]any)...)
	})
	if got := toService(g, "/client/"); got != "no" {
		t.Errorf("a later, longer pattern was taken: %s", got)
	}
}

func TestARequestBelowAnExactPatternNamesThatPattern(t *testing.T) {
	g := changed(t, func(gateway object) { pathRule(gateway)["paths"] = []string{"/client"} })
	events := ask(g, "POST", "https://rt.contoso.example/client/negotiate")[0].Events()
	if got := events[1].Text; got != `path rule "signalr" (/client) has no asterisk and does not fit what lies below it: the default applies` {
		t.Errorf("the decision is told as %q", got)
	}
}

func TestPatternsThatTheProductRefuses(t *testing.T) {
	for name, c := range map[string]struct{ pattern, tier, says string }{
		"without a slash":           {"client/*", "Standard_v2", "does not begin with a slash"},
		"an asterisk in the middle": {"/*/client", "Standard_v2", "at its end only"},
		"two asterisks":             {"/a*/b*", "Standard_v2", "at its end only"},
		"with a query":              {"/client?hub=x", "Standard_v2", "the path alone"},
		"v1 without slash":          {"/client*", "Standard", "only behind a slash"},
	} {
		t.Run(name, func(t *testing.T) {
			g := changed(t, func(gateway object) {
				gateway["sku"] = object{"tier": c.tier}
				pathRule(gateway)["paths"] = []string{c.pattern}
			})
			wantProblem(t, g, routing.Refused, c.says)
			if got := toService(g, "/client/x"); got != "maybe" {
				t.Errorf("what a refused pattern does is %s, want maybe", got)
			}
		})
	}
}

func wantProblem(t *testing.T, g *routing.Gateway, kind routing.ProblemKind, says string) {
	t.Helper()
	for _, p := range g.Problems {
		if p.Kind == kind && strings.Contains(p.Message, says) && !p.Span.IsZero() && p.Fix != "" {
			return
		}
	}
	t.Errorf("problems are %+v, want one that says %q", g.Problems, says)
}
