package main

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// export is an answer of Resource Graph with many Application Gateways.
type export struct {
	gateways int
	sites    int // beside the one for SignalR, each with a pool, settings, a listener and a rule of its own
	paths    int // path rules beside the one for SignalR
	minified bool
}

// The exports that are measured: gateways of some 30 KB, and gateways of 100 path rules.
var (
	fiveThousand = export{gateways: 5000, sites: 6}
	manyRules    = export{gateways: 1000, paths: 99}
)

// write writes it piece by piece.
func (e export) write(w io.Writer) error {
	one, err := e.gateway()
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	_, _ = fmt.Fprintf(out, "{\n  \"count\": %d,\n  \"data\": [", e.gateways) // Flush tells what goes wrong
	for i := range e.gateways {
		text := one
		for _, name := range []string{"agw-realtime", "rt.contoso", "asrs1", "site.contoso"} {
			text = bytes.ReplaceAll(text, []byte(name), []byte(name+strconv.Itoa(i)))
		}
		if i > 0 {
			_ = out.WriteByte(',')
		}
		_, _ = out.WriteString("\n    ")
		_, _ = out.Write(text)
	}
	_, _ = fmt.Fprintf(out, "\n  ],\n  \"skip_token\": null,\n  \"total_records\": %d\n}\n", e.gateways)
	return out.Flush()
}

// gateway is the text of one gateway: that of the sound fixture, made larger.
func (e export) gateway() ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(root, "fixtures/appgateway/ok/howto_graph.json"))
	if err != nil {
		return nil, err
	}
	var page struct{ Data []map[string]any }
	if err = json.Unmarshal(text, &page); err != nil {
		return nil, err
	}
	g := page.Data[0]
	p := g["properties"].(map[string]any)
	for i := range e.sites {
		addSite(p, i)
	}
	paths := p["urlPathMaps"].([]any)[0].(map[string]any)["properties"].(map[string]any)
	rules := paths["pathRules"].([]any)
	for i := range e.paths {
		rule := cloned(rules[0], "pathRules/signalr", fmt.Sprintf("pathRules/path%d", i), `"signalr"`, fmt.Sprintf(`"path%d"`, i), "/client/", fmt.Sprintf("/app%d/", i),
			"backendAddressPools/signalr", "backendAddressPools/site", "signalr-https", "site-https")
		paths["pathRules"] = append(paths["pathRules"].([]any), rule)
	}
	if e.minified {
		return json.Marshal(g)
	}
	return json.MarshalIndent(g, "    ", "  ")
}

// addSite adds a site: what the fixture has for its sites once more, under other names.
func addSite(p map[string]any, i int) {
	site, host := fmt.Sprintf("site%d", i), fmt.Sprintf("site.contoso.example-%d", i)
	add := func(collection string, of int, names ...string) {
		p[collection] = append(p[collection].([]any), cloned(p[collection].([]any)[of], names...))
	}
	add("backendAddressPools", 1, "Pools/site", "Pools/"+site, `"site"`, `"`+site+`"`, "www.contoso", "www"+site+".contoso")
	add("backendHttpSettingsCollection", 1, "site-https", site+"-https")
	add("httpListeners", 0, "rt-https", site+"-listener", "rt.contoso.example", host)
	add("requestRoutingRules", 0, "Rules/rt", "Rules/"+site, `"rt"`, `"`+site+`"`, "rt-https", site+"-listener", `"priority":1`, `"priority":`+strconv.Itoa(i+10))
	rules := p["requestRoutingRules"].([]any)
	rule := rules[len(rules)-1].(map[string]any)["properties"].(map[string]any)
	id := rule["urlPathMap"].(map[string]any)["id"].(string)
	delete(rule, "urlPathMap")
	rule["ruleType"] = "Basic"
	rule["backendAddressPool"] = map[string]any{"id": strings.ReplaceAll(id, "urlPathMaps/rt-paths", "backendAddressPools/"+site)}
	rule["backendHttpSettings"] = map[string]any{"id": strings.ReplaceAll(id, "urlPathMaps/rt-paths", "backendHttpSettingsCollection/"+site+"-https")}
}

// cloned is a copy of a value with other names in it.
func cloned(v any, names ...string) any {
	text, _ := json.Marshal(v) // it came from JSON
	for pair := range slices.Chunk(names, 2) {
		text = bytes.ReplaceAll(text, []byte(pair[0]), []byte(pair[1]))
	}
	var out any
	_ = json.Unmarshal(text, &out) // it was JSON a moment ago
	return out
}

// file writes the export to a file that goes away with the test. To measure the whole process, keep it: ASRSCHECK_EXPORT=FOLDER go test
// ./cmd/asrscheck -run XXX -bench FiveThousand -benchtime 1x, and /usr/bin/time -v asrscheck check FOLDER/graph.json.
func (e export) file(tb testing.TB) string {
	tb.Helper()
	f, err := os.Create(filepath.Join(cmp.Or(os.Getenv("ASRSCHECK_EXPORT"), tb.TempDir()), "graph.json"))
	if err != nil {
		tb.Fatal(err)
	}
	if err = e.write(f); err != nil {
		tb.Fatal(err)
	}
	if err = f.Close(); err != nil {
		tb.Fatal(err)
	}
	return f.Name()
}

func benchmarkExport(b *testing.B, e export) {
	name := e.file(b)
	info, err := os.Stat(name)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(info.Size())
	benchmark(b, exitClean, "check", name)
}

func BenchmarkCheckOfFiveThousandGateways(b *testing.B) { benchmarkExport(b, fiveThousand) }

func BenchmarkCheckOfGatewaysWithManyRules(b *testing.B) { benchmarkExport(b, manyRules) }
