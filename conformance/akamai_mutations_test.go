package conformance_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers"
)

// lineEdit is a change to one line of a property, and what it must break: requirements with the line that the finding must name.
type lineEdit struct {
	name    string
	line    int
	old, to string
	breaks  string
}

// akamaiMutations are changes to two sound properties: as the API exports it, and as Terraform's rules builder writes it.
var akamaiMutations = map[string][]lineEdit{"papi.json": {
	{"the client's Host", 97, "ORIGIN_HOSTNAME", "REQUEST_HOST_HEADER", "host-override:97"},
	{"the Host of another service", 97, `"ORIGIN_HOSTNAME"`, `"CUSTOM", "customForwardHostHeader": "other.service.signalr.net"`, "host-override:97"},
	{"no SNI", 102, "true", "false", "tls-sni:102 negotiate:102 websocket:102 server-sent-events:102 long-polling:102"},
	{"what is verified is decided elsewhere", 103, "CUSTOM", "PLATFORM_SETTINGS", ""},
	{"one of two names that a certificate may have", 107, "{{Origin Hostname}}", "www.contoso.example", ""},
	{"answers are cached", 115, "NO_STORE", "MAX_AGE", "long-polling:115"},
	{"no POST", 121, "true", "false", "negotiate:121"},
	{"no DELETE", 128, "true", "false", "long-polling:128"},
	{"no OPTIONS", 135, "true", "false", "negotiate:135"},
	{"no WebSocket", 141, "true", "false", "websocket:141"},
	{"no streaming", 147, "true", "false", ""},
	{"ten seconds for each read", 153, "120s", "10s", "server-sent-events:153"},
	{"20 seconds for the first byte", 154, "120s", "20s", "long-polling:154"},
	{"negotiate alone", 84, `"/client", "/client/*"`, `"/client/negotiate*"`, "websocket:15 server-sent-events:11 server-sent-events:15 long-polling:11 long-polling:15"},
	{"every path", 84, `"/client", "/client/*"`, `"/*"`, "exposure:93"},
	{"every other path", 83, "MATCHES_ONE_OF", "DOES_NOT_MATCH_ONE_OF", "negotiate:11 negotiate:15 websocket:15 server-sent-events:15 long-polling:15 exposure:93"},
	{"any of the criteria, which are one", 90, "all", "any", ""},
	{"a property that is not marked as secure", 162, "true", "false", ""},
	{"a behavior that there is not", 139, "webSockets", "webSocket", ""},
	{"TLS to the plain port", 101, "443", "80", "negotiate:101 websocket:101 server-sent-events:101 long-polling:101"},
}, "builder_tf/main.tf": {
	{"the client's Host", 64, "ORIGIN_HOSTNAME", "REQUEST_HOST_HEADER", "host-override:64"},
	{"no SNI", 65, "true", "false", "tls-sni:65 negotiate:65 websocket:65 server-sent-events:65 long-polling:65"},
	{"another name that the certificate may have", 68, "{{Origin Hostname}}", "www.contoso.example", "tls-verify:68 negotiate:68 websocket:68 server-sent-events:68 long-polling:68"},
	{"another plain port", 69, "80", "8080", ""},
	{"TLS to the plain port", 70, "443", "80", "negotiate:70 websocket:70 server-sent-events:70 long-polling:70"},
	{"answers are cached", 76, "NO_STORE", "MAX_AGE", "long-polling:76"},
	{"no POST", 82, "true", "false", "negotiate:82"},
	{"no POST without a length", 83, "true", "false", ""},
	{"no DELETE", 89, "true", "false", "long-polling:89"},
	{"no WebSocket", 96, "true", "false", "websocket:96"},
	{"ten seconds for each read", 102, "120s", "10s", "server-sent-events:102"},
	{"20 seconds for the first byte", 103, "120s", "20s", "long-polling:103"},
	{"every path", 54, `"/client", "/client/*"`, `"/*"`, "exposure:61"},
	{"a property that is not marked as secure", 17, "true", "false", ""},
	{"another older rule format", 47, "rules_v2025_10_16", "rules_v2024_05_31", ""},
}}

func TestMutationsOfAPropertyBreakWhatIsPredicted(t *testing.T) {
	t.Parallel()
	endpoint := conformance.Endpoint{Scheme: "https", Host: "rt.contoso.example", Port: 443, Path: "/"}
	var all []*reading
	for property, edits := range akamaiMutations {
		for _, m := range edits {
			name := property + ", " + m.name
			found := readings(name, parsers.Load([]string{m.applied(t, "../fixtures/akamai/ok/"+property)}, parsers.Options{}), endpoint)
			if len(found) != 1 {
				t.Errorf("%s: rules judge %d subjects", name, len(found))
				continue
			}
			if got := brokenAtLines(found[0].subject); got != m.breaks {
				t.Errorf("%s breaks %q, want %q", name, got, m.breaks)
			}
			if property == "papi.json" { // the other form becomes the same programs
				all = append(all, found...)
			}
		}
	}
	if !testing.Short() {
		agree(t, all)
	}
}

// brokenAtLines are the requirements that are broken, each with the lines that its findings name.
func brokenAtLines(s conformance.Subject) string {
	var out []string
	for _, r := range s.Results {
		if r.Verdict != conformance.Broken {
			continue
		}
		for _, f := range r.Findings {
			if at := fmt.Sprintf("%s:%d", r.Requirement, f.Span.Line); !slices.Contains(out, at) {
				out = append(out, at)
			}
		}
	}
	return strings.Join(out, " ")
}

// applied is the path of a copy of a file with the change.
func (m lineEdit) applied(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(text), "\n")
	if !strings.Contains(lines[m.line-1], m.old) {
		t.Fatalf("%s: line %d of %s does not hold %s", m.name, m.line, path, m.old)
	}
	lines[m.line-1] = strings.Replace(lines[m.line-1], m.old, m.to, 1)
	to := filepath.Join(t.TempDir(), filepath.Base(path))
	if err := os.WriteFile(to, []byte(strings.Join(lines, "")), 0o600); err != nil {
		t.Fatal(err)
	}
	return to
}
