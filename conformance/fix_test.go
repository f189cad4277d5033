package conformance_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/rules"
	"github.com/asrscheck/asrscheck/parsers"
)

// repair is what a reader does who follows the fix of a finding.
type repair struct {
	fixture, rule string
	// edits are pairs: a text of the fixture, and what takes its place. Behind "+" it is put behind that text.
	edits []string
	// said are texts that the fix must hold literally, for they are pasted.
	said []string
}

const (
	ownHost   = "proxy_set_header Host chat.service.signalr.net;"
	upgrade   = "proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade;"
	toService = "proxy_pass https://chat.service.signalr.net;"
	noQuery   = `log_format no_query '$remote_addr - [$time_local] "$request_method $uri $server_protocol" $status $body_bytes_sent';`
	byID      = "split_clients $arg_asrs_request_id $service { 50% chat.service.signalr.net; *"
)

// pasted is a repair by one text that the fix holds.
func pasted(fixture, rule, old, text string) repair {
	replacement := text
	if behind, ok := strings.CutPrefix(old, "+"); ok {
		old, replacement = behind, behind+" "+text
	}
	return repair{fixture, rule, []string{old, replacement}, []string{text}}
}

var repairs = []repair{
	pasted("host_override", "ASRS-HOST-001", "proxy_set_header Host $host;", ownHost),
	{"host_override_two_lines", "ASRS-HOST-001", []string{"proxy_set_header Host $host;", ""}, []string{"chat.service.signalr.net"}},
	pasted("host_override_not_inherited", "ASRS-INH-001", "+proxy_pass https://signalr;", ownHost),
	pasted("host_override_dropped_lines", "ASRS-INH-001", "+proxy_pass https://signalr;", ownHost+" "+upgrade),
	pasted("websocket_dropped_lines", "ASRS-INH-001", "+"+toService, upgrade),
	{"host_override_two_services", "ASRS-HOST-002", []string{
		"hash $arg_asrs_request_id consistent;", "", "upstream signalr", byID + " chat2.service.signalr.net; }\n upstream chat.service.signalr.net { server chat.service.signalr.net:443; } upstream chat2.service.signalr.net",
		"    server chat.service.signalr.net:443;", "", "proxy_pass https://signalr;", "proxy_pass https://$service;", ownHost, "proxy_set_header Host $service;",
		"proxy_ssl_name chat.service.signalr.net;", "proxy_ssl_name $service;",
	}, []string{byID, "proxy_pass https://$service; proxy_set_header Host $service; proxy_ssl_server_name on; proxy_ssl_name $service;"}},
	pasted("affinity", "ASRS-AFF-001", "split_clients $remote_addr $service", "split_clients $arg_asrs_request_id $service"),
	pasted("tls_sni", "ASRS-TLS-005", "+"+toService, "proxy_ssl_server_name on;"),
	pasted("tls_sni_verified", "ASRS-TLS-005", "+"+toService, "proxy_ssl_server_name on;"),
	pasted("tls_verify", "ASRS-TLS-004", "+"+toService, "proxy_ssl_verify on; proxy_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt;"),
	pasted("negotiate_no_resolver", "ASRS-UP-001", "+access_log off;", "resolver 168.63.129.16 valid=30s;"),
	pasted("negotiate_no_resolver", "ASRS-UP-001", "+access_log off;", "upstream chat.service.signalr.net { server chat.service.signalr.net:443; }"),
	pasted("negotiate_port_80", "ASRS-UP-002", "server chat.service.signalr.net;", "server chat.service.signalr.net:443;"),
	{
		"negotiate_redirect_https", "ASRS-RED-001",
		[]string{"if ($scheme = http) { return 301 https://$host$request_uri; }", "location / { return 301 https://$host$request_uri; }"},
		[]string{"location / { return 301 https://$host$request_uri; }"},
	},
	{"negotiate_redirect", "ASRS-RED-002", []string{"rewrite ^/(.*)$ https://www.example.com/$1 permanent;", "location / { rewrite ^/(.*)$ https://www.example.com/$1 permanent; }"}, []string{"location / { … }"}},
	pasted("negotiate_redirect_slash", "ASRS-RED-002", "location /client/negotiate/", "location = /client/negotiate"),
	pasted("negotiate_limit_except", "ASRS-ACC-001", "limit_except GET { deny all; }", "limit_except GET POST DELETE OPTIONS { deny all; }"),
	pasted("negotiate_password", "ASRS-ACC-001", "auth_basic internal;", "auth_basic off;"),
	pasted("path_always_root", "ASRS-PATH-005", "proxy_pass https://$service/;", "proxy_pass https://$service;"),
	pasted("path_variable_uri", "ASRS-PATH-005", "proxy_pass https://$service/client/;", "proxy_pass https://$service;"),
	pasted("websocket_bare", "ASRS-WS-001", "+"+toService, "proxy_http_version 1.1; "+upgrade),
	{"websocket_default_version", "ASRS-WS-001", []string{toService, toService + " proxy_http_version 1.1;"}, []string{"proxy_http_version 1.1;"}},
	{"server_sent_events_gzip", "ASRS-BUF-001", []string{toService, toService + " proxy_buffering off;"}, []string{"proxy_buffering off;"}},
	{"server_sent_events_tls", "ASRS-BUF-001", []string{toService, toService + " proxy_buffering off;"}, []string{"proxy_buffering off;"}},
	pasted("long_polling", "ASRS-TMO-001", "+"+toService, "proxy_read_timeout 120s;"),
	{"long_polling_cache", "ASRS-TMO-001", []string{"proxy_cache pages;", ""}, []string{"no proxy_cache"}},
	{"cors_inherited", "ASRS-CORS-001", []string{"add_header Access-Control-Allow-Origin $http_origin always;", ""}, []string{"Remove add_header"}},
	pasted("cors_dropped_lines", "ASRS-INH-001", "+X-Frame-Options DENY;", "add_header Access-Control-Allow-Origin https://app.example.com always; add_header Access-Control-Allow-Credentials true always;"),
	pasted("limits_token", "ASRS-LIM-001", "large_client_header_buffers 4 2k;", "large_client_header_buffers 4 8k;"),
	pasted("exposure_everything", "ASRS-EXP-001", "location / {", "location /client/ {"),
	{
		"token_log_request_uri", "ASRS-SEC-010",
		[]string{"access_log logs/access.log trace;", noQuery + " access_log /var/log/nginx/access.log no_query;"},
		[]string{noQuery, "access_log /var/log/nginx/access.log no_query;"},
	},
	pasted("token_log_default", "ASRS-SEC-010", "+"+toService, "access_log off;"),
}

