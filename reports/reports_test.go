package reports_test

import (
	"testing"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/reports"
)

// documented is the sample with the documentation of one rule.
func documented() *reports.Document {
	d := reports.New(sample(), sampleSources)
	d.Version = "v0.0.0-test"
	d.Rules = []*conformance.Rule{{
		ID: "ASRS-HOST-001", Title: "Requests reach the service with a Host that is not its own", Why: "The service is multi-tenant.",
		Sources: []string{"https://learn.microsoft.com/azure/azure-signalr/signalr-howto-reverse-proxy-overview"},
	}}
	return d
}

func TestEveryFormatRendersTheSample(t *testing.T) {
	for _, f := range reports.Formats() {
		t.Run(f.Name, func(t *testing.T) { golden(t, "sample."+f.Name, render(t, f.Name, documented())) })
	}
}

func TestTextIsColoredWhenAsked(t *testing.T) {
	d := documented()
	d.Color = true
	golden(t, "sample.ansi", render(t, "text", d))
}

func TestAReportOfNothingSaysWhatToDo(t *testing.T) {
	for _, f := range reports.Formats() {
		t.Run(f.Name, func(t *testing.T) {
			golden(t, "nothing."+f.Name, render(t, f.Name, reports.New(&conformance.Report{}, nil)))
		})
	}
}

func TestReportsAreRepeatable(t *testing.T) {
	for _, f := range reports.Formats() {
		first := render(t, f.Name, documented())
		for range 5 {
			if again := render(t, f.Name, documented()); again != first {
				t.Errorf("%s differs between two runs", f.Name)
			}
		}
	}
}
