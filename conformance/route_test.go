package conformance_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/rules"
	"github.com/asrscheck/asrscheck/parsers"
)

func TestSettingsOfARouteThatClientsDoNotReachAreJudged(t *testing.T) {
	endpoint, err := conformance.ParseEndpoint("https://rt.contoso.example/")
	if err != nil {
		t.Fatal(err)
	}
	for name, m := range map[string]mutation{
		"":              {file: "main.tf", old: "x-nothing"},
		"host-override": {file: "main.tf", old: "pick_host_name_from_backend_address = true", new: "pick_host_name_from_backend_address = false"},
		"tls-verify":    {file: "main.tf", old: "request_timeout                     = 120", new: "sni_validation_enabled = false"},
		"health-probe":  {file: "main.tf", old: `"/api/health"`, new: `"/"`},
	} {
		path := mutated(t, filepath.Join("..", "fixtures", "appgateway", "err", "negotiate_outranked_tf"), m)
		report := conformance.Check(parsers.Load([]string{path}, parsers.Options{}), conformance.Options{Rules: rules.All, Endpoints: []conformance.Endpoint{endpoint}})
		want := []string{"long-polling", "negotiate", "server-sent-events", "websocket"}
		if name != "" {
			want = append(want, name)
		}
		slices.Sort(want)
		if got := sortedOnce(brokenIn(report)); !slices.Equal(got, want) {
			t.Errorf("behind a rule that takes every request, %q breaks %v, want %v", m.new, got, want)
		}
	}
}
