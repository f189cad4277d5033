package nginx

import (
	"strings"
	"testing"
)

// lexerCase is a text of the http context, and what NGINX makes of it.
type lexerCase struct {
	name, text, want string
	// refused is the error that nginx -t reports although the syntax is right.
	refused string
}

// Words that mean nothing to NGINX stand in a types block, which takes any.
var lexerCases = []lexerCase{
	{"escapes are decoded in quotes", `types { a "x\ty\"z\\d"; }`, "<types>{<a><x\ty\"z\\d>}", ""},
	{"escapes are decoded in bare words", `types { a x\ty\"z\\d; }`, "<types>{<a><x\ty\"z\\d>}", ""},
	{"other backslashes stay", `types { a \.html\d; }`, `<types>{<a><\.html\d>}`, ""},
	{"text behind a closing quote is refused", "types { a \"b\"c; }", "<types>{<a><b><c>!}", ""},
	{"a character of several bytes behind a closing quote is named whole", "types { a \"b\"”; }", "<types>{<a><b><”>!}", ""},
	{"a parenthesis may follow a quote", `server { if ($uri = "/a") { return 404; } }`, "<server>{<if><($uri><=></a><)>{<return><404>}}", ""},
	{"a closing brace inside a word is an ordinary byte", `server { return 200 x}; }`, "<server>{<return><200><x}>}", ""},
	{"a closing brace in the name of a location", `server { location = /a} { } }`, "<server>{<location><=></a}>{}}", ""},
	{"an open brace in a bare regular expression begins a block", "server { location ~ ^/x{2}$ { } }", "<server>{<location><~><^/x>{<2}$>{}} ?} ?", `unknown directive "2}$"`},
	{"a quoted regular expression may hold braces", `server { location ~ "^/x{2}$" { } }`, "<server>{<location><~><^/x{2}$>{}}", ""},
	{"a missing semicolon before a closing brace", "server { return 200 x }\nserver { }", "<server>{<return><200><x>!} <server>{}", ""},
	{"two semicolons", "server { listen 80;; }", "<server>{<listen><80>}", ""},
	{"a block without a name", "server { { root /; } }", "<server>{!{<root></>}}", ""},
	{"a backslash keeps a space in the word", `types { a b\ c; }`, `<types>{<a><b\ c>}`, ""},
	{"a backslash keeps a semicolon in the word", `types { a b\;c; }`, `<types>{<a><b\;c>}`, ""},
	{"a backslash keeps a brace in the word", `types { a b\{c; }`, `<types>{<a><b\{c>}`, ""},
	{"a back-tick is an ordinary byte", "types { a `b; }", "<types>{<a><`b>}", ""},
	{"a quote inside a word is an ordinary byte", `types { a b"c; }`, `<types>{<a><b"c>}`, ""},
	{"a form feed is an ordinary byte", "types { a b\fc; }", "<types>{<a><b\fc>}", ""},
	{"a vertical tab is an ordinary byte", "types { a b\vc; }", "<types>{<a><b\vc>}", ""},
	{"a non-breaking space is no space", "types { a b\u00a0c; }", "<types>{<a><b\u00a0c>}", ""},
	{"a NUL byte is an ordinary byte", "types { a b\x00c; }", "<types>{<a><b\x00c>}", ""},
	{"bytes that are not UTF-8 are kept", "types { a b\xff\xfec; }", "<types>{<a><b\xff\xfec>}", ""},
	{"an empty string is a word", `map $uri $x { '' 1; "" 1; }`, "<map><$uri><$x>{<><1> <><1>}", `conflicting parameter ""`},
	{"quotes of the other kind are ordinary", `types { a 'b"c' "d'e"; }`, `<types>{<a><b"c><d'e>}`, ""},
	{"a variable in braces is part of the word", "types { a ${host}x; }", "<types>{<a><${host}x>}", ""},
	{"a dollar takes several braces along", "types { a ${{x; }", "<types>{<a><${{x>}", ""},
	{"an escaped dollar does not", `types { a b; \${ c; } }`, `<types>{<a><b> <\$>{<c>}}`, `unexpected "{"`},
	{"a hash inside a word is an ordinary byte", "types { a b#c; }", "<types>{<a><b#c>}", ""},
	{"a comment ends with the line", "types { # }\n a b; }", "<types>{<a><b>}", ""},
	{"a comment between words", "types { a # x;\n b; }", "<types>{<a><b>}", ""},
	{"carriage returns are space", "types {\r\n a\r\n b;\r\n}\r\n", "<types>{<a><b>}", ""},
	{"a line end inside quotes is kept", "types { a 'b\nc'; }", "<types>{<a><b\nc>}", ""},
	{"no space is needed around braces and semicolons", `types{a b;c d;}server{}`, "<types>{<a><b> <c><d>} <server>{}", ""},
	{"a quoted word may be followed by a brace at once", `server { location "/a"{ } }`, "<server>{<location></a>{}}", ""},
	{"a quoted word may be the name", `"server" { 'root' /; }`, "<server>{<root></>}", ""},
	{"a hash behind a closing quote is refused", "types { a \"b\"# x\n; }", "<types>{<a><b>!}", ""},
	{"a brace opens nothing behind a dollar", "types { a b$ ; }", "<types>{<a><b$>}", ""},
}

