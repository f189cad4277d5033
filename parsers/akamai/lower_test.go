package akamai_test

import (
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/akamai"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// property compiles a rule tree whose default rule has these criteria-less behaviors and children, as JSON.
func property(t *testing.T, rules string) *routing.Gateway {
	t.Helper()
	doc, err := jsontree.Parse("rules.json", []byte(`{"propertyName":"rt.contoso.example","ruleFormat":"v2025-10-16","rules":`+rules+`}`), jsontree.Options{})
	if err != nil {
		t.Fatal(err)
	}
	in := &akamai.Inputs{}
	in.Add("rules.json", doc.Root, none)
	return in.Gateways()[0]
}

// sent is the way of a POST through a property.
func sent(g *routing.Gateway, target string) []routing.Path { return asked(g, "https", target) }

func asked(g *routing.Gateway, scheme, target string) []routing.Path {
	return g.Trace(g.Listeners[0], &routing.Request{
		Method: "POST", Scheme: scheme, Host: "rt.contoso.example", SNI: "rt.contoso.example", Target: target, ClientIP: "192.0.2.10",
		Header: []routing.Field{{Name: "Content-Length", Value: "0"}},
	})
}

// outcome is where it ends.
func outcome(paths []routing.Path) string {
	var out []string
	for i := range paths {
		text := paths[i].Outcome()
		if d := paths[i].Delivery; d != nil {
			text = d.Address.Text() + " " + d.Target.String()
		}
		out = append(out, text)
	}
	return strings.Join(out, " | ")
}

const origins = `{"name":"origin","options":{"originType":"CUSTOMER","hostname":"a.example","forwardHostHeader":"ORIGIN_HOSTNAME","originSni":true}},{"name":"allowPost","options":{"enabled":true}}`

func TestCriteriaHoldAsTheirReferenceSays(t *testing.T) {
	tests := []struct {
		name, criteria, target string
		holds                  bool
	}{
		{"a path with an asterisk", `{"name":"path","options":{"matchOperator":"MATCHES_ONE_OF","values":["/client/*"]}}`, "/client/negotiate", true},
		{"the asterisk may stand for nothing", `{"name":"path","options":{"matchOperator":"MATCHES_ONE_OF","values":["/client/*"]}}`, "/client/", true},
		{"the directory itself is another path", `{"name":"path","options":{"matchOperator":"MATCHES_ONE_OF","values":["/client/*"]}}`, "/client", false},
		{"an asterisk goes over slashes", `{"name":"path","options":{"matchOperator":"MATCHES_ONE_OF","values":["/blog/*/2014"]}}`, "/blog/a/b/2014", true},
		{"a question mark is one letter", `{"name":"path","options":{"matchOperator":"MATCHES_ONE_OF","values":["/a?c"]}}`, "/abc", true},
		{"and not none", `{"name":"path","options":{"matchOperator":"MATCHES_ONE_OF","values":["/a?c"]}}`, "/ac", false},
		{"case does not matter", `{"name":"path","options":{"matchOperator":"MATCHES_ONE_OF","values":["/Client/*"]}}`, "/client/", true},
		{"unless it is told to", `{"name":"path","options":{"matchOperator":"MATCHES_ONE_OF","values":["/Client/*"],"matchCaseSensitive":true}}`, "/client/", false},
		{"not one of", `{"name":"path","options":{"matchOperator":"DOES_NOT_MATCH_ONE_OF","values":["/client/*"]}}`, "/client/", false},
		{"dots stay as they are", `{"name":"path","options":{"matchOperator":"MATCHES_ONE_OF","values":["/client/*"]}}`, "/client/../api/", true},
		{"unless paths are normalized", `{"name":"path","options":{"matchOperator":"MATCHES_ONE_OF","values":["/client/*"],"normalize":true}}`, "/client/../api/", false},
		{"a query parameter that is there", `{"name":"queryStringParameter","options":{"parameterName":"hub","matchOperator":"EXISTS"}}`, "/?hub=", true},
		{"one that is not", `{"name":"queryStringParameter","options":{"parameterName":"hub","matchOperator":"DOES_NOT_EXIST"}}`, "/?hubs=1", true},
		{"its value", `{"name":"queryStringParameter","options":{"parameterName":"id","matchOperator":"IS_ONE_OF","values":["A*"],"matchWildcardValue":true}}`, "/?id=Abc", true},
		{"without wildcards", `{"name":"queryStringParameter","options":{"parameterName":"id","matchOperator":"IS_ONE_OF","values":["A*"],"matchWildcardValue":false}}`, "/?id=Abc", false},
		{"its name with regard to case", `{"name":"queryStringParameter","options":{"parameterName":"ID","matchOperator":"EXISTS","matchCaseSensitiveName":true}}`, "/?id=1", false},
		{"a number below a bound", `{"name":"queryStringParameter","options":{"parameterName":"n","matchOperator":"IS_LESS_THAN","upperBound":"10"}}`, "/?n=9", true},
		{"a number between bounds", `{"name":"queryStringParameter","options":{"parameterName":"n","matchOperator":"IS_BETWEEN","lowerBound":"1","upperBound":"5"}}`, "/?n=9", false},
		{"its name, left to the default", `{"name":"queryStringParameter","options":{"parameterName":"ID","matchOperator":"EXISTS"}}`, "/?id=1", false},
		{"its value, left to the default", `{"name":"queryStringParameter","options":{"parameterName":"id","matchOperator":"IS_ONE_OF","values":["ABC"]}}`, "/?id=abc", false},
		{"a file name, left to the default", `{"name":"filename","options":{"matchOperator":"IS_ONE_OF","values":["Nego*"]}}`, "/client/negotiate", false},
		{"an extension, left to the default", `{"name":"fileExtension","options":{"matchOperator":"IS_ONE_OF","values":["JS"]}}`, "/a.js", true},
		{"the method", `{"name":"requestMethod","options":{"matchOperator":"IS","value":"POST"}}`, "/", true},
		{"not the method", `{"name":"requestMethod","options":{"matchOperator":"IS_NOT","value":"HTTP_DELETE"}}`, "/", true},
		{"the protocol", `{"name":"requestProtocol","options":{"value":"HTTP"}}`, "/", false},
		{"the host", `{"name":"hostname","options":{"matchOperator":"IS_ONE_OF","values":["*.CONTOSO.example"]}}`, "/", true},
		{"the file's extension", `{"name":"fileExtension","options":{"matchOperator":"IS_ONE_OF","values":["JS","css"]}}`, "/a/b.js?x=/y.png", true},
		{"no extension", `{"name":"fileExtension","options":{"matchOperator":"IS_NOT_ONE_OF","values":["js"]}}`, "/a.js/b", true},
		{"an empty file name", `{"name":"filename","options":{"matchOperator":"IS_EMPTY"}}`, "/client/", true},
		{"a file name", `{"name":"filename","options":{"matchOperator":"IS_ONE_OF","values":["nego*"]}}`, "/client/negotiate", true},
		{"a header that is not there", `{"name":"requestHeader","options":{"headerName":"X-Debug","matchOperator":"DOES_NOT_EXIST"}}`, "/", true},
		{"a header's value", `{"name":"requestHeader","options":{"headerName":"content-length","matchOperator":"IS_ONE_OF","values":["0"]}}`, "/", true},
		{"a cookie", `{"name":"requestCookie","options":{"cookieName":"v","matchOperator":"EXISTS"}}`, "/", false},
		{"the client's network", `{"name":"clientIp","options":{"matchOperator":"IS_ONE_OF","values":["192.0.2.0/24"]}}`, "/", true},
		{"another address", `{"name":"clientIp","options":{"matchOperator":"IS_NOT_ONE_OF","values":["192.0.2.11"]}}`, "/", true},
		{"a variable's first value", `{"name":"matchVariable","options":{"variableName":"PMUSER_X","matchOperator":"IS","variableExpression":"on"}}`, "/", true},
		{"an empty variable", `{"name":"matchVariable","options":{"variableName":"PMUSER_X","matchOperator":"IS_EMPTY"}}`, "/", false},
		{"a regular expression", `{"name":"regularExpression","options":{"matchString":"{{builtin.AK_PATH}}","regex":"^/client(/|$)"}}`, "/client", true},
		{"requests of clients", `{"name":"requestType","options":{"matchOperator":"IS","value":"CLIENT_REQ"}}`, "/", true},
		{"the staging network", `{"name":"contentDeliveryNetwork","options":{"matchOperator":"IS","network":"STAGING"}}`, "/", false},
		{"errors of the origin", `{"name":"matchResponseCode","options":{"matchOperator":"IS_BETWEEN","lowerBound":"500","upperBound":"599"}}`, "/", false},
		{"what is cached", `{"name":"cacheability","options":{"matchOperator":"IS_NOT","value":"CACHEABLE"}}`, "/", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := property(t, `{"name":"default","variables":[{"name":"PMUSER_X","value":"on"}],"behaviors":[`+origins+`,{"name":"caching","options":{"behavior":"NO_STORE"}}],
				"children":[{"name":"r","criteria":[`+tt.criteria+`],"behaviors":[{"name":"denyAccess","options":{"enabled":true,"reason":"r"}}]}]}`)
			got := outcome(sent(g, tt.target))
			if denied := strings.Contains(got, "403"); denied != tt.holds || strings.Contains(got, "|") {
				t.Errorf("holds is %v, want %v: %s", denied, tt.holds, got)
			}
		})
	}
}

