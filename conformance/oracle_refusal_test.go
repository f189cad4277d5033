package conformance_test

import (
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/conformance/internal/realnginx"
	"github.com/asrscheck/asrscheck/conformance/internal/realnginx/realnginxtest"
	"github.com/asrscheck/asrscheck/parsers/nginx"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// The faulty configurations are a sample, the same every time. More, others, and those of one version:
// go test ./conformance -run IsNotRefused/1.30.6 -args -faults=20000 -faults.seed=7
var (
	faults     = flag.Int("faults", 300, "how many faulty configurations are tried, for all versions of NGINX together")
	faultsSeed = flag.Uint64("faults.seed", 1, "which of the faulty configurations are tried")
)

func TestWhatTheRealNGINXTakesIsNotRefused(t *testing.T) {
	if !realnginxtest.Inside(t) {
		return
	}
	rig := realnginxtest.Open(t)
	versions, _, err := realnginx.Installations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	bases := soundTexts(t)
	random := rand.New(rand.NewPCG(*faultsSeed, 0)) //nolint:gosec // a test that repeats
	realnginxtest.EachVersion(t, func(t *testing.T, nginx realnginx.Installation) {
		c := refusals{on: bench{rig, nginx}, prefix: openFolder(t), shown: map[string]int{}}
		for _, base := range bases {
			c.sound(t, base)
		}
		for range max(*faults/len(versions), 1) {
			base := bases[random.IntN(len(bases))]
			f := mutate(t, base, random)
			c.compare(t, f)
		}
		t.Logf("%d faulty configurations, of which NGINX %s refuses %d, and asrscheck %d of these in the same words", c.tried, nginx, c.refused, c.alike)
		if c.refused == 0 || c.refused == c.tried {
			t.Error("nothing was compared")
		}
	})
}

// soundTexts are the configurations that faults are put into.
func soundTexts(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, path := range configurations(t) {
		if isFolder(path) {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(text))
	}
	broad, err := os.ReadFile("testdata/broad.conf")
	if err != nil {
		t.Fatal(err)
	}
	return append(out, slices.Repeat([]string{string(broad)}, len(out)/2)...)
}

// refusals compares what NGINX and asrscheck refuse.
type refusals struct {
	on             bench
	prefix         string
	tried, refused int
	alike          int            // refused by both in the same words
	shown          map[string]int // by what differs
}

// sound puts the certificates of a configuration in their places, which its faulty versions name as well.
func (c *refusals) sound(t *testing.T, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(c.prefix, "nginx.conf"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	lowered(t, c.on, nginx.Folder{Files: os.DirFS(c.prefix), Main: "nginx.conf", Prefix: c.prefix})
}

func (c *refusals) compare(t *testing.T, f fault) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(c.prefix, "nginx.conf"), []byte(f.text), 0o644); err != nil {
		t.Fatal(err)
	}
	tree, err := nginx.Parse(nginx.Folder{Files: os.DirFS(c.prefix), Main: "nginx.conf", Prefix: c.prefix})
	if err != nil {
		t.Fatal(err)
	}
	gateway, err := nginx.Lower(tree, c.on.nginx.Version)
	if err != nil {
		t.Fatal(err)
	}
	refusal, err := c.on.Test(t.Context(), c.on.nginx, c.prefix)
	if err != nil {
		t.Fatalf("%v\n%s", err, f.text)
	}
	c.tried++
	if refusal != nil {
		c.refused++
	}
	if refusal != nil && sameWords(refusal, gateway.Problems) {
		c.alike++
	}
	for _, p := range gateway.Problems {
		if refusal != nil || p.Kind != routing.Refused {
			continue
		}
		if c.shown[f.kind+p.Message]++; c.shown[f.kind+p.Message] == 1 {
			t.Errorf("%s: NGINX takes it, asrscheck refuses line %d: %s", f.what, p.Span.Line, p.Message)
		}
	}
}

// sameWords reports whether the error at which NGINX stops is among those of asrscheck. What NGINX refuses because it has not got a
// module may be one that is not known here.
func sameWords(refusal *realnginx.Refusal, problems []routing.Problem) bool {
	return slices.ContainsFunc(problems, func(p routing.Problem) bool {
		foreign := p.Kind == routing.NotWhole && strings.HasPrefix(refusal.Message, "unknown directive") && strings.HasPrefix(p.Message, refusal.Message)
		return foreign || p.Message == refusal.Message && (refusal.Line == 0 || p.Span.Line <= refusal.Line)
	})
}
