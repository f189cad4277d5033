package apim_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

const chat = "https://chat.service.signalr.net"

// api is an API that takes everything below a suffix.
func api(name, path, url string, more ...props) []part {
	p := props{"path": path, "serviceUrl": url, "protocols": []string{"https"}, "subscriptionRequired": false}
	for _, m := range more {
		maps.Copy(p, m)
	}
	return []part{{"apis", name, p}, {"apis/operations", name + "/all", props{"method": "GET", "urlTemplate": "/*"}}}
}

func all(lists ...[]part) []part {
	var out []part
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

// TestRequestsGoWhereTheServiceSendsThem asks one request about each of many services.
func TestRequestsGoWhereTheServiceSendsThem(t *testing.T) {
	fragment := part{"policyFragments", "host", props{"format": "rawxml", "value": `<fragment><set-header name="Host"><value>{{host}}</value></set-header></fragment>`}}
	named := part{"namedValues", "n1", props{"displayName": "host", "value": "named.example"}}
	backend := part{"backends", "other", props{"url": "https://other.example/base/", "protocol": "http"}}
	first := part{"backends", "first", props{"url": "https://one.example/base"}}
	pool := part{"backends", "both", props{"type": "Pool", "pool": props{"services": []props{{"id": "/backends/first", "priority": 1}, {"id": "/backends/other", "priority": 2}}}}}
	versions := func(scheme string, more props) part {
		more["versioningScheme"] = scheme
		return part{"apiVersionSets", "vs", more}
	}
	v1 := props{"apiVersion": "v1", "apiVersionSetId": "/apiVersionSets/vs"}
	closed := props{"subscriptionRequired": true}
	letsIn := `<cors><allowed-origins><origin>*</origin></allowed-origins></cors>`
	preflight := []string{"Origin: https://a.example", "Access-Control-Request-Method: POST"}
	tests := []struct {
		name   string
		parts  []part
		method string
		target string
		header []string
		want   string
	}{
		{"the longest suffix wins", all(api("a", "client", "https://a.example"), api("b", "client/negotiate", "https://b.example")), "GET", "/client/negotiate/x?q", nil, "GET https://b.example/x?q Host b.example"},
		{"a suffix is whole segments", all(api("a", "client", "https://a.example")), "GET", "/clients", nil, "answered by the gateway: 404 (default of API Management) no API has this path"},
		{"an empty suffix takes the rest", all(api("a", "client", "https://a.example"), api("b", "", "https://b.example")), "GET", "/x", nil, "GET https://b.example/x Host b.example"},
		{"slashes around suffix and URL do not count", all(api("a", "/client/", "https://a.example/p/")), "GET", "/client/x", nil, "GET https://a.example/p/x Host a.example"},
		{"no operation", realtime("GET /"), "PUT", "/client/", nil, "answered by the gateway: 404 (default of API Management) no operation of API rt takes this method and path"},
		{"an operation at the suffix itself", realtime("GET /"), "GET", "/client", nil, "GET " + chat + "/client Host chat.service.signalr.net"},
		{"an operation with a slash behind", realtime("POST /negotiate"), "POST", "/client/negotiate/", nil, "POST " + chat + "/client/negotiate/ Host chat.service.signalr.net"},
		{"a required query parameter", realtime("GET /?hub={hub}"), "GET", "/client/?x=1", nil, "answered by the gateway: 404 (default of API Management) no operation of API rt takes this method and path"},
		{"no scheme but the API's", api("a", "client", "https://a.example", props{"protocols": []string{"http"}}), "GET", "/client/x", nil, "answered by the gateway: 404 (default of API Management) the API does not take this scheme"},
		{"a key is required", api("a", "client", "https://a.example", closed), "GET", "/client/x", nil, "answered by the gateway: 401 (default of API Management) a subscription key is required"},
		{"with a key", api("a", "client", "https://a.example", closed), "GET", "/client/x", []string{"Ocp-Apim-Subscription-Key: k"}, "GET https://a.example/x Host a.example"},
		{"an open product", all(api("a", "client", "https://a.example", closed), []part{{"products", "p", props{"subscriptionRequired": false}}, {"products/apis", "p/a", props{}}}), "GET", "/client/x", nil, "GET https://a.example/x Host a.example"},
		{"an open product of another API", all(api("a", "client", "https://a.example", closed), []part{{"products", "p", props{"subscriptionRequired": false}}, {"products/apis", "p/b", props{}}}), "GET", "/client/x", nil, "answered by the gateway: 401 (default of API Management) a subscription key is required"},
		{"the policy of an open product", all(api("a", "client", "https://a.example"), []part{
			{"products", "p", props{"subscriptionRequired": false}},
			{"products/apis", "p/a", props{}},
			{"products/policies", "p/policy", props{"value": `<policies><inbound><base /><set-backend-service base-url="https://p.example" /></inbound><backend><base /></backend></policies>`}},
		}), "GET", "/client/x", nil, "GET https://p.example/x Host p.example"},
		{"a version in the path", all(api("a", "client", "https://a.example", v1), []part{versions("Segment", props{})}), "GET", "/client/v1/x", nil, "GET https://a.example/x Host a.example"},
		{"a version in the path that is missing", all(api("a", "client", "https://a.example", v1), []part{versions("Segment", props{})}), "GET", "/client/x", nil, "answered by the gateway: 404 (default of API Management) version v1 of API a is not asked for"},
		{"a version in a header", all(api("a", "client", "https://a.example", v1), api("b", "client", "https://b.example"), []part{versions("Header", props{"versionHeaderName": "v"})}), "GET", "/client/x", []string{"v: v1"}, "GET https://a.example/x Host a.example"},
		{"no version in a header", all(api("a", "client", "https://a.example", v1), api("b", "client", "https://b.example"), []part{versions("Header", props{"versionHeaderName": "v"})}), "GET", "/client/x", nil, "GET https://b.example/x Host b.example"},
		{"a version in the query", all(api("a", "client", "https://a.example", v1), []part{versions("Query", props{"versionQueryName": "v"})}), "GET", "/client/x?v=v1", nil, "GET https://a.example/x?v=v1 Host a.example"},
		{"the current revision", all(api("a", "client", "https://a.example", props{"isCurrent": true}), api("a;rev=2", "client", "https://b.example", props{"isCurrent": false})), "GET", "/client/x", nil, "GET https://a.example/x Host a.example"},
		{"another revision by its number", all(api("a", "client", "https://a.example", props{"isCurrent": true}), api("a;rev=2", "client", "https://b.example", props{"isCurrent": false})), "GET", "/client;rev=2/x", nil, "GET https://b.example/x Host b.example"},
		{"a revision that a release made current", all(api("a", "client", "https://a.example", props{"apiRevision": "1"}), api("a;rev=2", "client", "https://b.example", props{"apiRevision": "2"}), []part{{"apis/releases", "a/r", props{"apiId": "/apis/a;rev=2"}}}), "GET", "/client/x", nil, "GET https://b.example/x Host b.example"},
		{"the only revision, whatever its number", all(api("a;rev=3", "client", "https://a.example")), "GET", "/client/x", nil, "GET https://a.example/x Host a.example"},
		{"the only revision, its parts by the plain name", []part{
			{"apis", "a;rev=3", props{"path": "client", "serviceUrl": "https://a.example", "protocols": []string{"https"}, "subscriptionRequired": false, "apiRevision": "3"}},
			{"apis/operations", "a/all", props{"method": "GET", "urlTemplate": "/*"}},
			{"apis/policies", "a/policy", props{"value": `<policies><inbound><set-method>PUT</set-method></inbound><backend><base /></backend></policies>`}},
		}, "GET", "/client/x", nil, "PUT https://a.example/x Host a.example"},
		{"the parts of another revision are not those of the current one", all(api("a", "client", "https://a.example"), api("a;rev=2", "client", "https://b.example", props{"isCurrent": false}), []part{
			{"apis/policies", "a;rev=2/policy", props{"value": `<policies><inbound><set-method>PUT</set-method></inbound><backend><base /></backend></policies>`}},
		}), "GET", "/client/x", nil, "GET https://a.example/x Host a.example"},
		{"a query in the URL of a backend", api("a", "client", "https://a.example/p?x=1"), "GET", "/client/x", nil, "GET https://a.exampleunknown (what becomes of a query in the URL of a backend is not documented) Host a.example"},
		{"a backend by its id", all(realtime("GET /"), []part{backend, policyOf("rt/policy", `<set-backend-service backend-id="other" />`, "<base />", "")}), "GET", "/client/?q", nil, "GET https://other.example/base/?q Host other.example"},
		{"a pool by its first priority", all(realtime("GET /"), []part{backend, first, pool, policyOf("rt/policy", `<set-backend-service backend-id="both" />`, "<base />", "")}), "GET", "/client/", nil, "GET https://one.example/base/ Host one.example"},
		{"a fragment with a named value", all(realtime("GET /"), []part{fragment, named, policyOf("rt/policy", `<include-fragment fragment-id="host" />`, "<base />", "")}), "GET", "/client/", nil, "GET " + chat + "/client/ Host named.example"},
		{"a fragment that was not read", all(realtime("GET /"), []part{policyOf("rt/policy", `<include-fragment fragment-id="host" />`, "<base />", "")}), "GET", "/client/", nil, `unknown: the policy fragment "host" was not read`},
		{"a scope without base cuts the outer one", all(realtime("GET /"), []part{
			policyOf("policy", `<set-header name="Host"><value>global.example</value></set-header>`, "<forward-request />", ""),
			{"apis/policies", "rt/policy", props{"value": "<policies><inbound></inbound><backend><base /></backend><outbound /></policies>"}},
		}), "GET", "/client/", nil, "GET " + chat + "/client/ Host chat.service.signalr.net"},
		{"scopes in their order", all(realtime("GET /"), []part{
			policyOf("policy", `<set-header name="Host"><value>global.example</value></set-header>`, "<forward-request />", ""),
			policyOf("rt/policy", `<set-header name="Host"><value>api.example</value></set-header>`, "<base />", ""),
			policyOf("rt/get/policy", "", "<base />", ""),
		}), "GET", "/client/", nil, "GET " + chat + "/client/ Host api.example"},
		{"nothing sends it", all(realtime("GET /"), []part{policyOf("rt/policy", "", "", "")}), "GET", "/client/", nil, "answered by the gateway: the effective policy of operation get has no forward-request, so that nothing is sent to a backend"},
		{"sent twice", all(realtime("GET /"), []part{policyOf("rt/policy", "", `<base /><retry count="3" interval="1" condition="@(true)"><forward-request buffer-response="false" /></retry>`, "")}), "GET", "/client/", nil, "unknown: the effective policy of operation get has several forward-request, and what comes of a request that is sent twice is not documented"},
		{"choose", all(realtime("GET /"), []part{policyOf("rt/policy", `<choose><when condition="@(context.Request.Headers.GetValueOrDefault("X","") == "1")"><return-response><set-status code="418" /></return-response></when><otherwise><set-method>HEAD</set-method></otherwise></choose>`, "<base />", "")}), "GET", "/client/", nil, "HEAD " + chat + "/client/ Host chat.service.signalr.net"},
		{"choose the first", all(realtime("GET /"), []part{policyOf("rt/policy", `<choose><when condition="@(context.Request.Headers.GetValueOrDefault("X","") == "1")"><return-response><set-status code="418" /></return-response></when></choose>`, "<base />", "")}), "GET", "/client/", []string{"X: 1"}, "answered by the gateway: 418 return-response"},
		{"a rewritten path keeps the query", all(realtime("GET /{id}"), []part{policyOf("rt/policy", `<rewrite-uri template="/v2/{id}?a=b" />`, "<base />", "")}), "GET", "/client/7?q=1", nil, "GET " + chat + "/client/v2/7?a=b&q=1 Host chat.service.signalr.net"},
		{"a rewritten path without the query", all(realtime("GET /{id}"), []part{policyOf("rt/policy", `<rewrite-uri template="/v2" copy-unmatched-params="false" />`, "<base />", "")}), "GET", "/client/7?q=1", nil, "GET " + chat + "/client/v2 Host chat.service.signalr.net"},
		{"a parameter of the template is not copied", all(realtime("GET /?a={x}"), []part{policyOf("rt/policy", `<rewrite-uri template="/v2" />`, "<base />", "")}), "GET", "/client/?a=1&b=2", nil, "GET " + chat + "/client/v2?b=2 Host chat.service.signalr.net"},
		{"a parameter of the template in another place", all(realtime("GET /?a={x}"), []part{policyOf("rt/policy", `<rewrite-uri template="/v2?c={x}" />`, "<base />", "")}), "GET", "/client/?b=2&a=%201", nil, "GET " + chat + "/client/v2?c=%201&b=2 Host chat.service.signalr.net"},
		{"a query parameter", all(realtime("GET /"), []part{policyOf("rt/policy", `<set-query-parameter name="a" exists-action="override"><value>x y</value></set-query-parameter>`, "<base />", "")}), "GET", "/client/?a=1&b=2", nil, "GET " + chat + "/client/?b=2&a=x+y Host chat.service.signalr.net"},
		{"a redirect", all(realtime("GET /"), []part{policyOf("rt/policy", `<return-response><set-status code="301" /><set-header name="Location"><value>https://x.example/</value></set-header></return-response>`, "<base />", "")}), "GET", "/client/", nil, "redirected (301) to https://x.example/"},
		{"a preflight by cors", all(realtime("POST /"), []part{policyOf("rt/policy", `<cors><allowed-origins><origin>*</origin></allowed-origins></cors>`, "<base />", "")}), "OPTIONS", "/client/", []string{"Origin: https://a.example", "Access-Control-Request-Method: POST"}, "answered by the gateway: 200 (default of cors) preflight answered by cors"},
		{"a preflight without cors", realtime("POST /"), "OPTIONS", "/client/", []string{"Origin: https://a.example", "Access-Control-Request-Method: POST"}, "answered by the gateway: 404 (default of API Management) no operation of API rt takes this method and path"},
		{"an operation for preflights takes the policy's place", all(realtime("POST /", "OPTIONS /"), []part{policyOf("rt/policy", `<cors><allowed-origins><origin>*</origin></allowed-origins></cors>`, "<base />", "")}), "OPTIONS", "/client/", []string{"Origin: https://a.example", "Access-Control-Request-Method: POST"}, "OPTIONS " + chat + "/client/ Host chat.service.signalr.net"},
		{"a handshake", api("s", "client", "wss://chat.service.signalr.net/client", props{"type": "websocket", "protocols": []string{"wss"}}), "GET", "/client/?id=1", []string{"Upgrade: websocket"}, "GET " + chat + "/client/?id=1 Host chat.service.signalr.net"},
		{"no handshake", api("s", "client", "wss://chat.service.signalr.net/client", props{"type": "websocket", "protocols": []string{"wss"}}), "GET", "/client/?id=1", nil, "answered by the gateway: a WebSocket API takes nothing but handshakes"},
		{"an imported operation", []part{{"apis", "i", props{"path": "client", "serviceUrl": chat, "protocols": []string{"https"}, "subscriptionRequired": false, "format": "openapi", "value": "openapi: 3.0.1\npaths:\n  /negotiate:\n    post:\n      operationId: n\n"}}}, "POST", "/client/negotiate", nil, "POST " + chat + "/negotiate Host chat.service.signalr.net"},
		{"operations behind a link", []part{{"apis", "i", props{"path": "client", "serviceUrl": chat, "protocols": []string{"https"}, "subscriptionRequired": false, "format": "openapi-link", "value": "https://x/y.json"}}}, "POST", "/client/negotiate", nil, "unknown: the operations stand in a specification behind a link, which is not read"},
		{"a policy behind a link", all(realtime("GET /"), []part{{"apis/policies", "rt/policy", props{"format": "rawxml-link", "value": "https://x/y.xml"}}}), "GET", "/client/", nil, "unknown: the policy of API rt lies behind a link, which is not read"},
		{"a policy without its root", all(realtime("GET /"), []part{{"apis/policies", "rt/policy", props{"value": "&lt;policies />"}}}), "GET", "/client/", nil, "unknown: the policy of API rt has no element policies"},
		{"a version that is not known", all(api("a", "client", "https://a.example", props{"apiVersion": []string{}, "apiVersionSetId": "/apiVersionSets/vs"}), []part{versions("Header", props{"versionHeaderName": "v"})}), "GET", "/client/x", nil, "answered by the gateway: 404 (default of API Management) no API has this path if not a single value was expected, not a list\nGET https://a.example/x Host a.example if a single value was expected, not a list"},
		{"a cors policy that a branch holds", all(realtime("POST /"), []part{policyOf("rt/policy", `<choose><when condition="@(context.RequestId == "1")">`+letsIn+`</when></choose>`, "<base />", "")}), "OPTIONS", "/client/", preflight, "unknown: whether preflights are answered by a cors policy in a branch is not documented"},
		{"a cors policy of a fragment that was not read", all(realtime("POST /"), []part{policyOf("rt/policy", `<include-fragment fragment-id="cors" />`, "<base />", "")}), "OPTIONS", "/client/", preflight, `unknown: the policy fragment "cors" was not read`},
		{"a query that parameters must not have", all(realtime("GET /"), []part{policyOf("rt/policy", `<validate-parameters specified-parameter-action="ignore" unspecified-parameter-action="ignore"><query specified-parameter-action="ignore" unspecified-parameter-action="prevent" /></validate-parameters>`, "<base />", "")}), "GET", "/client/", nil, "GET " + chat + "/client/ Host chat.service.signalr.net if not whether the operation declares all that SignalR clients send, which validate-parameters wants\nanswered by the gateway: 400 (default of validate-parameters) validate-parameters if whether the operation declares all that SignalR clients send, which validate-parameters wants"},
		{"a product of which it is not known whether it is open", all(api("a", "client", "https://a.example", closed), []part{{"products", "p", props{"subscriptionRequired": []string{}}}, {"products/apis", "p/a", props{}}}), "GET", "/client/x", nil, "GET https://a.example/x Host a.example if not a single value was expected, not a list\nanswered by the gateway: 401 (default of API Management) a subscription key is required if a single value was expected, not a list"},
		{"a name that is not known", all(api("a", "client", "https://a.example", props{"displayName": []string{}}), []part{{"apis/policies", "a/policy", props{"value": `<policies><inbound><set-method>@(context.Api.Name)</set-method></inbound><backend><base /></backend></policies>`}}}), "GET", "/client/x", nil, "unknown (a single value was expected, not a list) https://a.example/x Host a.example"},
		{"a policy that is not known", all(realtime("GET /"), []part{policyOf("rt/policy", "<frobnicate />", "<base />", "")}), "GET", "/client/", nil, "unknown: what the policy frobnicate does is not modeled"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := told(ask(gateway(t, tt.parts...), tt.method, tt.target, tt.header...))
			if got != tt.want {
				t.Errorf("%s %s\n%s, want\n%s", tt.method, tt.target, got, tt.want)
			}
		})
	}
}

