package parsers_test

import (
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

func TestValuesInBicepsOwnLanguageDecide(t *testing.T) {
	const expression = "unknown (parameter timeout is set by an expression, which only bicep evaluates)"
	for name, c := range map[string]struct {
		files map[string]string
		given []string
		want  string
	}{
		"written out":               {map[string]string{"main.bicepparam": "using 'main.bicep'\nparam timeout = 77\n"}, []string{"main.json"}, "1m17s"},
		"of an environment":         {map[string]string{"prod.bicepparam": "using './main.bicep'\nparam timeout = 77\n"}, []string{"main.json"}, "1m17s"},
		"for the template":          {map[string]string{"prod.bicepparam": "using './main.json'\nparam timeout = 77\n"}, []string{"main.json"}, "1m17s"},
		"for no template":           {map[string]string{"main.bicepparam": "using none\nparam timeout = 77\n"}, []string{"main.json"}, "1m17s"},
		"for another":               {map[string]string{"main.bicepparam": "using 'other.bicep'\nparam timeout = 77\n"}, []string{"main.json"}, "30s"},
		"an expression":             {map[string]string{"main.bicepparam": "using 'main.bicep'\nparam timeout = int(readEnvironmentVariable('T'))\n"}, []string{"main.json"}, expression},
		"that leaves it":            {map[string]string{"main.bicepparam": "using 'main.bicep'\n"}, []string{"main.json"}, "30s"},
		"from what it extends":      {map[string]string{"main.bicepparam": "using 'main.bicep'\nextends 'base.bicepparam'\n", "base.bicepparam": "using none\nparam timeout = 66\n"}, []string{"main.json"}, "1m6s"},
		"what it extends is not":    {map[string]string{"main.bicepparam": "using 'main.bicep'\nextends 'base.bicepparam'\n"}, []string{"main.json"}, "unknown (the value of parameter timeout may stand in main.bicepparam, which was not read: no such file or directory)"},
		"broken":                    {map[string]string{"main.bicepparam": "param timeout = (\n"}, []string{"main.json"}, "unknown (the value of parameter timeout may stand in main.bicepparam, which was not read: main.bicepparam:1:17: this is not closed: is the file cut off?)"},
		"two that do not agree":     {map[string]string{"a.bicepparam": "using 'main.bicep'\nparam timeout = 77\n", "b.bicepparam": "using 'main.bicep'\nparam timeout = 78\n"}, []string{"main.json"}, "unknown (parameter timeout is set differently by a.bicepparam, b.bicepparam: give the one that is deployed)"},
		"given, among two":          {map[string]string{"a.bicepparam": "using 'main.bicep'\nparam timeout = 77\n", "b.bicepparam": "using 'main.bicep'\nparam timeout = 78\n"}, []string{"main.json", "b.bicepparam"}, "1m18s"},
		"given before its template": {map[string]string{"a.bicepparam": "using 'main.bicep'\nparam timeout = 77\n", "b.bicepparam": "using 'main.bicep'\nparam timeout = 78\n"}, []string{"b.bicepparam", "main.json"}, "1m18s"},
		"given alone":               {map[string]string{"a.bicepparam": "using 'main.bicep'\nparam timeout = 77\n", "b.bicepparam": "using 'main.bicep'\nparam timeout = 78\n"}, []string{"b.bicepparam"}, "1m18s"},
		"in a folder":               {map[string]string{"main.bicepparam": "using 'main.bicep'\nparam timeout = 77\n"}, []string{"."}, "1m17s"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			t.Setenv("PATH", t.TempDir())
			write(t, "main.json", template(t))
			for file, text := range c.files {
				write(t, file, text)
			}
			estate := parsers.Load(c.given, parsers.Options{})
			if got := timeout(t, estate); got.String() != c.want || len(estate.Problems) > 0 {
				t.Errorf("the timeout is %s, problems %v; want %s", got, estate.Problems, c.want)
			}
		})
	}
}

func TestExpressionsAmongValuesAreEvaluatedByTheUsersOwnCompiler(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "main.json", template(t))
	write(t, "main.bicepparam", "using 'main.bicep'\nparam timeout = 70 + 7\n")
	write(t, "compiled", `{"parametersJson":"`+strings.ReplaceAll(values(`"timeout":{"value":77}`), `"`, `\"`)+`"}`)
	compiler(t, "bicep", "cat compiled")
	if got := timeout(t, parsers.Load([]string{"main.json"}, parsers.Options{})); got.Text() != "1m17s" {
		t.Errorf("the timeout is %s", got)
	}
}

func TestATemplateIsHeldAgainstTheBicepBesideIt(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "main.json", template(t))
	write(t, "main.bicep", gatewayBicep)
	load := func() *routing.Estate { return parsers.Load([]string{"main.json"}, parsers.Options{}) }
	estate := load()
	if got := estate.Inputs[0].Note; got != "main.bicep lies beside it and was not read" || len(estate.Gateways[0].Problems) > 0 {
		t.Errorf("noted %q, problems %v", got, estate.Gateways[0].Problems)
	}
	write(t, "main.bicep", gatewayBicep+"param added string\n")
	p := load().Gateways[0].Problems
	if len(p) != 1 || p[0].Kind != routing.NotWhole || p[0].Span.String() != "main.bicep:4:1" || !strings.Contains(p[0].Message, "has no parameter added") {
		t.Errorf("problems %+v", p)
	}
}
