package jsontree_test

import (
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

func TestEveryNameAndValueKnowsItsPlace(t *testing.T) {
	root := parse(t, "\xef\xbb\xbf{\n  \"é\": [ \"ü\", {\r\n\t\"port\" : 443 } ],\n  \"s\": \"one\ntwo\", \"last\": null\n}\n").Root
	object := root.Get("é").At(1)
	for name, c := range map[string]struct{ got, want routing.Span }{
		"the root":                 {root.Span(), routing.Span{File: "gw.json", Line: 1, Col: 1, EndLine: 6, EndCol: 2}},
		"a name, in bytes":         {root.Get("é").NameSpan(), routing.Span{File: "gw.json", Line: 2, Col: 3, EndLine: 2, EndCol: 7}},
		"a list":                   {root.Get("é").Span(), routing.Span{File: "gw.json", Line: 2, Col: 9, EndLine: 3, EndCol: 18}},
		"an item":                  {root.Get("é").At(0).Span(), routing.Span{File: "gw.json", Line: 2, Col: 11, EndLine: 2, EndCol: 15}},
		"a name after a tab":       {object.Get("port").NameSpan(), routing.Span{File: "gw.json", Line: 3, Col: 2, EndLine: 3, EndCol: 8}},
		"a number":                 {object.Get("port").Span(), routing.Span{File: "gw.json", Line: 3, Col: 11, EndLine: 3, EndCol: 14}},
		"a string over two lines":  {root.Get("s").Span(), routing.Span{File: "gw.json", Line: 4, Col: 8, EndLine: 5, EndCol: 5}},
		"a value after such a one": {root.Get("last").Span(), routing.Span{File: "gw.json", Line: 5, Col: 15, EndLine: 5, EndCol: 19}},
		"an item has no name":      {root.Get("é").At(0).NameSpan(), routing.Span{}},
		"nothing":                  {root.Get("none").Span(), routing.Span{}},
	} {
		if c.got != c.want {
			t.Errorf("%s stands at %#v, want %#v", name, c.got, c.want)
		}
	}
}

func TestGetFoldsCaseAndTakesTheLastButPrefersTheExactName(t *testing.T) {
	short := `{"Port":1,"port":2,"PORT":3,"HostName":4,"hostname":5`
	for _, more := range []string{"", strings.Repeat(`,"more":0`, 100)} {
		getFolds(t, parse(t, short+more+"}").Root)
	}
}

func getFolds(t *testing.T, root *jsontree.Node) {
	t.Helper()
	for name, want := range map[string]string{"port": "2", "Port": "1", "pOrT": "3", "hostName": "5", "none": ""} {
		if got := root.Get(name).Text(); got != want {
			t.Errorf("Get(%q) is %q, want %q", name, got, want)
		}
	}
	if got := root.Path("Port", "deeper").Kind(); got != jsontree.Missing {
		t.Errorf("a path through a number leads to %v", got)
	}
}

func TestANilNodeIsAValueThatWasNotWritten(t *testing.T) {
	var n *jsontree.Node
	if n.Kind() != jsontree.Missing || !n.Unset() || n.Text() != "" || n.Name() != "" || n.Len() != 0 || n.At(0) != nil || n.Get("x") != nil {
		t.Error("a nil node claims to hold something")
	}
	for range n.All() {
		t.Error("a nil node has children")
	}
}

func TestChangesKeepNameAndPlace(t *testing.T) {
	root := parse(t, `{"a":"secret","b":{"x":1},"c":"[parameters('p')]"}`).Root
	place := root.Get("c").Span()
	root.Get("a").SetString("***")
	root.Get("c").SetUnknown("parameters('p')")
	root.Get("b").SetValue(root.Get("a"))
	root.Add(jsontree.Member{Name: "d", Value: jsontree.NewObject(root.Get("c").Place())})
	root.Get("d").Add(jsontree.Member{Name: "e", Value: root.Get("a")})
	if got, want := shape(root), `{a:"***" b:"***" c:parameters('p') d:{e:"***"}}`; got != want {
		t.Errorf("the changed tree is %s, want %s", got, want)
	}
	if root.Get("c").Span() != place || root.Get("d").Span() != place || root.Get("c").Kind() != jsontree.Unknown {
		t.Error("a change moved a value, or its kind is wrong")
	}
	if root.Get("b").Span() != root.Get("a").Span() {
		t.Error("a value that came from elsewhere should stand there")
	}
}

func TestALongObjectCanBeChanged(t *testing.T) {
	root := parse(t, "{"+strings.Repeat(`"more":0,`, 100)+`"a":1}`).Root
	root.Add(jsontree.Member{Name: "b", Value: root.Get("a")})
	if root.Get("B").Text() != "1" || root.Get("a").Text() != "1" {
		t.Errorf("a member is lost: %s", shape(root))
	}
	root.SetString("x")
	if root.Get("a") != nil {
		t.Error("a string has members")
	}
}

func TestParseInsideStandsWhereTheStringStands(t *testing.T) {
	text := parse(t, "{\n  \"PoolsText\": \"[\\n {\\\"Name\\\": \\\"p\\\"}]\"\n}").Root.Get("PoolsText")
	doc, err := jsontree.ParseInside(text, jsontree.Options{})
	if err != nil {
		t.Fatal(err)
	}
	name := doc.Root.At(0).Get("name")
	if name.Text() != "p" || name.Span() != text.Span() {
		t.Errorf("the name is %q at %v, want p at %v", name.Text(), name.Span(), text.Span())
	}
	text.SetString("[1,")
	if _, err := jsontree.ParseInside(text, jsontree.Options{}); err == nil {
		t.Error("half a JSON inside a string was read")
	}
}
