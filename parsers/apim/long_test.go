package apim_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// doubling is a block of many variables, each of which is made of the one before it, twice.
func doubling(first, next string) string {
	const n = 60
	var b strings.Builder
	fmt.Fprintf(&b, "@{ var v0 = %s;", first)
	for i := range n {
		b.WriteString(" var v" + fmt.Sprint(i+1) + " = " + strings.ReplaceAll(next, "v", "v"+fmt.Sprint(i)) + ";")
	}
	fmt.Fprintf(&b, " return v%d; }", n)
	return b.String()
}

// adversarial are expressions that are small as text and large as what they stand for.
var adversarial = map[string]string{
	"an empty text twice, again and again":       doubling(`context.Request.Headers.GetValueOrDefault("none","")`, "v + v"),
	"a text twice, again and again":              doubling(`context.Request.OriginalUrl.Path`, "v + v"),
	"a number twice, again and again":            doubling(`context.Request.OriginalUrl.Port`, "v + v"),
	"a zero twice, again and again":              doubling(`context.Request.OriginalUrl.Port - context.Request.OriginalUrl.Port`, "v + v"),
	"a condition twice, again and again":         doubling(`context.Request.Method == "GET"`, "v == v"),
	"a choice of itself, again and again":        doubling(`context.Request.Method`, `(v == "GET" ? v : v)`),
	"a replacement of itself, again and again":   doubling(`context.Request.Method`, `v.Replace(v, v)`),
	"a text in a text, again and again":          doubling(`context.Request.Headers.GetValueOrDefault("none","")`, `$"{v}{v}"`),
	"branches, one behind the other":             "@{ var a = \"\";" + strings.Repeat(` if (context.Request.Method == "GET") { a = a + "x"; } else { a = a + "y"; }`, 40) + " return a; }",
	"a long sum":                                 "@(" + strings.Repeat(`"a" + `, 9000) + `"a")`,
	"a long disjunction":                         "@(" + strings.Repeat(`context.Request.Method == "x" || `, 1500) + `false)`,
	"choices in a row":                           "@(" + strings.Repeat(`context.Request.Method == "x" ? "https://a.service.signalr.net" : `, 90) + `"https://b.service.signalr.net")`,
	"regular expressions that go back and forth": `@(System.Text.RegularExpressions.Regex.IsMatch(context.Request.OriginalUrl.QueryString, "^(a+)+(b|a)+(a*)*$") ? "https://a.service.signalr.net" : "https://b.service.signalr.net")`,
}

func TestLongExpressionsTakeTimeInProportionToTheirLength(t *testing.T) {
	query := "/client/?hub=chat&a=" + strings.Repeat("a", 3000) + "!"
	for name, expression := range adversarial {
		for _, inbound := range []string{
			`<set-backend-service base-url="` + expression + `" />`,
			`<set-variable name="v" value="` + expression + `" /><choose><when condition="@((string)context.Variables["v"] == "x")"><return-response /></when></choose>`,
			`<choose><when condition="` + expression + `"><return-response /></when></choose>`,
			`<rewrite-uri template="` + expression + `" />`,
			`<set-header name="Host"><value>` + expression + `</value></set-header>`,
		} {
			begin := time.Now()
			g := gateway(t, append(realtime("GET /", "POST /negotiate"), policyOf("rt/policy", inbound, "<base />", ""))...)
			ask(g, "GET", query)
			for range g.Literals("apis") {
			}
			if took := time.Since(begin); took > 3*time.Second {
				t.Errorf("%s in %.20s… took %s", name, inbound, took)
			}
		}
	}
}
