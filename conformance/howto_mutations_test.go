package conformance_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// edit is one line's worth of change: the nth occurrence of a text (the first where that is zero) becomes another. What it breaks is said of that
// line, or of the one that holds at.
type edit struct {
	old, to string
	nth     int
	at      string
}

// howtoMutation is a change to the how-to's Application Gateway, as the two JSON forms and as Terraform write it, with the requirements
// that it must break.
type howtoMutation struct {
	name     string
	json, tf edit
	breaks   string
}

// What a mutation breaks that leaves no way to the service.
const (
	everyTransport = "negotiate websocket server-sent-events long-polling"
	otherName      = "host-override tls-sni tls-verify " + everyTransport + " health-probe"
)

var howtoMutations = []howtoMutation{
	{"answers are buffered", edit{old: `"enableResponseBuffering": false`, to: `"enableResponseBuffering": true`}, edit{old: `response_buffering_enabled = false`, to: `response_buffering_enabled = true`}, "server-sent-events"},
	{"buffering is not stated", edit{old: `"enableResponseBuffering": false`, to: `"enableResponseBuffering": null`}, edit{old: `response_buffering_enabled = false`, to: `response_buffering_enabled = null`, at: "global {"}, "server-sent-events"},
	{"15 seconds to answer", edit{old: `"requestTimeout": 120`, to: `"requestTimeout": 15`}, edit{old: `= 120`, to: `= 15`}, "websocket server-sent-events long-polling"},
	{"20 seconds to answer", edit{old: `"requestTimeout": 120`, to: `"requestTimeout": 20`}, edit{old: `= 120`, to: `= 20`}, "long-polling"},
	{"60 seconds to answer", edit{old: `"requestTimeout": 120`, to: `"requestTimeout": 60`}, edit{old: `= 120`, to: `= 60`}, "long-polling"},
	{"90 seconds to answer", edit{old: `"requestTimeout": 120`, to: `"requestTimeout": 90`}, edit{old: `= 120`, to: `= 90`}, ""},
	{"the probe asks for the root", edit{old: `"path": "/api/health"`, to: `"path": "/"`}, edit{old: `"/api/health"`, to: `"/"`}, "health-probe"},
	{"the probe asks for another host", edit{old: `"pickHostNameFromBackendHttpSettings": true`, to: `"host": "www.contoso.example"`}, edit{old: `pick_host_name_from_backend_http_settings = true`, to: `host = "www.contoso.example"`}, "health-probe"},
	{"the probe asks over HTTP", edit{old: `"protocol": "Https"`, to: `"protocol": "Http"`, nth: 4}, edit{old: `protocol                                  = "Https"`, to: `protocol = "Http"`}, "configuration health-probe"},
	{"the probe wants another status", edit{old: `"200-399"`, to: `"201"`}, edit{old: `"200-399"`, to: `"201"`}, "health-probe"},
	{"the probe is not there", edit{old: `/probes/signalr-health"`, to: `/probes/gone"`}, edit{old: `probe_name                          = "signalr-health"`, to: `probe_name = "gone"`}, "configuration"},
	{"an old TLS policy", edit{old: `AppGwSslPolicy20220101S`, to: `AppGwSslPolicy20150501`}, edit{old: `AppGwSslPolicy20220101S`, to: `AppGwSslPolicy20150501`}, "client-tls"},
	{"clients without TLS", edit{old: `"protocol": "Https"`, to: `"protocol": "Http"`, nth: 3}, edit{old: `protocol                       = "Https"`, to: `protocol = "Http"`}, ""}, // something in front may speak TLS: client-tls is unjudged
	{"every host of a domain", edit{old: `"hostName": "rt.contoso.example"`, to: `"hostNames": ["*.contoso.example"]`}, edit{old: `host_name                      = "rt.contoso.example"`, to: `host_names = ["*.contoso.example"]`}, ""},
	{"every path", edit{old: `"/client/*"`, to: `"/*"`}, edit{old: `"/client/*"`, to: `"/*"`}, "exposure"},
	{"connect alone", edit{old: `"/client/*"`, to: `"/client/"`}, edit{old: `"/client/*"`, to: `"/client/"`}, "negotiate"},
	{"negotiate alone", edit{old: `"/client/*"`, to: `"/client/negotiate"`}, edit{old: `"/client/*"`, to: `"/client/negotiate"`}, "websocket server-sent-events long-polling"},
	{"no slash before the asterisk", edit{old: `"/client/*"`, to: `"/client*"`}, edit{old: `"/client/*"`, to: `"/client*"`}, ""},
	{"no slash at the beginning", edit{old: `"/client/*"`, to: `"client/*"`}, edit{old: `"/client/*"`, to: `"client/*"`}, "configuration"},
	{"the path is overridden", edit{old: `"requestTimeout": 120`, to: `"requestTimeout": 120, "path": "/"`}, edit{old: `= 120`, to: "= 120\n    path = \"/\""}, "path exposure"},
	{"no Host of the service", edit{old: `"pickHostNameFromBackendAddress": true`, to: `"pickHostNameFromBackendAddress": false`}, edit{old: `pick_host_name_from_backend_address = true`, to: `pick_host_name_from_backend_address = false`}, "host-override"},
	{"the Host of another service", edit{old: `"pickHostNameFromBackendAddress": true`, to: `"hostName": "asrs2.service.signalr.net"`}, edit{old: `pick_host_name_from_backend_address = true`, to: `host_name = "asrs2.service.signalr.net"`}, otherName},
	{"a name for private links", edit{old: `"asrs1.service.signalr.net"`, to: `"asrs1.privatelink.service.signalr.net"`}, edit{old: `"asrs1.service.signalr.net"`, to: `"asrs1.privatelink.service.signalr.net"`}, otherName},
	{"another server name", edit{old: `"requestTimeout": 120`, to: `"requestTimeout": 120, "sniName": "rt.contoso.example"`}, edit{old: `= 120`, to: "= 120\n    sni_name = \"rt.contoso.example\""}, "tls-sni tls-verify " + everyTransport},
	{"names are not verified", edit{old: `"requestTimeout": 120`, to: `"requestTimeout": 120, "validateSNI": false`}, edit{old: `= 120`, to: "= 120\n    sni_validation_enabled = false"}, "tls-verify"},
	{"chains are not verified", edit{old: `"requestTimeout": 120`, to: `"requestTimeout": 120, "validateCertChainAndExpiry": false`}, edit{old: `= 120`, to: "= 120\n    certificate_chain_validation_enabled = false"}, "tls-verify"},
	{"plain HTTP to the TLS port", edit{old: `"protocol": "Https"`, to: `"protocol": "Http"`}, edit{old: `protocol                            = "Https"`, to: `protocol = "Http"`}, "configuration upstream-tls " + everyTransport + " health-probe"},
	{"TLS to the plain port", edit{old: `"port": 443,`, to: `"port": 80,`}, edit{old: `port                                = 443`, to: `port = 80`}, everyTransport + " health-probe"},
	{"a cookie", edit{old: `"cookieBasedAffinity": "Disabled"`, to: `"cookieBasedAffinity": "Enabled"`}, edit{old: `"Disabled"`, to: `"Enabled"`}, ""},
	{"two services", edit{old: `"fqdn": "asrs1.service.signalr.net"`, to: `"fqdn": "asrs1.service.signalr.net"}, {"fqdn": "asrs2.service.signalr.net"`}, edit{old: `"asrs1.service.signalr.net"`, to: `"asrs1.service.signalr.net", "asrs2.service.signalr.net"`}, "affinity"},
	{"a time-out beyond a day", edit{old: `"requestTimeout": 120`, to: `"requestTimeout": 86401`}, edit{old: `= 120`, to: `= 86401`}, "configuration"},
	{"a host name beside the one that is picked", edit{old: `"requestTimeout": 120`, to: `"requestTimeout": 120, "hostName": "asrs1.service.signalr.net"`}, edit{old: `= 120`, to: "= 120\n    host_name = \"asrs1.service.signalr.net\""}, "configuration"},
	{"a priority beyond all", edit{old: `"priority": 1`, to: `"priority": 20001`}, edit{old: `priority           = 1`, to: `priority = 20001`}, "configuration"},
	{"a patient probe", edit{old: `"unhealthyThreshold": 3`, to: `"unhealthyThreshold": 21`}, edit{old: `unhealthy_threshold                       = 3`, to: `unhealthy_threshold = 21`}, "configuration"},
	{"no slash before the probe's path", edit{old: `"/api/health"`, to: `"api/health"`}, edit{old: `"/api/health"`, to: `"api/health"`}, "configuration health-probe"},
	{"the certificate is not there", edit{old: `/sslCertificates/rt-contoso"`, to: `/sslCertificates/gone"`}, edit{old: `ssl_certificate_name           = "rt-contoso"`, to: `ssl_certificate_name = "gone"`}, "configuration"},
	{"six names", edit{old: `"hostName": "rt.contoso.example"`, to: `"hostNames": ["rt.contoso.example", "a.example", "b.example", "c.example", "d.example", "e.example"]`}, edit{old: `host_name                      = "rt.contoso.example"`, to: `host_names = ["rt.contoso.example", "a.example", "b.example", "c.example", "d.example", "e.example"]`}, "configuration"},
	{"the same path twice", edit{old: `"/client/*"`, to: `"/client/*", "/Client/*"`}, edit{old: `"/client/*"`, to: `"/client/*", "/Client/*"`}, "configuration"},
}

