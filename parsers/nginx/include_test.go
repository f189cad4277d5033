package nginx

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// inFolder makes a file system of names and texts.
func inFolder(files map[string]string) fstest.MapFS {
	m := fstest.MapFS{}
	for name, text := range files {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return m
}

func TestIncludesAreReadWhereTheyStand(t *testing.T) {
	tests := []struct {
		name           string
		main           string
		files          map[string]string
		want, problems string
	}{
		{"a file by name", "nginx.conf", map[string]string{"nginx.conf": "a; include x.inc; c;", "x.inc": "b;"}, "<a> <b> <c>", ""},
		{"a quoted include", "nginx.conf", map[string]string{"nginx.conf": `"include" 'x.inc';`, "x.inc": "b;"}, "<b>", ""},
		{"files by pattern, in byte order", "nginx.conf", map[string]string{"nginx.conf": "include d/*.c;", "d/b.c": "b;", "d/B.c": "B;", "d/a.c": "a;", "d/10.c": "c10;", "d/9.c": "c9;"}, "<c10> <c9> <B> <a> <b>", ""},
		{"a pattern leaves dot files out", "nginx.conf", map[string]string{"nginx.conf": "include d/*;", "d/.b": "b;", "d/a": "a;"}, "<a>", ""},
		{"a pattern that matches nothing", "nginx.conf", map[string]string{"nginx.conf": "a; include d/*;"}, "<a>", ""},
		{"relative to the main file, not to the includer", "etc/nginx.conf", map[string]string{"etc/nginx.conf": "include d/a;", "etc/d/a": "include b;", "etc/b": "b;", "etc/d/b": "wrong;"}, "<b>", ""},
		{"the same file in two blocks", "nginx.conf", map[string]string{"nginx.conf": "a { include x; } b { include x; }", "x": "c;"}, "<a>{<c>} <b>{<c>}", ""},
		{"absolute names below the usual place of nginx.conf", "nginx.conf", map[string]string{"nginx.conf": "include /etc/nginx/d/*;", "d/a": "a;"}, "<a>", ""},
		{
			"a missing file leaves a gap", "nginx.conf",
			map[string]string{"nginx.conf": "a { include x; b; }"},
			"<a>{<include><x>? <b>}",
			`nginx.conf:1:13: open() "x" failed (2: No such file or directory)`,
		},
		{
			"a file outside of the folder is not read", "nginx.conf",
			map[string]string{"nginx.conf": "include /etc/passwd; include ../x;"},
			"<include></etc/passwd>? <include><../x>?",
			"nginx.conf:1:9: /etc/passwd was not read: it is outside of the folder that was given\nnginx.conf:1:30: ../x was not read: it is outside of the folder that was given",
		},
		{"a folder cannot be included", "nginx.conf", map[string]string{"nginx.conf": "include d;", "d/a": "a;"}, "<include><d>?", `nginx.conf:1:9: pread() "d" failed (21: Is a directory)`},
		{
			"a file that includes itself", "nginx.conf",
			map[string]string{"nginx.conf": "a; include x; c;", "x": "b;\ninclude nginx.conf;"},
			"<a> <b> <include><nginx.conf>? <c>",
			"x:2:9: nginx.conf was not read: the file includes itself, directly or by way of others; NGINX fails with too many open files",
		},
		{
			"a block must end in its file", "nginx.conf",
			map[string]string{"nginx.conf": "a { include x; }", "x": "} b {"},
			"<a>{<b>{?} ?}",
			"x:1:1: unexpected \"}\"\nx:1:6: unexpected end of file, expecting \"}\"",
		},
		{"files that come with NGINX are not missed", "nginx.conf", map[string]string{"nginx.conf": "include mime.types;"}, "", ""},
		{"split_clients knows no include", "nginx.conf", map[string]string{"nginx.conf": "split_clients a $b { include x; }"}, "<split_clients><a><$b>{<include><x>}", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tree, err := Parse(Folder{Files: inFolder(tt.files), Main: tt.main})
			if err != nil {
				t.Fatal(err)
			}
			if got := outline(tree.Main.Body()); got != tt.want {
				t.Errorf("read as\n%s\nwant\n%s", got, tt.want)
			}
			if got := complaints(tree); got != tt.problems {
				t.Errorf("problems are\n%s\nwant\n%s", got, tt.problems)
			}
		})
	}
}

