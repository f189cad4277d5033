package reports_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/reports"
)

func TestReadGivesBackEveryFieldOfAReport(t *testing.T) {
	d := reports.New(sample(), nil)
	back, err := reports.Read(strings.NewReader(render(t, "json", d)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(d.Report, back.Report, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(conformance.Subject{})); diff != "" {
		t.Errorf("what was read back differs from what was written (-written +read):\n%s", diff)
	}
}

func TestReadSaysWhatIsWrongWithResults(t *testing.T) {
	good := render(t, "json", documented())
	for name, c := range map[string]struct{ text, want string }{
		"an empty file":       {"", "line 1, column 1: unexpected end of JSON input"},
		"half a report":       {good[:len(good)/2], "unexpected end of JSON input"},
		"no JSON":             {"{\n  \"schema\": <html>", "line 2, column 13: invalid character '<'"},
		"another shape":       {`{"schema": 1, "subjects": 7}`, "cannot unmarshal number"},
		"another document":    {`{"name": "x"}`, `this is no report of schema 1: "schema" is 0`},
		"a later schema":      {strings.Replace(good, `"schema": 1`, `"schema": 9`, 1), `"schema" is 9`},
		"an unknown verdict":  {strings.Replace(good, `"verdict": "broken"`, `"verdict": "fine"`, 1), `verdict "fine" is not known`},
		"an unknown severity": {strings.Replace(good, `"severity": "error"`, `"severity": "meh"`, 1), `severity "meh" is not known`},
		"an unknown problem":  {strings.Replace(good, `"kind": "unread"`, `"kind": "odd"`, 1), `kind of problem "odd" is not known`},
		"an unknown demand":   {strings.Replace(good, `"requirement": "cors"`, `"requirement": "magic"`, 1), `requirement "magic" is not known`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := reports.Read(strings.NewReader(c.text))
			if err == nil {
				t.Fatal("it is read without a complaint")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error is %q and does not hold %q", err, c.want)
			}
		})
	}
}

func FuzzReadNeverPanicsAndWhatItReadsCanBeWritten(f *testing.F) {
	var b bytes.Buffer
	if err := reports.WriteJSON(&b, documented()); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte(`{"schema":1,"excerpts":[{"place":{"file":"a","line":-1},"text":"x","from":9,"to":-3}],"subjects":[{}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := reports.Read(bytes.NewReader(data))
		if err != nil {
			return
		}
		for _, format := range reports.Formats() {
			render(t, format.Name, d)
		}
	})
}
