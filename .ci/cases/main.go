// Command cases checks labeled configurations: it judges each by reading and compares the verdicts with the labels.
//
// Usage: go run ./.ci/cases FOLDER…, where every FOLDER/ID/expect.json labels one case.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/rules"
	"github.com/asrscheck/asrscheck/parsers"
)

// expectation is expect.json: NGINX cases have a vantage, the others inputs and arguments.
type expectation struct {
	Vantage struct {
		Addr, Host, Prefix string
		TLS                bool
	}
	Inputs, Args []string
	Expect       map[string]string
	Findings     []struct {
		File, Requirement string
		Line              string `json:"line_contains"`
	}
}

// names are the requirements that NGINX cases call by other names.
var names = map[string]string{
	"host_override": "host-override", "sni": "tls-sni", "tls_verify": "tls-verify", "sse": "server-sent-events",
	"longpolling": "long-polling", "token_log": "token-log", "starts": "configuration", "tls": "upstream-tls",
}

var verdicts = map[string]conformance.Verdict{
	"pass": conformance.Holds, "fail": conformance.Broken, "unjudged": conformance.Unjudged, "not-offered": conformance.NotOffered,
	"single": conformance.Holds,
}

type tally struct{ right, open, wrong, cases int }

func main() {
	var t tally
	for _, folder := range os.Args[1:] {
		found, _ := filepath.Glob(filepath.Join(folder, "*", "expect.json"))
		for _, f := range found {
			t.run(filepath.Dir(f))
		}
	}
	fmt.Printf("%d cases: %d right on every label, %d with something unjudged, %d wrong\n", t.cases, t.right, t.open, t.wrong)
	if t.wrong > 0 || t.cases == 0 {
		os.Exit(1)
	}
}

func (t *tally) run(dir string) {
	t.cases++
	var e expectation
	text, err := os.ReadFile(filepath.Join(dir, "expect.json")) //nolint:gosec // the folder that was named
	if err == nil {
		err = json.Unmarshal(text, &e)
	}
	if err != nil {
		fmt.Println(dir, err)
		t.wrong++
		return
	}
	wrong, open := compare(e, check(dir, e))
	switch {
	case len(wrong) > 0:
		t.wrong++
	case len(open) > 0:
		t.open++
	default:
		t.right++
	}
	if len(wrong)+len(open) > 0 {
		fmt.Printf("%s\n", filepath.Base(dir))
	}
	for _, line := range append(wrong, open...) {
		fmt.Println("    " + line)
	}
}

func check(dir string, e expectation) *conformance.Report {
	o := conformance.Options{Rules: rules.All}
	var inputs []string
	for _, in := range e.Inputs {
		inputs = append(inputs, filepath.Join(dir, in))
	}
	if e.Inputs == nil {
		inputs = []string{filepath.Join(dir, "nginx.conf")}
		o.Endpoints = endpoints(vantage(e))
	}
	read := parsers.Options{}
	for i, a := range e.Args {
		switch a {
		case "--include":
			read.Includes = append(read.Includes, filepath.Join(dir, e.Args[i+1]))
		case "--client-endpoint":
			o.Endpoints = append(o.Endpoints, endpoints(e.Args[i+1])...)
		case "--service":
			o.Services = append(o.Services, e.Args[i+1])
		}
	}
	return conformance.Check(parsers.Load(inputs, read), o)
}

func vantage(e expectation) string {
	scheme := "http"
	if e.Vantage.TLS {
		scheme = "https"
	}
	_, port, _ := strings.Cut(e.Vantage.Addr, ":")
	return scheme + "://" + e.Vantage.Host + ":" + port + e.Vantage.Prefix + "/"
}

func endpoints(url string) []conformance.Endpoint {
	e, err := conformance.ParseEndpoint(url)
	if err != nil {
		fmt.Println(err)
		return nil
	}
	return []conformance.Endpoint{e}
}

// compare returns what contradicts a label, and what is left open although a label says more.
func compare(e expectation, r *conformance.Report) (wrong, open []string) {
	for label, want := range e.Expect {
		id := label
		if n, ok := names[label]; ok {
			id = n
		}
		got := worst(r, id)
		switch v, judged := verdicts[want]; {
		case !judged || got == v:
		case got == conformance.Unjudged || got == "":
			open = append(open, fmt.Sprintf("%s: want %s, got %q", id, want, got))
		default:
			wrong = append(wrong, fmt.Sprintf("%s: want %s, got %s", id, want, got))
		}
	}
	for _, f := range e.Findings {
		if !mentions(r, f.File, f.Line) {
			open = append(open, fmt.Sprintf("%s: no place in the report is the line %q of %s", f.Requirement, f.Line, f.File))
		}
	}
	slices.Sort(wrong)
	slices.Sort(open)
	return wrong, open
}

// worst is the worst verdict of all subjects.
func worst(r *conformance.Report, id string) conformance.Verdict {
	rank := []conformance.Verdict{"", conformance.NotOffered, conformance.Holds, conformance.Unjudged, conformance.Broken}
	out := conformance.Verdict("")
	for i := range r.Subjects {
		if res := r.Subjects[i].Result(id); res != nil && slices.Index(rank, res.Verdict) > slices.Index(rank, out) {
			out = res.Verdict
		}
	}
	return out
}

// mentions reports whether some place in the report is a line of a file that contains a text.
func mentions(r *conformance.Report, file, text string) bool {
	for _, s := range r.Subjects {
		for _, res := range s.Results {
			for _, f := range res.Findings {
				if lineHas(f.Span.File, f.Span.Line, file, text) {
					return true
				}
				for _, n := range f.Related {
					if lineHas(n.Span.File, n.Span.Line, file, text) {
						return true
					}
				}
			}
			for _, m := range res.Missing {
				if lineHas(m.Span.File, m.Span.Line, file, text) {
					return true
				}
			}
		}
	}
	return false
}

func lineHas(in string, line int, file, text string) bool {
	if !strings.HasSuffix(in, file) || line == 0 {
		return false
	}
	data, err := os.ReadFile(in) //nolint:gosec // a file of the case
	if err != nil {
		return false
	}
	lines := strings.Split(string(data), "\n")
	return line <= len(lines) && strings.Contains(lines[line-1], text)
}
