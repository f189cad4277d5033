package jsontree_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

func parse(t *testing.T, text string) *jsontree.Document {
	t.Helper()
	doc, err := jsontree.Parse("gw.json", []byte(text), jsontree.Options{})
	if err != nil {
		t.Fatalf("%q should be read, but: %v", text, err)
	}
	return doc
}

// shape writes a tree in one line: enough to compare what was read.
func shape(n *jsontree.Node) string {
	var parts []string
	for c := range n.All() {
		s := shape(c)
		if n.Kind() == jsontree.Object {
			s = c.Name() + ":" + s
		}
		parts = append(parts, s)
	}
	switch n.Kind() {
	case jsontree.Object:
		return "{" + strings.Join(parts, " ") + "}"
	case jsontree.List:
		return "[" + strings.Join(parts, " ") + "]"
	case jsontree.String:
		return fmt.Sprintf("%q", n.Text())
	case jsontree.Null:
		return "null"
	default:
		return n.Text()
	}
}

func TestParseReadsWhatAzureToolsWriteAndAccept(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"every kind of value":            {`{"a":1,"b":-2.50e+3,"c":true,"d":false,"e":null,"f":"x","g":[],"h":{}}`, `{a:1 b:-2.50e+3 c:true d:false e:null f:"x" g:[] h:{}}`},
		"trailing commas":                {`{"a":[1,2,],}`, `{a:[1 2]}`},
		"comments of both kinds":         {"// head\n{/*a*/\"a\"/*b*/:/*c*/1/*d*/,//e\n\"b\":2}//end", `{a:1 b:2}`},
		"a comment over several lines":   {"/* one\n two */ [1]", `[1]`},
		"a byte order mark":              {"\xef\xbb\xbf{\"a\":1}", `{a:1}`},
		"a string over several lines":    {"{\"a\":\"[concat(\n  'x')]\"}", `{a:"[concat(\n  'x')]"}`},
		"escapes":                        {`["\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"]`, `["\"\\/\b\f\n\r\té😀"]`},
		"half a surrogate pair":          {`["\ud83d!"]`, `["�!"]`},
		"bytes that are no UTF-8":        {"[\"a\xffb\"]", `["a�b"]`},
		"an escape in a name":            {`{"na\u006de":"x"}`, `{name:"x"}`},
		"white space around":             {" \t\r\n[ ]\r\n", `[]`},
		"a scalar alone":                 {`"x"`, `"x"`},
		"UTF-16 as PowerShell writes it": {utf16LE("{\"a\":\"é😀\"}"), `{a:"é😀"}`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := shape(parse(t, c.text).Root); got != c.want {
				t.Errorf("read as %s, want %s", got, c.want)
			}
		})
	}
}

func utf16LE(s string) string {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

func TestParseReportsPlaceAndRemedy(t *testing.T) {
	for name, c := range map[string]struct{ text, place, says string }{
		"nothing":                 {" \n", "gw.json:2:1", "the text is empty"},
		"cut off in an object":    {"{\n \"sku\": {\n  \"tier\": \"x\",", "gw.json:3:15", `inside the object "sku" that opens at line 2 column 9: is the file cut off?`},
		"cut off in a list":       {"[1,", "gw.json:1:4", "inside the list that opens at line 1 column 1: is the file cut off?"},
		"cut off after a name":    {`{"a"`, "gw.json:1:5", "ends before a colon"},
		"cut off after a colon":   {`{"a":`, "gw.json:1:6", "ends before a value"},
		"cut off in a string":     {"{\"a\":\n\"x", "gw.json:2:1", "does not end: is the file cut off"},
		"cut off in a comment":    {"[1 /* x", "gw.json:1:4", "comment that begins here does not end"},
		"cut off in a word":       {"[tru", "gw.json:1:2", "ends inside a value: is the file cut off"},
		"a wrong word":            {"[True]", "gw.json:1:2", "expected a value, found 'T'"},
		"a missing comma":         {`{"a":1 "b":2}`, "gw.json:1:8", `expected a comma or }, found '"'`},
		"a missing colon":         {`{"a" 1}`, "gw.json:1:6", "expected a colon, found '1'"},
		"a missing closing quote": {"{\"a\": \"x,\n \"b\": 1}", "gw.json:2:3", "the string that begins at line 1 column 7 goes over several lines: is its closing quote missing?"},
		"single quotes":           {`{'a':1}`, "gw.json:1:2", "double quotes only"},
		"a bare name":             {`{a:1}`, "gw.json:1:2", "expected a name in double quotes, found 'a'"},
		"a wrong bracket":         {`[1}`, "gw.json:1:3", "expected a comma or ], found '}'"},
		"a lone comma":            {`[,]`, "gw.json:1:2", "expected a value, found ','"},
		"two values":              {"{}\n{}", "gw.json:2:1", "put several exports into one list"},
		"a bad escape":            {`["\x"]`, "gw.json:1:3", `write a backslash as \\`},
		"a cut escape":            {`["\u12`, "gw.json:1:3", "no escape in JSON"},
		"a control character":     {"[\"a\x01\"]", "gw.json:1:4", `write it as \u0001`},
		"a leading zero":          {`[01]`, "gw.json:1:2", "this is no number in JSON"},
		"a number without digits": {`[-]`, "gw.json:1:2", "this is no number in JSON"},
		"a half number":           {`[1.]`, "gw.json:1:2", "this is no number in JSON"},
		"UTF-16 without a mark":   {"{\x00\"\x00a", "gw.json:1:2", "save the file as UTF-8"},
		"colors":                  {"\x1b[39m{", "gw.json:1:1", "--output json, not jsonc"},
		"a slash":                 {`[/]`, "gw.json:1:2", "comment"},
	} {
		t.Run(name, func(t *testing.T) {
			doc, err := jsontree.Parse("gw.json", []byte(c.text), jsontree.Options{})
			var syntax *jsontree.SyntaxError
			if !errors.As(err, &syntax) {
				t.Fatalf("%q should be refused with a SyntaxError, but: %v", c.text, err)
			}
			if doc != nil {
				t.Error("a part of a broken text was returned")
			}
			if got := syntax.Span.String(); got != c.place {
				t.Errorf("the error is at %s, want %s", got, c.place)
			}
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("the error says %q, want %q in it", err, c.says)
			}
		})
	}
}

