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
