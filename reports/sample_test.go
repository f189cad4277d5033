package reports_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
	"github.com/asrscheck/asrscheck/reports"
)

// nginxConf is what the sample points into: tabs, a long line, a line that holds a token.
const nginxConf = "server {\n" +
	"\tlisten 8080;\n" +
	"\tlocation /client/ {\n" +
	"\t\tproxy_set_header\tHost $host; # <script>alert(1)</script>\n" +
	"\t\tproxy_pass https://chat.service.signalr.net;\n" +
	"\t}\n" +
	"}\n" +
	"# set $key 'AccessKey=c4naryc4naryc4nary;Version=1.0'; proxy_read_timeout 5s;\n"

var longLine = strings.Repeat("\"padding\":1,", 40) + `"pick":false,` + strings.Repeat("\"more\":2,", 40)

func sampleSources(file string) (io.ReadCloser, error) {
	text, err := sampleText(file)
	return io.NopCloser(bytes.NewReader(text)), err
}

// textOf is a source that gives one text for every file.
func textOf(text string) reports.Sources {
	return func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
}

func sampleText(file string) ([]byte, error) {
	switch file {
	case "nginx.conf":
		return []byte(nginxConf), nil
	case "gateway.json":
		return []byte(longLine + "\n"), nil
	}
	return nil, errors.New("not here")
}

func span(file string, line, col, end int) routing.Span {
	return routing.Span{File: file, Line: line, Col: col, EndLine: line, EndCol: end}
}

// sample is a report with something in every field.
func sample() *conformance.Report {
	return &conformance.Report{
		Inputs: []routing.Input{
			{Name: "nginx.conf", Format: "nginx", Gateways: 1}, {Name: "gateway.json", Format: "azure", Gateways: 2, Note: "with the values of gateway.parameters.json", Files: []string{"gateway.parameters.json"}}, {Name: "half.json"},
		},
		Problems: []routing.Problem{{Span: span("half.json", 3, 1, 1), Message: "unexpected end of JSON", Fix: "Export it again.", Kind: routing.Unread}},
		Idle:     []string{"appgateway web"},
		Subjects: []conformance.Subject{nginxSubject(), gatewaySubject()},
	}
}

