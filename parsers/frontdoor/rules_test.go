package frontdoor_test

import (
	"fmt"
	"strings"
	"testing"
)

// withRules is the sound Front Door with rules, each a pair of conditions and actions.
func withRules(rules ...string) string {
	var b strings.Builder
	b.WriteString(`{"type":"Microsoft.Cdn/profiles/ruleSets","name":"edge/set","properties":{}},`)
	for i, r := range rules {
		fmt.Fprintf(&b, `{"type":"Microsoft.Cdn/profiles/ruleSets/rules","name":"edge/set/r%d","properties":{"order":%d,%s}},`, i, len(rules)-i, r)
	}
	return b.String()
}

func rule(condition, action string) string {
	return fmt.Sprintf(`"conditions":[%s],"actions":[%s]`, condition, action)
}

func condition(name, operator, value string) string {
	return fmt.Sprintf(`{"name":%q,"parameters":{"operator":%q,"matchValues":[%q],"selector":"X-A"}}`, name, operator, value)
}

const (
	strip    = `{"name":"UrlRewrite","parameters":{"sourcePattern":"/client","destination":"/x","preserveUnmatchedPath":true}}`
	moved    = `{"name":"UrlRedirect","parameters":{"redirectType":"Moved","customPath":"/moved"}}`
	overHTTP = `{"name":"RouteConfigurationOverride","parameters":{"originGroupOverride":{"originGroup":{"id":"originGroups/chat"},"forwardingProtocol":"HttpOnly"}}}`
)

func TestRulesRunInTheirOrder(t *testing.T) {
	const (
		plain    = "delivered to chat.service.signalr.net:443 as /client/?hub=a with Host chat.service.signalr.net"
		stripped = "delivered to chat.service.signalr.net:443 as /x/?hub=a with Host chat.service.signalr.net"
		redirect = "redirected (301) to https://rt.contoso.example/moved?hub=a"
	)
	for name, tt := range map[string]struct{ rules, want string }{
		"no condition":                 {withRules(rule("", strip)), stripped},
		"a path that matches":          {withRules(rule(condition("UrlPath", "BeginsWith", "client/"), strip)), stripped},
		"a path with a leading slash":  {withRules(rule(condition("UrlPath", "BeginsWith", "/client/"), strip)), plain + "; or " + stripped},
		"another one":                  {withRules(rule(condition("UrlPath", "BeginsWith", "/static/"), strip)), plain},
		"a path that a mask matches":   {withRules(rule(condition("UrlPath", "Wildcard", "cl*t/"), strip)), stripped},
		"a mask for the beginning":     {withRules(rule(condition("UrlPath", "Wildcard", "cl*t"), strip)), plain},
		"a whole URL":                  {withRules(rule(condition("RequestUri", "BeginsWith", "https://rt.contoso.example/client/?"), strip)), stripped},
		"a path that does not":         {withRules(rule(condition("UrlPath", "Equal", "client"), strip)), plain},
		"a query that matches":         {withRules(rule(condition("QueryString", "Contains", "hub=a"), strip)), stripped},
		"a header that does not match": {withRules(rule(condition("RequestHeader", "Equal", "1"), strip)), plain},
		"a method":                     {withRules(rule(condition("RequestMethod", "Equal", "GET"), moved)), redirect},
		"all conditions must hold":     {withRules(rule(condition("RequestMethod", "Equal", "GET")+","+condition("HostName", "Equal", "a.example"), moved)), plain},
		"the lower order comes first":  {withRules(rule("", moved), rule("", strip)+`,"matchProcessingBehavior":"Stop"`), stripped},
		"another protocol":             {withRules(rule("", overHTTP)), "delivered to chat.service.signalr.net:80 as /client/?hub=a with Host chat.service.signalr.net"},
		"what depends on the client":   {withRules(rule(condition("RemoteAddress", "GeoMatch", "DE"), moved)), plain + "; or " + redirect},
	} {
		g := changed(t, `"resources": [`, `"resources": [`+tt.rules, `"originGroup": {`, `"ruleSets": [{"id":"ruleSets/set"}], "originGroup": {`, `"/client/*"`, `"/*"`)
		if got := ask(g, "https://rt.contoso.example/client/?hub=a"); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

func TestWhatARewriteComparesIsOpenWhereThePatternOfTheRouteSpellsOutThePath(t *testing.T) {
	const open = "documented both ways"
	for source, want := range map[string]string{"/client": open, "/negotiate": open, "/": open, "/other": "as /client/negotiate?hub=a"} {
		action := fmt.Sprintf(`{"name":"UrlRewrite","parameters":{"sourcePattern":%q,"destination":"/x","preserveUnmatchedPath":true}}`, source)
		g := changed(t, `"resources": [`, `"resources": [`+withRules(rule("", action)), `"originGroup": {`, `"ruleSets": [{"id":"ruleSets/set"}], "originGroup": {`)
		if got := ask(g, "https://rt.contoso.example/client/negotiate?hub=a"); !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", source, got, want)
		}
	}
}
