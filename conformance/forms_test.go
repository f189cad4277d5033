package conformance_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// TestEveryFormOfOneGatewayIsReadAndJudgedAlike: whatever an Azure user has at hand describes the same gateway. What differs between the
// forms is where things stand, and there they must stand.
func TestEveryFormOfOneGatewayIsReadAndJudgedAlike(t *testing.T) {
	found, err := filepath.Glob("../fixtures/appgateway/ok/howto_*")
	if err != nil {
		t.Fatal(err)
	}
	forms, model, verdicts := map[string]bool{}, "", ""
	for _, path := range found {
		if filepath.Ext(path) == ".out" {
			continue
		}
		estate := parsers.Load([]string{path}, parsers.Options{})
		if len(estate.Gateways) != 1 || len(estate.Problems) > 0 {
			t.Fatalf("%s holds %d gateways and has problems %v", path, len(estate.Gateways), estate.Problems)
		}
		forms[filepath.Base(path)] = true
		gotModel, gotVerdicts := whatItDoes(estate.Gateways[0]), verdictsOf(fixture{path: path})
		if model == "" {
			model, verdicts = gotModel, gotVerdicts
		}
		if gotModel != model {
			t.Errorf("%s does\n%s\nwant\n%s", path, gotModel, model)
		}
		if gotVerdicts != verdicts {
			t.Errorf("%s is judged\n%s\nwant\n%s", path, gotVerdicts, verdicts)
		}
		checkPlaces(t, path, estate.Gateways[0])
	}
	if len(forms) < 10 {
		t.Errorf("only %d forms are held together", len(forms))
	}
}

func delivered(g *routing.Gateway, target string) *routing.Delivery {
	paths := g.Trace(g.Listeners[0], &routing.Request{
		Method: "POST", Scheme: "https", Host: "rt.contoso.example", Target: target, SNI: "rt.contoso.example", ClientIP: "192.0.2.7",
	})
	if len(paths) != 1 {
		return nil
	}
	return paths[0].Delivery
}

// whatItDoes tells all that a gateway does to two requests, without places.
func whatItDoes(g *routing.Gateway) string {
	out := fmt.Sprintf("%s %s %v\n", g.Kind, g.Name, g.Problems)
	for _, target := range []string{"/client/negotiate?hub=chat", "/other"} {
		d := delivered(g, target)
		if d == nil {
			return out + target + " is not delivered"
		}
		out += fmt.Sprintf("%s to %s as %s with Host %s", d.Target, d.Address, d.Scheme, d.Header("Host")[0])
		for _, s := range []routing.Setting{
			routing.SNI, routing.VerifyChain, routing.VerifyName, routing.VerifiedName, routing.Buffering, routing.ReadTimeout, routing.IdleTimeout, routing.Protocol,
		} {
			out += fmt.Sprintf(", %s %s", s, d.Setting(s))
		}
		p := d.Probe()
		out += fmt.Sprintf(", probe %s %s %s %s\n", p.Scheme, p.Host, p.Path, p.Statuses)
	}
	return out + g.Listeners[0].MinTLS.String()
}

// verdictsOf are the verdicts, a line each.
func verdictsOf(f fixture) string {
	var out strings.Builder
	for _, s := range f.check().Subjects {
		for _, r := range s.Results {
			fmt.Fprintln(&out, s.Endpoint, r.Requirement, r.Verdict, len(r.Findings))
		}
	}
	return out.String()
}

// checkPlaces looks up whether what decides stands where it is said to stand.
func checkPlaces(t *testing.T, path string, g *routing.Gateway) {
	t.Helper()
	d := delivered(g, "/client/negotiate?hub=chat")
	for what, v := range map[string]routing.Value{
		"asrs1": d.Address, "120": d.Setting(routing.ReadTimeout), "false": d.Setting(routing.Buffering), "/api/health": d.Probe().Path, "Https": d.Scheme,
	} {
		if !strings.HasPrefix(v.Span.File, path) || v.Span.Line == 0 || !stands(t, v, what) {
			t.Errorf("%s: %q is said to stand at %s", path, what, v.Span)
		}
	}
}

// stands reports whether a word stands at a value's place, or where the value came from.
func stands(t *testing.T, v routing.Value, word string) bool {
	t.Helper()
	places := []routing.Span{v.Span}
	for _, n := range v.Related {
		places = append(places, n.Span)
	}
	for _, at := range places {
		text, err := os.ReadFile(at.File)
		if err != nil {
			t.Fatal(err)
		}
		if at.Line > 0 && strings.Contains(strings.Split(string(text), "\n")[at.Line-1], word) {
			return true
		}
	}
	return false
}
