package parsers

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/bicep"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

var bicepFormat = Format{
	Name: "bicep", Title: "Bicep, compiled before or by bicep or az on PATH",
	recognizes: isBicep,
	load:       loadBicep,
}

// isBicep reports whether a file is one of Bicep's that has to do with what is asked, or may have by its modules. One that the user
// named has.
func isBicep(s source) bool {
	return bicep.IsName(s.path) && (s.root == "" || concernsSignalR(s) || len(bicep.Modules(s.data)) > 0)
}

// loadBicep reads the template that a Bicep file compiles to: one that lies beside it, or else what the user's own compiler makes.
func loadBicep(s source, o Options) loaded {
	if compiled, ok := compiledBeside(s); ok {
		if o.isRead(compiled.path) {
			return loaded{note: "its compiled form, " + compiled.name + ", was read"}
		}
		out := loadAzure(compiled, o)
		out.files = append(out.files, compiled.path)
		out.note = strings.TrimSuffix("read in its compiled form, "+compiled.name+", whose lines are given; "+out.note, "; ")
		return out
	}
	if values := stem(s.path) + ".bicepparam"; filepath.Ext(s.path) == ".bicep" && isFile(values) {
		s.path = values
	}
	out, err := bicep.Compile(s.path)
	if err != nil {
		return loaded{problems: []routing.Problem{{
			Span: routing.Span{File: s.name}, Kind: routing.Unread, Message: "Bicep was not compiled: " + err.Error(),
			Fix: fmt.Sprintf("compile it: az bicep build --file %s, and give %s.json", s.path, stem(s.path)),
		}}}
	}
	return loadCompiled(s, out, o)
}

// compiledBeside is the template that lies beside a Bicep file under its name.
func compiledBeside(s source) (source, bool) {
	path := stem(s.path) + ".json"
	text, err := small(os.Open(path)) //nolint:gosec // it lies beside what the user named
	return source{name: path, path: path, root: s.root, data: text}, err == nil && azure.Detect(text) == azure.Template
}

// loadCompiled reads what the compiler printed: a template, or one with the values of a .bicepparam file.
func loadCompiled(s source, out []byte, o Options) loaded {
	both := struct{ ParametersJSON, TemplateJSON string }{}
	files := azure.Files{Given: o.values(s), Open: linkedFrom(s)}
	note := "compiled; the lines are those of the compiled template"
	if filepath.Ext(s.path) == ".bicepparam" && json.Unmarshal(out, &both) == nil && both.TemplateJSON != "" {
		files.Given = []azure.File{{Name: s.path + " (compiled)", Text: []byte(both.ParametersJSON)}}
		out = []byte(both.TemplateJSON)
	}
	s.name, s.data = s.name+" (compiled)", out
	got := readAzure(s, files, o.azure)
	got.files = nil
	got.note = strings.TrimSuffix(note+"; "+got.note, "; ")
	return got
}

func stem(path string) string { return strings.TrimSuffix(path, filepath.Ext(path)) }

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