// howtoForms are the forms that are changed: the template, what az shows, and Terraform.
var howtoForms = []string{"howto_arm.json", "howto_az.json", "howto_tf"}

func TestMutationsOfTheHowToBreakWhatTheyShould(t *testing.T) {
	t.Parallel()
	if breaking := slices.DeleteFunc(slices.Clone(howtoMutations), func(m howtoMutation) bool { return m.breaks == "" }); len(breaking) < 30 {
		t.Errorf("only %d mutations break something", len(breaking))
	}
	var all []*reading
	for _, m := range howtoMutations {
		for _, form := range howtoForms {
			name := form + ", " + m.name
			path, lines := m.applied(t, form)
			found := readings(name, parsers.Load([]string{path}, parsers.Options{}))
			if len(found) == 0 {
				t.Errorf("%s: nothing is judged", name)
				continue
			}
			for _, r := range found { // six names are as many client endpoints
				if got := brokenRequirements(r.subject); got != m.breaks {
					t.Errorf("%s breaks %q by reading, want %q", name, got, m.breaks)
				}
				for _, f := range namedElsewhere(r.subject, lines) {
					t.Errorf("%s changes lines %v, and it is said of line %d: %s", name, lines, f.Span.Line, f.Message)
				}
			}
			all = append(all, found[0])
		}
	}
	if !testing.Short() {
		agree(t, all)
	}
}

