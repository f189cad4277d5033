package jsontree_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

func stream(text string, o jsontree.Options) (items []string, root string, err error) {
	doc, err := jsontree.Stream("gw.json", []byte(text), o, []string{"value", "data"}, func(n *jsontree.Node) error {
		items = append(items, shape(n)+"@"+n.Span().String())
		return nil
	})
	if err != nil {
		return items, "", err
	}
	return items, shape(doc.Root), nil
}

func TestStreamHandsItemsOver(t *testing.T) {
	for name, c := range map[string]struct{ text, items, root string }{
		"of a list":                {"[{\"a\":1},\n[2]]", `{a:1}@gw.json:1:2 [2]@gw.json:2:1`, `[]`},
		"of a named member":        {`{"count":1,"data":[{"a":[{"b":1}]}],"skip_token":null}`, `{a:[{b:1}]}@gw.json:1:20`, `{count:1 data:[] skip_token:null}`},
		"not of other members":     {`{"resources":[1],"x":{"value":[2]}}`, ``, `{resources:[1] x:{value:[2]}}`},
		"not of lists in the list": {`[[1,2]]`, `[1 2]@gw.json:1:2`, `[]`},
		"with a trailing comma":    {`[1,]`, `1@gw.json:1:2`, `[]`},
	} {
		t.Run(name, func(t *testing.T) {
			items, root, err := stream(c.text, jsontree.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(items, " "); got != c.items || root != c.root {
				t.Errorf("handed over %s, left %s; want %s and %s", got, root, c.items, c.root)
			}
		})
	}
}

func TestStreamCountsTheValuesOfOneItemOnly(t *testing.T) {
	text := "[" + strings.Repeat(`{"a":1},`, 1000) + "]"
	if items, _, err := stream(text, jsontree.Options{MaxValues: 5}); err != nil || len(items) != 1000 {
		t.Errorf("%d items were handed over (%v), want 1000", len(items), err)
	}
}

func TestStreamFailsWhereParseFails(t *testing.T) {
	if _, _, err := stream(`[{"a":1},{"a"`, jsontree.Options{}); err == nil {
		t.Error("half a list was read without an error")
	}
	if _, _, err := stream(strings.Repeat("[", 1000), jsontree.Options{}); err == nil {
		t.Error("deep nesting was read without an error")
	}
}

func TestStreamEndsWithTheErrorOfItsReceiver(t *testing.T) {
	enough := errors.New("enough")
	_, err := jsontree.Stream("", []byte("[1,2]"), jsontree.Options{}, nil, func(*jsontree.Node) error { return enough })
	if !errors.Is(err, enough) {
		t.Errorf("the error is %v, want that of the receiver", err)
	}
}
