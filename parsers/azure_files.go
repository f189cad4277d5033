package parsers

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/terraform"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// maxTemplate bounds the files that are read along with a template: Azure Resource Manager takes 4 MB ("Template limits").
const maxTemplate = 8 << 20

// azureFiles are the files that a template or a plan may need: those of values that the user named or that lie in its folder, those that it
// links to, and the configuration that lies beside a plan.
func azureFiles(s source, o Options) azure.Files {
	if s.path != "" && azure.Detect(s.data) == azure.Plan {
		return azure.Files{Written: writtenBeside(s)}
	}
	if azure.Detect(s.data) != azure.Template || s.path == "" {
		return azure.Files{Given: o.values(s)}
	}
	return azure.Files{Given: o.values(s), Beside: valuesBeside(s), Open: linkedFrom(s)}
}

// values are the files of values among those that the user named.
func (o Options) values(s source) (all []azure.File) {
	for _, name := range o.named {
		if name == s.path || isFolder(name) {
			continue
		}
		if f, ok := valuesOf(name, s); ok {
			all = append(all, f)
		}
	}
	return all
}

// valuesOf is a file that may hold values for a template.
func valuesOf(name string, s source) (azure.File, bool) {
	ext := strings.ToLower(filepath.Ext(name))
	if ext != ".json" && ext != bicepValues {
		return azure.File{}, false
	}
	text, err := small(os.Open(name)) //nolint:gosec // the user named it, or it lies beside what the user named
	if err != nil {
		return azure.File{}, false
	}
	f := azure.File{Name: name, Text: text}
	if ext == bicepValues {
		return evaluated(f), usesTemplate(f, s)
	}
	return f, azure.Detect(text) == azure.Parameters
}

// valuesBeside are the files of values that lie in the folder of a template under a name that belongs to it (learn.microsoft.com, "Create
// Resource Manager parameter file": file name). The portal exports template.json with parameters.json.
func valuesBeside(s source) (all []azure.File) {
	base := filepath.Base(s.path)
	stem := strings.ToLower(strings.TrimSuffix(base, filepath.Ext(base))) + "."
	entries, _ := os.ReadDir(filepath.Dir(s.path)) // a folder that cannot be listed has none
	for _, e := range entries {
		name := strings.ToLower(e.Name())
		belongs := strings.HasPrefix(name, stem) && strings.Contains(name, "parameters") || name == "parameters.json" && stem == "template."
		if !belongs && filepath.Ext(name) != bicepValues || e.Name() == base {
			continue
		}
		path := filepath.Join(filepath.Dir(s.path), e.Name())
		if f, ok := valuesOf(path, s); ok {
			all = append(all, f)
		}
	}
	return all
}

// linkedFrom opens templates that a template links to, inside of the folder that was given or of its own, and nothing outside of it.
func linkedFrom(s source) func(from, path string) (azure.File, error) {
	root := s.root
	if root == "" {
		root = filepath.Dir(s.path)
	}
	return func(from, path string) (azure.File, error) {
		name := filepath.Join(filepath.Dir(from), filepath.FromSlash(path))
		text, err := small(openBelow(root, name))
		if err != nil {
			return azure.File{}, errors.New(reason(err))
		}
		return azure.File{Name: name, Text: text}, nil
	}
}

var errTooLarge = errors.New("it is larger than any template that Azure accepts")

// small reads a file that cannot be large.
func small(f *os.File, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(io.LimitReader(f, maxTemplate+1))
	if len(text) > maxTemplate {
		err = errTooLarge
	}
	return text, err
}

// writtenBeside reads the configuration in the folder of a plan, once something is asked about it.
func writtenBeside(s source) func(folder string, argument []string, reference string) (bare, found bool, at routing.Span) {
	dir := filepath.Dir(s.path)
	root := s.root
	if root == "" {
		root = dir
	}
	within, err := filepath.Rel(root, dir)
	if err != nil {
		return nil
	}
	c := terraform.Open(terraform.Input{Files: insideOf(root), Shown: shownIn(root)})
	return func(folder string, argument []string, reference string) (bare, found bool, at routing.Span) {
		return c.Written(path.Join(filepath.ToSlash(within), folder), argument, reference)
	}
}

// insideOf opens files in a folder, and nothing outside of it.
type insideOf string

// Open implements fs.FS.
func (dir insideOf) Open(name string) (fs.File, error) {
	root, err := os.OpenRoot(string(dir))
	if err != nil {
		return nil, err
	}
	defer root.Close() //nolint:errcheck // the file stays open without it
	return root.Open(filepath.FromSlash(name))
}
