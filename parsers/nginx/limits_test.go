package nginx

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// TestHostileInputEndsQuicklyWithAReason bounds the time generously: each takes well under a second on an idle machine.
func TestHostileInputEndsQuicklyWithAReason(t *testing.T) {
	const mb = 1 << 20
	tests := []struct{ name, text, want string }{
		{"three million nested blocks", strings.Repeat("a {", 3_000_000), "nginx.conf:1:193: nothing behind this is read: blocks and includes nested deeper than asrscheck reads"},
		{"three million semicolons", strings.Repeat(";", 3_000_000), "nothing behind this is read: there are too many errors before it"},
		{"three million closing braces", strings.Repeat("}", 3_000_000), "nothing behind this is read: there are too many errors before it"},
		{"three million statements", strings.Repeat("a;", 3_000_000), "nothing behind this is read: there are more statements than asrscheck reads"},
		{"twenty million words", strings.Repeat("a ", 20_000_000), "more words in one file than asrscheck reads"},
		{"a word of sixty megabytes", strings.Repeat("x", 60*mb), "too long parameter"},
		{"a million open quotes", strings.Repeat("\"\n\\", 1_000_000), "too long parameter, probably missing"},
		{"a million open quotes in Lua", "x_by_lua_block {" + strings.Repeat(`\"`, 10*mb), "unexpected end of file"},
		{"a million open brackets in Lua", "x_by_lua_block {" + strings.Repeat("--[[", 10*mb), "unexpected end of file"},
		{"control characters", strings.Repeat("\x00\x01\x02", 20*mb), "not a text file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			begin := time.Now()
			tree := parseText(t, tt.text)
			if took := time.Since(begin); took > 20*time.Second { // a machine that does other things as well
				t.Errorf("it took %v", took)
			}
			if got := complaints(tree); !strings.Contains(got, tt.want) {
				t.Errorf("problems are\n%.500s\nwant one with\n%s", got, tt.want)
			}
			if len(tree.Problems) > maxProblems {
				t.Errorf("%d problems, want at most %d", len(tree.Problems), maxProblems)
			}
		})
	}
}

func TestATextOverTheLimitIsNotRead(t *testing.T) {
	_, err := ParseText("nginx.conf", strings.Repeat("x", maxBytes+1))
	if err == nil || err.Error() != "read nginx.conf: more text than asrscheck reads" {
		t.Errorf("the error is %v", err)
	}
	files := fstest.MapFS{"nginx.conf": {Data: []byte("a; include big; b;")}, "big": {Data: make([]byte, maxBytes)}}
	tree, err := Parse(Folder{Files: files, Main: "nginx.conf"})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := outline(tree.Main.Body()), "<a> <include><big>? <b>"; got != want {
		t.Errorf("read as %s, want %s", got, want)
	}
}

func TestIncludesThatMultiplyAreBounded(t *testing.T) {
	files := fstest.MapFS{}
	for i := range 40 {
		next := fmt.Sprintf("include f%d;", i+1)
		files[fmt.Sprintf("f%d", i)] = &fstest.MapFile{Data: []byte("a; " + next + next)}
	}
	files["f40"] = &fstest.MapFile{Data: []byte("b;")}
	tree, err := Parse(Folder{Files: files, Main: "f0"})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for range tree.Main.Body() {
		n++
	}
	if n > maxStatements || n < 1000 {
		t.Errorf("the tree unfolds to %d statements, want at most %d", n, maxStatements)
	}
	if !strings.Contains(complaints(tree), errTooMany.Error()) {
		t.Errorf("problems are %s", complaints(tree))
	}
}

func TestIncludesThatNestAreBounded(t *testing.T) {
	files := fstest.MapFS{}
	for i := range 2000 {
		files[fmt.Sprintf("f%d", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, "a { include f%d; }", i+1)}
	}
	tree, err := Parse(Folder{Files: files, Main: "f0"})
	if err != nil {
		t.Fatal(err)
	}
	if len(tree.Files) > maxNesting || !strings.Contains(complaints(tree), errTooDeep.Error()) {
		t.Errorf("%d files were read, problems are %s", len(tree.Files), complaints(tree))
	}
}

func TestTheNumberOfFilesIsBounded(t *testing.T) {
	tree := manyFiles(t, maxFiles)
	last := tree.Includes[len(tree.Includes)-1]
	if len(tree.Files) != maxFiles || len(last.Unread) != 1 || len(tree.Problems) != 1 {
		t.Errorf("%d files read, %d not, %d problems", len(tree.Files), len(last.Unread), len(tree.Problems))
	}
}

func TestTenThousandSitesInFilesOfTheirOwnAreRead(t *testing.T) {
	if tree := manyFiles(t, 10_000); len(tree.Files) != 10_001 || len(tree.Problems) > 0 {
		t.Errorf("%d files are read; problems are %s", len(tree.Files), complaints(tree))
	}
}

// manyFiles reads a configuration that includes n files from folders of a thousand.
func manyFiles(t *testing.T, n int) *Tree {
	t.Helper()
	const inOne = 1000
	var includes strings.Builder
	files := fstest.MapFS{}
	for i := range n {
		if i%inOne == 0 {
			fmt.Fprintf(&includes, "include d%d/*;", i/inOne)
		}
		files[fmt.Sprintf("d%d/%d", i/inOne, i)] = &fstest.MapFile{Data: []byte("a;")}
	}
	files["nginx.conf"] = &fstest.MapFile{Data: []byte(includes.String())}
	tree, err := Parse(Folder{Files: files, Main: "nginx.conf"})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func TestDevicesAndPipesAreNotOpened(t *testing.T) {
	files := fstest.MapFS{"nginx.conf": {Data: []byte("include pipe;")}, "pipe": {Mode: fs.ModeNamedPipe}}
	tree, err := Parse(Folder{Files: files, Main: "nginx.conf"})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := complaints(tree), "nginx.conf:1:9: pipe was not read: not a regular file"; got != want {
		t.Errorf("problems are %s, want %s", got, want)
	}
}

func TestCredentialsAreMasked(t *testing.T) {
	key := strings.Repeat("c2VjcmV0", 6) + "="
	token := "eyJhbGciOiJIUzI1NiJ9." + strings.Repeat("c2VjcmV0", 5) + ".c2VjcmV0"
	text := "env \"A=Endpoint=https://chat.service.signalr.net;AccessKey=" + key + ";Version=1.0\";\n" +
		"proxy_set_header Authorization \"Bearer " + token + "\";\nproxy_set_header Authorization \"Bearer $token\";\n"
	tree := parseText(t, text)
	all := outline(tree.Main.Body())
	if strings.Contains(all, "c2VjcmV0") || !strings.Contains(all, "AccessKey=****") || !strings.Contains(all, "Bearer $token") {
		t.Errorf("read as %s", all)
	}
	var places []string
	for _, s := range tree.Secrets {
		places = append(places, fmt.Sprintf("%s at %s", s.What, s.Span))
	}
	want := "access key at nginx.conf:1:60, access token at nginx.conf:2:40"
	if got := strings.Join(places, ", "); got != want {
		t.Errorf("found %s, want %s", got, want)
	}
}