// setting is how a GET of the API is forwarded with a policy.
func setting(t *testing.T, what routing.Setting, inbound, backend, outbound string, headers ...string) routing.Value {
	t.Helper()
	paths := ask(gateway(t, all(realtime("GET /"), []part{policyOf("rt/policy", inbound, backend, outbound)})...), "GET", "/client/", headers...)
	if len(paths) != 1 || paths[0].Delivery == nil {
		t.Fatalf("it is not delivered: %s", told(paths))
	}
	return paths[0].Delivery.Setting(what)
}

func TestForwardingIsSetUpAsPoliciesSay(t *testing.T) {
	plain, lookup, store := "<base />", `<cache-lookup vary-by-developer="false" vary-by-developer-groups="false" />`, `<cache-store duration="60" />`
	tests := []struct {
		name                       string
		what                       routing.Setting
		inbound, backend, outbound string
		header                     []string
		want                       string
	}{
		{"answers are buffered", routing.Buffering, "", plain, "", nil, "holds"},
		{"answers are not buffered", routing.Buffering, "", `<forward-request buffer-response="false" />`, "", nil, "off"},
		{"four minutes at most", routing.ReadTimeout, "", `<forward-request timeout="3600" />`, "", nil, "4m0s"},
		{"a time-out in milliseconds", routing.ReadTimeout, "", `<forward-request timeout-ms="2500" />`, "", nil, "2.5s"},
		{"a retried request", routing.ReadTimeout, "", `<retry count="3" interval="1" condition="@(context.Response.StatusCode == 500)"><forward-request timeout="20" /></retry>`, "", nil, "20s"},
		{"a body that is read", routing.Buffering, "", `<forward-request buffer-response="false" />`, `<set-variable name="b" value="@(context.Response.Body.As<string>())" />`, nil, "holds"},
		{"a body that a header is made of", routing.Buffering, "", `<forward-request buffer-response="false" />`, `<set-header name="X-B"><value>@(context.Response.Body.As<string>())</value></set-header>`, nil, "holds"},
		{"a body that is sent elsewhere", routing.Buffering, "", `<forward-request buffer-response="false" />`, `<send-one-way-request><set-url>https://l.example</set-url><set-body>@(context.Response.Body.As<string>(preserveContent: true))</set-body></send-one-way-request>`, nil, "holds"},
		{"a body that retrying depends on", routing.Buffering, "", `<retry count="3" interval="1" condition="@(context.Response.Body.As<string>().Contains("x"))"><forward-request buffer-response="false" /></retry>`, "", nil, "holds"},
		{"a body that a choice depends on", routing.Buffering, "", `<forward-request buffer-response="false" />`, `<choose><when condition="@(false)"><trace /></when><when condition="@(context.Response.Body.As<string>() == "x" && false)"><trace /></when></choose>`, nil, "holds"},
		{"a body that a choice depends on which is not come to", routing.Buffering, "", `<forward-request buffer-response="false" />`, `<choose><when condition="@(true)"><trace /></when><when condition="@(context.Response.Body.As<string>() == "x")"><trace /></when></choose>`, nil, "off"},
		{"a body that is read once it is sent", routing.Buffering, "", `<forward-request buffer-response="false" /><set-variable name="b" value="@(context.Response.Body.As<string>())" />`, "", nil, "holds"},
		{"content that is validated", routing.Buffering, `<validate-content />`, `<forward-request buffer-response="false" />`, "", nil, "holds"},
		{"stored and looked up", routing.Cache, lookup, plain, store, nil, "true"},
		{"looked up, never stored", routing.Cache, lookup, plain, "", nil, ""},
		{"stored, but not with a token", routing.Cache, lookup, plain, store, []string{"Authorization: Bearer x"}, ""},
		{"a rate", routing.RateLimit, `<rate-limit calls="5" renewal-period="60" />`, plain, "", nil, `rate-limit calls="5" renewal-period="60"`},
		{"a body that is replaced", routing.Body, `<set-body>{"type":1}</set-body>`, plain, "", nil, "set-body"},
		{"a body that is replaced before it is sent", routing.Body, "", `<set-body>x</set-body><forward-request />`, "", nil, "set-body"},
		{"a body that is only read", routing.Body, `<set-body>@(context.Request.Body.As<string>(preserveContent: true))</set-body>`, plain, "", nil, ""},
		{"a body of the answer that is replaced", routing.AnswerBody, "", plain, `<set-body template="liquid">{"a":1}</set-body>`, nil, "set-body"},
		{"a body of the answer that is only read", routing.AnswerBody, "", plain, `<set-body>@(context.Response.Body.As<string>())</set-body>`, nil, ""},
		{"and read whole", routing.Buffering, "", `<forward-request buffer-response="false" />`, `<set-body>x</set-body>`, nil, "holds"},
		{"an answer of its own", routing.AnswerStatus, "", plain, `<return-response><set-status code="204" /></return-response>`, nil, "204"},
		{"no errors by default", routing.ErrorStatuses, "", `<forward-request fail-on-error-status-code="true" />`, "", nil, ""},
		{"a truth as Bicep writes it", routing.Buffering, "", `<forward-request buffer-response="False" />`, "", nil, "off"},
		{"no upgrade", routing.Upgrade, "", plain, "", nil, "never"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := setting(t, tt.what, tt.inbound, tt.backend, tt.outbound, tt.header...); got.Text() != tt.want || got.IsUnknown() {
				t.Errorf("%s is %s, want %q", tt.what, got, tt.want)
			}
		})
	}
}