func TestParseIsBounded(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		options jsontree.Options
		says    string
	}{
		"five million open brackets": {strings.Repeat("[", 5_000_000), jsontree.Options{}, "deeper than 200 levels"},
		"five million open braces":   {strings.Repeat(`{"a":`, 5_000_000), jsontree.Options{}, "deeper than 200 levels"},
		"a long text":                {"[1,2,3]", jsontree.Options{MaxBytes: 5}, "longer than 5 bytes"},
		"a long UTF-16 text":         {utf16LE("[1,2,3]"), jsontree.Options{MaxBytes: 5}, "longer than 5 bytes"},
		"many values":                {"[1,2,3]", jsontree.Options{MaxValues: 3}, "more than 3 values"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := jsontree.Parse("gw.json", []byte(c.text), c.options)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("the error says %v, want %q in it", err, c.says)
			}
		})
	}
}

func TestParseAcceptsTwoHundredLevels(t *testing.T) {
	parse(t, strings.Repeat("[", 200)+strings.Repeat("]", 200))
}

func TestErrorsShowNoContent(t *testing.T) {
	_, err := jsontree.Parse("gw.json", []byte(`{"a":"AccessKey=c2VjcmV0c2VjcmV0" "b"`), jsontree.Options{})
	if err == nil || strings.Contains(err.Error(), "c2VjcmV0") {
		t.Errorf("the error shows a value: %v", err)
	}
}

func TestDuplicateNamesAreReportedInAnyLetterCase(t *testing.T) {
	doc := parse(t, "{\"a\":{\"hostName\":1},\"b\":{\"hostName\":1,\n \"HostName\":2,\n \"hostName\":3}}")
	var got []string
	for _, d := range doc.Duplicates {
		got = append(got, fmt.Sprint(d.Name, " ", d.First, " ", d.Second))
	}
	want := "HostName gw.json:1:26 gw.json:2:2, hostName gw.json:2:2 gw.json:3:2"
	if strings.Join(got, ", ") != want {
		t.Errorf("duplicates are %q, want %q", got, want)
	}
}

func TestSkimReadsWhatIsThere(t *testing.T) {
	for text, want := range map[string]string{
		`{"$schema":"x","resources":[{"type":"y"`: `{$schema:"x" resources:[{type:"y"}]}`,
		`[{"id":"z"},{"na`:                        `[{id:"z"} {}]`,
		`{"a":{"b":[1,{"c":tru`:                   `{a:{b:[1 {c:}]}}`,
		``:                                        ``,
		`upstream x {`:                            ``,
	} {
		if got := shape(jsontree.Skim([]byte(text))); got != want {
			t.Errorf("%q is skimmed as %s, want %s", text, got, want)
		}
	}
}
