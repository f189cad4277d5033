package conformance_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/rules"
	"github.com/asrscheck/asrscheck/parsers"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// fixture is one configuration below fixtures/FORMAT/{ok,err}: a file, or a folder with what belongs together.
type fixture struct {
	name      string // nginx/err/path.conf
	path      string
	sound     bool // it stands in ok/
	endpoints []conformance.Endpoint
}

// endpointLine names the client endpoint of a fixture from which none can be derived, or that is about a certain one.
var endpointLine = regexp.MustCompile(`(?m)^# client-endpoint: (\S+)\r?$`)

func allFixtures(t *testing.T) []fixture {
	t.Helper()
	found, err := filepath.Glob("../fixtures/*/*/*")
	if err != nil || len(found) == 0 {
		t.Fatalf("no fixtures are found: %v", err)
	}
	var out []fixture
	for _, path := range found {
		kind := filepath.Base(filepath.Dir(path))
		if filepath.Ext(path) == ".out" || kind != "ok" && kind != "err" {
			continue
		}
		f := fixture{name: strings.TrimPrefix(filepath.ToSlash(path), "../fixtures/"), path: path, sound: kind == "ok"}
		f.endpoints = endpointsNamedIn(t, path)
		out = append(out, f)
	}
	return out
}

func endpointsNamedIn(t *testing.T, path string) []conformance.Endpoint {
	t.Helper()
	text, err := os.ReadFile(mainFileOf(path))
	if err != nil {
		t.Fatal(err)
	}
	var out []conformance.Endpoint
	for _, m := range endpointLine.FindAllSubmatch(text, -1) {
		e, err := conformance.ParseEndpoint(string(m[1]))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		out = append(out, e)
	}
	return out
}

// mainFileOf is the file with which a fixture begins that is a folder; any other is a file itself.
func mainFileOf(path string) string {
	all, _ := filepath.Glob(filepath.Join(path, "*.*")) // the pattern is sound
	for _, main := range all {
		if name := filepath.Base(main); name == "nginx.conf" || name == "main.tf" {
			return main
		}
	}
	if len(all) > 0 {
		return all[0]
	}
	return path
}

func (f fixture) check() *conformance.Report {
	return conformance.Check(parsers.Load([]string{f.path}, parsers.Options{}), conformance.Options{Rules: rules.All, Endpoints: f.endpoints})
}

// told tells what is not simply in order, a line each.
func told(r *conformance.Report) string {
	var b bytes.Buffer
	for _, s := range r.Subjects {
		fmt.Fprintf(&b, "%s\n", s.Endpoint)
		for _, res := range s.Results {
			tellResult(&b, res)
		}
	}
	for _, p := range r.Problems {
		fmt.Fprintf(&b, "problem %s: %s\n", trimmed(p.Span.String()), p.Message)
	}
	return b.String()
}

func tellResult(b *bytes.Buffer, r conformance.Result) {
	if !slices.ContainsFunc(rules.All, func(rule *conformance.Rule) bool { return rule.Requirement == r.Requirement }) || isUnread(r) {
		return
	}
	if r.Verdict != conformance.Holds {
		fmt.Fprintf(b, "  %s %s\n", r.Requirement, r.Verdict)
	}
	for _, f := range r.Findings {
		if f.Told != "" {
			fmt.Fprintf(b, "    %s %s as told under %s\n", f.Rule, f.Severity, f.Told)
			continue
		}
		fmt.Fprintf(b, "    %s %s %s: %s %s\n", f.Rule, f.Severity, trimmed(f.Span.String()), f.Message, f.When)
		for _, n := range f.Related {
			fmt.Fprintf(b, "      %s: %s\n", trimmed(n.Span.String()), n.Text)
		}
	}
	for _, m := range r.Missing {
		fmt.Fprintf(b, "    ? %s: %s\n", trimmed(m.Span.String()), m.Why)
	}
}

// isUnread is for requirements that are left open for want of any place that says something of them.
func isUnread(r conformance.Result) bool {
	return r.Requirement == "private-access" && len(r.Findings) == 0 && len(r.Missing) == 1 && r.Missing[0].Span.IsZero()
}

func trimmed(span string) string { return strings.TrimPrefix(filepath.ToSlash(span), "../fixtures/") }

func TestEveryFixtureIsJudgedAsItsGoldenSays(t *testing.T) {
	for _, f := range allFixtures(t) {
		t.Run(f.name, func(t *testing.T) {
			golden := f.path + ".out"
			got := told(f.check())
			if os.Getenv("UPDATE") == "1" {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil || got != string(want) {
				t.Errorf("got\n%s\nwant\n%s\n(UPDATE=1 go test ./conformance -run Golden writes what is right now)", got, want)
			}
		})
	}
}

func TestSoundFixturesBreakNothingAndTheOthersBreakWhatTheyAreNamedFor(t *testing.T) {
	for _, f := range allFixtures(t) {
		t.Run(f.name, func(t *testing.T) {
			broken := brokenIn(f.check())
			stem := strings.ReplaceAll(filepath.Base(f.name), "_", "-")
			switch {
			case f.sound && len(broken) > 0:
				t.Errorf("%v is broken", broken)
			case !f.sound && isJudged(stem) && !slices.ContainsFunc(broken, func(id string) bool { return strings.HasPrefix(stem, id) }):
				t.Errorf("only %v is broken", broken)
			}
		})
	}
}

// isJudged reports whether a rule judges the requirement that a fixture is named for.
func isJudged(stem string) bool {
	return slices.ContainsFunc(rules.All, func(r *conformance.Rule) bool { return strings.HasPrefix(stem, r.Requirement) })
}

// brokenIn are the requirements that are broken, also where that depends on the product's version.
func brokenIn(r *conformance.Report) []string {
	var out []string
	for _, s := range r.Subjects {
		for _, res := range s.Results {
			if slices.ContainsFunc(res.Findings, func(f conformance.Finding) bool { return !f.Advice }) {
				out = append(out, res.Requirement)
			}
		}
	}
	for _, p := range r.Problems {
		if p.Kind == routing.Refused || p.Kind == routing.Truncated {
			out = append(out, "configuration")
		}
	}
	return out
}
