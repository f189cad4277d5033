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

// mutation is one change to a sound description of API Management, and what it must break.
type mutation struct {
	name     string
	file     string // in the folder; empty for a fixture that is one file
	old, new string // of the first occurrence; an old text of "" puts the new one at the end
	broken   []string
	at       string // where its findings point: file of several, line, and how the text there begins; several places with " | " between them
}

// The requirements by which a policy that turns every request away is known.
var everything = []string{"long-polling", "negotiate", "server-sent-events"}

// apimMutations are changes to Microsoft's two designs ("How to use Azure SignalR Service with Azure API Management"), in each of the forms that
// they are written down in.
var apimMutations = map[string][]mutation{
	"ok/websocket_design.json": {
		{"nothing", "", "x-nothing", "", nil, ""},
		{"a subscription on negotiate", "", `"subscriptionRequired": false`, `"subscriptionRequired": true`, []string{"negotiate"}, `49 true`},
		{"no subscription stated on negotiate", "", `"subscriptionRequired": false`, `"apiRevision": "1"`, []string{"negotiate"}, `41 "[concat(parameters('service')`},
		{"negotiate at another suffix", "", `"path": "client/negotiate"`, `"path": "negotiate"`, []string{"negotiate"}, `75 "[concat(parameters('service')`},
		{"connect at another suffix", "", `"path": "client",`, `"path": "connect",`, []string{"long-polling", "server-sent-events", "websocket"}, `11 {`},
		{"no API for WebSocket", "", `"type": "websocket"`, `"type": "http"`, []string{"long-polling", "server-sent-events", "websocket"}, `75 "[concat(parameters('service')`},
		{"ws instead of wss behind", "", "wss://chat", "ws://chat", []string{"upstream-tls"}, `79 "ws://chat.service.signalr.net`},
		{"the tier Consumption", "", `"name": "Premium"`, `"name": "Consumption"`, []string{"websocket"}, `17 "Consumption",`},
		{"a service URL without path", "", "https://chat.service.signalr.net/client/negotiate", "https://chat.service.signalr.net", []string{"path", "tls-verify"}, `45 "https://chat.service.signalr. | 41 "[concat(`},
		{"another service for negotiate", "", "https://chat.service.signalr.net/client/negotiate", "https://other.service.signalr.net/client/negotiate", []string{"affinity", "tls-verify"}, `41 "[concat(parameters('service')`},
		{"no preflight", "", `"method": "OPTIONS"`, `"method": "HEAD"`, []string{"negotiate"}, `41 "[concat(parameters('service')`},
		{"negotiate by GET", "", `"method": "POST"`, `"method": "GET"`, []string{"negotiate"}, `41 "[concat(parameters('service')`},
		{"old TLS for clients", "", `Protocols.Tls11": "False"`, `Protocols.Tls11": "True"`, []string{"client-tls"}, `34 "True"`},
	},
	"ok/http_design.json": {
		{"nothing", "", "x-nothing", "", nil, ""},
		{"buffered answers", "", ` buffer-response=\"false\"`, "", []string{"server-sent-events"}, `118 <forward-request timeout=\"240`},
		{"a time-out below a poll", "", `timeout=\"240\"`, `timeout=\"60\"`, []string{"long-polling"}, `118 60\" buffer-response=\"false\"`},
		{"a time-out below a ping", "", `timeout=\"240\"`, `timeout=\"10\"`, []string{"long-polling", "server-sent-events"}, `118 10\" buffer-response=\"false\"`},
		{"nothing is sent by GET", "", `<forward-request timeout=\"240\" buffer-response=\"false\" />`, "", []string{"long-polling", "server-sent-events"}, `118 <backend>\r\n    \r\n  </backe`},
		{"a policy without its backend", "", `<forward-request timeout=\"240\" buffer-response=\"false\" />`, `<base />`, []string{"server-sent-events"}, `99 "/"`},
		{"a subscription", "", `"subscriptionRequired": false`, `"subscriptionRequired": true`, everything, `49 true`},
		{"no DELETE", "", `"method": "DELETE"`, `"method": "PUT"`, []string{"long-polling"}, `41 "[concat(parameters('service')`},
		{"no GET", "", `"method": "GET"`, `"method": "PUT"`, []string{"long-polling", "server-sent-events"}, `41 "[concat(parameters('service')`},
		{"everything by one operation", "", `"urlTemplate": "/negotiate"`, `"urlTemplate": "/*"`, nil, ""},
		{"a version in the path", "", `"path": "client",`, `"path": "client", "apiVersion": "v1", "apiVersionSet": {"versioningScheme": "Segment"},`, everything, `44 "v1", "apiVersionSet": {"versi`},
		{"HTTP behind", "", `https://chat.service.signalr.net/client"`, `http://chat.service.signalr.net/client"`, []string{"upstream-tls"}, `45 "http://chat.service.signalr.n`},
		{"a query that is dropped", "", `<base />\r\n  </inbound>`, `<base /><rewrite-uri template=\"/\" copy-unmatched-params=\"false\" />\r\n  </inbound>`, []string{"path"}, `118 false\" />\r\n  </inbound>\r\n`},
		{"a Host of the client's", "", `<base />\r\n  </inbound>`, `<base /><set-header name=\"Host\"><value>@(context.Request.OriginalUrl.Host)</value></set-header>\r\n  </inbound>`, []string{"host-override"}, `118 <set-header name=\"Host\"><val`},
		{"a cache", "", `<base />\r\n  </outbound>`, `<base /><cache-store duration=\"60\" />\r\n  </outbound>`, nil, ""},
		{"a body that is read", "", `<base />\r\n  </outbound>`, `<base /><set-body>@(context.Response.Body.As<string>())</set-body>\r\n  </outbound>`, []string{"server-sent-events"}, `118 <set-body>@(context.Response.B`},
		{"a token check", "", `<base />\r\n  </inbound>`, `<base /><validate-azure-ad-token tenant-id=\"t\"><client-application-ids /></validate-azure-ad-token>\r\n  </inbound>`, []string{"long-polling", "server-sent-events"}, `118 <validate-azure-ad-token tenan`},
		{"a dice", "", `<base />\r\n  </inbound>`, `<base /><set-backend-service base-url=\"@(new Random().Next(2) == 0 ? &quot;https://a.service.signalr.net/client&quot; : &quot;https://chat.service.signalr.net/client&quot;)\" />\r\n  </inbound>`, []string{"affinity", "tls-verify"}, `118 <set-backend-service base-url= | 41 "[concat(`},
	},
	"ok/http_design_tf": {
		{"nothing", "main.tf", "x-nothing", "", nil, ""},
		{"buffered answers", "policies/receive.xml", ` buffer-response="false"`, "", []string{"server-sent-events"}, `receive.xml:6 <forward-request timeout="240"`},
		{"a time-out below a poll", "policies/receive.xml", `timeout="240"`, `timeout="60"`, []string{"long-polling"}, `receive.xml:6 60" buffer-response="false" />`},
		{"a policy on another operation", "main.tf", `realtime["receive"].operation_id`, `realtime["send"].operation_id`, []string{"server-sent-events"}, `main.tf:51 each.value.template`},
		{"no subscription stated", "main.tf", "  subscription_required = false\n", "", everything, `main.tf:20 "realtime"`},
		{"no DELETE", "main.tf", `close = { method = "DELETE", template = "/" }`, "", []string{"long-polling"}, `main.tf:20 "realtime"`},
		{"no preflight", "main.tf", `preflight-negotiate = { method = "OPTIONS"`, `preflight-negotiate = { method = "HEAD"`, []string{"negotiate"}, `main.tf:20 "realtime"`},
		{"another suffix", "main.tf", `"client"`, `"signalr"`, append([]string{"websocket"}, everything...), `main.tf:1 resource "azurerm_api_manageme`},
		{"HTTP behind", "main.tf", "https://chat.", "http://chat.", []string{"upstream-tls"}, `main.tf:27 "http://chat.service.signalr.n`},
		{"a service URL without path", "main.tf", "signalr.net/client", "signalr.net", []string{"path", "tls-verify"}, `main.tf:27 "https://chat.service.signalr. | main.tf:20 "realtime"`},
		{"the tier Consumption", "main.tf", "Premium_1", "Consumption_0", []string{"limits", "long-polling", "server-sent-events"}, `main.tf:7 "Consumption_0"`},
		{"a Host for all APIs", "main.tf", "", `
resource "azurerm_api_management_policy" "all" {
  api_management_id = azurerm_api_management.rt.id
  xml_content       = "<policies><inbound><set-header name=\"Host\"><value>www.contoso.example</value></set-header></inbound><backend><forward-request /></backend><outbound /></policies>"
}
`, []string{"host-override"}, `main.tf:77 www.contoso.example</value></s`},
		{"a body that a diagnostic logs", "main.tf", "", `
resource "azurerm_api_management_api_diagnostic" "rt" {
  identifier               = "applicationinsights"
  api_management_name      = azurerm_api_management.rt.name
  resource_group_name      = "rt"
  api_name                 = azurerm_api_management_api.realtime.name
  api_management_logger_id = "logger"

  frontend_response {
    body_bytes = 1024
  }
}
`, []string{"server-sent-events"}, `main.tf:83 1024`},
	},
	"ok/apiops_websocket_design": {
		{"nothing", "policy.xml", "x-nothing", "", nil, ""},
		{"nothing is sent", "policy.xml", "<forward-request />", "", []string{"negotiate", "websocket"}, `policy.xml:3 <backend>`},
		{"no base on the handshake", "apis/connect/operations/onHandshake/policy.xml", "<backend>\n    <base />", "<backend>", []string{"websocket"}, `policy.xml:5 <backend>`},
		{"a Host on the handshake", "apis/connect/operations/onHandshake/policy.xml", "<inbound>\n    <base />", `<inbound><base /><set-header name="Host"><value>x.example</value></set-header>`, nil, ""},
		{"a cache on the handshake", "apis/connect/operations/onHandshake/policy.xml", "<inbound>\n    <base />", `<inbound><base /><mock-response status-code="200" />`, nil, ""},
		{"a subscription on connect", "apis/connect/apiInformation.json", `"subscriptionRequired": false`, `"subscriptionRequired": true`, []string{"websocket"}, `apiInformation.json:7 true,`},
		{"connect by https", "apis/connect/apiInformation.json", `"wss"`, `"ws"`, []string{"websocket"}, `apiInformation.json:9 [`},
		{"a Host for all APIs", "policy.xml", "<inbound />", `<inbound><set-header name="Host"><value>x.example</value></set-header></inbound>`, []string{"host-override"}, `policy.xml:2 x.example</value></set-header>`},
		{"negotiate by PUT", "apis/negotiate/specification.yaml", "post:", "put:", []string{"negotiate"}, `apiInformation.json:3 "Negotiate",`},
		{"a revision that is not current", "apis/negotiate/apiInformation.json", `"isCurrent": true`, `"isCurrent": false`, nil, ""},
		{"no Authorization", "policy.xml", "<inbound />", `<inbound><set-header name="Authorization" exists-action="delete" /></inbound>`, []string{"negotiate", "websocket"}, `policy.xml:2 <set-header name="Authorizatio`},
		{"a mock for all APIs", "policy.xml", "<inbound />", `<inbound><mock-response status-code="200" /></inbound>`, []string{"negotiate"}, `policy.xml:2 <mock-response status-code="20`},
	},
}

