package reports_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
	"github.com/asrscheck/asrscheck/reports"
)

// sampleReading holds every field that a reading can have.
func sampleReading(t *testing.T) *reports.Reading {
	t.Helper()
	at := routing.Span{File: "main.json", Line: 3, Col: 5, EndLine: 3, EndCol: 9}
	note := []routing.Note{{Span: at, Text: "default of parameter host"}}
	known, unknown := routing.Of("h.example", at), routing.UnknownOf("parameter host has no value", at)
	known.Related = note
	problems := []routing.Problem{{Span: at, Kind: routing.NotWhole, Message: "the page is partial", Fix: "export it whole"}}
	g := &routing.Gateway{
		Kind: "appgateway", Name: "gw", Version: "1", Span: at, Problems: problems, Notes: note,
		Listeners: []*routing.Listener{{Name: "l", Span: at, Hosts: []routing.HostEntry{{Host: "h.example"}}}},
		Pools:     map[string]*routing.Pool{"p": {Name: "p", Span: at, Members: []routing.Member{{Address: known}}}},
		Uses:      []routing.Use{{Kind: "public address", Name: "pip", At: at, Read: at}},
	}
	endpoint, err := conformance.ParseEndpoint("https://h.example/")
	if err != nil {
		t.Fatal(err)
	}
	endpoint.Source = "given"
	estate := &routing.Estate{
		Inputs: []routing.Input{{Name: "main.json", Format: "azure", Form: "arm", Gateways: 1, Note: "with values", Files: []string{"v.json"}, Items: []routing.Item{
			{Kind: "parameter", Name: "host", Span: at, Detail: "secure", Value: known, From: note}, {Kind: "parameter", Name: "open", Value: unknown},
		}}},
		Skipped: []routing.Skip{{Name: "README.md", Why: "it is no configuration"}}, Services: []routing.Service{{Host: "chat.service.signalr.net", Span: at}},
		Problems: problems, Gateways: []*routing.Gateway{g},
	}
	return reports.NewReading(estate, []conformance.Survey{{
		Gateway: g, Leads: []conformance.Lead{{Endpoint: endpoint, Services: []string{"chat.service.signalr.net"}}}, Unknown: []conformance.Missing{{Why: "open", Span: at}},
	}})
}

func readingText(t *testing.T, r *reports.Reading) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func readingSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	if err := c.AddResource("reading.json", parsed(t, string(reports.ReadingSchema))); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("reading.json")
	if err != nil {
		t.Fatalf("reports/reading.json is no JSON Schema: %v", err)
	}
	return s
}

func TestReadingsFollowTheirSchema(t *testing.T) {
	schema, text := readingSchema(t), readingText(t, sampleReading(t))
	for name, reading := range map[string]string{"the sample": text, "a reading of nothing": readingText(t, reports.NewReading(&routing.Estate{}, nil))} {
		if err := schema.Validate(parsed(t, reading)); err != nil {
			t.Errorf("%s does not follow reports/reading.json: %v", name, err)
		}
	}
	if schema.Validate(parsed(t, strings.Replace(text, `"skipped"`, `"surprise"`, 1))) == nil {
		t.Error("reports/reading.json accepts a field that it does not know")
	}
	for name, description := range properties(parsed(t, string(reports.ReadingSchema))) {
		if !strings.Contains(text, `"`+name+`":`) {
			t.Errorf("the schema describes %q, but the sample holds none", name)
		}
		if description == "" {
			t.Errorf("the schema does not say what %q is", name)
		}
	}
}
