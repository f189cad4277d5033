package azure_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// in wraps resources into a template.
func in(resources string) []byte {
	return []byte(`{"$schema":"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#","contentVersion":"1.0.0.0","resources":` + resources + `}`)
}

func TestTemplatesHandOverWhatIsDeployed(t *testing.T) {
	for name, c := range map[string]struct {
		resources string
		want      []string
		problems  []routing.ProblemKind
	}{
		"a list":           {`[{"type":"A.B/c","name":"x"},{"type":"A.B/d","name":"y"}]`, []string{"A.B/c x", "A.B/d y"}, nil},
		"symbolic names":   {`{"first":{"type":"A.B/c","name":"x"},"second":{"type":"A.B/d","name":"y"}}`, []string{"A.B/c x", "A.B/d y"}, nil},
		"existing ones":    {`{"gone":{"type":"A.B/c","name":"x","existing":true}}`, nil, nil},
		"false conditions": {`[{"type":"A.B/c","name":"x","condition":false},{"type":"A.B/c","name":"y","condition":true}]`, []string{"A.B/c y"}, nil},
		"open conditions":  {`[{"type":"A.B/c","name":"x","condition":"[parameters('p')]"}]`, []string{"A.B/c x"}, []routing.ProblemKind{routing.NotWhole}},
		"resource loops":   {`[{"type":"A.B/c","name":"x","copy":{"name":"l","count":2}}]`, []string{"A.B/c x"}, []routing.ProblemKind{routing.NotWhole}},
		"children inside":  {`[{"type":"A.B/c","name":"x","resources":[{"type":"d","name":"y"},{"type":"A.B/c/e","name":"x/z"}]}]`, []string{"A.B/c x", "A.B/c/d x/y", "A.B/c/e x/z"}, nil},
		"nested templates": {`[{"type":"Microsoft.Resources/deployments","name":"n","properties":{"template":{"resources":[{"type":"A.B/c","name":"x"}]}}}]`, []string{"A.B/c x"}, nil},
		"linked templates": {`[{"type":"Microsoft.Resources/deployments","name":"n","properties":{"templateLink":{"uri":"https://x"}}}]`, nil, []routing.ProblemKind{routing.NotWhole}},
		"an expression":    {`"[parameters('all')]"`, nil, []routing.ProblemKind{routing.NotWhole}},
		"a computed name":  {`[{"type":"A.B/c","name":"[parameters('n')]"}]`, []string{"A.B/c [parameters('n')]"}, nil},
		"no type":          {`[{"name":"x"}]`, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			resources, report := read(t, in(c.resources))
			var got []string
			problems := report.Problems
			for _, r := range resources {
				got = append(got, r.Type+" "+r.Title)
				problems = append(problems, r.Problems...)
			}
			if !slices.Equal(got, c.want) || !slices.Equal(kinds(problems), c.problems) {
				t.Errorf("read %q with problems %v, want %q with %v", got, problems, c.want, c.problems)
			}
		})
	}
}

func TestExpressionsAreUnknownAndNothingElseIs(t *testing.T) {
	resources, _ := read(t, in(`[{"type":"A.B/c","name":"x","properties":{"a":"[parameters('p')]","b":"[[literal]","c":"[open","d":"plain",
		"copy":[{"name":"probes","count":2,"input":{}}]}}]`))
	r := resources[0]
	for name, want := range map[string]struct {
		kind jsontree.Kind
		text string
	}{
		"a":      {jsontree.Unknown, "ARM expression [parameters('p')]"},
		"b":      {jsontree.String, "[literal]"},
		"c":      {jsontree.String, "[open"},
		"d":      {jsontree.String, "plain"},
		"probes": {jsontree.Unknown, "ARM property loop probes"},
		"e":      {jsontree.Missing, ""},
	} {
		if got := r.Get(name); got.Kind() != want.kind || got.Text() != want.text {
			t.Errorf("%s is %v %q, want %v %q", name, got.Kind(), got.Text(), want.kind, want.text)
		}
	}
	if place := r.Get("probes").Span(); place.Line != 2 {
		t.Errorf("what a loop makes stands at %v, want the loop", place)
	}
}

func TestExportsHaveNoExpressions(t *testing.T) {
	resources, _ := read(t, []byte(`{"id":"/s/providers/A.B/c/x","properties":{"a":"[brackets]"}}`))
	if got := resources[0].Get("a"); got.Kind() != jsontree.String || got.Text() != "[brackets]" {
		t.Errorf("a string in brackets is %v %q in an export", got.Kind(), got.Text())
	}
}

func TestDeepNestingOfTemplatesIsAnError(t *testing.T) {
	deep := strings.Repeat(`[{"type":"Microsoft.Resources/deployments","properties":{"template":{"resources":`, 100) + "[]" + strings.Repeat(`}}}]`, 100)
	if _, _, err := readErr(in(deep)); err == nil || !strings.Contains(err.Error(), "deeper than 200") {
		t.Errorf("the error is %v", err)
	}
}