func nginxSubject() conformance.Subject {
	host := conformance.Finding{
		Rule: "ASRS-HOST-001", Requirement: "host-override", Severity: conformance.Error,
		Message: `the Host sent to chat.service.signalr.net is "rt.example.com"`,
		Fix: "Set `proxy_set_header Host NAME.service.signalr.net;` in the location that has the other proxy_set_header lines: one line there drops " +
			"all that were inherited.",
		Span:    span("nginx.conf", 4, 3, 31),
		Related: []routing.Note{{Span: span("nginx.conf", 5, 3, 47), Text: "this is where it goes"}, {Span: span("gone.conf", 1, 1, 2), Text: "and this is not at hand"}},
		Trace: []routing.Event{
			{Span: span("nginx.conf", 3, 2, 20), Text: "location /client/", Decision: true},
			{Span: span("nginx.conf", 4, 3, 31), Text: "sets header Host to rt.example.com"},
			{Text: "delivered to chat.service.signalr.net:443"},
		},
		Probes: []string{"preflight", "negotiate"}, Breaks: []string{"cors"},
	}
	idle := conformance.Finding{
		Rule: "ASRS-WS-001", Requirement: "websocket", Severity: conformance.Warning, When: "NGINX before 1.29.7",
		Message: "a quiet WebSocket is cut after 5s", Span: span("nginx.conf", 8, 56, 78), Fix: "Raise it.",
	}
	advice := conformance.Finding{
		Rule: "ASRS-SSE-001", Requirement: "server-sent-events", Severity: conformance.Notice, Advice: true,
		Message: "response buffering is on (default of NGINX)\x1b[31m\u202e", Span: span("nginx.conf", 5, 3, 47),
	}
	return conformance.Subject{
		Gateway: "nginx.conf", Kind: "nginx", Endpoint: "http://rt.example.com:8080/", Source: "derived from the routes of *:8080",
		Services: []string{"chat.service.signalr.net"}, Span: span("nginx.conf", 1, 1, 9), Probes: 8,
		Results: []conformance.Result{
			{Requirement: "configuration", Verdict: conformance.Holds, Live: &conformance.Live{Verdict: conformance.Holds, Cases: []conformance.CaseResult{
				{ID: "configuration", Title: "the proxy answers", Verdict: conformance.Holds},
			}}},
			{Requirement: "host-override", Verdict: conformance.Broken, Findings: []conformance.Finding{host}, Live: &conformance.Live{
				Verdict: conformance.Broken,
				Cases: []conformance.CaseResult{{
					ID: "host-override", Title: "the service sees its own name", Verdict: conformance.Broken, Message: `expected Host chat.service.signalr.net, saw "rt.example.com"`,
					Cause: "`proxy_set_header Host $host;`", Evidence: []conformance.Exchange{
						{Operation: "poll", Request: "GET /client/?hub=chat HTTP/1.1\nHost: rt.example.com", Response: "HTTP/1.1 404\n\n<p>no such host\u202e</p>"},
						{Operation: "send", Request: "POST /client/?hub=chat&access_token=eyJhbGciOiJIUzI1NiJ9.e30.c2ln HTTP/1.1", Problem: "no answer"},
					},
				}},
			}},
			{
				Requirement: "websocket", Verdict: conformance.Unjudged, Findings: []conformance.Finding{idle},
				Versions: []conformance.ByCase{{When: "NGINX 1.30", Verdict: conformance.Holds}, {When: "NGINX before 1.29.7", Verdict: conformance.Broken}},
				Missing:  []conformance.Missing{{Why: "depends on the product's version, which is not known"}},
			},
			{Requirement: "server-sent-events", Verdict: conformance.Holds, Findings: []conformance.Finding{advice}},
			{Requirement: "long-polling", Verdict: conformance.NotOffered},
			{Requirement: "cors", Verdict: conformance.Broken, Findings: []conformance.Finding{{
				Rule: host.Rule, Requirement: "cors", Severity: conformance.Error, Message: host.Message, Span: host.Span, Told: "host-override",
			}}},
			{Requirement: "limits", Verdict: conformance.Unjudged, Missing: []conformance.Missing{{Why: "no rule could judge it"}}},
		},
	}
}

func gatewaySubject() conformance.Subject {
	at := strings.Index(longLine, `"pick"`) + 1
	return conformance.Subject{
		Gateway: "<b>hub</b>", Kind: "appgateway", Endpoint: "https://rt.contoso.example/", Probes: 8, Span: span("gateway.json", 1, 1, 2),
		Results: []conformance.Result{
			{Requirement: "host-override", Verdict: conformance.Broken, Findings: []conformance.Finding{{
				Rule: "ASRS-HOST-001", Requirement: "host-override", Severity: conformance.Error, Message: "the Host is the client's",
				Span: span("gateway.json", 1, at, at+len(`"pick":false`)),
			}}},
			{
				Requirement: "tls-sni", Verdict: conformance.Unjudged,
				Missing: []conformance.Missing{{Why: "the parameter backendHost has no value", Span: span("gateway.json", 1, at, at+6)}},
			},
		},
	}
}

// render renders the sample in one format.
func render(t *testing.T, format string, d *reports.Document) string {
	t.Helper()
	var b bytes.Buffer
	if err := reports.FormatByName(format).Write(&b, d); err != nil {
		t.Fatalf("write %s: %v", format, err)
	}
	return b.String()
}

// golden compares with testdata/NAME; UPDATE=1 rewrites it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs from what is rendered; if the change is meant, run UPDATE=1 go test ./reports and read the difference. Now it is:\n%s", path, got)
	}
}
