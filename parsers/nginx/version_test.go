package nginx

import (
	"slices"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// refuses reports whether a version of NGINX refuses directives of http{}; of an empty version, whether all do.
func refuses(t *testing.T, directives, version string) bool {
	t.Helper()
	return slices.ContainsFunc(lowered(t, inHTTP(directives), version).Problems, func(p routing.Problem) bool { return p.Kind == routing.Refused })
}

func TestDirectivesAreTakenFromTheReleaseOnThatHasThem(t *testing.T) {
	for _, tt := range []struct{ directives, before, since string }{
		{"http2 on;", "1.25.0", "1.25.1"},
		{"add_header_inherit merge;", "1.29.2", "1.29.3"},
		{"proxy_http_version 2;", "1.29.3", "1.29.4"},
		{"upstream u { sticky cookie a; server b:1; server c:1; }", "1.29.5", "1.29.6"},
		{"upstream u { server b:1; keepalive 8 local; }", "1.29.6", "1.29.7"},
		{"upstream u { server b:1; keepalive 0; }", "1.29.6", "1.29.7"},
		{"resolver 10.0.0.2; upstream u { zone u 64k; server b:1 resolve; }", "1.27.2", "1.27.3"},
		{"server { listen 443 quic; ssl_reject_handshake on; }", "1.24.0", "1.25.0"},
	} {
		if !refuses(t, tt.directives, tt.before) || refuses(t, tt.directives, tt.since) {
			t.Errorf("%s is refused before %s: %v, and from then on: %v", tt.directives, tt.since, refuses(t, tt.directives, tt.before), refuses(t, tt.directives, tt.since))
		}
		if refuses(t, tt.directives, "") {
			t.Errorf("%s is refused although the version is not known", tt.directives)
		}
	}
}

func TestDirectivesAreTakenUpToTheReleaseThatHasThemLast(t *testing.T) {
	const old = "ssl off;"
	if refuses(t, old, "1.25.0") || !refuses(t, old, "1.25.1") || refuses(t, old, "") {
		t.Error("ssl was there up to 1.25.0")
	}
	if p := lowered(t, inHTTP(old), "1.30.6").Problems[0]; p.Fix != "NGINX 1.30.6 has none of that name; it was there up to 1.25.0" {
		t.Errorf("the advice is %q", p.Fix)
	}
	if refuses(t, "server { listen 80 http2; }", "1.31.4") {
		t.Error("listen … http2 is refused, which is only deprecated")
	}
}

func TestTheHostOfARequestIsHeldAgainstWhatTheReleaseAsks(t *testing.T) {
	for version, want := range map[string]string{"1.29.3": "204", "1.29.4": "400"} {
		p := paths(lowered(t, oneServer("return 204;"), version), "GET / HTTP/1.1\r\nHost: a@b")[0]
		if p.Response == nil || p.Response.Status.Text() != want {
			t.Errorf("NGINX %s answers %s to the Host a@b, want %s", version, p.Outcome(), want)
		}
	}
}

func TestVariablesAreTheSameInEitherCaseOfLetters(t *testing.T) {
	p := paths(lowered(t, oneServer("set $Kind a; return 302 /$kind$Arg_k;"), "1.30.0"), "GET /?k=b")[0]
	if p.Response == nil || p.Response.Location.Text() != "http://edge.example.com/ab" {
		t.Errorf("the redirect is %s", p.Outcome())
	}
}
