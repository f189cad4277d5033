package conformance_test

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/conformance/internal/oracle"
	"github.com/asrscheck/asrscheck/conformance/internal/realnginx"
	"github.com/asrscheck/asrscheck/conformance/internal/realnginx/realnginxtest"
	"github.com/asrscheck/asrscheck/conformance/ownnginx"
	"github.com/asrscheck/asrscheck/parsers/nginx"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// oracleConfig names configurations of one's own, files or folders with an nginx.conf: go test -run RealNGINX -args -oracle.config=PATH.
var oracleConfig = flag.String("oracle.config", "", "compare this configuration, or those in this folder, with the real NGINX instead of the fixtures")

// nginxFixtures is where the fixtures are.
const nginxFixtures = "../fixtures/nginx"

// waysOfNGINX are configurations of no use but to do one thing in many ways, each for a part of what NGINX's documents say.
const waysOfNGINX = "testdata/nginx"

func TestForEveryFixtureTheTracePredictsWhatTheRealNGINXDoes(t *testing.T) {
	found := configurations(t, nginxFixtures+"/ok", nginxFixtures+"/err", waysOfNGINX)
	realnginxtest.EachVersion(t, func(t *testing.T, rig *realnginx.Rig, nginx realnginx.Installation) {
		var total oracle.Tally
		for _, path := range found {
			t.Run(filepath.ToSlash(strings.TrimPrefix(path, nginxFixtures+"/")), func(t *testing.T) {
				total.Add(compareConfiguration(t, bench{rig, nginx}, path))
			})
		}
		report(t, len(found), nginx, total)
	})
}

// bench is a network with an NGINX to put in it.
type bench struct {
	*realnginx.Rig
	nginx realnginx.Installation
}

// configurations are those in some folders, each a file or a folder with an nginx.conf.
func configurations(t *testing.T, roots ...string) []string {
	t.Helper()
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
func report(t *testing.T, n int, nginx realnginx.Installation, total oracle.Tally) {
	t.Logf("%d configurations on NGINX %s: %d requests, %d compared (%d of them as one of several possibilities, %d answered with a status that is left open, %d from the cache), %d refused by a limit",
		n, nginx, total.Requests, total.Compared, total.Assumed, total.Open, total.Cached, total.Limited)
	for _, why := range slices.Sorted(maps.Keys(total.Unknown)) {
		t.Logf("not compared, %d requests: unknown: %s", total.Unknown[why], why)
	}
	if total.Compared == 0 || total.Compared+total.Limited < total.Requests*9/10 {
		t.Errorf("of %d requests, only %d were compared", total.Requests, total.Compared)
	}
	if total.Open > total.Compared/3 {
		t.Errorf("of %d requests that were compared, %d are answered with a status that is left open", total.Compared, total.Open)
	}
}

// compareConfiguration runs a configuration and sends every trial to every listener that clients reach.
func compareConfiguration(t *testing.T, on bench, path string) oracle.Tally {
	t.Helper()
	prefix := openFolder(t)
	copyConfiguration(t, path, prefix)
	folder, main := path, "nginx.conf"
	if !isFolder(path) {
		folder, main = filepath.Split(path)
	}
	shown := "fixtures/nginx/" + strings.TrimPrefix(filepath.ToSlash(folder), nginxFixtures+"/")
	if *oracleConfig != "" {
		shown = folder
	}
	gateway := lowered(t, on, nginx.Folder{Files: os.DirFS(filepath.Clean(folder)), Main: main, Prefix: prefix, Shown: shown})
	front, err := oracle.NewFront(on.Rig, gateway)
	if err != nil {
		t.Fatal(err)
	}
	server, why := startBoth(t, on, gateway, prefix)
	if why != "" {
		t.Fatal(why)
	}
	if server == nil {
		return oracle.Tally{}
	}
	tryAll(t, front, clientEndpoints(t, path))
	server.Stop()
	for _, d := range front.Logs(server.Written) {
		t.Error(d)
	}
	return front.Tally
}

// openFolder is a folder that NGINX's workers can read, although they run as another user.
func openFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "asrscheck") //nolint:usetesting // others than the owner cannot enter a test's own folder
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })  // a leftover harms nobody
	if err := os.Chmod(folder, 0o755); err != nil { //nolint:gosec // that is what it is for
		t.Fatal(err)
	}
	return folder
}