func TestTheLexerReadsWordsAsNGINXDoes(t *testing.T) {
	for _, tt := range lexerCases {
		t.Run(tt.name, func(t *testing.T) {
			tree := parseText(t, tt.text)
			if got := outline(tree.Main.Body()); got != tt.want {
				t.Errorf("read as\n%q\nwant\n%q", got, tt.want)
			}
		})
	}
}

func TestSyntaxErrorsNameThePlaceAndGoOn(t *testing.T) {
	long := strings.Repeat("x", 4090)
	tests := []struct{ name, text, want, outline string }{
		{"text behind a quote", "a \"b\"c;\nd;", "nginx.conf:1:6: unexpected \"c\"", "<a><b><c>! <d>"},
		{"a whole character is named", "a \"b\"”;", "nginx.conf:1:6: unexpected \"”\"", "<a><b><”>!"},
		{"a missing semicolon", "a {\n  b c\n}\nd;", "nginx.conf:3:1: unexpected \"}\"", "<a>{<b><c>!} <d>"},
		{"stray braces", "a;\n}\n} b;", "nginx.conf:2:1: unexpected \"}\"\nnginx.conf:3:1: unexpected \"}\"", "<a> <b>"},
		{"stray semicolons", ";a;;", "nginx.conf:1:1: unexpected \";\"\nnginx.conf:1:4: unexpected \";\"", "<a>"},
		{"an unfinished statement", "a;\nb c\n", "nginx.conf:3:1: unexpected end of file, expecting \";\" or \"}\"", "<a> <b><c>!"},
		{"an open block", "a {\n b;\n", "nginx.conf:3:1: unexpected end of file, expecting \"}\"", "<a>{<b> ?} ?"},
		{"a quote that is never closed costs its line only", "a {\n b \"c;\n d;\n}\n", "nginx.conf:5:1: unexpected end of file, expecting \";\" or \"}\"", "<a>{<b>! <d>}"},
		{"a quote that is not closed in time", "a 'b;\nc;\n" + long + " " + long + ";", "nginx.conf:1:3: too long parameter, probably missing terminating \"'\" character", "<a>! <c> <" + long + "><" + long + ">"},
		{"a long word", "a " + long + long + ";\nb;", "nginx.conf:1:3: too long parameter \"xxxxxxxxxx...\" started", "<a><" + long + long + ">! <b>"},
		{"a long comment", "a;\n#" + long + long + "\nb;", "nginx.conf:2:1: too long parameter \"#xxxxxxxxx...\" started", "<a> <b>"},
		{"a byte order mark", "\ufeffa;", "nginx.conf:1:1: byte order mark: NGINX takes it for a part of the first word", "<a>"},
		{"UTF-16", "\xff\xfea\x00;\x00", "nginx.conf:1:1: the file is UTF-16 text, which NGINX cannot read: save it as UTF-8", "?"},
		{"a binary file", "\x7fELF\x02\x01\x01\x00\x00\x00", "nginx.conf:1:1: not a text file", "?"},
		{"include with two names", "include a b;", "nginx.conf:1:1: invalid number of arguments in \"include\" directive", "<include><a><b>!"},
		{"include with a block", "include a { }", "nginx.conf:1:1: directive \"include\" is not terminated by \";\"", "<include><a>!{}"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tree := parseText(t, tt.text)
			if got := complaints(tree); got != tt.want {
				t.Errorf("problems are\n%s\nwant\n%s", got, tt.want)
			}
			if got := outline(tree.Main.Body()); got != tt.outline {
				t.Errorf("read as\n%.300s\nwant\n%.300s", got, tt.outline)
			}
		})
	}
}

