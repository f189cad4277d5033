package azure_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// in wraps resources into a template.
func in(resources string) []byte { return with(`"parameters":{"open":{"type":"bool"}},`, resources) }

// with is a template with other members before its resources.
func with(members, resources string) []byte {
	return []byte(`{"$schema":"https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#","contentVersion":"1.0.0.0",` + members + "\n" + `"resources":` + resources + `}`)
}

// whole lists resources with their names and types, and the kinds of their problems and those of the text.
func whole(resources []*azure.Resource, report azure.Report) (names []string, all []routing.ProblemKind) {
	problems := report.Problems
	for _, r := range resources {
		names = append(names, r.Type+" "+r.Title)
		problems = append(problems, r.Problems...)
	}
	return names, kinds(problems)
}

func TestTemplatesHandOverWhatIsDeployed(t *testing.T) {
	const (
		deployment = `{"type":"Microsoft.Resources/deployments","name":"n","properties":{`
		notWhole   = routing.NotWhole
	)
	for name, c := range map[string]struct {
		resources string
		want      []string
		problems  []routing.ProblemKind
	}{
		"a list":            {`[{"type":"A.B/c","name":"x"},{"type":"A.B/d","name":"y"}]`, []string{"A.B/c x", "A.B/d y"}, nil},
		"symbolic names":    {`{"first":{"type":"A.B/c","name":"x"},"second":{"type":"A.B/d","name":"y"}}`, []string{"A.B/c x", "A.B/d y"}, nil},
		"existing ones":     {`{"gone":{"type":"A.B/c","name":"x","existing":true}}`, nil, nil},
		"false conditions":  {`[{"type":"A.B/c","name":"x","condition":false},{"type":"A.B/c","name":"y","condition":"[equals(1, 1)]"}]`, []string{"A.B/c y"}, nil},
		"below false ones":  {`[{"type":"A.B/c","name":"x","condition":false,"resources":[{"type":"d","name":"y"}]}]`, nil, nil},
		"open conditions":   {`[{"type":"A.B/c","name":"x","condition":"[parameters('open')]"}]`, []string{"A.B/c x"}, []routing.ProblemKind{notWhole}},
		"resource loops":    {`[{"type":"A.B/c","name":"[concat('x', copyIndex(1))]","copy":{"name":"l","count":2}}]`, []string{"A.B/c x1", "A.B/c x2"}, nil},
		"loops of none":     {`[{"type":"A.B/c","name":"x","copy":{"name":"l","count":0}}]`, nil, nil},
		"open loops":        {`[{"type":"A.B/c","name":"[concat('x', copyIndex())]","copy":{"name":"l","count":"[int(parameters('open'))]"}}]`, []string{"A.B/c [concat('x', copyIndex())]"}, []routing.ProblemKind{notWhole}},
		"too long loops":    {`[{"type":"A.B/c","name":"x","copy":{"name":"l","count":1000000}}]`, []string{"A.B/c x"}, []routing.ProblemKind{routing.Refused, notWhole}},
		"loops in symbols":  {`{"s":{"type":"A.B/c","name":"[concat('x', copyIndex('l'))]","copy":{"name":"l","count":2}}}`, []string{"A.B/c x0", "A.B/c x1"}, nil},
		"children inside":   {`[{"type":"A.B/c","name":"x","resources":[{"type":"d","name":"y"},{"type":"A.B/c/e","name":"x/z"}]}]`, []string{"A.B/c x", "A.B/c/d x/y", "A.B/c/e x/z"}, nil},
		"children of loops": {`[{"type":"A.B/c","name":"[concat('x', copyIndex())]","copy":{"name":"l","count":2},"resources":[{"type":"d","name":"[concat('y', copyIndex())]"}]}]`, []string{"A.B/c x0", "A.B/c/d x0/y0", "A.B/c x1", "A.B/c/d x1/y1"}, nil},
		"existing parents":  {`{"s":{"type":"A.B/c","name":"x","existing":true,"resources":[{"type":"d","name":"y"}]}}`, []string{"A.B/c/d x/y"}, nil},
		"nested templates":  {`[` + deployment + `"template":{"resources":[{"type":"A.B/c","name":"x"}]}}}]`, []string{"A.B/c x"}, nil},
		"nested loops":      {`[{"copy":{"name":"l","count":2},` + deployment[1:] + `"template":{"resources":[{"type":"A.B/c","name":"[concat('x', copyIndex())]"}]}}}]`, []string{"A.B/c x0", "A.B/c x1"}, nil},
		"not nested":        {`[{"condition":false,` + deployment[1:] + `"template":{"resources":[{"type":"A.B/c","name":"x"}]}}}]`, nil, nil},
		"linked templates":  {`[` + deployment + `"templateLink":{"uri":"https://x"}}}]`, nil, []routing.ProblemKind{notWhole}},
		"an expression":     {`"[parameters('open')]"`, nil, []routing.ProblemKind{notWhole}},
		"a known list":      {`"[createArray(createObject('type', 'A.B/c', 'name', 'x'))]"`, []string{"A.B/c x"}, nil},
		"a computed name":   {`[{"type":"A.B/c","name":"[concat('a', 'b')]"}]`, []string{"A.B/c ab"}, nil},
		"an unknown name":   {`[{"type":"A.B/c","name":"[string(parameters('open'))]"}]`, []string{"A.B/c [string(parameters('open'))]"}, nil},
		"no type":           {`[{"name":"x"}]`, nil, nil},
		"a refused name":    {`[{"type":"A.B/c","name":"[parameters('none')]"}]`, []string{"A.B/c [parameters('none')]"}, []routing.ProblemKind{routing.Refused}},
		"a failing name":    {`[{"type":"A.B/c","name":"[add('x', 1)]"}]`, []string{"A.B/c [add('x', 1)]"}, []routing.ProblemKind{notWhole}},
	} {
		t.Run(name, func(t *testing.T) {
			resources, report := read(t, in(c.resources))
			if got, problems := whole(resources, report); !slices.Equal(got, c.want) || !slices.Equal(problems, c.problems) {
				t.Errorf("read %q with problems %v %+v, want %q with %v", got, problems, report.Problems, c.want, c.problems)
			}
		})
	}
}

