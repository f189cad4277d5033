package azure_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// FuzzTemplate holds the reading of templates to: it does not panic and it ends, whatever values lie beside; and its errors and problems
// have a place in the template or beside it.
func FuzzTemplate(f *testing.F) {
	// Small ones: the fuzzer would spend its time on making large ones smaller.
	for _, seed := range []string{
		`{"resources":[{"type":"A.B/c","name":"[parameters('name')]","copy":{"name":"l","count":2},"properties":{"copy":[{"name":"p","count":2,"input":"[copyIndex('p')]"}]}}],"contentVersion":"","parameters":{"name":{"defaultValue":"x"}}}`,
		`{"contentVersion":"","resources":[{"type":"Microsoft.Resources/deployments","name":"n","properties":{"expressionEvaluationOptions":{"scope":"inner"},"parameters":{"a":{"value":1}},"template":{"parameters":{"a":{}},"resources":[],"outputs":{"o":{"value":"[parameters('a')]"}}}}}]}`,
		`{"contentVersion":"","languageVersion":"2.0","resources":{"s":{"existing":true,"type":"A.B/c","name":"y"},"t":{"condition":"[equals(1, 2)]","type":"A.B/c","name":"[reference('s').x]"}}}`,
		`{"contentVersion":"","variables":{"a":"[variables('b')]","b":"[variables('a')]","copy":[{"name":"v","count":3,"input":{}}]},"resources":[{"type":"A.B/c","name":"[variables('a')]"}]}`,
	} {
		f.Add([]byte(seed), []byte(`{"contentVersion":"","parameters":{"name":{"value":"x"}}}`))
	}
	f.Add(with(`"parameters":{"p":{"type":"securestring"}},"functions":[{"namespace":"n","members":{"f":{"parameters":[{"name":"a"}],"output":{"value":"[parameters('a')]"}}}}],`,
		`[{"type":"A.B/c","name":"[n.f(parameters('p'))]","copy":{"name":"l","count":3},"resources":[{"type":"d","name":"[copyIndex()]"}]}]`), []byte(`{"contentVersion":"","parameters":{"p":{"value":"`+planted+`"}}}`))
	f.Add(with("", `[{"type":"Microsoft.Resources/deployments","name":"a","properties":{"templateLink":{"relativePath":"x"}}}]`), []byte(`{}`))
	f.Fuzz(func(t *testing.T, text, values []byte) {
		files := azure.Files{
			Beside: []azure.File{{Name: "v", Text: values}},
			Open:   func(string, string) (azure.File, error) { return azure.File{Name: "f", Text: text}, nil },
		}
		resources, report, err := azure.Read("f", text, files)
		if err != nil {
			if syntax := new(jsontree.SyntaxError); !errors.As(err, &syntax) || syntax.Span.File != "f" {
				t.Errorf("the error has no place: %v", err)
			}
			return
		}
		for _, p := range report.Problems {
			if p.Span.File != "f" && p.Span.File != "v" || p.Message == "" {
				t.Errorf("a problem has no place or no message: %+v", p)
			}
		}
		for _, r := range resources {
			if r.Type == "" {
				t.Errorf("a resource at %v has no type", r.Span())
			}
		}
	})
}

// large is a template of about a megabyte, in which nearly everything is an expression.
func large() []byte {
	var b strings.Builder
	b.WriteString(`[{"type":"Microsoft.Network/applicationGateways","name":"[variables('gateway')]","properties":{"backendHttpSettingsCollection":[`)
	for i := range 1700 {
		if i > 0 {
			b.WriteString(",\n")
		}
		fmt.Fprintf(&b, `{"name":"[concat('settings-', '%d')]","properties":{"port":"[parameters('port')]","protocol":"[if(equals(parameters('port'), 443), 'Https', 'Http')]",
			"hostName":"[toLower(format('{0}.{1}', variables('service'), parameters('domain')))]","requestTimeout":"[parameters('timeouts').signalr]",
			"probe":{"id":"[resourceId('Microsoft.Network/applicationGateways/probes', variables('gateway'), concat('probe-', '%d'))]"},
			"path":"[concat('/', first(split('client,server', ',')), '/')]","cookieBasedAffinity":"Disabled","connectionDraining":{"enabled":true,"drainTimeoutInSec":60}}}`, i, i)
	}
	b.WriteString(`],"copy":[{"name":"probes","count":800,"input":{"name":"[concat('probe-', copyIndex('probes'))]","properties":{"path":"/api/health"}}}]}}]`)
	return with(`"parameters":{"port":{"type":"int","defaultValue":443},"domain":{"type":"string","defaultValue":"service.signalr.net"},"timeouts":{"type":"object","defaultValue":{"signalr":120}}},
		"variables":{"gateway":"agw","service":"[concat('ch', 'at')]"},`, b.String())
}

func BenchmarkReadALargeTemplate(b *testing.B) {
	text := large()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		resources, report, err := azure.Read("main.json", text, azure.Files{})
		if err != nil || len(report.Problems) > 0 || len(resources[0].List("backendHttpSettingsCollection")) != 1700 {
			b.Fatal(err, report.Problems)
		}
	}
}
