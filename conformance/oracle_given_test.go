package conformance_test

import (
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/asrscheck/asrscheck/conformance/internal/realnginx"
	"github.com/asrscheck/asrscheck/conformance/internal/realnginx/realnginxtest"
	"github.com/asrscheck/asrscheck/parsers/nginx"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// given names texts that others wrote: go test ./conformance -run Given -args -given=FOLDER. Whole configurations, parts of them and
// templates may be among them.
var given = flag.String("given", "testdata/given", "compare what NGINX and asrscheck refuse among the texts in this folder")

// frames are what a text may be a part of.
var frames = []struct{ name, before, after string }{
	{"nginx.conf", "", ""},
	{"main", "events { }\n", ""},
	{"http", "events { }\nhttp {\n", "\n}\n"},
	{"server", "events { }\nhttp { server {\n", "\n} }\n"},
	{"location", "events { }\nhttp { server { location / {\n", "\n} } }\n"},
	{"if", "events { }\nhttp { server { location / { if ($uri) {\n", "\n} } } }\n"},
	{"upstream", "events { }\nhttp { upstream u {\n", "\n} }\n"},
	{"stream", "events { }\nstream {\n", "\n}\n"},
}

func TestOfTextsThatAreGivenNGINXAndAsrscheckRefuseTheSame(t *testing.T) {
	files := givenFiles(t)
	realnginxtest.EachVersion(t, func(t *testing.T, rig *realnginx.Rig, nginx realnginx.Installation) {
		counts := map[string]int{}
		for _, path := range files {
			t.Run(filepath.Base(path), func(t *testing.T) {
				text, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				g := &givenText{on: bench{rig, nginx}, name: filepath.Base(path), text: string(text)}
				what := g.judge(t)
				counts[what]++
				t.Log(what, g.note)
			})
		}
		t.Logf("%d texts on NGINX %s: %v", len(files), nginx, counts)
	})
}

func givenFiles(t *testing.T) []string {
	t.Helper()
	var out []string
	entries, err := os.ReadDir(*given)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !e.IsDir() && filepath.Ext(e.Name()) != ".yaml" && filepath.Ext(e.Name()) != ".snap" {
			out = append(out, filepath.Join(*given, e.Name()))
		}
	}
	if len(out) == 0 {
		t.Error("nothing was given")
	}
	return out
}

// givenText is one of the texts.
type givenText struct {
	on   bench
	name string
	text string
	note string
}

// judge compares what NGINX says of the text in each frame with what asrscheck says of it, and returns what is to be said of the text.
func (g *givenText) judge(t *testing.T) string {
	t.Helper()
	alone := gatewayOf(t, g.on, nginx.Folder{Files: onlyFile(g.name, g.text), Main: g.name})
	var refusals []string
	for _, f := range frames {
		s := &supplied{on: g.on, text: f.before + g.text + f.after}
		refusal := s.test(t)
		if slices.Contains(s.removed, "stream") {
			if f.name != "stream" {
				return "needs modules"
			}
			refusals = append(refusals, "removed stream")
			continue
		}
		if refusal != nil {
			refusals = append(refusals, f.name+": "+refusal.Message)
			if len(s.removed) > 0 {
				refusals = append(refusals, "removed "+strings.Join(s.removed, " "))
			}
			continue
		}
		g.note = f.name + ", without " + strings.Join(s.removed, " ")
		whole := gatewayOf(t, g.on, nginx.Folder{Files: os.DirFS(s.prefix), Main: "nginx.conf", Prefix: s.prefix})
		for _, p := range slices.Concat(refusedIn(alone), refusedIn(whole)) {
			if slices.ContainsFunc(s.removed, func(name string) bool { return p.Message == `unknown directive "`+name+`"` }) {
				continue // both say so
			}
			t.Errorf("NGINX takes the text as a part of %s, asrscheck refuses line %d: %s", f.name, p.Span.Line, p.Message)
		}
		return "taken"
	}
	return g.refused(t, alone, refusals)
}

// refused is what is to be said of a text that NGINX takes in no frame.
func (g *givenText) refused(t *testing.T, alone *routing.Gateway, refusals []string) string {
	t.Helper()
	g.note = strings.Join(refusals, "; ")
	if len(refusedIn(alone)) > 0 {
		g.note = refusedIn(alone)[0].Message + " | " + g.note
		return "refused by both"
	}
	for _, p := range alone.Problems {
		switch {
		case strings.Contains(p.Message, "template"), strings.Contains(p.Message, "filled in from the environment"):
			return "template"
		case strings.Contains(p.Message, "unless"), strings.Contains(p.Message, "part of a configuration"), strings.Contains(p.Message, "was not read"):
			return "needs what is not there"
		}
	}
	if strings.Contains(g.note, "removed") {
		return "needs modules"
	}
	t.Errorf("NGINX refuses the text, asrscheck does not: %s", g.note)
	return "refused by NGINX alone"
}

