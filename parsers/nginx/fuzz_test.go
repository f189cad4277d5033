package nginx

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func FuzzParse(f *testing.F) {
	for _, c := range lexerCases {
		f.Add(c.text)
	}
	f.Add("# configuration file /etc/nginx/nginx.conf:\nhttp { include conf.d/*.conf; }\n\n# configuration file /etc/nginx/conf.d/a.conf:\nserver { }\n")
	f.Add("content_by_lua_block { x = [[ } ]] -- } \n } include nginx.conf; include *;")
	f.Add("a \"" + strings.Repeat("x", 5000))
	addConfigurations(f)
	f.Fuzz(func(t *testing.T, text string) {
		tree, err := ParseText("nginx.conf", text)
		if err != nil {
			return
		}
		for _, p := range tree.Problems {
			if p.Span.Line < 1 || p.Span.Col < 1 || p.Message == "" {
				t.Errorf("a problem has no place or no text: %+v", p)
			}
		}
		for d := range tree.Main.Body() {
			walk(t, d)
		}
	})
}

// walk visits all that a statement offers, and checks that its places lie in order.
func walk(t *testing.T, d Directive) {
	whole := d.Whole()
	if head := d.Span(); head.Before(whole) {
		t.Errorf("a statement at %s begins before itself, at %s", whole, head)
	}
	if whole.EndLine < whole.Line || whole.EndLine == whole.Line && whole.EndCol < whole.Col {
		t.Errorf("a statement ends before it begins: %+v", whole)
	}
	for i := range d.Len() {
		if s := d.Word(i).Span; s.Before(whole) {
			t.Errorf("a word at %s stands before its statement at %s", s, whole)
		}
	}
	for x := range d.Body() {
		walk(t, x)
	}
}

func FuzzLower(f *testing.F) {
	for _, c := range lexerCases {
		f.Add("http {" + c.text + "}")
	}
	f.Add(oneServer("set $x $arg_a$1; if ($x ~ (?<y>a)) { rewrite ^/(.*)$ /$y?$1 last; } location ~ ^/c { proxy_pass http://$x$uri; error_page 404 = @n; try_files $uri @n; } location @n { return 404; }"))
	f.Add(oneServer("location /a/ { location ~ b { limit_except GET { deny all; } proxy_pass http://u/; } } rewrite ^ $uri; error_page 404 /x; return 404;"))
	f.Add(inHTTP("map $a $b { include x; default $c; ~x $d; } map $b $a { default 1; } geo $c { 10.0.0.0/8 a; } split_clients $a $d { 1% a; * b; } upstream u { hash $d; server a weight=x; server unix:; } server { listen [::1]:80-90 ssl; server_name ~(?<a>x) *.b c.* .d; return 200 $a$b$c$d; }"))
	f.Add("stream { server { listen 1; proxy_pass $x; } server { listen 2; proxy_pass u; } upstream u { server a:1; } }")
	for _, text := range smallTexts(f) {
		f.Add(text)
	}
	addConfigurations(f)
	heads := []string{"GET /a/b?arg=1 HTTP/1.1\r\nHost: x.b", "POST /%zz HTTP/1.1\r\nHost: \r\nUpgrade: websocket"}
	f.Fuzz(func(t *testing.T, text string) {
		tree, err := ParseText("nginx.conf", text)
		if err != nil {
			return
		}
		g, err := Lower(tree, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range Inventory(tree) {
			if item.Span.Line < 1 {
				t.Errorf("an item has no place: %+v", item)
			}
		}
		for _, p := range g.Problems {
			if p.Span.Line < 1 || p.Span.Col < 1 || p.Message == "" {
				t.Errorf("a problem has no place or no text: %+v", p)
			}
		}
		for _, g := range append(g.Variants, g) {
			for _, l := range g.Listeners[:min(2, len(g.Listeners))] {
				for _, head := range heads {
					if len(g.Trace(l, request(head))) == 0 {
						t.Error("a trace tells nothing")
					}
				}
			}
		}
	})
}

// addConfigurations adds the fixtures, and what lies beside the project where it is developed.
func addConfigurations(f *testing.F) {
	f.Helper()
	for _, pattern := range []string{
		"../../fixtures/nginx/*/*.conf", "../../fixtures/nginx/*/*/*.conf", "../../conformance/testdata/*.conf", "../../conformance/testdata/given/*",
		"../../../shared/corpus/nginx-*/*",
	} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, path := range found {
			text, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(text))
		}
	}
}

// smallTexts are the directives of testdata, each in a configuration around it.
func smallTexts(t testing.TB) []string {
	t.Helper()
	list, err := os.ReadFile("testdata/directives.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(string(list)) {
		context, directives, _ := strings.Cut(strings.TrimSpace(line), " | ")
		switch context {
		case "main":
			out = append(out, directives)
		case "server":
			out = append(out, "events { } http { server { "+directives+" } }")
		default:
			out = append(out, "events { } "+context+" { "+directives+" }")
		}
	}
	return out
}

func FuzzValues(f *testing.F) {
	for _, s := range []string{"1h30m", "8k", "$host${uri}x", "[::1]:80", "10.0.0.0/8", "unix:/a:/b", "a.b:80-90", "1:2:2", "30m::10", "~^/(?<a>b)", "50.5%", "/a/%2e%2e//b?c", "syslog:server=a,tag=b", "*.a.*"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, ok := parseTime(s); ok && d < 0 {
			t.Errorf("%q is the negative time %s", s, d)
		}
		if n, ok := parseSize(s); ok && n < 0 {
			t.Errorf("%q is the negative size %d", s, n)
		}
		if p, ok := parseNetwork(s); ok && !p.IsValid() {
			t.Errorf("%q is no network", s)
		}
		pieces, refusal := splitVariables(s)
		if refusal == "" && s != "" && len(pieces) == 0 {
			t.Errorf("nothing is left of %q", s)
		}
		for _, uri := range []bool{true, false} {
			_ = refusedAddress(s, uri)
		}
		_, _, _, _, _, _, _ = refusedListen(s), refusedExpression(s), isKeepalive(s), isLevels(s), isRate(s), isHostMask(s), isZone(8)(s)
		if _, ports, ok := splitListen(s); ok && ports[0] > ports[1] {
			t.Errorf("%q are the ports %v", s, ports)
		}
		if normal := normalizeURI("/"+s, true); normal != "" && normal[0] != '/' {
			t.Errorf("the path of %q becomes %q", s, normal)
		}
	})
}