func TestUndecidableCriteriaGoBothWays(t *testing.T) {
	for _, criterion := range []string{
		`{"name":"userLocation","options":{"field":"COUNTRY","matchOperator":"IS_ONE_OF","countryValues":["US"]}}`,
		`{"name":"matchAdvanced","options":{"description":"x","openXml":"<x>","closeXml":"</x>"}}`, `{"name":"notInvented","options":{}}`,
	} {
		g := property(t, `{"name":"default","behaviors":[`+origins+`],"children":[{"name":"r","criteria":[`+criterion+`],"behaviors":[{"name":"denyAccess","options":{"enabled":true,"reason":"r"}}]}]}`)
		if got := sent(g, "/client/"); len(got) != 2 {
			t.Errorf("%s: %s", criterion, outcome(got))
		}
	}
}

// unread is a tree like property, in which ${env.X} has no value.
func unread(t *testing.T, rules string) *routing.Gateway {
	t.Helper()
	doc, err := jsontree.Parse("p/config-snippets/main.json", []byte(`{"propertyName":"rt.contoso.example","ruleFormat":"v2025-10-16","rules":`+rules+`}`), jsontree.Options{})
	if err != nil {
		t.Fatal(err)
	}
	in := &akamai.Inputs{}
	in.Add("p/config-snippets/main.json", doc.Root, none)
	return in.Gateways()[0]
}

