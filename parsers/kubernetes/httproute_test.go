package kubernetes

import (
	"fmt"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// route is a Gateway and an HTTPRoute with one rule.
func route(matches, filters string) string {
	return fmt.Sprintf(`apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Service, metadata: {name: signalr}, spec: {type: ExternalName, externalName: chat.service.signalr.net}}
- {apiVersion: v1, kind: Service, metadata: {name: other}, spec: {type: ExternalName, externalName: other.service.signalr.net}}
- apiVersion: gateway.networking.k8s.io/v1
  kind: BackendTLSPolicy
  metadata: {name: tls}
  spec: {targetRefs: [{kind: Service, name: signalr}, {kind: Service, name: other}], validation: {hostname: chat.service.signalr.net, wellKnownCACertificates: System}}
- apiVersion: gateway.networking.k8s.io/v1
  kind: Gateway
  metadata: {name: edge}
  spec: {listeners: [{name: web, protocol: HTTP, port: 80}, {name: tls, protocol: HTTPS, port: 443, hostname: "*.example.com"}]}
- apiVersion: gateway.networking.k8s.io/v1
  kind: HTTPRoute
  metadata: {name: rt}
  spec:
    parentRefs: [{name: edge}]
    hostnames: [rt.example.com]
    rules:
    - backendRefs: [{name: other, port: 443}]
    - matches:
      %s
      filters:
        %s
      backendRefs: [{name: signalr, port: 443}]
`, strings.ReplaceAll(matches, "\n", "\n      "), strings.ReplaceAll(filters, "\n", "\n      "))
}

func TestHTTPRoutesGoWhereTheSpecificationSendsThem(t *testing.T) {
	const signalr, other = "https://chat.service.signalr.net:443", "https://other.service.signalr.net:443"
	client := "- {path: {type: PathPrefix, value: /client}}"
	for _, tt := range []struct{ name, matches, filters, request, want string }{
		{"a prefix takes the path itself", client, "[]", "GET https://rt.example.com/client", signalr + "/client as rt.example.com"},
		{"a prefix takes what is below it", client, "[]", "GET https://rt.example.com/client/?a=b", signalr + "/client/?a=b as rt.example.com"},
		{"a prefix is one of whole segments", client, "[]", "GET https://rt.example.com/clientele", other + "/clientele as rt.example.com"},
		{"an exact path", "- {path: {type: Exact, value: /client/}}", "[]", "GET https://rt.example.com/client/x", other + "/client/x as rt.example.com"},
		{"a method", "- {method: POST}", "[]", "POST https://rt.example.com/", signalr + "/ as rt.example.com"},
		{"another method", "- {method: POST}", "[]", "GET https://rt.example.com/", other + "/ as rt.example.com"},
		{"an argument", "- {queryParams: [{name: hub, value: chat}]}", "[]", "GET https://rt.example.com/?hub=chat", signalr + "/?hub=chat as rt.example.com"},
		{"another host", client, "[]", "GET https://www.example.com/client", "404 "},
		{"the listener for HTTP", client, "[]", "GET http://rt.example.com/client", signalr + "/client as rt.example.com"},
		{"another Host", client, "- {type: URLRewrite, urlRewrite: {hostname: chat.service.signalr.net}}", "GET https://rt.example.com/client", signalr + "/client as chat.service.signalr.net"},
		{"another prefix", "- {path: {value: /asrs1}}", "- {type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}", "GET https://rt.example.com/asrs1/client/?a=b", signalr + "/client/?a=b as rt.example.com"},
		{"another path", client, "- {type: URLRewrite, urlRewrite: {path: {type: ReplaceFullPath, replaceFullPath: /x}}}", "GET https://rt.example.com/client/?a=b", signalr + "/x?a=b as rt.example.com"},
		{"a redirect", client, "- {type: RequestRedirect, requestRedirect: {hostname: www.example.com, statusCode: 301}}", "GET https://rt.example.com/client/?a=b", "301 https://www.example.com/client/?a=b"},
	} {
		g := only(t, route(tt.matches, tt.filters))
		if got := told(g, tt.request); got != tt.want {
			t.Errorf("%s: told %s instead of %s", tt.name, got, tt.want)
		}
	}
}

func TestPrefixesAreReplacedAsTheSpecificationShows(t *testing.T) {
	for _, tt := range [][4]string{ // path, prefix, replacement, result: the table of HTTPPathModifier
		{"/foo/bar", "/foo", "/xyz", "/xyz/bar"},
		{"/foo/bar", "/foo", "/xyz/", "/xyz/bar"},
		{"/foo/bar", "/foo/", "/xyz", "/xyz/bar"},
		{"/foo", "/foo", "/xyz", "/xyz"},
		{"/foo/", "/foo", "/xyz", "/xyz/"},
		{"/foo/bar", "/foo", "", "/bar"},
		{"/foo/", "/foo", "", "/"},
		{"/foo", "/foo", "", "/"},
		{"/foo/", "/foo", "/", "/"},
		{"/foo", "/foo", "/", "/"},
	} {
		if got := replacedPrefix(tt[0], tt[1], tt[2]); got != tt[3] {
			t.Errorf("%s with %s for %s is %s instead of %s", tt[0], tt[2], tt[1], got, tt[3])
		}
	}
}

func TestWhatTheGatewayAPILeavesOpenIsUnknown(t *testing.T) {
	g := only(t, strings.Replace(route("- {path: {value: /client}}", "[]"), "name: signalr}, {kind", "name: none}, {kind", 1))
	d := g.Trace(g.Listeners[0], &routing.Request{Method: "GET", Scheme: "http", Host: "rt.example.com", Target: "/client"})[0].Delivery
	if d == nil {
		t.Fatal("the request is not delivered")
	}
	for name, v := range map[string]routing.Value{
		"scheme": d.Scheme, "upgrade": d.Setting(routing.Upgrade), "buffering": d.Setting(routing.Buffering), "idle time-out": d.Setting(routing.IdleTimeout),
		"read time-out": d.Setting(routing.ReadTimeout), "server name": d.Setting(routing.SNI),
	} {
		if !v.IsUnknown() || !strings.Contains(v.Why(), "depends on the implementation") {
			t.Errorf("%s is %v", name, v)
		}
	}
	if got := told(only(t, route("- {path: {type: RegularExpression, value: /c.*}}", "[]")), "GET https://rt.example.com/client"); strings.Count(got, ";") != 1 {
		t.Errorf("with an expression: told %s", got)
	}
}