func brokenRequirements(s conformance.Subject) string {
	var broken []string
	for _, r := range s.Results {
		if r.Verdict == conformance.Broken {
			broken = append(broken, r.Requirement)
		}
	}
	return strings.Join(broken, " ")
}

// namedElsewhere are the findings that name neither one of the lines, nor a line in relation to it.
func namedElsewhere(s conformance.Subject, lines []int) []conformance.Finding {
	var out []conformance.Finding
	for _, r := range s.Results {
		for _, f := range r.Findings {
			places := []routing.Note{{Span: f.Span}}
			changed := func(n routing.Note) bool { return slices.Contains(lines, n.Span.Line) }
			if places = append(places, f.Related...); !f.Advice && !slices.ContainsFunc(places, changed) {
				out = append(out, f)
			}
		}
	}
	return out
}

// applied is the path of a copy of the how-to's gateway with the change, and the lines of which something must be said.
func (m howtoMutation) applied(t *testing.T, form string) (path string, lines []int) {
	t.Helper()
	sound := filepath.Join("..", "fixtures", "appgateway", "ok", form)
	to, e := filepath.Join(t.TempDir(), form), m.json
	file := to
	if form == "howto_tf" {
		e, file = m.tf, filepath.Join(to, "main.tf")
		if err := os.CopyFS(to, os.DirFS(sound)); err != nil {
			t.Fatal(err)
		}
		sound = file
	}
	text, err := os.ReadFile(sound)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.SplitAfter(string(text), e.old)
	at := max(e.nth, 1) - 1
	if e.old == "" || at >= len(parts)-1 {
		t.Fatalf("%s: %s does not hold %s", m.name, form, e.old)
	}
	parts[at] = strings.TrimSuffix(parts[at], e.old)
	before := strings.Join(parts[:at+1], "")
	if e.at != "" {
		before, _, _ = strings.Cut(string(text), e.at)
	}
	first := strings.Count(before, "\n") + 1
	for i := range strings.Count(e.to, "\n") + 1 {
		lines = append(lines, first+i)
	}
	parts[at] += e.to
	if err := os.WriteFile(file, []byte(strings.Join(parts, "")), 0o600); err != nil {
		t.Fatal(err)
	}
	return to, lines
}
