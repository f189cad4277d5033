package reports_test

import (
	"bytes"
	"maps"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/reports"
)

func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", parsed(t, string(reports.JSONSchema))); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatalf("reports/schema.json is no JSON Schema: %v", err)
	}
	return s
}

func parsed(t *testing.T, text string) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatalf("this is no JSON: %v", err)
	}
	return v
}

func TestJSONReportsFollowTheirSchema(t *testing.T) {
	schema := compiledSchema(t)
	for name, d := range map[string]*reports.Document{
		"the sample": documented(), "a report of nothing": reports.New(&conformance.Report{}, nil),
		"a report without sources": reports.New(sample(), nil),
	} {
		if err := schema.Validate(parsed(t, render(t, "json", d))); err != nil {
			t.Errorf("%s does not follow reports/schema.json: %v", name, err)
		}
	}
}

func TestTheSchemaRefusesWhatIsNotAReport(t *testing.T) {
	schema := compiledSchema(t)
	good := render(t, "json", documented())
	for what, change := range map[string][2]string{
		"another schema":     {`"schema": 1`, `"schema": 2`},
		"an unknown verdict": {`"verdict": "broken"`, `"verdict": "maybe"`},
		"an unknown field":   {`"summary": {`, `"surprise": 1, "summary": {`},
		"a column of zero":   {`"column": 3`, `"column": 0`},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if bad == good {
			t.Fatalf("%s: the sample holds no %s", what, change[0])
		}
		if schema.Validate(parsed(t, bad)) == nil {
			t.Errorf("reports/schema.json accepts %s", what)
		}
	}
}

// TestTheSampleHoldsEveryFieldOfTheSchema keeps the schema from describing what is no longer written, and the sample complete.
func TestTheSampleHoldsEveryFieldOfTheSchema(t *testing.T) {
	report := render(t, "json", documented())
	for name, description := range properties(parsed(t, string(reports.JSONSchema))) {
		if !strings.Contains(report, `"`+name+`":`) {
			t.Errorf("the schema describes %q, but the report of the sample holds none", name)
		}
		if description == "" {
			t.Errorf("the schema does not say what %q is", name)
		}
	}
}

// properties are the names of all properties in a schema, with their descriptions.
func properties(schema any) map[string]string {
	out := map[string]string{}
	switch v := schema.(type) {
	case []any:
		for _, one := range v {
			maps.Copy(out, properties(one))
		}
	case map[string]any:
		if props, ok := v["properties"].(map[string]any); ok {
			for name, p := range props {
				out[name], _ = p.(map[string]any)["description"].(string)
			}
		}
		for _, one := range v {
			maps.Copy(out, properties(one))
		}
	}
	return out
}

func TestAReportReadBackRendersTheSame(t *testing.T) {
	first := documented()
	second, err := reports.Read(bytes.NewReader([]byte(render(t, "json", first))))
	if err != nil {
		t.Fatal(err)
	}
	second.Rules = first.Rules
	for _, f := range reports.Formats() {
		if render(t, f.Name, second) != render(t, f.Name, first) {
			t.Errorf("%s differs when the report was saved as JSON and read back", f.Name)
		}
	}
}
