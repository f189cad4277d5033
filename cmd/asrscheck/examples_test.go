package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/rules"
	"github.com/asrscheck/asrscheck/fixtures"
	"github.com/asrscheck/asrscheck/parsers"
)

// TestExamplesShowWhatTheirRulesSay judges the bad and the good example of every rule: documentation that is wrong fails.
func TestExamplesShowWhatTheirRulesSay(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, fixtures.Files); err != nil {
		t.Fatal(err)
	}
	for _, r := range rules.All {
		t.Run(r.ID, func(t *testing.T) {
			if !finds(t, filepath.Join(dir, r.Bad), r) {
				t.Errorf("the bad example %s shows nothing that breaks %s by %s", r.Bad, r.Requirement, r.ID)
			}
			if finds(t, filepath.Join(dir, r.Good), r) {
				t.Errorf("the good example %s breaks %s by %s", r.Good, r.Requirement, r.ID)
			}
		})
	}
}

// named is the client endpoint that an example names.
func named(t *testing.T, path string) []conformance.Endpoint {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "# client-endpoint: ")
	url, _, _ := strings.Cut(rest, "\n")
	e, err := conformance.ParseEndpoint(url)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return []conformance.Endpoint{e}
}

// finds reports whether a rule, alone, finds its requirement broken in a file, or warns; of a rule that names a cause, whether others
// report it.
func finds(t *testing.T, path string, r *conformance.Rule) bool {
	t.Helper()
	estate := parsers.Load([]string{path}, parsers.Options{NginxVersion: "1.28.0"})
	judges := []*conformance.Rule{r}
	if r.Check == nil {
		judges = rules.All // one of which reports it
	}
	report := conformance.Check(estate, conformance.Options{Rules: judges})
	if len(report.Subjects) == 0 { // nothing gets through: then the client endpoint must be named
		report = conformance.Check(estate, conformance.Options{Rules: judges, Endpoints: named(t, path)})
	}
	if len(report.Subjects) == 0 {
		t.Fatalf("%s gives nothing to judge: %v", path, report.Gaps())
	}
	for _, s := range report.Subjects {
		result := s.Result(r.Requirement)
		warns := func(f conformance.Finding) bool { return f.Advice && f.Severity.AtLeast(conformance.Warning) }
		if r.Check == nil {
			if slices.ContainsFunc(result.Findings, func(f conformance.Finding) bool { return f.Rule == r.ID }) {
				return true
			}
			continue
		}
		if result.Verdict == conformance.Broken || slices.ContainsFunc(result.Findings, warns) {
			return true
		}
	}
	return false
}
