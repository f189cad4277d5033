package nginx

import (
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
