package parsers_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/fixtures"
	"github.com/asrscheck/asrscheck/parsers"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// template is the how-to's gateway with the timeout as a parameter.
func template(t *testing.T) string {
	t.Helper()
	text, err := fixtures.Files.ReadFile("appgateway/ok/howto_arm.json")
	if err != nil {
		t.Fatal(err)
	}
	out := strings.Replace(string(text), `"resources"`, `"parameters":{"timeout":{"type":"int","defaultValue":30},"key":{"type":"securestring","defaultValue":""}},"resources"`, 1)
	return strings.Replace(out, `"requestTimeout": 120`, `"requestTimeout": "[parameters('timeout')]"`, 1)
}

// values is a file of values.
func values(entries string) string {
	return `{"$schema":"https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#","contentVersion":"1.0.0.0","parameters":{` + entries + `}}`
}

// timeout is how long the first gateway waits for the service.
func timeout(t *testing.T, estate *routing.Estate) routing.Value {
	t.Helper()
	if len(estate.Gateways) != 1 {
		t.Fatalf("%d gateways, problems %v", len(estate.Gateways), estate.Problems)
	}
	paths := estate.Gateways[0].Trace(estate.Gateways[0].Listeners[0], &routing.Request{
		Method: "POST", Scheme: "https", Host: "rt.contoso.example", Target: "/client/negotiate", SNI: "rt.contoso.example",
	})
	if len(paths) != 1 || paths[0].Delivery == nil {
		t.Fatalf("the request goes %d ways", len(paths))
	}
	return paths[0].Delivery.Setting(routing.ReadTimeout)
}

func TestValuesOfATemplate(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		given []string
		want  string
		note  string
	}{
		"none":                {nil, []string{"main.json"}, "30s", ""},
		"one beside":          {map[string]string{"main.parameters.json": `"timeout":{"value":100}`}, []string{"main.json"}, "1m40s", "with the values of main.parameters.json"},
		"of an environment":   {map[string]string{"main.parameters.prod.json": `"TIMEOUT":{"value":100}`}, []string{"main.json"}, "1m40s", "with the values of main.parameters.prod.json"},
		"another's beside":    {map[string]string{"other.parameters.json": `"timeout":{"value":100}`}, []string{"main.json"}, "30s", ""},
		"one that cannot fit": {map[string]string{"main.parameters.json": `"timeout":{"value":100},"none":{"value":1}`}, []string{"main.json"}, "30s", ""},
		"one that leaves it":  {map[string]string{"main.parameters.json": ``}, []string{"main.json"}, "30s", "with the values of main.parameters.json"},
		"two that agree":      {map[string]string{"main.parameters.a.json": `"timeout":{"value":100}`, "main.parameters.b.json": `"timeout":{"value":100}`}, []string{"main.json"}, "1m40s", "values that main.parameters.a.json, main.parameters.b.json set differently are unknown"},
		"two that do not":     {map[string]string{"main.parameters.a.json": `"timeout":{"value":100}`, "main.parameters.b.json": `"timeout":{"value":90}`}, []string{"main.json"}, "unknown (parameter timeout is set differently by main.parameters.a.json, main.parameters.b.json: give the one that is deployed)", "values that main.parameters.a.json, main.parameters.b.json set differently are unknown"},
		"two, of which one":   {map[string]string{"main.parameters.a.json": `"timeout":{"value":100}`, "main.parameters.b.json": ``}, []string{"main.json"}, "unknown (parameter timeout is set differently by main.parameters.a.json, main.parameters.b.json: give the one that is deployed)", "values that main.parameters.a.json, main.parameters.b.json set differently are unknown"},
		"given before beside": {map[string]string{"main.parameters.json": `"timeout":{"value":100}`, "prod.json": `"timeout":{"value":60}`}, []string{"main.json", "prod.json"}, "1m0s", "with the values of prod.json"},
		"given, in any order": {map[string]string{"prod.json": `"timeout":{"value":60}`}, []string{"prod.json", "main.json"}, "1m0s", "with the values of prod.json"},
		"from a key vault":    {map[string]string{"main.parameters.json": `"timeout":{"reference":{"keyVault":{"id":"x"},"secretName":"s"}}`}, []string{"main.json"}, "unknown (parameter timeout comes from a key vault)", "with the values of main.parameters.json"},
		"broken ones":         {map[string]string{"main.parameters.json": `"timeout":`}, []string{"main.json"}, "unknown (the value of parameter timeout may stand in main.parameters.json, which was not read: main.parameters.json:1:147: expected a value, found '}')", "with the values of main.parameters.json"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			write(t, "main.json", template(t))
			for file, entries := range c.files {
				write(t, file, values(entries))
			}
			estate := parsers.Load(c.given, parsers.Options{})
			got := timeout(t, estate)
			i := slices.IndexFunc(estate.Inputs, func(in routing.Input) bool { return in.Name == "main.json" })
			if got.String() != c.want || estate.Inputs[i].Note != c.note {
				t.Errorf("the timeout is %s, noted %q; want %s, noted %q", got, estate.Inputs[i].Note, c.want, c.note)
			}
			read := texts(parsers.Sources(estate, nil))
			for _, n := range got.Related {
				if _, err := read(n.Span.File); err != nil {
					t.Errorf("the text of %s cannot be shown: %v", n.Span.File, err)
				}
			}
		})
	}
}

func TestSecretsInFilesOfValuesAreNotKept(t *testing.T) {
	t.Chdir(t.TempDir())
	const planted = "Pl4ntedPl4nted"
	write(t, "main.json", strings.Replace(template(t), `"hostName": "rt.contoso.example"`, `"hostName": "[parameters('key')]"`, 1))
	write(t, "main.parameters.json", values(`"key":{"value":"`+planted+`"}`))
	estate := parsers.Load([]string{"main.json"}, parsers.Options{})
	if out := fmt.Sprintf("%+v", estate.Gateways[0]); strings.Contains(out, planted) {
		t.Error("a secure parameter's value was kept")
	}
}

func linking(path string) string {
	return `{"$schema":"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#","contentVersion":"1.0.0.0","resources":[{"type":"Microsoft.Resources/deployments",
	"name":"d","properties":{"parameters":{"timeout":{"value":99}},"templateLink":{"relativePath":"` + path + `"}}}]}`
}

func TestLinkedTemplates(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	write(t, "infra/main.json", linking("a_nested/gateway.json"))
	write(t, "infra/a_nested/gateway.json", template(t))
	write(t, "secret/gateway.json", template(t))
	for given, files := range map[string]int{"infra": 1, "infra/main.json": 1} {
		estate := parsers.Load([]string{given}, parsers.Options{})
		if got := timeout(t, estate); got.Text() != "1m39s" || len(estate.Inputs) != files || len(estate.Problems) > 0 {
			t.Errorf("%s: the timeout is %s from %v, problems %v", given, got, estate.Inputs, estate.Problems)
		}
	}
	for path, says := range map[string]string{
		"../secret/gateway.json": "was not read", filepath.Join(dir, "secret", "gateway.json"): "was not read", "none.json": "no such file", "main.json": "was not read", "https://x/y.json": "was not read",
	} {
		write(t, "infra/main.json", linking(path))
		estate := parsers.Load([]string{"infra/main.json"}, parsers.Options{})
		if len(estate.Gateways) != 0 || len(estate.Problems) != 1 || !strings.Contains(estate.Problems[0].Message, says) || estate.Problems[0].Kind != routing.NotWhole {
			t.Errorf("a link to %s gave %d gateways and the problems %+v", path, len(estate.Gateways), estate.Problems)
		}
	}
}
