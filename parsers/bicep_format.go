package parsers

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
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
		if filepath.Ext(s.path) == bicepValues && !slices.Contains(o.named, s.path) {
			o.named = append(slices.Clip(o.named), s.path)
		}
		out := loadAzure(compiled, o)
		out.files = append(out.files, compiled.path)
		out.note = joinNotes("read in its compiled form, "+compiled.name+", whose lines are given", out.note)
		return out
	}
	if values := stem(s.path) + bicepValues; filepath.Ext(s.path) == ".bicep" && isFile(values) {
		s.path = values
	}
	out, err := bicep.Compile(s.path)
	if err != nil {
		return loaded{problems: []routing.Problem{{
			Span: routing.Span{File: s.name}, Kind: routing.Unread, Message: "Bicep was not compiled: " + err.Error(),
			Fix: fmt.Sprintf("compile it: az bicep build --file %s.bicep, and give %[1]s.json", templateStem(s)),
		}}}
	}
	return loadCompiled(s, out, o)
}

// templateStem is the path of the template without its ending.
func templateStem(s source) string {
	if filepath.Ext(s.path) == bicepValues {
		return templateOf(azure.File{Name: s.path, Text: s.data})
	}
	return stem(s.path)
}

// compiledBeside is the template that lies beside a Bicep file under its name.
func compiledBeside(s source) (source, bool) {
	path := templateStem(s) + ".json"
	text, err := small(os.Open(path)) //nolint:gosec // it lies beside what the user named
	return source{name: path, path: path, root: s.root, data: text}, err == nil && azure.Detect(text) == azure.Template
}

// loadCompiled reads what the compiler printed: a template, or one with the values of a .bicepparam file.
func loadCompiled(s source, out []byte, o Options) loaded {
	both := compiledBoth{}
	files := azure.Files{Given: o.values(s), Open: linkedFrom(s)}
	note := "compiled; the lines are those of the compiled template"
	if filepath.Ext(s.path) == bicepValues && json.Unmarshal(out, &both) == nil && both.TemplateJSON != "" {
		files.Given = []azure.File{{Name: s.path + compiledMark, Text: []byte(both.ParametersJSON)}}
		out = []byte(both.TemplateJSON)
	} else {
		files.Beside = valuesBeside(s)
	}
	s.name, s.data = s.name+compiledMark, out
	got := readAzure(s, files, o.azure)
	got.files = nil
	got.note = joinNotes(note, got.note)
	return got
}

func stem(path string) string { return strings.TrimSuffix(path, filepath.Ext(path)) }

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