func TestPropertiesAreEvaluated(t *testing.T) {
	resources, _ := read(t, with(`"parameters":{"open":{"type":"string"},"p":{"defaultValue":"v"}},"variables":{"list":[1,2]},`,
		`[{"type":"A.B/c","name":"x","properties":{"a":"[parameters('p')]","b":"[[literal]","c":"[open","d":"plain","u":"[parameters('open')]",
		"copy":[{"name":"probes","count":"[length(variables('list'))]","input":{"n":"[variables('list')[copyIndex('probes')]]"}}]}}]`))
	r := resources[0]
	for name, want := range map[string]struct {
		kind jsontree.Kind
		text string
	}{
		"a": {jsontree.String, "v"},
		"b": {jsontree.String, "[literal]"},
		"c": {jsontree.String, "[open"},
		"d": {jsontree.String, "plain"},
		"u": {jsontree.Unknown, "parameter open has no value: give its parameters file, or an export of what was deployed"},
		"e": {jsontree.Missing, ""},
	} {
		if got := r.Get(name); got.Kind() != want.kind || got.Text() != want.text {
			t.Errorf("%s is %v %q, want %v %q", name, got.Kind(), got.Text(), want.kind, want.text)
		}
	}
	probes := r.Get("probes")
	if probes.Len() != 2 || probes.At(1).Get("n").Text() != "2" || probes.Span().Line != 3 {
		t.Errorf("the loop made %d probes at %v", probes.Len(), probes.Span())
	}
}

func TestNestedScopes(t *testing.T) {
	const nested = `[{"type":"Microsoft.Resources/deployments","name":"n","properties":{%s,"template":{
		"parameters":{"p":{"defaultValue":"inner"},"q":{"type":"string"}},"variables":{"v":"inner variable"},
		"resources":[{"type":"A.B/c","name":"x","properties":{"p":"[parameters('p')]","v":"[variables('v')]"}}]}}}]`
	for name, c := range map[string]struct{ properties, p, v string }{
		"outer unless it says so": {`"mode":"Incremental"`, "outer", "outer variable"},
		"outer by name":           {`"expressionEvaluationOptions":{"scope":"outer"}`, "outer", "outer variable"},
		"inner":                   {`"expressionEvaluationOptions":{"scope":"Inner"}`, "inner", "inner variable"},
		"inner with a parameter":  {`"expressionEvaluationOptions":{"scope":"inner"},"parameters":{"P":{"value":"[concat(parameters('p'), '!')]"}}`, "outer!", "inner variable"},
		"a link to parameters":    {`"expressionEvaluationOptions":{"scope":"inner"},"parametersLink":{"uri":"https://x"}`, "the parameters lie behind a link", "inner variable"},
	} {
		t.Run(name, func(t *testing.T) {
			resources, _ := read(t, with(`"parameters":{"p":{"defaultValue":"outer"}},"variables":{"v":"outer variable"},`, fmt.Sprintf(nested, c.properties)))
			if p, v := resources[0].Get("p").Text(), resources[0].Get("v").Text(); p != c.p || v != c.v {
				t.Errorf("p is %q and v is %q, want %q and %q", p, v, c.p, c.v)
			}
		})
	}
}