func TestWhatAFixSaysMendsWhatItWasSaidOf(t *testing.T) {
	for _, r := range repairs {
		t.Run(r.fixture+" "+r.said[0], func(t *testing.T) {
			text, err := os.ReadFile("../fixtures/nginx/err/" + r.fixture + ".conf")
			if err != nil {
				t.Fatal(err)
			}
			found := findingsBy(t, string(text), r.rule)
			if len(found) == 0 {
				t.Fatalf("%s finds nothing", r.rule)
			}
			for _, said := range r.said {
				if !strings.Contains(found[0].Fix, said) {
					t.Errorf("the fix does not say %q, but %q", said, found[0].Fix)
				}
			}
			for _, f := range findingsBy(t, r.applied(t, string(text)), r.rule) {
				t.Errorf("when the fix is applied, there still is: %s: %s", f.Span, f.Message)
			}
		})
	}
}

// applied is the fixture when all edits are done.
func (r *repair) applied(t *testing.T, text string) string {
	t.Helper()
	for edit := range slices.Chunk(r.edits, 2) {
		if strings.Count(text, edit[0]) != 1 {
			t.Fatalf("the fixture holds %q not once", edit[0])
		}
		text = strings.Replace(text, edit[0], edit[1], 1)
	}
	return text
}

// findingsBy are the findings of a rule, in a configuration that must be one: nothing refuses it.
func findingsBy(t *testing.T, text, rule string) []conformance.Finding {
	t.Helper()
	path := filepath.Join(t.TempDir(), "nginx.conf")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	report := conformance.Check(parsers.Load([]string{path}, parsers.Options{}), conformance.Options{Rules: rules.All, Endpoints: endpointsNamedIn(t, path)})
	if len(report.Subjects) != 1 {
		t.Fatalf("%d subjects are judged", len(report.Subjects))
	}
	var out []conformance.Finding
	for _, res := range report.Subjects[0].Results {
		if res.Requirement == "configuration" && res.Verdict != conformance.Holds {
			t.Fatalf("the configuration is refused: %v", res.Findings)
		}
		for _, f := range res.Findings {
			if f.Rule == rule && !f.Advice {
				out = append(out, f)
			}
		}
	}
	return out
}