func onlyFile(name, text string) fstest.MapFS { return fstest.MapFS{name: {Data: []byte(text)}} }

func gatewayOf(t *testing.T, on bench, from nginx.Folder) *routing.Gateway {
	t.Helper()
	tree, err := nginx.Parse(from)
	if err != nil {
		t.Fatal(err)
	}
	gateway, err := nginx.Lower(tree, on.nginx.Version)
	if err != nil {
		t.Fatal(err)
	}
	return gateway
}

func refusedIn(g *routing.Gateway) []routing.Problem {
	return slices.DeleteFunc(slices.Clone(g.Problems), func(p routing.Problem) bool { return p.Kind != routing.Refused })
}

// supplied is a text that gets what it needs of the machine, so that the text alone decides: certificates, files, users, addresses.
// What only a module knows is taken out.
type supplied struct {
	on      bench
	text    string
	prefix  string
	removed []string
}

// maxSupplies bounds how often a text is given what it lacks.
const maxSupplies = 60

func (s *supplied) test(t *testing.T) *realnginx.Refusal {
	t.Helper()
	if s.prefix == "" {
		s.prefix = openFolder(t)
	}
	var refusal *realnginx.Refusal
	for range maxSupplies {
		if err := os.WriteFile(filepath.Join(s.prefix, "nginx.conf"), []byte(s.text), 0o644); err != nil {
			t.Fatal(err)
		}
		lowered(t, s.on, nginx.Folder{Files: os.DirFS(s.prefix), Main: "nginx.conf", Prefix: s.prefix})
		var err error
		if refusal, err = s.on.Test(t.Context(), s.on.nginx, s.prefix); err != nil {
			t.Fatalf("%v\n%s", err, s.text)
		}
		if refusal == nil || !s.supply(t, refusal.Message) {
			return refusal
		}
	}
	return refusal
}

var (
	missingFile   = regexp.MustCompile(`^(?:open|GeoIP_open|mkdir|stat|openat|pread|BIO_new_file|ngx_open_file)\(\) ?"([^"]+)" failed|BIO_new_file\("([^"]+)"\) failed|fopen\(([^,]+),`)
	missingUser   = regexp.MustCompile(`^get(pw|gr)nam\("([^"]+)"\) failed`)
	missingSocket = regexp.MustCompile(`^bind\(\) to ([^ ]+):\d+ failed`)
	missingModule = regexp.MustCompile(`^unknown directive "([^"]+)"`)
)

// supply provides what NGINX misses; false where that is in the text itself.
func (s *supplied) supply(t *testing.T, message string) bool {
	t.Helper()
	if m := missingFile.FindStringSubmatch(message); m != nil {
		return s.file(t, m[1]+m[2]+m[3])
	}
	if m := missingUser.FindStringSubmatch(message); m != nil {
		return s.user(t, m[1], m[2])
	}
	if m := missingSocket.FindStringSubmatch(message); m != nil {
		a, err := netip.ParseAddr(m[1])
		return err == nil && s.on.Own(a) == nil
	}
	if m := missingModule.FindStringSubmatch(message); m != nil {
		return s.without(t, m[1])
	}
	return strings.HasPrefix(message, "dlopen()") && s.without(t, "load_module")
}

// file makes an empty file, in another place where the machine has no such folder at all.
func (s *supplied) file(t *testing.T, name string) bool {
	t.Helper()
	if s.on.Place(name, nil) == nil {
		return true
	}
	s.text = strings.ReplaceAll(s.text, name, s.prefix+name)
	return os.MkdirAll(filepath.Dir(s.prefix+name), 0o755) == nil
}

func (s *supplied) user(t *testing.T, kind, name string) bool {
	t.Helper()
	path, line := "/etc/passwd", name+":x:65534:65534::/:/bin/false\n"
	if kind == "gr" {
		path, line = "/etc/group", name+":x:65534:\n"
	}
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return s.on.Place(path, append(old, line...)) == nil
}

// without takes all directives of a name out.
func (s *supplied) without(t *testing.T, name string) bool {
	t.Helper()
	tree, err := nginx.Parse(nginx.Folder{Files: onlyFile("nginx.conf", s.text), Main: "nginx.conf"})
	if err != nil {
		t.Fatal(err)
	}
	var all []nginx.Directive
	collectDirectives(tree.Main.Statements, &all)
	for _, d := range all {
		if d.Name() == name {
			p := &patient{text: s.text}
			s.text = s.text[:p.start(d)] + s.text[p.end(d):]
			s.removed = append(s.removed, name)
			return true
		}
	}
	return false
}