// TestErrorsReachClientsAsOnErrorHasThem asks about the status of a refusal, where forward-request takes one for an error.
func TestErrorsReachClientsAsOnErrorHasThem(t *testing.T) {
	const sends = `<backend><forward-request fail-on-error-status-code="%s" /></backend><on-error>%s</on-error>`
	for _, tt := range []struct {
		fails, onError string
		want           int
	}{
		{"true", "", 401},
		{"false", `<set-status code="200" />`, 401},
		{"true", `<set-status code="200" />`, 200},
		{"true", `<return-response><set-status code="204" /></return-response>`, 204},
		{"true", `<choose><when condition="@(context.Response.StatusCode == 401)"><set-status code="200" /></when></choose>`, 0},
	} {
		text := "<policies><inbound />" + fmt.Sprintf(sends, tt.fails, tt.onError) + "<outbound /></policies>"
		parts := all(realtime("GET /"), []part{{"apis/policies", "rt/policy", props{"value": text}}})
		d := ask(gateway(t, parts...), "GET", "/client/")[0].Delivery
		if got := routing.ErrorStatus(d.Setting(routing.ErrorStatuses), 401); got != tt.want {
			t.Errorf("with %s and %q clients get 401 as %d, want %d", tt.fails, tt.onError, got, tt.want)
		}
	}
}