// enoughOf are how many mutations of each must be caught.
var enoughOf = map[string]int{"ok/websocket_design.json": 10, "ok/http_design.json": 10, "ok/http_design_tf": 10, "ok/apiops_websocket_design": 8}

func caught(mutations []mutation) int {
	n := 0
	for _, m := range mutations {
		if len(m.broken) > 0 && m.at != "" {
			n++
		}
	}
	return n
}

func TestTheTwoDesignsOfMicrosoftHoldForTheirTransports(t *testing.T) {
	t.Parallel()
	const holds, given = conformance.Holds, conformance.NotOffered
	for design := range apimMutations {
		want := map[string]conformance.Verdict{"negotiate": holds, "websocket": given, "server-sent-events": holds, "long-polling": holds, "host-override": holds, "path": holds, "affinity": holds}
		if strings.Contains(design, "websocket") {
			want["websocket"], want["server-sent-events"], want["long-polling"] = holds, given, given
		}
		for _, r := range readings(design, parsers.Load([]string{filepath.Join("../fixtures/apim", design)}, parsers.Options{})) {
			for id, v := range want {
				if got := r.subject.Result(id).Verdict; got != v {
					t.Errorf("%s: %s %s, want %s", design, id, got, v)
				}
			}
		}
	}
}

func TestMutationsOfAPIManagementBreakWhatIsPredicted(t *testing.T) {
	t.Parallel()
	endpoint := conformance.Endpoint{Scheme: "https", Host: "rt.contoso.example", Port: 443, Path: "/"}
	var all []*reading
	for design, mutations := range apimMutations {
		if n := caught(mutations); n < enoughOf[design] {
			t.Errorf("%s has %d mutations that break something at a certain line, want %d", design, n, enoughOf[design])
		}
		for _, m := range mutations {
			name := design + ", " + m.name
			found := readings(name, parsers.Load([]string{mutated(t, filepath.Join("../fixtures/apim", design), m)}, parsers.Options{}), endpoint)
			if len(found) != 1 {
				t.Errorf("%s: rules judge %d subjects", name, len(found))
				continue
			}
			if got := brokenIn(&conformance.Report{Subjects: []conformance.Subject{found[0].subject}}); !slices.Equal(sortedOnce(got), sortedOnce(m.broken)) {
				t.Errorf("%s breaks %v, want %v", name, sortedOnce(got), m.broken)
			}
			for _, at := range placesIn(t, found[0].subject, m.file != "") {
				if !slices.ContainsFunc(strings.Split(m.at, " | "), func(want string) bool { return want != "" && strings.HasPrefix(at, want) }) {
					t.Errorf("%s is found at %s, want %s", name, at, m.at)
				}
			}
			if m.file == "" { // the other forms become the same programs
				all = append(all, found...)
			}
		}
	}
	if !testing.Short() {
		agree(t, all)
	}
}

