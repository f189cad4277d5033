package jsontree_test

import (
	"encoding/json"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// FuzzParse holds the reader to four promises: it does not panic; what encoding/json reads, it reads; what it reads has
// places inside the text, children inside their parents; and Stream agrees with Parse.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1,-2.5e3,true,null,"x\u00e9\n"],}`, "\xef\xbb\xbf// c\n[/* d */1,]", "\xff\xfe{\x00}\x00", `{"a":{"A":1,"a":2}}`,
		"{\"a\":\"x\ny\"}", `{"a`, `["\ud83d\ude00"]`, `[[[[`, "",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		jsontree.Skim(text)
		doc, err := jsontree.Parse("f", text, jsontree.Options{MaxValues: 1000})
		items := 0
		_, streamErr := jsontree.Stream("f", text, jsontree.Options{MaxValues: 1000}, nil, func(*jsontree.Node) error { items++; return nil })
		if err != nil {
			if json.Valid(text) && len(text) < 100 {
				t.Errorf("encoding/json reads %q, but: %v", text, err)
			}
			return
		}
		if streamErr != nil || doc.Root.Kind() == jsontree.List && items != doc.Root.Len() {
			t.Errorf("Stream read %d items (%v), Parse %d", items, streamErr, doc.Root.Len())
		}
		within(t, doc.Root)
	})
}

func within(t *testing.T, n *jsontree.Node) {
	t.Helper()
	outer := n.Span()
	for c := range n.All() {
		inner := c.Span()
		if inner.Before(outer) || inner.EndLine > outer.EndLine || inner.EndLine == outer.EndLine && inner.EndCol > outer.EndCol {
			t.Errorf("%v stands outside of %v", inner, outer)
		}
		within(t, c)
	}
}