func TestIncludesAreRecordedEvenWhenTheyMatchNothing(t *testing.T) {
	tree, err := Parse(Folder{Files: inFolder(map[string]string{"nginx.conf": "a;\ninclude d/*.conf;\ninclude e/*;", "d/.signalr.conf": "b;", "d/.other": "c;"}), Main: "nginx.conf", Shown: "infra"})
	if err != nil {
		t.Fatal(err)
	}
	if len(tree.Includes) != 2 {
		t.Fatalf("%d includes are recorded, want 2", len(tree.Includes))
	}
	inc := tree.Includes[0]
	if !inc.Glob || inc.Pattern != "d/*.conf" || len(inc.Files) != 0 || inc.At.Span().String() != "infra/nginx.conf:2:1" {
		t.Errorf("the include is recorded as %+v at %s", inc, inc.At.Span())
	}
	if !slices.Equal(inc.Skipped, []string{"infra/d/.signalr.conf"}) {
		t.Errorf("the dot files that were left out are %q, want only the one that the pattern matches", inc.Skipped)
	}
}

func TestAFileIsParsedOnceHoweverOftenItIsIncluded(t *testing.T) {
	tree, err := Parse(Folder{Files: inFolder(map[string]string{"nginx.conf": "a { include x; } b { include x; } include x;", "x": "c;"}), Main: "nginx.conf"})
	if err != nil {
		t.Fatal(err)
	}
	if len(tree.Files) != 2 || tree.Includes[0].Files[0] != tree.Includes[2].Files[0] {
		t.Errorf("%d files were parsed, want 2", len(tree.Files))
	}
}

func TestAPrefixMapsAbsoluteNames(t *testing.T) {
	files := inFolder(map[string]string{
		"rootfs/srv/web/nginx.conf": "include /srv/web/d/a; include /srv/tls/b; include /opt/c;",
		"rootfs/srv/web/d/a":        "a;", "rootfs/srv/tls/b": "b;", "rootfs/opt/c": "c;",
	})
	tree, err := Parse(Folder{Files: files, Main: "rootfs/srv/web/nginx.conf", Prefix: "/srv/web/"})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := outline(tree.Main.Body()), "<a> <b> <c>"; got != want {
		t.Errorf("read as %s, want %s: %s", got, want, complaints(tree))
	}
}

func TestLinksToAbsolutePlacesAreFollowedInsideOfTheFolderOnly(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"nginx.conf": "include sites-enabled/*;", "sites-available/chat": "a;"} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "sites-enabled"), 0o700); err != nil {
		t.Fatal(err)
	}
	for link, target := range map[string]string{"chat": "/etc/nginx/sites-available/chat", "passwd": "/etc/passwd", "shadow": "../../../../../../etc/shadow", "self": "self"} {
		if err := os.Symlink(target, filepath.Join(dir, "sites-enabled", link)); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = root.Close() }()
	tree, err := Parse(Folder{Files: root.FS(), Main: "nginx.conf", Prefix: "/etc/nginx"})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := outline(tree.Main.Body()), "<a> <include><sites-enabled/*>?"; got != want {
		t.Errorf("read as %s, want %s", got, want)
	}
	if len(tree.Files) != 2 || len(tree.Includes[0].Unread) != 3 {
		t.Errorf("%d files were read and %d not, want 2 and 3: %s", len(tree.Files), len(tree.Includes[0].Unread), complaints(tree))
	}
}

func TestPatternsMatchAsGlobDoes(t *testing.T) {
	tests := []struct {
		pattern, name string
		want          bool
	}{
		{"*", "a", true},
		{"*", "", true},
		{"*.conf", "a.conf", true},
		{"*.conf", "a.conf.bak", false},
		{"a*b*c", "aXXbYYc", true},
		{"a*b*c", "aXXbYY", false},
		{"?", "a", true},
		{"?", "ab", false},
		{"[ab]x", "bx", true},
		{"[ab]x", "cx", false},
		{"[a-c]", "b", true},
		{"[!a-c]", "b", false},
		{"[^a-c]", "d", true},
		{"[]]", "]", true},
		{"[!]]", "]", false},
		{"[a-]", "-", true},
		{"[", "[", true},
		{"[a", "[a", true},
		{`\*`, "*", true},
		{`\*`, "a", false},
		{`[\]]`, "]", true},
		{"{a,b}", "a", false},
		{"{a,b}", "{a,b}", true},
		{strings.Repeat("*a", 200) + "b", strings.Repeat("a", 4000), false},
	}
	for _, tt := range tests {
		if got := matchName(tt.pattern, tt.name); got != tt.want {
			t.Errorf("pattern %.20q matches %.20q: %v, want %v", tt.pattern, tt.name, got, tt.want)
		}
	}
}

