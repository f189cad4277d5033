package conformance_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers"
)

// change is one line of a sound property that is changed, with the requirements that must be broken then.
type change struct {
	behavior, from, to string // the line is the first one with that text behind the name of a behavior or criterion
	broken             string
}

// propertyChanges are such lines.
var propertyChanges = []change{
	{"origin", `"forwardHostHeader": "ORIGIN_HOSTNAME"`, `"forwardHostHeader": "REQUEST_HOST_HEADER"`, "host-override"},
	{"origin", `"hostname": "chat.service.signalr.net"`, `"hostname": "www.contoso.example"`, "long-polling negotiate server-sent-events websocket"},
	{"origin", `"httpsPort": 443`, `"httpsPort": 80`, "long-polling negotiate server-sent-events websocket"},
	{"origin", `"originSni": true`, `"originSni": false`, "long-polling negotiate server-sent-events tls-sni websocket"},
	{"origin", `"{{Origin Hostname}}"`, `"rt.contoso.example"`, ""},
	{"caching", `"behavior": "NO_STORE"`, `"behavior": "MAX_AGE"`, "long-polling"},
	{"allowPost", `"enabled": true`, `"enabled": false`, "negotiate"},
	{"allowDelete", `"enabled": true`, `"enabled": false`, "long-polling"},
	{"allowOptions", `"enabled": true`, `"enabled": false`, "negotiate"},
	{"webSockets", `"enabled": true`, `"enabled": false`, "websocket"},
	{"optimizeTextStreaming", `"enable": true`, `"enable": false`, ""},
	{"readTimeout", `"value": "120s"`, `"value": "10s"`, "server-sent-events"},
	{"readTimeout", `"firstByteTimeout": "120s"`, `"firstByteTimeout": "60s"`, "long-polling"},
	{"readTimeout", `"firstByteTimeout": "120s"`, `"firstByteTimeout": "3s"`, "long-polling negotiate"},
	{"path", `["/client", "/client/*"]`, `["/client/negotiate"]`, "long-polling server-sent-events websocket"},
	{"path", `["/client", "/client/*"]`, `["/*"]`, "exposure"},
	{"path", `"matchOperator": "MATCHES_ONE_OF"`, `"matchOperator": "DOES_NOT_MATCH_ONE_OF"`, "exposure long-polling negotiate server-sent-events websocket"},
	{"path", `"values": ["/client", "/client/*"]`, `"values": ["/Client", "/CLIENT/*"]`, ""},

	{"origin", `"forwardHostHeader": "ORIGIN_HOSTNAME"`, `"forwardHostHeader": "CUSTOM", "customForwardHostHeader": "other.service.signalr.net"`, "host-override"},
	{"origin", `"hostname": "chat.service.signalr.net"`, `"hostname": "chat.privatelink.service.signalr.net"`, "host-override long-polling negotiate server-sent-events tls-sni tls-verify websocket"},
	{"origin", `"hostname": "chat.service.signalr.net"`, `"hostname": "chat.service.signalr.net", "secondHostnameEnabled": true, "secondHostname": "other.service.signalr.net"`, "affinity"},
	{"origin", `"verificationMode": "CUSTOM"`, `"verificationMode": "PLATFORM_SETTINGS"`, ""},
	added("denyAccess", `"enabled": true, "reason": "closed"`, "long-polling negotiate server-sent-events websocket"),
	added("constructResponse", `"enabled": true, "responseCode": 404, "body": ""`, "long-polling negotiate server-sent-events websocket"),
	added("redirect", `"destinationProtocol": "HTTPS", "destinationHostname": "OTHER", "destinationHostnameOther": "www.contoso.example", "destinationPath": "SAME_AS_REQUEST", "queryString": "APPEND", "responseCode": 302`, "long-polling negotiate server-sent-events websocket"),
	added("baseDirectory", `"value": "/app/"`, "path"),
	added("rewriteUrl", `"behavior": "REMOVE", "match": "/client/"`, "exposure path"), // /client/api/ becomes /api/
	added("removeQueryParameter", `"parameters": ["asrs_request_id"]`, "path"),
	added("removeQueryParameter", `"parameters": ["access_token"]`, "path server-sent-events websocket"),
	added("allowHTTPSDowngrade", `"enabled": true`, "upstream-tls"),
	added("modifyOutgoingResponseHeader", `"action": "ADD", "standardAddHeaderName": "OTHER", "customHeaderName": "Access-Control-Allow-Origin", "headerValue": "*"`, "cors"),
	added("modifyIncomingRequestHeader", `"action": "DELETE", "standardDeleteHeaderName": "OTHER", "customHeaderName": "Authorization"`, "long-polling negotiate server-sent-events websocket"),
	added("breakConnection", `"enabled": true`, "long-polling negotiate server-sent-events websocket"),
	added("cachePost", `"enabled": true, "useBody": "IGNORE"`, ""),
	added("edgeWorker", `"enabled": true, "edgeWorkerId": "7"`, ""),
	added("httpStrictTransportSecurity", `"enable": true, "maxAge": "ONE_DAY", "redirect": true, "redirectStatusCode": 301`, ""),
	added("allowPut", `"enabled": false`, ""),
	added("removeQueryParameter", `"parameters": ["hub"]`, "path"),
	added("modifyOutgoingResponseHeader", `"action": "ADD", "standardAddHeaderName": "OTHER", "customHeaderName": "Access-Control-Allow-Origin", "headerValue": "https://app.contoso.example"`, "cors"),
	added("rewriteUrl", `"behavior": "REPLACE", "match": "/client/", "targetPath": "/hub/"`, "path"),
	{"origin", `"forwardHostHeader": "ORIGIN_HOSTNAME"`, `"forwardHostHeader": "CUSTOM", "customForwardHostHeader": "rt.contoso.example"`, "host-override"},
	{"path", `["/client", "/client/*"]`, `["/client/?*"]`, "long-polling server-sent-events websocket"},
	{"path", `["/client", "/client/*"]`, `["/client", "/client/"]`, "negotiate"},
}

