package live_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/live"
)

func TestAccessLogIsSearchedForTheTokenThatWasSent(t *testing.T) {
	t.Parallel()
	token := func(r *http.Request) string { return r.URL.Query().Get("access_token") }
	masked := func(r *http.Request) string { return strings.ReplaceAll(r.RequestURI, token(r), "***") }
	for name, c := range map[string]struct {
		line func(*http.Request) string
		want conformance.Verdict
		says string
	}{
		"it holds the whole line":     {func(r *http.Request) string { return r.RequestURI + "\n" }, conformance.Broken, "seen that of the event stream"},
		"it holds claims":             {func(r *http.Request) string { return strings.Split(token(r), ".")[1] + "\n" }, conformance.Broken, "access token"},
		"it holds a signature":        {func(r *http.Request) string { return strings.Split(token(r), ".")[2] + "\n" }, conformance.Broken, "access token"},
		"it masks the token":          {func(r *http.Request) string { return masked(r) + "\n" }, conformance.Holds, ""},
		"it drops the query":          {func(r *http.Request) string { return r.URL.Path + " " + r.UserAgent() + "\n" }, conformance.Holds, ""},
		"it holds nothing to tell by": {func(r *http.Request) string { return r.URL.Path + "\n" }, conformance.Unjudged, "no line of the event stream"},
		"it is another log":           {func(*http.Request) string { return "" }, conformance.Unjudged, "no line of the event stream"},
		"it holds half a line":        {masked, conformance.Unjudged, "no line of the event stream"},
		"it masks event streams only": {func(r *http.Request) string {
			return map[bool]string{true: r.RequestURI, false: masked(r)}[r.Header.Get("Upgrade") != ""] + "\n"
		}, conformance.Broken, "seen that of the websocket"},
		"it is begun anew meanwhile":  {func(r *http.Request) string { return "\x00" + masked(r) + "\n" }, conformance.Holds, ""},
		"it is written after a while": {func(r *http.Request) string { return "\x01" + r.RequestURI + "\n" }, conformance.Broken, "access token"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "access.log")
			if err := os.WriteFile(path, []byte(strings.Repeat("an old line\n", 100)), 0o600); err != nil {
				t.Fatal(err)
			}
			proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				go logged(path, c.line(r))
				w.WriteHeader(http.StatusUnauthorized)
			}))
			defer proxy.Close()
			got := searched(t, proxy.URL, path)
			if got.Verdict != c.want || !strings.Contains(got.Message, c.says) {
				t.Errorf("it ends with %s: %s", got.Verdict, got.Message)
			}
			if told := fmt.Sprint(got); strings.Contains(told, "eyJ") {
				t.Errorf("a token is told: %s", told)
			}
		})
	}
}

// logged writes a line; its first character says whether that begins the file anew, or takes a while.
func logged(path, line string) {
	how := os.O_APPEND
	switch {
	case strings.HasPrefix(line, "\x00"):
		how = os.O_TRUNC
	case strings.HasPrefix(line, "\x01"):
		time.Sleep(200 * time.Millisecond)
	}
	if f, err := os.OpenFile(path, how|os.O_WRONLY, 0o600); err == nil {
		_, _ = f.WriteString(strings.TrimLeft(line, "\x00\x01"))
		_ = f.Close()
	}
}

// searched is what the case makes of a proxy's access log, without any credentials.
func searched(t *testing.T, proxy, path string) conformance.CaseResult {
	t.Helper()
	e, err := conformance.ParseEndpoint(proxy)
	if err != nil {
		t.Fatal(err)
	}
	target, err := live.NewURL(e, live.Credentials{}, nil)
	if err == nil {
		err = target.ReadLog(path)
	}
	if err != nil {
		t.Fatal(err)
	}
	results, err := live.Judge(context.Background(), target, []*live.Case{live.ByID("LIVE-LOG-01")})
	if err != nil {
		t.Fatal(err)
	}
	return results["token-log"][0]
}

func TestLogThatCannotBeReadIsRefused(t *testing.T) {
	t.Parallel()
	target, err := live.NewURL(conformance.Endpoint{Scheme: "https", Host: "rt.example.com", Port: 443, Path: "/"}, live.Credentials{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(t.TempDir(), "none"), t.TempDir()} {
		if err := target.ReadLog(path); err == nil {
			t.Errorf("%s is read", path)
		}
	}
}
