package parsers_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

const aTemplate = `{"rules": {"name": "default", "behaviors": [{"name": "origin", "options": {"originType": "CUSTOMER", "hostname": "a.example"}}], "children": ["#include:rule.json"]}}`

func TestAProjectOfAkamaiReadsNothingOutsideOfItsFolder(t *testing.T) {
	outside := folderOf(t, map[string]string{
		"rule.json":                 `{"name": "outside", "behaviors": [], "children": []}`,
		"environments/x/hosts.json": "{}",
	})
	for name, links := range map[string]map[string]string{
		"a snippet":            {"config-snippets/rule.json": "rule.json"},
		"the environments":     {"environments": "environments"},
		"a folder of snippets": {"config-snippets/more": "."},
	} {
		t.Run(name, func(t *testing.T) {
			dir := folderOf(t, map[string]string{"config-snippets/main.json": strings.Replace(aTemplate, "rule.json", map[bool]string{true: "more/rule.json", false: "rule.json"}[links["config-snippets/more"] != ""], 1)})
			for link, target := range links {
				if err := os.Symlink(filepath.Join(outside, target), filepath.Join(dir, link)); err != nil {
					t.Fatal(err)
				}
			}
			e := parsers.Load([]string{dir}, parsers.Options{})
			if len(e.Gateways) != 1 || strings.Contains(e.Gateways[0].Name, "(x)") {
				t.Fatalf("there are %d gateways", len(e.Gateways))
			}
			if !slices.ContainsFunc(e.Gateways[0].Problems, func(p routing.Problem) bool {
				return p.Kind == routing.NotWhole && strings.Contains(p.Message, "rule.json\" was not read")
			}) {
				t.Errorf("the problems are %+v", e.Gateways[0].Problems)
			}
		})
	}
}

func TestRulesThatAPlanDoesNotKnowAreSaidToBeMissing(t *testing.T) {
	e := parsers.Load([]string{"-"}, parsers.Options{Stdin: strings.NewReader(`{"format_version": "1.2",
		"planned_values": {"root_module": {"resources": [{"address": "akamai_property.rt", "mode": "managed", "type": "akamai_property", "name": "rt", "values": {"name": "rt.contoso.example"}}]}},
		"resource_changes": [{"address": "akamai_property.rt", "change": {"actions": ["create"], "after_unknown": {"rules": true}}}]}`)})
	if len(e.Gateways) != 1 || e.Gateways[0].Name != "rt.contoso.example" || len(e.Gateways[0].Problems) != 1 {
		t.Fatalf("the gateways are %+v", e.Gateways)
	}
	if p := e.Gateways[0].Problems[0]; p.Kind != routing.NotWhole || p.Span.Line != 3 || p.Message != "the rules are not known: known only after the plan is applied" {
		t.Errorf("the problem is %+v", p)
	}
}

func TestTheInventoryTellsWhatAPropertyHoldsAndWhatIsUnknown(t *testing.T) {
	dir := folderOf(t, map[string]string{"rules.json": `{"propertyName": "rt.contoso.example", "ruleFormat": "v2025-10-16", "hostnames": {"items": [{"cnameFrom": "rt.contoso.example", "cnameTo": "rt.contoso.example.edgekey.net"}]},
		"rules": {"name": "default", "variables": [{"name": "PMUSER_A", "value": "a"}, {"name": "PMUSER_B", "value": "hunter2", "sensitive": true}],
		"behaviors": [{"name": "cpCode", "options": {}}, {"name": "include", "options": {"id": "7"}}, {"name": "brandNew", "options": {}}], "children": [{"name": "Script", "criteria": [{"name": "path", "options": {"values": ["/a"]}}, {"name": "bucket", "options": {}}, {"name": "brandNew", "options": {}}], "behaviors": [{"name": "edgeWorker", "options": {"enabled": true}}]}]}}`})
	var got []string
	for _, i := range parsers.Load([]string{dir}, parsers.Options{Items: true}).Inputs[0].Items {
		got = append(got, i.Kind+" "+i.Name+" | "+i.Detail+" | "+i.Value.String())
	}
	want := []string{
		"property rt.contoso.example | rule format v2025-10-16 | not set",
		"hostname rt.contoso.example |  | rt.contoso.example.edgekey.net",
		"variable PMUSER_A |  | a",
		"variable PMUSER_B |  | not set",
		`rule default | cpCode, include, brandNew | unknown (the rules of include "7" were not given; what the behavior "brandNew" does is not modeled)`,
		"rule Script | edgeWorker | unknown (what the script of an EdgeWorker does is not in the property; the criterion \"bucket\": a share of the requests; whether those of one client are picked alike is not documented; the criterion \"brandNew\": what it asks is not modeled)",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the items are\n%s", strings.Join(got, "\n"))
	}
}

func TestHostnamesInAFileOfTheirOwnAreThoseOfTheirProperty(t *testing.T) {
	rules := `{"propertyId": "prp_1", "propertyName": "rt", "propertyVersion": 3, "rules": {"name": "default", "behaviors": [{"name": "cpCode", "options": {}}]}}`
	names := `{"accountId": "act_1", "propertyId": "prp_1", "propertyVersion": %s, "hostnames": {"items": [{"cnameFrom": "rt.contoso.example", "cnameTo": "rt.contoso.example.edgekey.net"}]}}`
	for version, want := range map[string]string{
		"3": "",
		"4": `these hostnames are those of version "4" of the property "prp_1", whose rules were not read: those that were read are of version "3"`,
	} {
		e := parsers.Load([]string{folderOf(t, map[string]string{"hostnames.json": strings.Replace(names, "%s", version, 1), "rules.json": rules})}, parsers.Options{})
		if len(e.Gateways) != 1 {
			t.Fatalf("there are %d gateways", len(e.Gateways))
		}
		var hosts, problems []string
		for _, h := range e.Gateways[0].Listeners[0].Hosts {
			hosts = append(hosts, h.Host)
		}
		for _, p := range e.Problems {
			problems = append(problems, p.Message)
		}
		if joined := slices.Equal(hosts, []string{"rt.contoso.example"}); joined != (want == "") || strings.Join(problems, "\n") != want {
			t.Errorf("version %s: the hosts are %q, the problems\n%s", version, hosts, strings.Join(problems, "\n"))
		}
	}
}