func TestWhatACorsPolicyAllowsIsUnknownWhereItsListsAre(t *testing.T) {
	policy := `<cors allow-credentials="{{c}}"><allowed-origins><origin>https://a.example</origin></allowed-origins><allowed-methods><method>{{m}}</method></allowed-methods><allowed-headers><header>{{h}}</header></allowed-headers></cors>`
	g := gateway(t, all(realtime("POST /"), []part{policyOf("rt/policy", policy, "<base />", "")})...)
	paths := ask(g, "OPTIONS", "/client/", "Origin: https://a.example", "Access-Control-Request-Method: POST")
	if len(paths) != 1 || paths[0].Response == nil {
		t.Fatalf("it is not answered: %s", told(paths))
	}
	unknown := map[string]bool{}
	for _, h := range paths[0].Response.Headers {
		unknown[h.Name] = h.Value.IsUnknown()
	}
	for _, name := range []string{"Access-Control-Allow-Credentials", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers"} {
		if !unknown[name] {
			t.Errorf("%s is taken for known", name)
		}
	}
}

func TestTimeOutsLongerThanAnythingWaitsAreTold(t *testing.T) {
	for timeout, want := range map[string]string{"240": "", "3600": "a time-out of 3600 seconds may not be kept"} {
		parts := all(realtime("GET /"), []part{policyOf("rt/policy", "", `<forward-request timeout="`+timeout+`" />`, "")})
		told := ""
		for _, i := range ask(gateway(t, parts...), "GET", "/client/")[0].Ignored {
			told += i.Text
		}
		if want == "" && told != "" || !strings.Contains(told, want) {
			t.Errorf("of a time-out of %s it is told %q, want %q", timeout, told, want)
		}
	}
}

