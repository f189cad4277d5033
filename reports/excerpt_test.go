package reports_test

import (
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
	"github.com/asrscheck/asrscheck/reports"
)

// shownFor is the excerpt that a text report shows for a place: the line, and the carets under it.
func shownFor(t *testing.T, source string, s routing.Span) (line, carets string) {
	t.Helper()
	f := conformance.Finding{Rule: "R", Severity: conformance.Error, Message: "m", Span: s}
	r := &conformance.Report{Subjects: []conformance.Subject{{Results: []conformance.Result{{Requirement: "path", Findings: []conformance.Finding{f}}}}}}
	out := render(t, "text", reports.New(r, textOf(source)))
	rows := strings.Split(out, "\n")
	for i, row := range rows {
		if strings.HasPrefix(row, "       | ") {
			return strings.SplitN(rows[i-1], " | ", 2)[1], strings.SplitN(row, " | ", 2)[1]
		}
	}
	return "", ""
}

func TestExcerptsPointAtWhatMatters(t *testing.T) {
	for name, c := range map[string]struct {
		source       string
		at           routing.Span
		line, carets string
	}{
		"a word":                       {"a bc d\n", span("f", 1, 3, 5), "a bc d", "  ^^"},
		"the last line without an end": {"x\ny z", span("f", 2, 3, 4), "y z", "  ^"},
		"a line that ends in CR LF":    {"ab\r\n", span("f", 1, 1, 3), "ab", "^^"},
		"tabs before and inside":       {"\ta\tb c\n", span("f", 1, 2, 5), "    a   b c", "    ^^^^^"},
		"a place without length":       {"abc\n", span("f", 1, 2, 2), "abc", " ^"},
		"a place without an end":       {"abc\n", routing.Span{File: "f", Line: 1, Col: 2}, "abc", " ^"},
		"several lines":                {"ab {\n}\n", routing.Span{File: "f", Line: 1, Col: 2, EndLine: 2, EndCol: 2}, "ab {", " ^^^"},
		"characters of several bytes":  {"é ü x\n", span("f", 1, 4, 6), "é ü x", "  ^"},
		"a column behind the end":      {"ab\n", span("f", 1, 99, 120), "ab", "  ^"},
		"an end before the beginning":  {"abcd\n", span("f", 1, 3, 1), "abcd", "  ^"},
		"a terminal's control codes":   {"a\x1b[31mb\n", span("f", 1, 1, 2), "a␛[31mb", "^"},
		"a change of direction":        {"a\u202eb\n", span("f", 1, 1, 2), "a\ufffdb", "^"},
		"bytes that are no UTF-8":      {"a\xffb\n", span("f", 1, 3, 4), "a\ufffdb", "  ^"},
		"a line behind the end":        {"ab\n", span("f", 9, 1, 2), "", ""},
		"UTF-16 as PowerShell writes":  {utf16Text("é\nab"), span("f", 2, 2, 3), "ab", " ^"},
	} {
		t.Run(name, func(t *testing.T) {
			line, carets := shownFor(t, c.source, c.at)
			if line != c.line || carets != c.carets {
				t.Errorf("shown is\n%s\n%s\ninstead of\n%s\n%s", line, carets, c.line, c.carets)
			}
		})
	}
}

func utf16Text(s string) string {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

func TestALongLineIsCutAroundTheColumn(t *testing.T) {
	source := strings.Repeat("é", 5000) + "HERE" + strings.Repeat("z", 1_000_000) + "\n"
	at := len(strings.Repeat("é", 5000)) + 1
	line, carets := shownFor(t, source, span("f", 1, at, at+4))
	if n := len([]rune(line)); n > 200 {
		t.Errorf("the excerpt is %d characters long", n)
	}
	from := strings.Index(carets, "^")
	if got := string([]rune(line)[from : from+4]); got != "HERE" || strings.Count(carets, "^") != 4 {
		t.Errorf("the carets stand under %q:\n%s\n%s", got, line, carets)
	}
}

func FuzzExcerptsNeverPanic(f *testing.F) {
	f.Add("a\tb\n", 1, 1, 1, 2)
	f.Add("\xff\xfea\x00", 1, 2, 0, -4)
	f.Fuzz(func(t *testing.T, source string, line, col, endLine, endCol int) {
		shownFor(t, source, routing.Span{File: "f", Line: line, Col: col, EndLine: endLine, EndCol: endCol})
	})
}