func TestCriteriaWithOptionsThatAreNotKnownGoBothWays(t *testing.T) {
	for _, criterion := range []string{
		`{"name":"requestType","options":{"matchOperator":"IS","value":"${env.X}"}}`,
		`{"name":"contentDeliveryNetwork","options":{"matchOperator":"IS","network":"${env.X}"}}`,
		`{"name":"matchResponseCode","options":{"matchOperator":"IS_BETWEEN","lowerBound":"200","upperBound":"${env.X}"}}`,
		`{"name":"path","options":{"matchOperator":"MATCHES_ONE_OF","values":["/Client/*"],"matchCaseSensitive":"${env.X}"}}`,
		`{"name":"clientIp","options":{"matchOperator":"IS_ONE_OF","values":"${env.X}"}}`,
	} {
		g := unread(t, `{"name":"default","behaviors":[`+origins+`],"children":[{"name":"r","criteria":[`+criterion+`],"behaviors":[{"name":"denyAccess","options":{"enabled":true,"reason":"r"}}]}]}`)
		if got := sent(g, "/client/"); len(got) != 2 {
			t.Errorf("%s: %s", criterion, outcome(got))
		}
	}
}

func TestOptionsThatAreNotKnownLeaveOpenWhatTheyDecide(t *testing.T) {
	origin := func(options string) string {
		return `{"name":"origin","options":{"originType":"CUSTOMER","hostname":"a.example","forwardHostHeader":"ORIGIN_HOSTNAME","originSni":true,` + options + `}}`
	}
	for name, behavior := range map[string]string{
		"a second origin":   origin(`"secondHostname":"b.example","secondHostnameEnabled":"${env.X}"`),
		"a rewrite":         origin(`"httpsPort":443`) + `,{"name":"rewriteUrl","options":{"behavior":"REMOVE","match":"/client/","matchMultiple":"${env.X}"}}`,
		"a regular rewrite": origin(`"httpsPort":443`) + `,{"name":"rewriteUrl","options":{"behavior":"REGEX_REPLACE","matchRegex":"/client/","targetRegex":"/","matchMultiple":"${env.X}"}}`,
	} {
		paths := sent(unread(t, `{"name":"default","behaviors":[`+origins+`,`+behavior+`]}`), "/client/client/")
		if len(paths) != 1 || paths[0].Delivery != nil && !paths[0].Delivery.Target.IsUnknown() {
			t.Errorf("%s: %s", name, outcome(paths))
		}
	}
	d := sent(unread(t, `{"name":"default","behaviors":[`+origins+`,`+origin(`"http2Enabled":"${env.X}"`)+`]}`), "/client/")[0].Delivery
	if v := d.Setting(routing.Protocol); !v.IsUnknown() {
		t.Errorf("the protocol is %s", v)
	}
}

