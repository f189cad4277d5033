package live_test

import (
	"context"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/live"
)

func TestServiceIsAskedPastTheProxy(t *testing.T) {
	t.Parallel()
	const page = "<html><head><title>403 Forbidden</title></head><body><hr><center>nginx</center></body></html>"
	for name, c := range map[string]struct {
		status          int
		challenge, body string
		want            conformance.Verdict
		says            string
	}{
		"it refuses by its network rules": {403, "", page, conformance.Holds, ""},
		"it asks for a hub":               {400, "", "'hub' query parameter is required.", conformance.Broken, "seen it answer with 400"},
		"it asks for a token":             {401, "Bearer", "", conformance.Broken, "seen it answer with 401"},
		"a firewall on the way refuses":   {403, "", "Blocked by policy", conformance.Unjudged, "answered with 403"},
		"somebody else answers":           {200, "", "<html>Welcome</html>", conformance.Unjudged, "answered with 200"},
		"somebody else is asked badly":    {400, "", "Bad Request", conformance.Unjudged, "answered with 400"},
		"it redirects":                    {302, "", "", conformance.Unjudged, "answered with 302"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := ""
			service := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked += r.Method + " " + r.Host + r.RequestURI + r.Header.Get("Authorization") + "\n"
				if c.challenge != "" {
					w.Header().Set("WWW-Authenticate", c.challenge)
				}
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			}))
			defer service.Close()
			roots := x509.NewCertPool()
			roots.AddCert(service.Certificate())
			got := askedPast(t, "example.com", strings.TrimPrefix(service.URL, "https://"), roots)
			if got.Verdict != c.want || !strings.Contains(got.Message, c.says) || c.want == conformance.Broken && got.Cause == "" {
				t.Errorf("it ends with %s: %s (%s)", got.Verdict, got.Message, got.Cause)
			}
			if first, _, _ := strings.Cut(asked, "\n"); first != "GET example.com/client/" {
				t.Errorf("it asks %q", asked)
			}
		})
	}
}

func TestServiceThatCannotBeAskedFromHereIsNotSaidToBeShut(t *testing.T) {
	t.Parallel()
	for says, at := range map[string][2]string{
		"cannot be reached from here": {"chat.service.signalr.net", "127.0.0.1:1"},
		"a private address":           {"localhost", ""},
		"cannot be found from here":   {"chat.service.invalid", ""},
	} {
		if got := askedPast(t, at[0], at[1], nil); got.Verdict != conformance.Unjudged || !strings.Contains(got.Message, says) {
			t.Errorf("%v: %s (%s), want it to say %q", at, got.Verdict, got.Message, says)
		}
	}
}

// askedPast is what the case makes of a service that is asked past a proxy.
func askedPast(t *testing.T, host, address string, roots *x509.CertPool) conformance.CaseResult {
	t.Helper()
	e, err := conformance.ParseEndpoint("https://rt.example.com/")
	if err != nil {
		t.Fatal(err)
	}
	target, err := live.NewURL(e, live.Credentials{Host: "chat.service.signalr.net", Key: hostileKey}, nil)
	if err == nil {
		err = target.AskDirectly(host, address, roots)
	}
	if err != nil {
		t.Fatal(err)
	}
	results, err := live.Judge(context.Background(), target, []*live.Case{live.ByID("LIVE-PRIV-01")})
	if err != nil {
		t.Fatal(err)
	}
	return results["private-access"][0]
}
