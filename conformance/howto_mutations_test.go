package conformance_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers"
)

// howtoMutations are changes of a few words to the how-to's Application Gateway, with the requirements that each must break.
var howtoMutations = []struct{ name, old, to, breaks string }{
	{"answers are buffered", `"enableResponseBuffering": false`, `"enableResponseBuffering": true`, "server-sent-events"},
	{"15 seconds to answer", `"requestTimeout": 120`, `"requestTimeout": 15`, "websocket server-sent-events long-polling"},
	{"60 seconds to answer", `"requestTimeout": 120`, `"requestTimeout": 60`, "long-polling"},
	{"90 seconds to answer", `"requestTimeout": 120`, `"requestTimeout": 90`, ""},
	{"the probe asks for the root", `"path": "/api/health"`, `"path": "/"`, "health-probe"},
	{"an old TLS policy", `AppGwSslPolicy20220101S`, `AppGwSslPolicy20150501`, "client-tls"},
	{"every path", `"/client/*"`, `"/*"`, "exposure"},
	{"no Host of the service", `"pickHostNameFromBackendAddress": true`, `"pickHostNameFromBackendAddress": false`, "host-override"},
}

func TestMutationsOfTheHowToBreakWhatTheyShould(t *testing.T) {
	t.Parallel()
	sound, err := os.ReadFile(filepath.Join("..", "fixtures", "appgateway", "ok", "howto_arm.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all []*reading
	for _, m := range howtoMutations {
		if !strings.Contains(string(sound), m.old) {
			t.Fatalf("%s: the fixture does not hold %s", m.name, m.old)
		}
		path := filepath.Join(t.TempDir(), "gateway.json")
		if err := os.WriteFile(path, []byte(strings.Replace(string(sound), m.old, m.to, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		found := readings(m.name, parsers.Load([]string{path}, parsers.Options{}))
		if len(found) != 1 {
			t.Fatalf("%s: %d subjects are judged", m.name, len(found))
		}
		var broken []string
		for _, r := range found[0].subject.Results {
			if r.Verdict == conformance.Broken {
				broken = append(broken, r.Requirement)
			}
		}
		if want := strings.Fields(m.breaks); !slices.Equal(broken, want) {
			t.Errorf("%s breaks %q by reading, want %q", m.name, broken, want)
		}
		all = append(all, found...)
	}
	agree(t, all)
}