// TestWhatTheTierConsumptionForbidsIsUnknownWhereTheTierIs asks about a service whose tier is not written out.
func TestWhatTheTierConsumptionForbidsIsUnknownWhereTheTierIs(t *testing.T) {
	service := func(parts ...part) *routing.Gateway {
		return gatewayOf(t, props{"name": []string{}}, props{"disableGateway": false}, parts...)
	}
	sent := ask(service(all(realtime("GET /"), []part{policyOf("rt/policy", "", `<forward-request timeout="200" buffer-response="false" />`, "")})...), "GET", "/client/")
	for _, what := range []routing.Setting{routing.ReadTimeout, routing.Buffering} {
		if v := sent[0].Delivery.Setting(what); !v.IsUnknown() {
			t.Errorf("%s is %s", what, v)
		}
	}
	short := ask(service(all(realtime("GET /"), []part{policyOf("rt/policy", "", `<forward-request timeout="10" />`, "")})...), "GET", "/client/")
	if v := short[0].Delivery.Setting(routing.ReadTimeout); v.Text() != "10s" {
		t.Errorf("a short time-out is %s", v)
	}
	socket := api("s", "client", "wss://chat.service.signalr.net/client", props{"type": "websocket", "protocols": []string{"wss"}})
	if paths := ask(service(socket...), "GET", "/client/", "Upgrade: websocket"); len(paths) != 2 {
		t.Errorf("a handshake is followed as\n%s", told(paths))
	}
}

