package azure_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// corpus is where public descriptions of gateways lie, with facts that were taken from them independently, where the project is developed.
func corpus() string {
	if dir := os.Getenv("CORPUS"); dir != "" {
		return dir
	}
	return "../../../shared/corpus"
}

// TestPublicGatewaysSayWhatOthersReadInThem compares the backend settings of every gateway, and what stands around them, with the facts. Of
// templates the facts tell what is written in the usual letter case: not what expressions and other letters give, which is compared only
// where they tell something. Recorded conversations (cassettes) are nothing that people have of their gateways.
func TestPublicGatewaysSayWhatOthersReadInThem(t *testing.T) {
	rows := factsOf(t)
	read := map[string][]*azure.Resource{}
	compared := 0
	for _, row := range rows {
		file := row["file"]
		if strings.Contains(file, "cassettes") {
			continue
		}
		if _, ok := read[file]; !ok {
			read[file] = gatewaysIn(t, file)
		}
		gateway, setting := settingOf(read[file], row["settings"])
		if gateway == nil {
			t.Errorf("%s: no gateway has the settings %q", file, row["settings"])
			continue
		}
		for what, got := range factsAbout(gateway, setting) {
			want := row[what]
			if want == "?" || strings.HasPrefix(want, "[") || want == "" && gateway.Form == azure.Template {
				continue
			}
			if compared++; got != want {
				t.Errorf("%s: %s of settings %q is %q, the facts say %q", file, what, row["settings"], got, want)
			}
		}
	}
	if len(rows) > 0 && compared < 400 {
		t.Errorf("only %d facts were compared", compared)
	}
}

func factsOf(t *testing.T) (rows []map[string]string) {
	t.Helper()
	f, err := os.Open(filepath.Join(corpus(), "appgw_facts.tsv"))
	if err != nil {
		return nil
	}
	defer f.Close() //nolint:errcheck // it was only read
	r := csv.NewReader(f)
	r.Comma = '\t'
	all, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			word, _, _ := strings.Cut(name, "_")
			row[word] = line[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func gatewaysIn(t *testing.T, file string) (out []*azure.Resource) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(corpus(), filepath.FromSlash(file)))
	if err != nil {
		t.Fatal(err)
	}
	all, _, err := azure.Read(file, text, azure.Files{})
	if err != nil {
		t.Errorf("%s: %v", file, err)
	}
	for _, r := range all {
		if r.Is(azure.ApplicationGateway) {
			out = append(out, r)
		}
	}
	return out
}

func settingOf(gateways []*azure.Resource, name string) (*azure.Resource, azure.Object) {
	for _, g := range gateways {
		for _, s := range g.List("backendHttpSettingsCollection") {
			if s.Name() == name {
				return g, s
			}
		}
	}
	return nil, azure.Object{}
}

// factsAbout are the values that the facts have columns for.
func factsAbout(g *azure.Resource, s azure.Object) map[string]string {
	var addresses []string
	for _, pool := range g.List("backendAddressPools") {
		for _, a := range pool.List("backendAddresses") {
			for _, name := range []string{"fqdn", "ipAddress"} {
				if n := a.Get(name); !n.Unset() {
					addresses = append(addresses, n.Text())
				}
			}
		}
	}
	count := func(name string) string { return fmt.Sprint(len(g.List(name))) }
	return map[string]string{
		"protocol": text(s, "protocol"), "port": text(s, "port"), "affinity": text(s, "cookieBasedAffinity"), "timeout": text(s, "requestTimeout"), "path": text(s, "path"),
		"probe": lastLetters(s.Reference("probe").Text(), 40), "backends": strings.Join(addresses, ";"),
		"listeners": count("httpListeners"), "rules": count("requestRoutingRules"), "urlPathMaps": count("urlPathMaps"), "host": hostOf(s),
	}
}

func text(o azure.Object, name string) string {
	if n := o.Get(name); n.Kind() != jsontree.Null {
		return n.Text()
	}
	return ""
}

func lastLetters(s string, count int) string { return s[max(0, len(s)-count):] }

func hostOf(s azure.Object) string {
	switch {
	case text(s, "hostName") != "":
		return "override: " + text(s, "hostName")
	case azure.On(s.Get("pickHostNameFromBackendAddress")):
		return "the name of the pool's member"
	}
	return "none: client Host passed through"
}
