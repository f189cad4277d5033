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
  spec: {listeners: [{name: web, protocol: HTTP, port: 80}, {name: alt, protocol: HTTP, port: 8080}, {name: tls, protocol: HTTPS, port: 443, hostname: "*.example.com"}]}
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
`, strings.ReplaceAll(matches, "\n", "\n      "), strings.ReplaceAll(filters, "\n", "\n        "))
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
		{"a redirect to another scheme", client, "- {type: RequestRedirect, requestRedirect: {scheme: https}}", "GET http://rt.example.com/client", "302 https://rt.example.com/client"},
		{"a redirect to another port", client, "- {type: RequestRedirect, requestRedirect: {port: 8443}}", "GET https://rt.example.com/client", "302 https://rt.example.com:8443/client"},
		{"a redirect to the usual port", client, "- {type: RequestRedirect, requestRedirect: {port: 443}}", "GET https://rt.example.com/client", "302 https://rt.example.com/client"},
		{"a redirect on a port that is not the scheme's", client, "- {type: RequestRedirect, requestRedirect: {hostname: www.example.com}}", "GET http8080://rt.example.com/client", "302 http://www.example.com:8080/client"},
		{"a redirect from there to another scheme", client, "- {type: RequestRedirect, requestRedirect: {scheme: https}}", "GET http8080://rt.example.com/client", "302 https://rt.example.com/client"},
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

// copies are where copies of a request to a gateway go.
func copies(t *testing.T, g *routing.Gateway) string {
	t.Helper()
	var out []string
	for _, p := range g.Trace(g.Listeners[0], &routing.Request{Method: "GET", Scheme: "http", Host: "rt.example.com", Target: "/client"}) {
		for _, c := range p.Copied {
			out = append(out, c.To.Text()+c.To.Why())
		}
	}
	return strings.Join(out, " ")
}

func TestCopiesGoToTheBackendOfAMirror(t *testing.T) {
	for _, tt := range []struct{ name, filters, want string }{
		{"all", "- {type: RequestMirror, requestMirror: {backendRef: {name: other, port: 443}}}", "other.service.signalr.net:443"},
		{"a part", "- {type: RequestMirror, requestMirror: {percent: 5, backendRef: {name: other, port: 443}}}", "other.service.signalr.net:443"},
		{"none", "- {type: RequestMirror, requestMirror: {percent: 0, backendRef: {name: other, port: 443}}}", ""},
		{"two", "- {type: RequestMirror, requestMirror: {backendRef: {name: other, port: 443}}}\n- {type: RequestMirror, requestMirror: {fraction: {numerator: 1}, backendRef: {name: signalr, port: 443}}}", "other.service.signalr.net:443 chat.service.signalr.net:443"},
		{"to what was not given", "- {type: RequestMirror, requestMirror: {backendRef: {name: recorder, port: 80}}}", "the Service recorder in the namespace default was not given"},
		{"to another namespace", "- {type: RequestMirror, requestMirror: {backendRef: {name: other, namespace: far, port: 80}}}", "whether a ReferenceGrant in the namespace far lets the HTTPRoute rt use the Service other: none was given"},
	} {
		if got := copies(t, only(t, route("- {path: {value: /client}}", tt.filters))); got != tt.want {
			t.Errorf("%s: copies go to %q instead of %q", tt.name, got, tt.want)
		}
	}
}

// TestWhatIsAttachedElsewhereLeavesARouteOpen holds objects beside a route that may change what becomes of its requests.
func TestWhatIsAttachedElsewhereLeavesARouteOpen(t *testing.T) {
	client := route("- {path: {value: /client}}", "[]")
	with := func(object string) string { return client + "- " + strings.ReplaceAll(object, "\n", "\n  ") }
	const (
		delivered = "https://chat.service.signalr.net:443/client as rt.example.com"
		policy    = "apiVersion: example.net/v1\nkind: Policy\nmetadata: {name: p%s}\nspec: %s\n"
		open      = delivered + "; unknown: what the Policy p does: it depends on the implementation of the Gateway API"
		grpc      = "apiVersion: gateway.networking.k8s.io/v1\nkind: GRPCRoute\nmetadata: {name: calls}\nspec: {parentRefs: [{name: edge}], rules: [{matches: [{method: {%s}}]}]}\n"
		calls     = delivered + "; unknown: what the GRPCRoute calls does with requests that are no calls of gRPC: it depends on the implementation of the Gateway API"
	)
	for _, tt := range []struct{ name, text, want string }{
		{"nothing", client, delivered},
		{"of the route", with(fmt.Sprintf(policy, "", "{targetRefs: [{kind: HTTPRoute, name: rt}]}")), open},
		{"of another route", with(fmt.Sprintf(policy, "", "{targetRefs: [{kind: HTTPRoute, name: other}]}")), delivered},
		{"of another namespace", with(fmt.Sprintf(policy, ", namespace: far", "{targetRef: {kind: HTTPRoute, name: rt}}")), delivered},
		{"of the gateway", with(fmt.Sprintf(policy, "", "{targetRef: {kind: Gateway, name: edge}}")), open},
		{"of the backend", with(fmt.Sprintf(policy, "", "{targetRef: {kind: Service, name: signalr}}")), open},
		{"of the other backend", with(fmt.Sprintf(policy, "", "{targetRef: {kind: Service, name: other}}")), delivered},
		{"of all routes", with(fmt.Sprintf(policy, "", "{targetSelectors: [{kind: HTTPRoute}]}")), open},
		{"of routes with a label", with(fmt.Sprintf(policy, "", "{targetSelectors: [{kind: HTTPRoute, matchLabels: {app: x}}]}")), delivered},
		{"calls to a service", with(fmt.Sprintf(grpc, "service: a.B")), delivered},
		{"calls to a method", with(fmt.Sprintf(grpc, "method: client")), calls},
		{"every call", with(fmt.Sprintf(grpc, "type: Exact")), calls},
	} {
		if got := told(only(t, tt.text), "GET https://rt.example.com/client"); got != tt.want {
			t.Errorf("%s: told %s instead of %s", tt.name, got, tt.want)
		}
	}
}

// TestTheMostSpecificListenerTakesARequest holds listeners that share a port, in any order.
func TestTheMostSpecificListenerTakesARequest(t *testing.T) {
	const (
		wide, narrow = `{name: wide, protocol: HTTPS, port: 443, hostname: "*.example.com"}`, `{name: narrow, protocol: HTTPS, port: 443, hostname: rt.example.com}`
		through      = `{name: through, protocol: TLS, port: 443, hostname: rt.example.com, tls: {mode: Passthrough}}`
		delivered    = "https://chat.service.signalr.net:443/client as rt.example.com"
		isolated     = "404 ; unknown: whether the HTTPRoute rt of the listener wide is asked for what belongs to narrow: it depends on the implementation of the Gateway API"
		passed       = "unknown: where the routes of the listener through lead, which are no HTTPRoutes"
	)
	for _, tt := range []struct{ name, listeners, parent, want string }{
		{"both", wide + ", " + narrow, "{name: edge}", delivered},
		{"only the narrow one", wide + ", " + narrow, "{name: edge, sectionName: narrow}", delivered},
		{"only the wide one", wide + ", " + narrow, "{name: edge, sectionName: wide}", isolated},
		{"only the wide one, after the other", narrow + ", " + wide, "{name: edge, sectionName: wide}", isolated},
		{"one that hands connections on", wide + ", " + through, "{name: edge}", passed},
		{"one for other routes", `{name: narrow, protocol: HTTPS, port: 443, hostname: rt.example.com, allowedRoutes: {kinds: [{kind: GRPCRoute}]}}`, "{name: edge}", "404 "},
		{"one for labels", `{name: narrow, protocol: HTTPS, port: 443, hostname: rt.example.com, allowedRoutes: {namespaces: {from: Selector, selector: {matchLabels: {a: b}}}}}`, "{name: edge}", delivered + "; unknown: whether the listener narrow selects routes of the namespace default by its labels"},
	} {
		text := route("- {path: {value: /client}}", "[]")
		text = strings.Replace(text, `{name: web, protocol: HTTP, port: 80}, {name: alt, protocol: HTTP, port: 8080}, {name: tls, protocol: HTTPS, port: 443, hostname: "*.example.com"}`, tt.listeners, 1)
		text = strings.Replace(text, "parentRefs: [{name: edge}]", "parentRefs: ["+tt.parent+"]", 1)
		if got := told(only(t, text), "GET https://rt.example.com/client"); got != tt.want {
			t.Errorf("%s: told %s instead of %s", tt.name, got, tt.want)
		}
	}
}

func TestTheOnlyBackendsFiltersCountAsTheRules(t *testing.T) {
	text := route("- {path: {value: /client}}", "[]")
	text = strings.Replace(text, "[{name: signalr, port: 443}]\n", "[{name: signalr, port: 443, filters: [{type: URLRewrite, urlRewrite: {hostname: chat.service.signalr.net}}]}]\n", 1)
	if got, want := told(only(t, text), "GET https://rt.example.com/client"), "https://chat.service.signalr.net:443/client as chat.service.signalr.net"; got != want {
		t.Errorf("told %s instead of %s", got, want)
	}
}

func TestPoliciesForTLSNameAPortAndOtherNames(t *testing.T) {
	text := route("- {path: {value: /client}}", "[]")
	text = strings.Replace(text, "externalName: chat.service.signalr.net}", "externalName: chat.service.signalr.net, ports: [{name: tls, port: 443}, {name: plain, port: 80}]}", 1)
	text += `- apiVersion: gateway.networking.k8s.io/v1
  kind: BackendTLSPolicy
  metadata: {name: port}
  spec: {targetRefs: [{kind: Service, name: signalr, sectionName: SECTION}], validation: {hostname: other.example.net, subjectAltNames: [{type: Hostname, hostname: a.example.net}, {type: Hostname, hostname: b.example.net}]}}
`
	for section, want := range map[string]string{
		"tls":   "other.example.net checked for a.example.net b.example.net",
		"plain": "chat.service.signalr.net checked for chat.service.signalr.net",
	} {
		g := only(t, strings.Replace(text, "SECTION", section, 1))
		d := g.Trace(g.Listeners[0], &routing.Request{Method: "GET", Scheme: "http", Host: "rt.example.com", Target: "/client"})[0].Delivery
		if got := d.Setting(routing.SNI).Text() + " checked for " + d.Setting(routing.VerifiedName).Text(); got != want {
			t.Errorf("%s: %s instead of %s", section, got, want)
		}
	}
}