func TestOfSeveralBehaviorsOfOneNameTheLastCounts(t *testing.T) {
	behave := func(name, options string) string { return `{"name":"` + name + `","options":{` + options + `}}` }
	rule := func(path string, behaviors ...string) string {
		return `{"name":"r","criteria":[{"name":"path","options":{"matchOperator":"MATCHES_ONE_OF","values":["` + path + `"]}}],"behaviors":[` + strings.Join(behaviors, ",") + `],"children":[]}`
	}
	other := behave("origin", `"originType":"CUSTOMER","hostname":"b.example","forwardHostHeader":"ORIGIN_HOSTNAME","originSni":true`)
	tests := []struct{ name, children, want string }{
		{"nothing", "", "a.example:443 /client/?hub=x"},
		{"the origin of a rule that applies", rule("/client/*", other), "b.example:443 /client/?hub=x"},
		{"the origin of one that does not", rule("/images/*", other), "a.example:443 /client/?hub=x"},
		{"a denial", rule("/*", behave("denyAccess", `"enabled":true,"reason":"r"`)), `answered by the gateway: 403 (default of Akamai Property Manager) denyAccess "r"`},
		{"a denial that is taken back", rule("/*", behave("denyAccess", `"enabled":true,"reason":"r"`)) + "," + rule("/client/*", behave("denyAccess", `"enabled":false,"reason":"r"`)), "a.example:443 /client/?hub=x"},
		{"a denial that comes behind what takes it back", rule("/client/*", behave("denyAccess", `"enabled":false,"reason":"r"`)) + "," + rule("/*", behave("denyAccess", `"enabled":true,"reason":"r"`)), `answered by the gateway: 403 (default of Akamai Property Manager) denyAccess "r"`},
		{"a denial for another reason stays", rule("/*", behave("denyAccess", `"enabled":true,"reason":"r"`)) + "," + rule("/client/*", behave("denyAccess", `"enabled":false,"reason":"s"`)), `answered by the gateway: 403 (default of Akamai Property Manager) denyAccess "r"`},
		{"the last rewrite alone", rule("/*", behave("rewriteUrl", `"behavior":"PREPEND","targetPathPrepend":"/x/"`), behave("rewriteUrl", `"behavior":"PREPEND","targetPathPrepend":"/y/"`)), "a.example:443 /y/client/?hub=x"},
		{"a base directory before a rewrite", rule("/*", behave("baseDirectory", `"value":"/base/"`), behave("rewriteUrl", `"behavior":"REMOVE","match":"/client/"`)), "a.example:443 /base/?hub=x"},
		{"a query that is dropped", rule("/*", behave("rewriteUrl", `"behavior":"REWRITE","targetUrl":"/z","keepQueryString":false`)), "a.example:443 /z"},
		{"a parameter that is removed", rule("/*", behave("removeQueryParameter", `"parameters":["hub"]`)), "a.example:443 /client/"},
		{"a regular expression", rule("/*", behave("rewriteUrl", `"behavior":"REGEX_REPLACE","matchRegex":"^/(client)/","targetRegex":"/$1/v1/"`)), "a.example:443 /client/v1/?hub=x"},
		{"a redirect", rule("/*", behave("redirect", `"destinationProtocol":"HTTPS","destinationHostname":"SUBDOMAIN","destinationHostnameSubdomain":"m","destinationPath":"PREFIX_REQUEST","destinationPathPrefix":"/p","queryString":"APPEND","responseCode":302`)), "redirected (302) to https://m.rt.contoso.example/p/client/?hub=x"},
		{"a redirect with a path", rule("/*", behave("redirectplus", `"enabled":true,"destination":"/to/{{builtin.AK_HOST}}","responseCode":307`)), "redirected (307) to https://rt.contoso.example/to/rt.contoso.example"},
		{"an answer of its own", rule("/*", behave("constructResponse", `"enabled":true,"responseCode":404,"body":""`)), "answered by the gateway: 404 constructResponse"},
		{"plain HTTP to the origin", rule("/*", behave("allowHTTPSDowngrade", `"enabled":true`)), "a.example:80 /client/?hub=x"},
		{"a script", rule("/*", behave("edgeWorker", `"enabled":true,"edgeWorkerId":"7"`)) + "," + rule("/client/*", behave("edgeWorker", `"enabled":false`)), "a.example:443 /client/?hub=x"},
		{"metadata over a rule that applies", strings.Replace(rule("/client/*"), `"name":"r"`, `"name":"r","advancedOverride":"<x/>"`, 1), "a.example:443 /client/?hub=x | unknown: what the XML of advancedOverride does cannot be told by reading"},
		{"metadata over one that does not", strings.Replace(rule("/images/*"), `"name":"r"`, `"name":"r","customOverride":{"name":"m"}`, 1), "a.example:443 /client/?hub=x"},
		{"a variable that is set later", rule("/*", `{"name":"origin","options":{"hostname":"{{user.PMUSER_X}}.example","forwardHostHeader":"ORIGIN_HOSTNAME"}}`, behave("setVariable", `"variableName":"PMUSER_X","valueSource":"EXPRESSION","variableValue":"late"`)), "early.example:443 /client/?hub=x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := property(t, `{"name":"default","variables":[{"name":"PMUSER_X","value":"early"}],"behaviors":[`+origins+`],"children":[`+tt.children+`]}`)
			if got := outcome(sent(g, "/client/?hub=x")); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestAnswersAreChangedAsBehaviorsSay(t *testing.T) {
	with := func(behaviors string) *routing.Gateway {
		return property(t, `{"name":"default","behaviors":[`+origins+`,{"name":"optimizeTextStreaming","options":{"enabled":true}},`+behaviors+`]}`)
	}
	setting := func(behaviors string, s routing.Setting) routing.Value {
		return sent(with(behaviors), "/client/?hub=x")[0].Delivery.Setting(s)
	}
	if v := setting(`{"name":"responseCode","options":{"statusCode":200}}`, routing.AnswerStatus); v.Text() != "200" {
		t.Errorf("with a responseCode of its own, clients get %s", v)
	}
	if v := setting(`{"name":"cpCode","options":{}}`, routing.AnswerStatus); v.Text() != "" {
		t.Errorf("without responseCode, clients get %s", v)
	}
	if v := setting(`{"name":"gzipResponse","options":{"behavior":"ALWAYS"}}`, routing.Buffering); !v.IsUnknown() {
		t.Errorf("where answers are compressed, buffering is %s", v)
	}
	for _, behavior := range []string{"NEVER", "ORIGIN_RESPONSE"} {
		if v := setting(`{"name":"gzipResponse","options":{"behavior":"`+behavior+`"}}`, routing.Buffering); v.Text() != "off" {
			t.Errorf("with gzipResponse %s, buffering is %s", behavior, v)
		}
	}
}

func TestStrictTransportSecurityRedirectsPlainRequestsWhereToldTo(t *testing.T) {
	for options, want := range map[string]string{
		`"enable":true,"redirect":true,"redirectStatusCode":301`: "redirected (301) to https://rt.contoso.example/client/?hub=x",
		`"enable":true,"redirect":false`:                         "a.example:80 /client/?hub=x",
		`"enable":false,"redirect":true`:                         "a.example:80 /client/?hub=x",
	} {
		g := property(t, `{"name":"default","behaviors":[`+origins+`,{"name":"httpStrictTransportSecurity","options":{`+options+`}}]}`)
		if got := outcome(asked(g, "http", "/client/?hub=x")); got != want {
			t.Errorf("%s: got %s, want %s", options, got, want)
		}
	}
}

func TestTheFirstByteHasATimeoutOfItsOwnInRuleFormatsThatKnowOne(t *testing.T) {
	for format, want := range map[string]string{"v2023-01-05": "2m0s", "v2024-05-31": "2m0s", "v2024-08-13": "20s", "v2025-10-16": "20s", "latest": ""} {
		doc, err := jsontree.Parse("rules.json", []byte(`{"propertyName":"rt.contoso.example","ruleFormat":"`+format+`","rules":{"name":"default","behaviors":[`+origins+
			`,{"name":"readTimeout","options":{"value":"120s"}}]}}`), jsontree.Options{})
		if err != nil {
			t.Fatal(err)
		}
		in := &akamai.Inputs{}
		in.Add("rules.json", doc.Root, none)
		got := sent(in.Gateways()[0], "/client/")[0].Delivery.Setting(routing.FirstByte)
		if got.Text() != want || got.IsUnknown() != (want == "") {
			t.Errorf("%s: %q (%s), want %q", format, got.Text(), got.Why(), want)
		}
	}
}
