package parsers

import (
	"encoding/json"
	"path/filepath"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/bicep"
)

// bicepValues is how the names of files end that give values to a template in Bicep's own language.
const bicepValues = ".bicepparam"

// templateOf is the path without its ending of the template that a file of values names; that of the file itself where it names none.
func templateOf(f azure.File) string {
	p, err := bicep.ReadParams(f.Name, f.Text)
	if err != nil || p.Using == "" || p.Using == "none" {
		return stem(filepath.Clean(f.Name))
	}
	return stem(filepath.Join(filepath.Dir(f.Name), filepath.FromSlash(p.Using)))
}

// usesTemplate reports whether a file of values is for this template, or for what it was compiled from.
func usesTemplate(f azure.File, s source) bool {
	return templateOf(f) == stem(filepath.Clean(s.path))
}

// evaluated is a file of values with its expressions evaluated, where there are any and the user has a compiler.
func evaluated(f azure.File) azure.File {
	if p, err := bicep.ReadParams(f.Name, f.Text); err != nil || !p.Expressions {
		return f
	}
	out, err := bicep.Compile(f.Name)
	both := compiledBoth{}
	if err != nil || json.Unmarshal(out, &both) != nil || both.ParametersJSON == "" {
		return f
	}
	return azure.File{Name: f.Name + compiledMark, Text: []byte(both.ParametersJSON)}
}

// compiledMark stands behind the name of a file whose text a compiler made.
const compiledMark = " (compiled)"

// compiledBoth is what a compiler prints for a file of values.
type compiledBoth struct{ ParametersJSON, TemplateJSON string }

// joinNotes puts remarks into one line.
func joinNotes(notes ...string) string {
	var all []string
	for _, n := range notes {
		if n != "" {
			all = append(all, n)
		}
	}
	return strings.Join(all, "; ")
}