func TestAServiceIsReachedByTheNameThatItWasGivenToo(t *testing.T) {
	custom := props{"hostnameConfigurations": []props{{"type": "Proxy", "hostName": "rt.contoso.example"}}}
	l := gatewayOf(t, props{"name": "Premium"}, custom, realtime("GET /")...).Listeners[0]
	if len(l.Hosts) != 1 || l.Hosts[0].Host != "rt.contoso.example" || len(l.Names) != 1 || l.Names[0] != "contoso.azure-api.net" {
		t.Errorf("its hosts are %v, and its other names %v", l.Hosts, l.Names)
	}
}

func TestAPathHasOneAPI(t *testing.T) {
	set := func(name string) props { return props{"apiVersion": name, "apiVersionSetId": "/apiVersionSets/vs"} }
	for _, tt := range []struct {
		name  string
		parts []part
		want  string
	}{
		{"one beside another", all(api("a", "client", chat), api("b", "client/negotiate", chat)), ""},
		{"two at a path", all(api("a", "client", chat), api("b", "/Client/", chat, props{"type": "websocket"})), "the API b has the path /Client of API a"},
		{"two versions", all(api("a", "client", chat, set("v1")), api("b", "client", chat, set("v2"))), ""},
		{"a version and another API", all(api("a", "client", chat, set("v1")), api("b", "client", chat)), "the API b has the path /client of API a"},
		{"two revisions", all(api("a", "client", chat, props{"isCurrent": true}), api("a;rev=2", "client", chat, props{"isCurrent": false})), ""},
		{"a path that is not known", all(api("a", "client", chat), api("b", "client", chat, props{"path": []string{}})), ""},
	} {
		told := ""
		for _, p := range gateway(t, tt.parts...).Problems {
			if p.Kind == routing.Refused {
				told += p.Message
			}
		}
		if tt.want == "" && told != "" || !strings.HasPrefix(told, tt.want) {
			t.Errorf("%s: it is told %q, want %q", tt.name, told, tt.want)
		}
	}
}