// TestTheRealNGINXIncludesTheSameFilesInTheSameOrder compares with the files that nginx -T prints.
func TestTheRealNGINXIncludesTheSameFilesInTheSameOrder(t *testing.T) {
	program := realNGINX(t)
	dir := t.TempDir()
	for _, name := range []string{"a-b/x", "a/x", "a/.x", "a/y.conf", "B/x", "é/x", ".h/x", "a/z]", "a/[", "b/x.d/k"} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = root.Close() }()
	for _, pattern := range []string{"*/x", "a/?", "a*/x", "a/[!x]*", `a/\[*`, "a/*.conf", "a/*[", "[aB]/x", ".h/*", ".*/x", "*/.x", "*/x.d/*", "a//x", "./a/../a/*x", "{a,B}/x", "a/[x", "a/z[]]"} {
		main := "events { }\ninclude " + pattern + ";\n"
		if err := os.WriteFile(filepath.Join(dir, "nginx.conf"), []byte(main), 0o600); err != nil {
			t.Fatal(err)
		}
		output := runNGINX(t, program, dir, "-T", "-c", filepath.Join(dir, "nginx.conf"))
		tree, err := Parse(Folder{Files: root.FS(), Main: "nginx.conf", Prefix: dir})
		if err != nil {
			t.Fatal(err)
		}
		want, _ := ParseText("dump", output)
		if got, want := fileNames(tree, ""), fileNames(want, dir); !slices.Equal(got, want) {
			t.Errorf("include %s reads %q, NGINX reads %q", pattern, got, want)
		}
	}
}

// fileNames are the names of included files, seen from a folder.
func fileNames(tree *Tree, folder string) []string {
	var names []string
	for _, f := range tree.Files[1:] {
		names = append(names, strings.TrimPrefix(filepath.Clean(f.Name), folder+"/"))
	}
	return names
}

func TestDumpsAreSplitIntoTheirFiles(t *testing.T) {
	dump := strings.Join([]string{
		"nginx: the configuration file /etc/nginx/nginx.conf syntax is ok",
		"nginx: configuration file /etc/nginx/nginx.conf test is successful",
		"# configuration file /etc/nginx/nginx.conf:",
		"a;",
		"  # configuration file /not/a/marker:",
		"# configuration file without a colon",
		"include conf.d/*.conf;", "include /etc/nginx/conf.d/b.conf;", "include gone;", "",
		"# configuration file /etc/nginx/conf.d/a.conf:", "\tb;", "",
		"# configuration file /etc/nginx/conf.d/../conf.d/b.conf:", "c;", "", "",
	}, "\n")
	tree, err := ParseText("-", dump)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := outline(tree.Main.Body()), "<a> <b> <c> <c> <include><gone>?"; got != want {
		t.Errorf("read as %s, want %s", got, want)
	}
	if got, want := complaints(tree), "/etc/nginx/nginx.conf:6:9: /etc/nginx/gone was not read: the dump does not hold it: it was cut off or edited"; got != want {
		t.Errorf("problems are %s, want %s", got, want)
	}
	for d := range tree.Includes[0].Files[0].Statements() {
		if got, want := d.Span().String(), "/etc/nginx/conf.d/a.conf:1:2"; got != want {
			t.Errorf("a statement of an included file stands at %s, want %s", got, want)
		}
	}
}

func TestDumpsWithRelativeNamesAreSplit(t *testing.T) {
	tree, err := ParseText("-", "# configuration file ./nginx.conf:\ninclude d/*;\n\n# configuration file ./d/a:\na;\n# configuration file of ours:\n\n")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := outline(tree.Main.Body()), "<a>"; got != want {
		t.Errorf("read as %s, want %s", got, want)
	}
}

func TestATextOfItsOwnSaysThatIncludesAreMissing(t *testing.T) {
	tree := parseText(t, "include conf.d/*.conf;\ninclude proxy.inc;")
	want := "nginx.conf:2:9: proxy.inc was not read: only this one file was given"
	if got := complaints(tree); !strings.HasSuffix(got, want) || len(tree.Problems) != 2 || tree.Problems[0].Kind != routing.NotWhole {
		t.Errorf("problems are\n%s\nwant two, the last being\n%s", got, want)
	}
}

func TestAMissingMainFileIsAnError(t *testing.T) {
	_, err := Parse(Folder{Files: inFolder(nil), Main: "nginx.conf", Shown: "infra"})
	if err == nil || !strings.HasPrefix(err.Error(), "read infra/nginx.conf: ") {
		t.Errorf("the error is %v", err)
	}
}
