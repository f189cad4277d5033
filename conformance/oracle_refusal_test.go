package conformance_test

import (
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/conformance/internal/realnginx"
	"github.com/asrscheck/asrscheck/conformance/internal/realnginx/realnginxtest"
	"github.com/asrscheck/asrscheck/parsers/nginx"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// The faulty configurations are a sample, the same every time. More, others, and those of one version:
// go test ./conformance -run Faulty/1.30.6 -args -faults=20000 -faults.seed=7
var (
	faults     = flag.Int("faults", 300, "how many faulty configurations are tried, for all versions of NGINX together")
	faultsSeed = flag.Uint64("faults.seed", 1, "which of the faulty configurations are tried")
)

func TestFaultyConfigurationsAreRefusedWhereTheRealNGINXRefusesThem(t *testing.T) {
	versions, _, err := realnginx.Installations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	bases := soundTexts(t)
	realnginxtest.EachVersion(t, func(t *testing.T, rig *realnginx.Rig, nginx realnginx.Installation) {
		random := rand.New(rand.NewPCG(*faultsSeed, uint64(slices.IndexFunc(versions, func(i realnginx.Installation) bool { return i.Version == nginx.Version })))) //nolint:gosec // a test that repeats
		c := refusals{on: bench{rig, nginx}, prefix: openFolder(t), shown: map[string]int{}}
		for _, base := range bases {
			c.sound(t, base)
		}
		for range max(*faults/len(versions), 1) {
			base := bases[random.IntN(len(bases))]
			f := mutate(t, base, random)
			c.compare(t, f)
		}
		t.Logf("%d faulty configurations, of which NGINX %s refuses %d, and asrscheck %d of these in the same words; it misses %d", c.tried, nginx, c.refused, c.alike, c.missed)
		if c.refused == 0 || c.refused == c.tried {
			t.Error("nothing was compared")
		}
	})
}

// soundTexts are the configurations that faults are put into.
func soundTexts(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, path := range configurations(t, nginxFixtures+"/ok", nginxFixtures+"/err") {
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
	missed         int            // refused by NGINX alone, for something in the text
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
	if refusal != nil && !says(gateway) && !ofTheMachine.MatchString(refusal.Message) {
		c.missed++
		c.show(t, f.kind+quoted.ReplaceAllString(refusal.Message, "…"), "%s: NGINX refuses it, asrscheck does not: %s", f.what, strings.ReplaceAll(refusal.String(), c.prefix+"/", ""))
	}
	for _, p := range gateway.Problems {
		if refusal != nil || p.Kind != routing.Refused {
			continue
		}
		c.show(t, f.kind+p.Message, "%s: NGINX takes it, asrscheck refuses line %d: %s", f.what, p.Span.Line, p.Message)
	}
}

// show reports a difference, unless it is like one before.
func (c *refusals) show(t *testing.T, kind, format string, args ...any) {
	t.Helper()
	if c.shown[kind]++; c.shown[kind] == 1 {
		t.Errorf(format, args...)
	}
}

// says reports whether asrscheck refuses a configuration, or says that it may have to be: a directive or a module that it does not know, a
// file that is not there.
func says(g *routing.Gateway) bool { return len(g.Problems) > 0 }

// ofTheMachine are refusals that no text decides: what files, addresses, users, names and modules the machine has, and what its OpenSSL
// takes.
var ofTheMachine = regexp.MustCompile(`^(open|pread|bind|dlopen|getpwnam|getgrnam|mkdir|SSL_\w+|BIO_new_file|PEM_\w+)\(|^cannot load certificate|^host not found in (?:resolver|upstream|set_real_ip_from|".*" of the "listen")|^unknown directive "(?:lua|js|more)_`)

// quoted are the words of a refusal that differ from one configuration to the next.
var quoted = regexp.MustCompile(`"[^"]*"`)

// sameWords reports whether the error at which NGINX stops is among those of asrscheck. What NGINX refuses because it has not got a
// module may be one that is not known here.
func sameWords(refusal *realnginx.Refusal, problems []routing.Problem) bool {
	return slices.ContainsFunc(problems, func(p routing.Problem) bool {
		foreign := p.Kind == routing.NotWhole && strings.HasPrefix(refusal.Message, "unknown directive") && strings.HasPrefix(p.Message, refusal.Message)
		return foreign || p.Message == refusal.Message && (refusal.Line == 0 || p.Span.Line <= refusal.Line)
	})
}