func TestLuaBlocksAreOneWord(t *testing.T) {
	tests := []struct{ name, lua string }{
		{"nested braces", ` local t = { a = {} } `},
		{"a brace in a comment", " -- } comment\n x() "},
		{"a brace in a long comment", " --[[ } \n } ]] x() "},
		{"a brace in a long bracket", " x = [==[ } ]] ]==] "},
		{"a brace in strings", ` x = "}" .. '}' .. "\"}" `},
		{"the length operator", ` x = #"abc" `},
		{"a quote that opens no string", " -- it's\n x() "},
		{"a lone minus and brackets", " x = a[b[1]] - 1 "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tree := parseText(t, "set_by_lua_block $x {"+tt.lua+"} b;")
			want := "<set_by_lua_block><$x>lua{" + tt.lua + "} <b>"
			if got := outline(tree.Main.Body()); got != want || len(tree.Problems) > 0 {
				t.Errorf("read as\n%s\nwant\n%s\n%s", got, want, complaints(tree))
			}
		})
	}
}

func TestALuaBlockThatNeverEndsIsRefused(t *testing.T) {
	tree := parseText(t, "a;\ncontent_by_lua_block { if x then {\n")
	want := "nginx.conf:2:1: unexpected end of file, expecting terminating characters for lua code block"
	if got := complaints(tree); got != want {
		t.Errorf("problems are %s, want %s", got, want)
	}
}

func TestWordsKnowTheirPlaces(t *testing.T) {
	tree := parseText(t, "http {\n\tserver \"a b\"\n  'c';\n}")
	for block := range tree.Main.Statements() {
		for d := range block.Statements() {
			got := []string{d.Word(0).Span.String(), d.Word(1).Span.String(), d.Word(2).Span.String(), d.Word(3).Span.String()}
			want := "nginx.conf:2:2 nginx.conf:2:9 nginx.conf:3:3 "
			if strings.Join(got, " ") != want {
				t.Errorf("words stand at %v, want %s", got, want)
			}
			if s := d.Whole(); s.EndLine != 3 || s.EndCol != 7 {
				t.Errorf("the statement ends at %d:%d, want 3:7", s.EndLine, s.EndCol)
			}
			if s := d.Span(); s.EndLine != 3 || s.EndCol != 6 {
				t.Errorf("the words end at %d:%d, want 3:6", s.EndLine, s.EndCol)
			}
			if w := d.Word(1); w.Raw != "a b" || w.Quote != '"' {
				t.Errorf("the word is %+v", w)
			}
		}
		if s := block.Whole(); s.EndLine != 4 || s.EndCol != 2 {
			t.Errorf("the block ends at %d:%d, want 4:2", s.EndLine, s.EndCol)
		}
		if s := block.Span(); s.EndLine != 1 || s.EndCol != 5 {
			t.Errorf("the head of the block ends at %d:%d, want 1:5", s.EndLine, s.EndCol)
		}
	}
}
