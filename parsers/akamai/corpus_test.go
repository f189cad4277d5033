package akamai_test

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/akamai"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// corpus is where public rule trees lie, with facts that were taken from them independently, where the project is developed.
func corpus() string {
	if dir := os.Getenv("CORPUS"); dir != "" {
		return dir
	}
	return "../../../shared/corpus"
}

// read compiles a file of the corpus; nil where it is no rule tree.
func read(t *testing.T, file string) []*routing.Gateway {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsontree.Parse(file, text, jsontree.Options{})
	if err != nil {
		t.Errorf("%s: %v", file, err)
		return nil
	}
	if akamai.Detect(text) == akamai.None {
		t.Errorf("%s is not taken for a rule tree", file)
	}
	in := &akamai.Inputs{}
	in.Add(file, doc.Root, none)
	return in.Gateways()
}

// TestPublicRuleTreesSayWhatOthersReadInThem follows requests that only the default rule is for through every tree, and compares what comes of
// them with the facts.
func TestPublicRuleTreesSayWhatOthersReadInThem(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(corpus(), "akamai-papi", "*.json"))
	facts := factsOf(t)
	compared := 0
	for _, file := range files {
		for _, g := range read(t, file) {
			for _, f := range facts[filepath.Base(file)] {
				if f.rule == "/default" && f.compare(t, g) {
					compared++
				}
			}
		}
	}
	if len(files) > 0 && compared < 80 {
		t.Errorf("only %d facts of %d trees were compared", compared, len(files))
	}
}

// fact is a line of akamai_facts.tsv.
type fact struct{ file, rule, behavior, value, host, custom, sni, port string }

func factsOf(t *testing.T) map[string][]fact {
	t.Helper()
	f, err := os.Open(filepath.Join(corpus(), "akamai_facts.tsv"))
	if err != nil {
		return nil
	}
	defer f.Close() //nolint:errcheck // it was only read
	r := csv.NewReader(f)
	r.Comma, r.FieldsPerRecord = '\t', -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]fact{}
	for _, row := range rows[1:] {
		row = append(row, make([]string, 8)...)
		name := filepath.Base(row[0])
		out[name] = append(out[name], fact{name, row[1], row[2], row[3], row[4], row[5], row[6], row[7]})
	}
	return out
}

// plainly is the way of a request on which nothing unknown applies.
func plainly(g *routing.Gateway, method string) *routing.Path {
	paths := g.Trace(g.Listeners[0], &routing.Request{
		Method: method, Scheme: "https", Host: "nobody.invalid", Target: "/none/at-all", ClientIP: "192.0.2.10", Header: []routing.Field{{Name: "Content-Length", Value: "0"}},
	})
	i := slices.IndexFunc(paths, func(p routing.Path) bool {
		return !slices.ContainsFunc(p.Assumed, func(a routing.Assumption) bool { return a.Holds })
	})
	if i < 0 {
		return nil
	}
	return &paths[i]
}

// compare reports whether there was something to compare.
func (f fact) compare(t *testing.T, g *routing.Gateway) bool {
	t.Helper()
	switch f.behavior {
	case "origin":
		return f.compareOrigin(t, plainly(g, "GET"))
	case "allowPost":
		return f.comparePost(t, plainly(g, "POST"))
	case "caching":
		return f.compareCaching(t, plainly(g, "GET"))
	case "#include-string":
		if !slices.ContainsFunc(g.Problems, func(p routing.Problem) bool {
			return strings.Contains(p.Message, strings.TrimPrefix(f.value, "#include:"))
		}) {
			t.Errorf("%s: the snippet %s is not said to be missing", f.file, f.value)
		}
		return true
	}
	return false
}

func (f fact) compareOrigin(t *testing.T, p *routing.Path) bool {
	t.Helper()
	if p == nil {
		return false
	}
	d := p.Delivery
	if strings.Contains(f.value, "${env.") {
		if d != nil || !strings.Contains(p.Unknown.Why(), "origin") {
			t.Errorf("%s: the origin %s is not left open: %s", f.file, f.value, p.Outcome())
		}
		return true
	}
	if f.value == "" || d == nil {
		return d == nil && f.value == ""
	}
	host, port, _ := strings.Cut(d.Address.Text(), ":")
	if host != f.value && !strings.Contains(f.value, "{{user.") || f.port != "" && port != f.port {
		t.Errorf("%s: goes to %s, not to %s:%s", f.file, d.Address.Text(), f.value, f.port)
	}
	sent := d.Header("Host")[0].Text()
	if f.host == "REQUEST_HOST_HEADER" && sent != "nobody.invalid" || f.host == "ORIGIN_HOSTNAME" && sent != host {
		t.Errorf("%s: Host is %s, not %s", f.file, sent, f.host)
	}
	sni := d.Setting(routing.SNI)
	if f.sni == "True" && sni.Text() != host || f.sni == "False" && sni.IsSet() || f.sni == "" && !sni.IsUnknown() {
		t.Errorf("%s: SNI is %s, originSni %q", f.file, sni, f.sni)
	}
	return true
}

func (f fact) comparePost(t *testing.T, p *routing.Path) bool {
	t.Helper()
	var options struct{ Enabled bool }
	if p == nil || json.Unmarshal([]byte(f.value), &options) != nil {
		return false
	}
	if refused := p.Response != nil && p.Response.Status.Text() == "403"; refused == options.Enabled {
		t.Errorf("%s: allowPost is %v, but a POST is %s", f.file, options.Enabled, p.Outcome())
	}
	return true
}

func (f fact) compareCaching(t *testing.T, p *routing.Path) bool {
	t.Helper()
	var options struct{ Behavior string }
	if p == nil || p.Delivery == nil || json.Unmarshal([]byte(f.value), &options) != nil {
		return false
	}
	want := map[string]string{"NO_STORE": "false", "BYPASS_CACHE": "false", "MAX_AGE": "true"}[options.Behavior]
	if got := p.Delivery.Setting(routing.Cache); want != "" && got.Text() != want {
		t.Errorf("%s: caching is %s, but cache is %s", f.file, options.Behavior, got)
	}
	return true
}