// startBoth starts NGINX if both it and asrscheck take the configuration. There is no server where both refuse it, and a reason where
// they do not agree.
func startBoth(t *testing.T, on bench, gateway *routing.Gateway, prefix string) (server *realnginx.Server, why string) {
	t.Helper()
	refused := slices.IndexFunc(gateway.Problems, func(p routing.Problem) bool { return p.Kind == routing.Refused })
	server, err := on.Start(t.Context(), on.nginx, prefix)
	switch {
	case err != nil && refused < 0:
		return nil, fmt.Sprintf("NGINX refuses the configuration, and asrscheck does not: %v", err)
	case err == nil && refused >= 0:
		server.Stop()
		p := gateway.Problems[refused]
		return nil, fmt.Sprintf("asrscheck says that NGINX refuses the configuration (%s: %s), but it does not", p.Span, p.Message)
	}
	return server, ""
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
		if text, err = os.ReadFile(path); err == nil {
			err = os.WriteFile(filepath.Join(prefix, "nginx.conf"), text, 0o644)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

// lowered reads a configuration, and puts the certificates that it names where NGINX looks for them.
func lowered(t *testing.T, on bench, from nginx.Folder) *routing.Gateway {
	t.Helper()
	tree, err := nginx.Parse(from)
	if err != nil {
		t.Fatal(err)
	}
	placeCertificates(t, on, tree, from.Prefix, on.CA.PEM())
	gateway, err := nginx.Lower(tree, on.nginx.Version)
	if err != nil {
		t.Fatal(err)
	}
	return gateway
}

// placeCertificates puts the certificates that a configuration names where NGINX looks for them; authority is that of services.
func placeCertificates(t *testing.T, on bench, tree *nginx.Tree, prefix string, authority []byte) {
	t.Helper()
	put := func(path string, data []byte) error {
		if !strings.HasPrefix(path, prefix+"/") {
			return on.Place(path, data)
		}
		return errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, data, 0o644))
	}
	if err := ownnginx.PlaceCertificates(on.Rig, tree, prefix, "rt.example.com", authority, put); err != nil {
		t.Fatal(err)
	}
}

// clientEndpoints are those that the comments of a configuration name ("# client-endpoint: URL"), else the usual one of fixtures.
func clientEndpoints(t *testing.T, path string) []conformance.Endpoint {
	t.Helper()
	if isFolder(path) {
		path = filepath.Join(path, "nginx.conf")
	}
	text, err := os.ReadFile(path)
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

// generated is how many configurations the ordinary test draws, for all versions together. Any number, other ones and those of one version
// are tried by: go test ./conformance -run Generated.*RealNGINX/1.30.6 -args -rapid.checks=5000 -rapid.seed=7
const generated = 300

func TestForGeneratedConfigurationsTheTracePredictsWhatTheRealNGINXDoes(t *testing.T) {
	versions, _, err := realnginx.Installations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	realnginxtest.EachVersion(t, func(t *testing.T, rig *realnginx.Rig, nginx realnginx.Installation) {
		repeatable(t, generated/len(versions), 1+slices.IndexFunc(versions, func(i realnginx.Installation) bool { return i.Version == nginx.Version }))
		compareGenerated(t, bench{rig, nginx})
	})
}

func compareGenerated(t *testing.T, on bench) {
	t.Helper()
	var total oracle.Tally
	n, refused, sites := 0, 0, sitesFor(on.nginx)
	rapid.Check(t, func(rt *rapid.T) {
		s := sites.Draw(rt, "site")
		rt.Log(s.text())
		n++
		tally, ok := compareSite(t, rt, on, s)
		if !ok {
			refused++
		}
		total.Add(tally)
	})
	t.Logf("%d of the configurations are refused by both", refused)
	report(t, n, on.nginx, total)
}

// drawn are the flags of the generator that were given, as opposed to those that repeatable sets.
var drawn = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{}
	flag.Visit(func(f *flag.Flag) { set[f.Name] = true })
	return set
})

// repeatable has the generator draw the same configurations every time, unless its flags say otherwise.
func repeatable(t *testing.T, checks, seed int) {
	t.Helper()
	given := drawn()
	for name, value := range map[string]string{
		"rapid.checks": strconv.Itoa(checks), "rapid.seed": strconv.Itoa(seed), "rapid.nofailfile": "true", "rapid.shrinktime": "10s",
	} {
		if given[name] {
			continue
		}
		if err := flag.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
}

func writeAll(folder string, files map[string]string) error {
	for name, text := range files {
		path := filepath.Join(folder, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			return err
		}
	}
	return nil
}

// compareSite fails with the first difference; ok is false where NGINX and asrscheck both refuse the configuration.
func compareSite(t *testing.T, rt *rapid.T, on bench, s site) (tally oracle.Tally, ok bool) {
	t.Helper()
	prefix := openFolder(t)
	for _, files := range []map[string]string{onDisk, s.files, {"users": ""}} {
		if err := writeAll(prefix, files); err != nil {
			rt.Fatal(err)
		}
	}
	gateway := lowered(t, on, nginx.Folder{Files: os.DirFS(prefix), Main: "nginx.conf", Prefix: prefix})
	server, why := startBoth(t, on, gateway, prefix)
	switch {
	case why != "":
		rt.Fatal(strings.ReplaceAll(why, prefix, "PREFIX"))
	case server == nil:
		return oracle.Tally{}, false
	}
	defer server.Stop()
	front, err := oracle.NewFront(on.Rig, gateway)
	if err != nil {
		rt.Fatal(err)
	}
	for _, l := range gateway.Listeners {
		if _, ok := oracle.Address(l, gateway.Listeners); !ok {
			continue
		}
		for _, trial := range s.trials {
			found, err := front.Try(t.Context(), l, trial.At(l))
			if err != nil {
				rt.Fatal(err)
			}
			if len(found) > 0 {
				rt.Fatal(found[0])
			}
		}
	}
	server.Stop()
	for _, d := range front.Logs(server.Written) {
		rt.Fatal(d)
	}
	return front.Tally, true
}