func TestWhatBelongsToAResourceThatIsNotDeployedIsLeftOut(t *testing.T) {
	const above, apart, inside = `{"type":"A.B/c","name":"x","condition":%s}`, `{"type":"A.B/c/d","name":"x/y"}`, `{"type":"A.B/c/d/e","name":"x/y/z"}`
	const other = `{"type":"A.B/c/d","name":"w/y"}`
	const nested = `{"type":"Microsoft.Resources/deployments","name":"n","properties":{"template":{"resources":[` + apart + `]}}}`
	for name, c := range map[string]struct {
		resources string
		want      []string
	}{
		"before it":                 {apart + "," + fmt.Sprintf(above, "false"), nil},
		"behind it":                 {fmt.Sprintf(above, "false") + "," + inside + "," + other, []string{"w/y"}},
		"in a nested deployment":    {fmt.Sprintf(above, `"[equals(1, 2)]"`) + "," + nested, nil},
		"of a condition that holds": {fmt.Sprintf(above, "true") + "," + apart, []string{"x", "x/y"}},
		"of one that is not known":  {fmt.Sprintf(above, `"[parameters('open')]"`) + "," + apart, []string{"x", "x/y"}},
		"of a pair of conditions":   {fmt.Sprintf(above, "false") + "," + fmt.Sprintf(above, "true") + "," + apart, []string{"x", "x/y"}},
		"of one that is there":      {fmt.Sprintf(above, "false") + `,{"type":"A.B/c","name":"x","existing":true},` + apart, []string{"x/y"}},
	} {
		resources, report := read(t, with(`"parameters":{"open":{"type":"bool"}},`, `[`+c.resources+`]`))
		var got []string
		for _, r := range resources {
			got = append(got, r.Title)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q are read, want %q", name, got, c.want)
		}
		left := strings.Contains(strings.Join(report.Notes, "; "), "what stands in x, which is not deployed, was left out")
		if left == slices.Contains(c.want, "x/y") {
			t.Errorf("%s: the notes are %q", name, report.Notes)
		}
	}
}

func TestOutputsOfNestedDeploymentsAreKnown(t *testing.T) {
	const inner = `{"type":"Microsoft.Resources/deployments","name":"signalr","properties":{"expressionEvaluationOptions":{"scope":"inner"},
		"parameters":{"name":{"value":"chat"}},"template":{"parameters":{"name":{"type":"string"}},
		"resources":[{"type":"Microsoft.SignalRService/signalR","name":"[parameters('name')]"}],
		"outputs":{"host":{"type":"string","value":"[reference(resourceId('Microsoft.SignalRService/signalR', parameters('name'))).hostName]"},
		"key":{"type":"string","value":"[listKeys(resourceId('Microsoft.SignalRService/signalR', parameters('name')), '2023-02-01').primaryKey]"},
		"safe":{"type":"securestring","value":"[listKeys('x', '2023-02-01').primaryKey]"}}}}}`
	const user = `{"type":"A.B/c","name":"x","properties":{"host":"[reference(%s).outputs.host.value]","key":"[reference('signalr').outputs.key.value]","safe":"[reference('signalr').outputs.safe.value]"}}`
	for _, id := range []string{`resourceId('Microsoft.Resources/deployments', 'signalr')`, `'signalr'`, `resourceId('Microsoft.Resources/deployments', 'signalr'), '2022-09-01'`} {
		resources, report := read(t, in(`[`+fmt.Sprintf(user, id)+`,`+inner+`]`))
		r := resources[0]
		if host := r.Get("host"); host.Text() != "chat.service.signalr.net" || len(host.Notes()) < 2 {
			t.Errorf("the host by %s is %v %q, from %v", id, host.Kind(), host.Text(), host.Notes())
		}
		if r.Get("key").Secret() == nil || r.Get("safe").Kind() != jsontree.Unknown {
			t.Errorf("the key is %q, the safe one %q", r.Get("key").Text(), r.Get("safe").Text())
		}
		var leaks []string
		for _, o := range report.Outputs {
			if o.Value.Secret() != nil && !o.Secure {
				leaks = append(leaks, o.Name)
			}
		}
		if !slices.Equal(leaks, []string{"key"}) {
			t.Errorf("outputs that give secrets away are %q, want the key", leaks)
		}
	}
}