func TestQueriesAreBoundedInSomeTiers(t *testing.T) {
	for tier, bounded := range map[string]bool{"Premium": false, "Developer": false, "StandardV2": true, "Consumption": true} {
		g := gatewayOf(t, props{"name": tier}, props{}, realtime("GET /")...)
		if arrives := ask(g, "GET", "/client/?q="+strings.Repeat("x", 2000))[0].Delivery != nil; !arrives {
			t.Errorf("%s turns away a query of 2002 bytes", tier)
		}
		if arrives := ask(g, "GET", "/client/?q="+strings.Repeat("x", 2050))[0].Delivery != nil; arrives == bounded {
			t.Errorf("%s lets in a query of 2052 bytes: %t", tier, arrives)
		}
	}
}

// TestAnExportThatLacksPartsIsNotWhole: exports hold what was asked for, and each of these is asked for on its own.
func TestAnExportThatLacksPartsIsNotWhole(t *testing.T) {
	own, global := policyOf("rt/policy", "", "<base />", ""), policyOf("policy", "", "<forward-request />", "")
	for _, tt := range []struct {
		parts []part
		want  string
	}{
		{append(realtime("GET /"), own, global), ""},
		{append(realtime("GET /"), own), "the policy for all APIs was not read"},
		{append(realtime("GET /"), global), "the export holds no policies of APIs and operations"},
	} {
		problems := gateway(t, tt.parts...).Problems
		if tt.want == "" && len(problems) > 0 || tt.want != "" && (len(problems) != 1 || problems[0].Kind != routing.NotWhole || !strings.Contains(problems[0].Message, tt.want)) {
			t.Errorf("the problems are %v, want %q", problems, tt.want)
		}
	}
}

