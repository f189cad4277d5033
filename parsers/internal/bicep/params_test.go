package bicep

import (
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// shown writes a value in one line.
func shown(n *jsontree.Node) string {
	var parts []string
	for c := range n.All() {
		if c.Name() != "" {
			parts = append(parts, c.Name()+":"+shown(c))
		} else {
			parts = append(parts, shown(c))
		}
	}
	switch n.Kind() {
	case jsontree.Object:
		return "{" + strings.Join(parts, " ") + "}"
	case jsontree.List:
		return "[" + strings.Join(parts, " ") + "]"
	case jsontree.Unknown:
		return "?"
	case jsontree.String:
		return "'" + n.Text() + "'"
	default:
		return n.Text()
	}
}

func TestValuesThatAreWrittenOutAreRead(t *testing.T) {
	for text, want := range map[string]string{
		"77": "77", "-3": "-3", "true": "true", "null": "null", "'a'": "'a'", `'it\'s \${x} \\'`: `'it's ${x} \'`,
		"'''\nline 'one'\n${two}'''": "'line 'one'\n${two}'", "[\n  1\n  2 // two\n]": "[1 2]", "[1, 2]": "[1 2]", "[]": "[]", "{}": "{}",
		"{\n  a: 1\n  'b-c': {\n    d: [ 'x' ]\n  }\n}": "{a:1 b-c:{d:['x']}}", "{ a: 1, b: foo }": "{a:1 b:?}",
		"'${x}'": "?", "a ? 1 : 2": "?", "cond\n  ? 1\n  : 2": "?", "1 + 2": "?", "readEnvironmentVariable('X', '1')": "?", "[for i in range(0, 2): i]": "?",
		"{ ...base, a: 1 }": "?", "[ ...base ]": "?", "{ a: [ 1, x ] }": "{a:[1 ?]}", "{\n  a: c\n    ? 1\n    : 2\n  b: 3\n}": "{a:? b:3}",
		"'a${'b${'c'}'}'": "?", "9999999999999999999": "?", "-x": "?", "az.getSecret('a', 'b', 'c', 'd')": "?", `'\u{1F600}'`: "?",
	} {
		p, err := ReadParams("a.bicepparam", []byte("using 'main.bicep'\nparam x = "+text+"\n@description('y')\nparam y = 4 /* four */"))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := shown(p.Values.Path("x", "value")); got != want || p.Expressions != strings.Contains(want, "?") {
			t.Errorf("%s is read as %s, expressions %t; want %s", text, got, p.Expressions, want)
		}
		if got := shown(p.Values.Path("y", "value")); got != "4" || p.Using != "main.bicep" {
			t.Errorf("after %s, y is %s and the template %q", text, got, p.Using)
		}
	}
}

func TestStatementsOfAParametersFile(t *testing.T) {
	p, err := ReadParams("a.bicepparam", []byte("\xef\xbb\xbfusing none\r\nextends './base.bicepparam'\r\nimport { a } from 'x.bicep'\r\nvar v = [\r\n  'a'\r\n]\r\n\r\nparam n = 5\r\n"))
	if err != nil || p.Using != "none" || p.Extends != "./base.bicepparam" || shown(p.Values) != "{n:{value:5}}" || p.Expressions {
		t.Errorf("read %+v %s, error %v", p, shown(p.Values), err)
	}
	if at := p.Values.Path("n", "value").Span(); at.Line != 8 || at.Col != 11 {
		t.Errorf("the value stands at %s", at)
	}
}

func TestWhatIsNoParametersFileIsRefusedWithItsPlace(t *testing.T) {
	for text, want := range map[string]string{
		"using 'm.bicep'\nparam x = [1": "a:2:11: this is not closed", "param x = 'a": "a:1:11: this string is not closed", "param = 4": "a:1:7: a name and =",
		"{}": "a:1:1: a parameters file of Bicep has no such statement", "using x": "a:1:7: a path was expected", "param x = a)": "closes nothing",
		"param x = " + strings.Repeat("[", 1000): "nested more than", "param x = f" + strings.Repeat("(", 1000): "nested more than", "param x = '''a": "not closed",
		"param x = " + strings.Repeat("'${", 1000): "nested more than",
	} {
		if _, err := ReadParams("a", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: error %v, want %s", text, err, want)
		}
	}
}

func FuzzParams(f *testing.F) {
	for _, seed := range []string{"using 'a.bicep'\nparam x = { a: [ 1, 'b${c}' ] }", "extends 'b'\n@secure()\nparam y = '''x'''", "param z = a ? b\n : c"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(_ *testing.T, content []byte) {
		if p, err := ReadParams("f", content); err == nil {
			shown(p.Values)
		}
		Differs("f", content, jsontree.NewObject(jsontree.Place{}))
	})
}
