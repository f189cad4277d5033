package conformance_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers"
)

func TestConnectionsThatGoAnotherWayThanTheFirstAreJudgedToo(t *testing.T) {
	sound, err := os.ReadFile("../fixtures/nginx/ok/single.conf")
	if err != nil {
		t.Fatal(err)
	}
	endpoint := conformance.Endpoint{Scheme: "https", Host: "rt.example.com", Port: 443, Path: "/"}
	for condition, want := range map[string]string{
		"$arg_asrs_request_id ~ ^0HN": "negotiate websocket server-sent-events long-polling", // one of three forms of ids
		"$arg_asrs_request_id ~ -":    "negotiate websocket server-sent-events long-polling",
		"$args ~ asrs_request_id=0":   "negotiate websocket server-sent-events long-polling",
		"$arg_id ~ ^0HN":              "",
	} {
		path := filepath.Join(t.TempDir(), "nginx.conf")
		text := strings.Replace(string(sound), "location /client/ {", "location /client/ {\nif ("+condition+") { return 403; }", 1)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		found := readings(condition, parsers.Load([]string{path}, parsers.Options{}), endpoint)
		if len(found) != 1 {
			t.Fatalf("%s: rules judge %d subjects", condition, len(found))
		}
		var broken []string
		for _, r := range found[0].subject.Results {
			if r.Verdict == conformance.Broken {
				broken = append(broken, r.Requirement)
			}
		}
		if got := strings.Join(broken, " "); got != want {
			t.Errorf("where %s is refused, %q is broken, want %q", condition, got, want)
		}
	}
}