// added is another behavior, in the line of the one for caching.
func added(name, options, broken string) change {
	const line = `"behavior": "NO_STORE"`
	return change{"caching", line, line + `}}, {"name": "` + name + `", "options": {` + options, broken}
}

func TestReadingAndTrafficAgreeOnEveryChangeToAProperty(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../fixtures/akamai/ok/papi.json")
	if err != nil {
		t.Fatal(err)
	}
	endpoint, err := conformance.ParseEndpoint("https://rt.contoso.example/")
	if err != nil {
		t.Fatal(err)
	}
	var all []*reading
	for _, c := range propertyChanges {
		estate := parsers.Load([]string{"-"}, parsers.Options{Stdin: strings.NewReader(c.apply(t, string(text)))})
		found := readings("akamai "+c.behavior+" "+c.to, estate, endpoint)
		if len(found) != 1 {
			t.Errorf("%s: rules judge %d subjects", c.to, len(found))
			continue
		}
		if got := strings.Join(brokenBy(found[0].subject), " "); got != c.broken {
			t.Errorf("%s in %s breaks %q, want %q", c.to, c.behavior, got, c.broken)
		}
		all = append(all, found...)
	}
	agree(t, all)
}

// apply changes the line in the rule for the service.
func (c change) apply(t *testing.T, text string) string {
	t.Helper()
	rule := strings.Index(text, `"Azure SignalR"`)
	name := strings.Index(text[rule:], `"name": "`+c.behavior+`"`) + rule
	at := strings.Index(text[name:], c.from) + name
	if rule < 0 || name < rule || at < name {
		t.Fatalf("there is no %s in %s", c.from, c.behavior)
	}
	return text[:at] + strings.Replace(text[at:], c.from, c.to, 1)
}

func brokenBy(s conformance.Subject) []string {
	var out []string
	for _, r := range s.Results {
		if r.Verdict == conformance.Broken {
			out = append(out, r.Requirement)
		}
	}
	slices.Sort(out)
	return out
}