// TestWhatAnExportWasNotAskedForIsUnknown: what it does not hold may be there all the same.
func TestWhatAnExportWasNotAskedForIsUnknown(t *testing.T) {
	whole := listed
	defer func() { listed = whole }()
	unbuffered := policyOf("rt/policy", "", `<forward-request buffer-response="false" />`, "")
	held := func(backend string) string {
		parts := all(realtime("GET /"), []part{policyOf("rt/policy", "", backend, "")})
		return ask(gateway(t, parts...), "GET", "/client/")[0].Delivery.Setting(routing.Buffering).String()
	}
	closed := append(realtime("GET /")[:0:0], part{"apis", "rt", props{"path": "client", "serviceUrl": chat, "protocols": []string{"https"}, "subscriptionRequired": true}}, realtime("GET /")[1], unbuffered)
	open := part{"products", "open", props{"subscriptionRequired": false}}
	refused := "answered by the gateway: 401 (default of API Management) a subscription key is required"
	told := func(parts ...part) string { return told(ask(gateway(t, parts...), "GET", "/client/")) }
	if got := told(closed...); got != refused {
		t.Errorf("with a list of products: %s", got)
	}
	if got := told(append(closed, open)...); !strings.Contains(got, "which APIs products hold was not read") {
		t.Errorf("without the APIs of products: %s", got)
	}
	listed = nil
	if got := told(closed...); !strings.Contains(got, "no products were read") || !strings.Contains(got, refused) {
		t.Errorf("without a list of products: %s", got)
	}
	if got := held(`<forward-request buffer-response="false" />`); !strings.Contains(got, "no diagnostics were read") {
		t.Errorf("without diagnostics an answer is buffered: %s", got)
	}
	if got := held(`<forward-request />`); !strings.Contains(got, "holds") {
		t.Errorf("an answer that is buffered anyway: %s", got)
	}
	if got := told(realtime("GET /")[0]); got != "unknown: the operations of API rt were not read: az apim api operation list has them, and in a folder of APIOps the specification" {
		t.Errorf("without operations: %s", got)
	}
}

func TestWhatTheBackendsOfAPoolSayCounts(t *testing.T) {
	backend := func(name string, verifies bool) part {
		return part{"backends", name, props{"url": "https://chat.service.signalr.net/client", "tls": props{"validateCertificateChain": verifies}, "credentials": props{"authorization": props{"scheme": "Basic"}}}}
	}
	pool := part{"backends", "both", props{"type": "Pool", "pool": props{"services": []props{{"id": "/backends/lax"}, {"id": "/backends/strict"}}}}}
	parts := all(realtime("GET /"), []part{backend("lax", false), backend("strict", true), pool, policyOf("rt/policy", `<set-backend-service backend-id="both" />`, "<base />", "")})
	d := ask(gateway(t, parts...), "GET", "/client/", "Authorization: Bearer x")[0].Delivery
	if v := d.Setting(routing.VerifyChain); v.Text() != "false" {
		t.Errorf("the certificate's chain is verified: %s", v)
	}
	if got := d.Header("Authorization"); len(got) != 1 || got[0].Text() != "Basic ***" {
		t.Errorf("Authorization is %v", got)
	}
}

func TestAGatewayThatMayBeTurnedOffIsFollowedBothWays(t *testing.T) {
	g := gatewayOf(t, props{"name": "Premium"}, props{"disableGateway": []string{}}, realtime("GET /")...)
	if paths := ask(g, "GET", "/client/"); len(paths) != 2 {
		t.Errorf("a request is followed as\n%s", told(paths))
	}
}
