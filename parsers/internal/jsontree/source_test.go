package jsontree_test

import (
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

func TestInsideOfAStringIsWhereItIsWritten(t *testing.T) {
	text := "{\"a\":\"[f('\\u00e9\\ud83d\\ude00\\\\')\n.x]\"}"
	doc, err := jsontree.Parse("t.json", []byte(text), jsontree.Options{KeepText: true})
	if err != nil {
		t.Fatal(err)
	}
	n := doc.Root.Get("a")
	for part, want := range map[string]string{"[f": "t.json:1:7", "\\": "t.json:1:29", ".x]": "t.json:2:1", "]": "t.json:2:3"} {
		start := strings.Index(n.Text(), part)
		if got := n.Inside(start, start+len(part)).Span(); got.String() != want {
			t.Errorf("%q stands at %s, want %s", part, got, want)
		}
	}
	if got := n.Inside(0, 1<<40).Span(); got.EndLine != 2 || got.EndCol != 4 {
		t.Errorf("a part that is too long ends at %v", got)
	}
}

func TestInsideIsTheWholeWhereTheTextIsGone(t *testing.T) {
	n := parse(t, `{"a":"[f()]"}`).Root.Get("a")
	if got := n.Inside(1, 2).Span(); got != n.Span() {
		t.Errorf("a part stands at %v, want the whole, %v", got, n.Span())
	}
}

func TestPlacesOutsideOfTheTextDoNoHarm(t *testing.T) {
	src := jsontree.NewSource("x", []byte("a\nb"))
	if got := src.Place(-5, 1<<40).Span(); got.Line != 1 || got.EndLine != 2 {
		t.Errorf("the place is %v", got)
	}
	if got := (jsontree.Place{}).Span(); !got.IsZero() {
		t.Errorf("no place is %v", got)
	}
}

func TestPartsOfStringsAreFoundWhereTheyAreWritten(t *testing.T) {
	heredoc := "xml = <<-XML\n    <a>\n      <b/>\n    </a>\n  XML\nuse = local.xml\n"
	src := jsontree.NewKeptSource("main.tf", []byte(heredoc))
	text := "<a>\n  <b/>\n</a>\n"
	at := src.Place(6, strings.Index(heredoc, "\nuse"))
	direct := jsontree.NewString(at, text)
	used := direct.Moved(src.Place(strings.Index(heredoc, "local.xml"), len(heredoc)-1), "local xml")
	file := jsontree.NewKeptSource("a.xml", []byte(text))
	for name, n := range map[string]*jsontree.Node{"direct": direct, "by way of a name": used.Written()} {
		offset := strings.Index(text, "<b/>")
		if got := n.Inside(offset, offset+4).Span().String(); got != "main.tf:3:7" {
			t.Errorf("%s: <b/> is said to stand at %s", name, got)
		}
	}
	if got := jsontree.NewString(file.Whole(), text).Inside(6, 10).Span().String(); got != "a.xml:2:3" {
		t.Errorf("in a file <b/> is said to stand at %s", got)
	}
	if n := jsontree.NewString(src.Place(0, 3), "something else"); n.Written() != n {
		t.Error("a string that stands nowhere is not the node itself")
	}
}