// placesIn are the places of all that is found broken: the file where it is one of several, the line, and what stands there.
func placesIn(t *testing.T, s conformance.Subject, several bool) []string {
	t.Helper()
	var out []string
	for _, r := range s.Results {
		for _, f := range r.Findings {
			if f.Advice {
				continue
			}
			if f.Span.IsZero() {
				t.Errorf("%s is found nowhere: %s", r.Requirement, f.Message)
				continue
			}
			text, err := os.ReadFile(f.Span.File)
			if err != nil {
				t.Fatal(err)
			}
			line := strings.Split(string(text), "\n")[f.Span.Line-1]
			at := fmt.Sprintf("%d %s", f.Span.Line, line[f.Span.Col-1:])
			if several {
				at = filepath.Base(f.Span.File) + ":" + at
			}
			out = append(out, at)
		}
	}
	return out
}

func sortedOnce(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

// mutated is a copy of a fixture with a change.
func mutated(t *testing.T, path string, m mutation) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), filepath.Base(path))
	file := to
	if m.file == "" {
		text, err := os.ReadFile(path)
		if err == nil {
			err = os.WriteFile(to, text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	} else {
		if err := os.CopyFS(to, os.DirFS(path)); err != nil {
			t.Fatal(err)
		}
		file = filepath.Join(to, m.file)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	changed := string(text) + m.new
	if m.old != "" {
		changed = strings.Replace(string(text), m.old, m.new, 1)
	}
	if changed == string(text) && m.old != "x-nothing" {
		t.Fatalf("%s changes nothing in %s", m.name, path)
	}
	if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	return to
}
