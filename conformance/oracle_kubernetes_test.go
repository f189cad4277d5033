package conformance_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/conformance/internal/oracle"
	"github.com/asrscheck/asrscheck/conformance/internal/realnginx/realnginxtest"
	"github.com/asrscheck/asrscheck/parsers/kubernetes"
)

// TestTheRealNGINXRunsWhatManifestsSay holds the configurations in ConfigMaps, and those that stand for what ingress-nginx would write,
// against the real NGINX.
func TestTheRealNGINXRunsWhatManifestsSay(t *testing.T) {
	found, err := filepath.Glob("../fixtures/kubernetes/*/*.yaml")
	if err != nil || len(found) == 0 {
		t.Fatalf("no manifests are found: %v", err)
	}
	if !realnginxtest.Inside(t) {
		return
	}
	rig := realnginxtest.Open(t)
	on := bench{rig, realnginxtest.Installed(t)}
	var total oracle.Tally
	n := 0
	for _, path := range found {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range kubernetes.Configurations([]kubernetes.File{{Name: path, Data: text}}) {
			n++
			t.Run(filepath.Base(path), func(t *testing.T) { total.Add(compareConfiguration(t, on, unfolded(t, c, text))) })
		}
	}
	report(t, n, on.nginx, total)
}

// unfolded writes a configuration into a folder, with the client endpoint that its manifest names. Includes from where a container has
// its configuration find it there.
func unfolded(t *testing.T, c kubernetes.Configuration, manifest []byte) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range c.Files {
		text = strings.ReplaceAll(text, "/etc/nginx/conf.d/", "conf.d/")
		if name == "nginx.conf" {
			text += "# client-endpoint: https://rt.example.com/\n"
			for _, m := range endpointLine.FindAllSubmatch(manifest, -1) {
				text += "# client-endpoint: " + string(m[1]) + "\n"
			}
		}
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}
