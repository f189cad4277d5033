package appgateway_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// TestFixtures compares what becomes of two requests on every fixture, and its problems, with testdata/fixtures.golden. UPDATE=1
// rewrites it.
func TestFixtures(t *testing.T) {
	names, err := filepath.Glob(filepath.Join(fixtures, "*", "*.json"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	var b strings.Builder
	for _, path := range names {
		name, _ := filepath.Rel(fixtures, path)
		describe(t, &b, filepath.ToSlash(name))
	}
	golden := filepath.Join("testdata", "fixtures.golden")
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(golden, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got := b.String(); got != string(want) {
		t.Errorf("fixtures are lowered otherwise than %s says; after a look run UPDATE=1 go test ./parsers/appgateway\n%s", golden, firstDifference(got, string(want)))
	}
}

func describe(t *testing.T, b *strings.Builder, name string) {
	fmt.Fprintf(b, "== %s\n", name)
	text := fixture(t, name)
	_, report, err := azure.Read(name, text, azure.Files{})
	if err != nil {
		t.Fatal(err)
	}
	g := lower(t, name, text)
	for _, p := range append(report.Problems, g.Problems...) {
		fmt.Fprintf(b, "problem %d at %s: %s\n", p.Kind, p.Span, p.Message)
	}
	for _, path := range []string{"/client/negotiate?hub=chat", "/asrs1/client/?hub=chat"} {
		fmt.Fprintf(b, "%s\n", path)
		paths := ask(g, "GET", "https://rt.contoso.example"+path)
		for i := range paths {
			fmt.Fprintf(b, "  %s\n", strings.ReplaceAll(tell(paths[i:i+1]), "\n", "\n  "))
			if d := paths[i].Delivery; d != nil {
				describeDelivery(b, d)
			}
		}
	}
}

func describeDelivery(b *strings.Builder, d *routing.Delivery) {
	if d.Pool != nil && len(d.Pool.Members) > 1 {
		fmt.Fprintf(b, "    picked by %s at %s\n", d.Pool.Pick.How, d.Pool.Pick.Span)
	}
	for _, s := range []routing.Setting{routing.ReadTimeout, routing.Buffering, routing.VerifyChain, routing.VerifyName} {
		fmt.Fprintf(b, "    %s %s at %s\n", s, d.Setting(s), d.Setting(s).Span)
	}
	p := d.Probe()
	if p == nil {
		return
	}
	fmt.Fprintf(b, "    probe %s %s at %s\n", p.Host, p.Path, p.Span)
}

func firstDifference(got, want string) string {
	lines := strings.Split(want, "\n")
	for i, line := range strings.Split(got, "\n") {
		if i >= len(lines) || line != lines[i] {
			return fmt.Sprintf("line %d: %s", i+1, line)
		}
	}
	return "lines are missing"
}

func TestEveryErrFixtureHasADefectOfItsOwn(t *testing.T) {
	seen := map[string]string{}
	names, err := filepath.Glob(filepath.Join(fixtures, "err", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range append(names, filepath.Join(fixtures, "ok", "howto_rest.json")) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		resources, report, err := azure.Read("f", text, azure.Files{})
		if err != nil || len(resources) == 0 {
			t.Fatalf("%s: %d resources, %v", path, len(resources), err)
		}
		key := fmt.Sprint(len(report.Problems))
		for _, r := range resources {
			key += essence(r.Object)
		}
		if other := seen[key]; other != "" {
			t.Errorf("%s says the same as %s", path, other)
		}
		seen[key] = path
	}
}

// essence is a resource without what differs between the forms of one gateway.
func essence(o azure.Object) string {
	var parts []string
	for _, name := range []string{
		"globalConfiguration", "sslPolicy", "backendAddressPools", "backendHttpSettingsCollection", "urlPathMaps", "requestRoutingRules", "probes",
		"rewriteRuleSets", "redirectConfigurations", "routingRules", "httpListeners", "sslProfiles", "loadDistributionPolicies", "sku", "webApplicationFirewallConfiguration", "policySettings", "customRules", "managedRules",
	} {
		parts = append(parts, name+flat(azure.Object{Node: o.Get(name)}))
	}
	return strings.Join(parts, " ")
}

func flat(o azure.Object) string {
	var parts []string
	for n := range o.Node.All() {
		switch strings.ToLower(n.Name()) {
		case "id":
			parts = append(parts, azure.LastSegment(n.Text()))
		case "etag", "type", "provisioningstate", "resourcegroup":
			continue
		case "properties":
			parts = append(parts, strings.Split(flat(azure.Object{Node: n}), ";")...)
		default:
			parts = append(parts, n.Name()+"="+n.Text()+"("+flat(azure.Object{Node: n})+")")
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, ";")
}