func TestDeploymentsThatAskEachOtherEnd(t *testing.T) {
	one := func(name, other string) string {
		return `{"type":"Microsoft.Resources/deployments","name":"` + name + `","properties":{"expressionEvaluationOptions":{"scope":"inner"},
		"parameters":{"p":{"value":"[reference('` + other + `').outputs.o.value]"}},"template":{"parameters":{"p":{"type":"string"}},
		"resources":[{"type":"A.B/c","name":"[parameters('p')]"}],"outputs":{"o":{"type":"string","value":"[parameters('p')]"}}}}}`
	}
	resources, _ := read(t, in(`[`+one("a", "b")+`,`+one("b", "a")+`]`))
	if len(resources) != 2 || resources[0].Node.Get("name").Kind() != jsontree.Unknown {
		t.Errorf("read %d resources", len(resources))
	}
}

func TestNamesThatAskForThemselvesEnd(t *testing.T) {
	var symbols []string
	for i := range 50 {
		symbols = append(symbols, fmt.Sprintf(`"s%d":{"type":"A.B/c","name":"[reference('s%d').x]"}`, i, i))
	}
	start := time.Now()
	resources, _ := read(t, []byte(`{"contentVersion":"","languageVersion":"2.0","resources":{`+strings.Join(symbols, ",")+`}}`))
	if len(resources) != 50 || resources[0].Node.Get("name").Kind() != jsontree.Unknown {
		t.Errorf("read %d resources", len(resources))
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %v", took)
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
	objects := strings.Repeat(`{"a":`, 10_000) + "1" + strings.Repeat("}", 10_000)
	if _, _, err := readErr(in(objects)); err == nil || !strings.Contains(err.Error(), "deeper than 200") {
		t.Errorf("the error is %v", err)
	}
}

// TestMistakesInTemplatesHavePlaces looks for the line and the column inside of the string.
func TestMistakesInTemplatesHavePlaces(t *testing.T) {
	for members, want := range map[string]string{
		`"variables":{"a":"[variables('b')]","b":"[variables('a')]"},`:                                         "gw.json:1:163 variable a refers to itself: variable a → variable b → variable a",
		`"variables":{"a":"[concat('x' 'y')]"},`:                                                               "gw.json:1:151 a comma or a closing parenthesis should stand here",
		`"variables":{"a":"[parameters('none')]"},`:                                                            "gw.json:1:140 the template has no parameter \"none\"",
		`"parameters":{"p":{"defaultValue":"a","allowedValues":["b"]}},"variables":{"a":"[parameters('p')]"},`: "gw.json:1:155 the value of parameter \"p\" is not among its allowedValues (gw.json:1:175)",
	} {
		_, report := read(t, with(members, `[{"type":"A.B/c","name":"x","properties":{"a":"[variables('a')]"}}]`))
		var got []string
		for _, p := range report.Problems {
			got = append(got, p.Span.String()+" "+p.Message)
		}
		if !slices.Equal(got, []string{want}) {
			t.Errorf("%s: the problems are %q, want %q", members, got, want)
		}
	}
}

func TestALoopWithoutACountIsRefusedAtItsPlace(t *testing.T) {
	_, report := read(t, []byte("{\"contentVersion\":\"\",\"resources\":[{\"type\":\"A.B/c\",\"name\":\"x\",\n\"copy\":{\"name\":\"l\"}}]}"))
	if len(report.Problems) != 1 || report.Problems[0].Span.String() != "gw.json:2:8" {
		t.Errorf("the problems are %v", report.Problems)
	}
}

func TestATemplateThatExhaustsItsReaderSaysSo(t *testing.T) {
	big := `[{"type":"A.B/c","name":"x","copy":{"name":"l","count":800},"properties":{"copy":[{"name":"a","count":800,"input":{"copy":[{"name":"b","count":800,"input":1}]}}]}}]`
	_, report := read(t, in(big))
	if len(report.Problems) != 1 || !strings.Contains(report.Problems[0].Message, "not evaluated to its end") {
		t.Errorf("the problems are %v", report.Problems)
	}
}

func TestLinksThatGoInCirclesEnd(t *testing.T) {
	const link = `{"type":"Microsoft.Resources/deployments","name":"a","properties":{"templateLink":{"relativePath":"main.json"}}}`
	text := in(`[` + link + `,` + link + `,{"type":"A.B/c","name":"x"}]`)
	opened := 0
	files := azure.Files{Open: func(string, string) (azure.File, error) {
		opened++
		return azure.File{Name: "gw.json", Text: text}, nil
	}}
	resources, report, err := azure.Read("gw.json", text, files)
	if err != nil || opened != 1 || len(resources) == 0 || len(resources) > 6000 || len(report.Problems) == 0 {
		t.Errorf("%d resources from %d readings, problems %d, error %v", len(resources), opened, len(report.Problems), err)
	}
}
