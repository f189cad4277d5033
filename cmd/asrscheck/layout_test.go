package main

import (
	"errors"
	"go/build"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	module = "github.com/asrscheck/asrscheck"
	root   = "../.."
)

// arrows is the import table: which packages a package may import, tests aside. A final /… stands for a package and all below it.
// Source text becomes a model, a model becomes verdicts, verdicts become reports; no arrow points back.
var arrows = []struct {
	from string
	to   []string
}{
	{"parsers/routing", nil},
	{"parsers/internal/…", []string{"parsers/routing", "parsers/internal/…"}},
	{"parsers/azure", []string{"parsers/routing", "parsers/internal/…"}},
	{"parsers", []string{"parsers/…"}},
	{"parsers/kubernetes", []string{"parsers/nginx", "parsers/routing", "parsers/internal/…"}},
	{"parsers/…", []string{"parsers/routing", "parsers/azure", "parsers/azure/firewall", "parsers/internal/…"}},

	{"conformance", []string{"parsers/routing"}},
	{"conformance/rules", []string{"conformance", "parsers/routing"}},
	{"conformance/live", []string{"conformance", "conformance/fakesignalr", "conformance/refproxy", "conformance/signalrclient", "parsers/routing"}},
	{"conformance/refproxy", []string{"conformance", "conformance/internal/testca", "parsers/routing"}},
	{"conformance/fakesignalr", []string{"conformance/internal/testca"}},
	{"conformance/signalrclient", nil},
	{"conformance/hubserver", []string{"conformance/signalrclient"}},
	{"conformance/ownnginx", []string{"conformance/internal/oracle", "conformance/internal/realnginx", "conformance/live", "parsers/nginx", "parsers/routing"}},
	{"conformance/internal/testca", nil},
	{"conformance/internal/…", []string{"conformance", "conformance/internal/…", "parsers/routing"}},

	{"reports", []string{"conformance", "parsers/routing"}},
	{"fixtures", nil},
	{"cmd/…", []string{"cmd/…", "conformance", "conformance/…", "fixtures", "parsers", "parsers/…", "reports"}},
}

func TestPackagesImportOnlyWhatTheTableAllows(t *testing.T) {
	checked := 0
	for dir, imports := range imported(t) {
		allowed, ok := allowedFrom(dir)
		if !ok {
			t.Errorf("%s stands in no row of the import table: give it one, or put the package where it belongs", dir)
		}
		for _, to := range imports {
			checked++
			if !slices.ContainsFunc(allowed, func(pattern string) bool { return matches(pattern, to) }) {
				t.Errorf("%s imports %s: that is a new arrow", dir, to)
			}
		}
	}
	if checked < 10 {
		t.Errorf("only %d imports were looked at, so that the test proves nothing", checked)
	}
}

func TestTheModelUsesTheStandardLibraryOnly(t *testing.T) {
	p, err := build.ImportDir(filepath.Join(root, "parsers", "routing"), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, to := range p.Imports {
		if strings.Contains(strings.Split(to, "/")[0], ".") {
			t.Errorf("parsers/routing imports %s, which is no part of the standard library", to)
		}
	}
}

// imported are our own packages that each package imports, by folder.
func imported(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	err := filepath.WalkDir(root, func(dir string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if name := d.Name(); dir != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "dist") {
			return filepath.SkipDir
		}
		p, err := build.ImportDir(dir, 0)
		if _, none := errors.AsType[*build.NoGoError](err); none {
			return nil
		}
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, dir)
		out[filepath.ToSlash(rel)] = ours(p.Imports)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func ours(imports []string) []string {
	out := []string{}
	for _, to := range imports {
		if rel, ok := strings.CutPrefix(to, module+"/"); ok {
			out = append(out, rel)
		}
	}
	return out
}

// allowedFrom is the first row of the table for a package.
func allowedFrom(dir string) ([]string, bool) {
	for _, row := range arrows {
		if matches(row.from, dir) {
			return row.to, true
		}
	}
	return nil, false
}

func matches(pattern, dir string) bool {
	folder, below := strings.CutSuffix(pattern, "/…")
	return dir == folder || below && strings.HasPrefix(dir, folder+"/")
}

// topLevel is all that stands at the top of the repository, beside names that begin with a dot.
var topLevel = []string{"LICENSE", "Makefile", "README.md", "cmd", "conformance", "fixtures", "go.mod", "go.sum", "parsers", "reports"}

// built are names that builds and runs leave behind; .gitignore has them.
var built = []string{"asrscheck", "asrscheck-report.html", "dist", "node_modules"}

func TestTheTopLevelIsAsAgreed(t *testing.T) {
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && !slices.Contains(built, e.Name()) {
			names = append(names, e.Name())
		}
	}
	if !slices.Equal(names, topLevel) {
		t.Errorf("the top level holds %v instead of %v", names, topLevel)
	}
}

func TestMainDecidesNothing(t *testing.T) {
	text, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(string(text), "\n"); lines > 20 {
		t.Errorf("main.go has %d lines; 20 are enough to call run", lines)
	}
}

// TestOnlyMainEndsTheProcess keeps exits and global flags out of everything else.
func TestOnlyMainEndsTheProcess(t *testing.T) {
	forbidden := []string{"os.Exit(", "log.Fatal", "flag.CommandLine"}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && file != root && strings.HasPrefix(d.Name(), ".") {
			return filepath.SkipDir
		}
		if path.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go") || file == filepath.Join(root, "cmd", "asrscheck", "main.go") {
			return nil
		}
		text, err := os.ReadFile(file) //nolint:gosec // a file of the repository
		for _, f := range forbidden {
			if strings.Contains(string(text), f) {
				t.Errorf("%s uses %s…), which is main's alone", file, f)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
