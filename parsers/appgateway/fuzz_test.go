package appgateway_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/appgateway"
	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// FuzzLower holds the compiler to: it does not panic whatever the export holds, and every listener's program gives an answer.
func FuzzLower(f *testing.F) {
	for _, name := range []string{
		"ok/howto_rest.json", "ok/howto_arm.json", "ok/howto_powershell_depth2.json", "ok/rewrite_forwarded_for.json", "ok/http_redirects_to_https.json",
		"err/path_query_dropped.json", "err/affinity_cookie.json", "err/configuration_dangling_listener.json",
	} {
		f.Add(fixture(f, name))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		resources, _, err := azure.Read("f", text, azure.Files{})
		if err != nil {
			return
		}
		for _, r := range resources {
			g := appgateway.Lower(r, azure.NewEstate())
			for _, l := range g.Listeners {
				paths := g.Trace(l, &routing.Request{Method: "GET", Scheme: "https", Host: "rt.contoso.example", Target: "/client/?hub=x"})
				if len(paths) == 0 {
					t.Errorf("listener %s gives no answer", l.Name)
				}
			}
		}
	})
}

func BenchmarkReadAndLower(b *testing.B) {
	text := fixture(b, "ok/howto_az.json")
	b.ReportAllocs()
	for b.Loop() {
		lower(b, "gw.json", text)
	}
}

// BenchmarkAThousandGateways reads and lowers a list of a thousand gateways with a hundred path rules each.
func BenchmarkAThousandGateways(b *testing.B) {
	text := manyGateways(b, 1000, 100)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		arms := 0
		_, err := azure.Stream("list.json", text, azure.Files{}, func(r *azure.Resource) error {
			g := appgateway.Lower(r, azure.NewEstate())
			arms += len(g.Blocks["path map rt-paths"][0].(*routing.Match).Arms)
			return nil
		})
		if err != nil || arms != 101_000 {
			b.Fatalf("%d arms, %v", arms, err)
		}
	}
}

func manyGateways(tb testing.TB, gateways, rules int) []byte {
	var gateway object
	if err := json.Unmarshal(fixture(tb, "ok/howto_rest.json"), &gateway); err != nil {
		tb.Fatal(err)
	}
	paths := item(gateway["properties"].(object), "urlPathMaps")
	rule := item(paths, "pathRules")
	var list []any
	for i := range rules {
		properties := maps.Clone(rule)
		properties["paths"] = []string{fmt.Sprintf("/asrs%d/client/*", i)}
		list = append(list, object{"name": fmt.Sprintf("asrs%d", i), "properties": properties})
	}
	paths["pathRules"] = list
	one, err := json.MarshalIndent(gateway, "  ", "  ")
	if err != nil {
		tb.Fatal(err)
	}
	return []byte("[\n" + strings.TrimSuffix(strings.Repeat("  "+string(one)+",\n", gateways), ",\n") + "\n]\n")
}
