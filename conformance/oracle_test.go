package conformance_test

import (
	"errors"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/internal/oracle"
	"github.com/asrscheck/asrscheck/conformance/internal/realnginx"
	"github.com/asrscheck/asrscheck/conformance/internal/realnginx/realnginxtest"
	"github.com/asrscheck/asrscheck/parsers/nginx"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// oracleConfig names configurations of one's own, files or folders with an nginx.conf: go test -run RealNGINX -args -oracle.config=PATH.
var oracleConfig = flag.String("oracle.config", "", "compare this configuration, or those in this folder, with the real NGINX instead of the fixtures")

// nginxFixtures is where the fixtures are.
const nginxFixtures = "../fixtures/nginx"

func TestForEveryFixtureTheTracePredictsWhatTheRealNGINXDoes(t *testing.T) {
	found := configurations(t)
	if !realnginxtest.Inside(t) {
		return
	}
	rig := realnginxtest.Open(t)
	version, err := realnginx.Version(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var total oracle.Tally
	for _, path := range found {
		t.Run(filepath.ToSlash(strings.TrimPrefix(path, nginxFixtures+"/")), func(t *testing.T) {
			total.Add(compareConfiguration(t, rig, path, version))
		})
	}
	report(t, len(found), version, total)
}

// configurations are the fixtures, each a file or a folder with an nginx.conf.
func configurations(t *testing.T) []string {
	t.Helper()
	roots := []string{nginxFixtures + "/ok", nginxFixtures + "/err"}
	if *oracleConfig != "" {
		if isConfiguration(*oracleConfig) {
			return []string{*oracleConfig}
		}
		roots = []string{*oracleConfig}
	}
	var out []string
	for _, root := range roots {
		entries, err := os.ReadDir(root)
		if err != nil {
			t.Fatalf("the configurations cannot be listed: %v", err)
		}
		for _, e := range entries {
			if p := filepath.Join(root, e.Name()); isConfiguration(p) {
				out = append(out, p)
			}
		}
	}
	return out
}

func isConfiguration(path string) bool {
	if _, err := os.Stat(filepath.Join(path, "nginx.conf")); err == nil {
		return true
	}
	return filepath.Ext(path) == ".conf" && !isFolder(path)
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// report says what was compared, and what could not be.
func report(t *testing.T, n int, version string, total oracle.Tally) {
	t.Logf("%d configurations on NGINX %s: %d requests, %d compared (%d of them as one of several possibilities, %d answered with a status that is left open)",
		n, version, total.Requests, total.Compared, total.Assumed, total.Open)
	for _, why := range slices.Sorted(maps.Keys(total.Unknown)) {
		t.Logf("not compared, %d requests: unknown: %s", total.Unknown[why], why)
	}
	if total.Compared == 0 {
		t.Error("nothing was compared")
	}
}

// compareConfiguration runs a configuration and sends every trial to every listener that clients reach.
func compareConfiguration(t *testing.T, rig *realnginx.Rig, path, version string) oracle.Tally {
	t.Helper()
	prefix := t.TempDir()
	copyConfiguration(t, path, prefix)
	gateway := lowered(t, rig, path, prefix, version)
	front, err := oracle.NewFront(rig, gateway)
	if err != nil {
		t.Fatal(err)
	}
	refused := slices.IndexFunc(gateway.Problems, func(p routing.Problem) bool { return p.Kind == routing.Refused })
	server, err := rig.Start(t.Context(), prefix)
	switch {
	case err != nil && refused < 0:
		t.Fatalf("NGINX refuses the configuration, and asrscheck does not: %v", err)
	case err != nil:
		return oracle.Tally{}
	}
	defer server.Stop()
	if refused >= 0 {
		t.Fatalf("asrscheck says that NGINX refuses the configuration (%s: %s), but it does not", gateway.Problems[refused].Span, gateway.Problems[refused].Message)
	}
	tryAll(t, front, clientEndpoints(t, path))
	return front.Tally
}

// tryAll reports every difference, but not without end.
func tryAll(t *testing.T, front *oracle.Front, endpoints []conformance.Endpoint) {
	t.Helper()
	shown := 0
	for _, l := range front.Gateway.Listeners {
		if _, ok := oracle.Address(l, front.Gateway.Listeners); !ok {
			continue
		}
		for _, e := range endpoints {
			for _, trial := range oracle.Trials(seenAt(e, l)) {
				found, err := front.Try(t.Context(), l, trial)
				if err != nil {
					t.Fatal(err)
				}
				for _, d := range found {
					if shown++; shown <= 40 {
						t.Error(d)
					}
				}
			}
		}
	}
	if shown > 40 {
		t.Errorf("and %d more differences", shown-40)
	}
}

// seenAt is a client endpoint as it looks at a listener: the same host and path.
func seenAt(e conformance.Endpoint, l *routing.Listener) conformance.Endpoint {
	e.Scheme, e.Port = "http", l.Port
	if l.TLS {
		e.Scheme = "https"
	}
	return e
}

// copyConfiguration copies a fixture to where NGINX runs; a single file becomes nginx.conf.
func copyConfiguration(t *testing.T, path, prefix string) {
	t.Helper()
	var err error
	if isFolder(path) {
		err = os.CopyFS(prefix, os.DirFS(path))
	} else {
		var text []byte
		if text, err = os.ReadFile(path); err == nil { //nolint:gosec // a fixture
			err = os.WriteFile(filepath.Join(prefix, "nginx.conf"), text, 0o644) //nolint:gosec // NGINX's workers run as another user
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

// lowered reads a configuration, and puts the certificates that it names where NGINX looks for them.
func lowered(t *testing.T, rig *realnginx.Rig, path, prefix, version string) *routing.Gateway {
	t.Helper()
	folder, main := path, "nginx.conf"
	if !isFolder(path) {
		folder, main = filepath.Split(path)
		folder = filepath.Clean(folder)
	}
	tree, err := nginx.Parse(nginx.Folder{Files: os.DirFS(folder), Main: main, Prefix: prefix, Shown: folder})
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := rig.CA.Issue("rt.example.com")
	if err != nil {
		t.Fatal(err)
	}
	c := &certificates{rig: rig, prefix: prefix, files: map[string][]byte{
		"proxy_ssl_trusted_certificate": rig.CA.PEM(), "ssl_trusted_certificate": rig.CA.PEM(), "ssl_client_certificate": rig.CA.PEM(),
		"ssl_certificate": leaf.CertPEM, "ssl_certificate_key": leaf.KeyPEM, "proxy_ssl_certificate": leaf.CertPEM, "proxy_ssl_certificate_key": leaf.KeyPEM,
	}}
	for d := range tree.Main.Body() {
		c.place(t, d)
	}
	gateway, err := nginx.Lower(tree, version)
	if err != nil {
		t.Fatal(err)
	}
	return gateway
}

// certificates are the files that directives name, by directive.
type certificates struct {
	rig    *realnginx.Rig
	prefix string
	files  map[string][]byte
}

// place puts the files of a directive, and of those inside of it, in their places.
func (c *certificates) place(t *testing.T, d nginx.Directive) {
	t.Helper()
	for inner := range d.Body() {
		c.place(t, inner)
	}
	data, ok := c.files[d.Name()]
	if !ok || strings.Contains(d.Value(1), "$") {
		return
	}
	var err error
	if filepath.IsAbs(d.Value(1)) {
		err = c.rig.Place(d.Value(1), data)
	} else {
		name := filepath.Join(c.prefix, d.Value(1))
		err = errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, data, 0o644)) //nolint:gosec // NGINX's workers run as another user
	}
	if err != nil {
		t.Fatal(err)
	}
}

// clientEndpoints are those that the comments of a configuration name ("# client-endpoint: URL"), else the usual one of fixtures.
func clientEndpoints(t *testing.T, path string) []conformance.Endpoint {
	t.Helper()
	if isFolder(path) {
		path = filepath.Join(path, "nginx.conf")
	}
	text, err := os.ReadFile(path) //nolint:gosec // a fixture
	if err != nil {
		t.Fatal(err)
	}
	var out []conformance.Endpoint
	for line := range strings.Lines(string(text)) {
		url, ok := strings.CutPrefix(strings.TrimSpace(line), "# client-endpoint:")
		if !ok {
			continue
		}
		e, err := conformance.ParseEndpoint(strings.TrimSpace(url))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	if len(out) == 0 {
		out = []conformance.Endpoint{{Scheme: "http", Host: "rt.example.com", Port: 8080, Path: "/"}}
	}
	return out
}
