package parsers

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/asrscheck/asrscheck/parsers/internal/bicep"
)

// relativePath is how a template links to another one of its folder.
var relativePath = regexp.MustCompile(`(?i)"relativePath"\s*:\s*"([^"\[]+\.json)"`)

// withoutComposed leaves out the files that templates of the same folder are composed of: they are read with those, and mean little
// without the values that those pass to them.
func withoutComposed(files []string) []string {
	parts := map[string]bool{}
	for _, f := range files {
		if ext := filepath.Ext(f); ext != ".bicep" && ext != ".json" {
			continue
		}
		for _, part := range partsOf(f) {
			parts[filepath.Join(filepath.Dir(f), filepath.FromSlash(part))] = true
		}
	}
	return slices.DeleteFunc(files, func(f string) bool { return parts[filepath.Clean(f)] })
}

func partsOf(file string) (parts []string) {
	info, err := os.Stat(file)
	if err != nil || info.Size() > maxTemplate {
		return nil
	}
	text, err := small(os.Open(file)) //nolint:gosec // it lies in the folder that the user named
	if err != nil {
		return nil
	}
	if bicep.IsName(file) {
		return bicep.Modules(text)
	}
	for _, m := range relativePath.FindAllSubmatch(text, -1) {
		parts = append(parts, string(m[1]))
	}
	return parts
}
