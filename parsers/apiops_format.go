package parsers

import (
	"os"
	"path"
	"path/filepath"

	"github.com/asrscheck/asrscheck/parsers/apiops"
	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

var apiopsFormat = Format{
	Name: "apiops", Title: "folders of API Management as APIOps extracts them",
	recognizes: func(s source) bool {
		_, ok := apiops.RootOf(filepath.ToSlash(s.path))
		return ok
	},
	load: func(s source, o Options) loaded {
		root, _ := apiops.RootOf(filepath.ToSlash(s.path))
		out := loadAPIOps(root, nil, o.azure)
		out.along, out.note = out.files, "with the folder that it lies in"
		return out
	},
}

// apiops reads the services that lie in a folder as APIOps extracts them, and marks all files that belong to them as read.
func (l *loader) apiops(files []string) {
	if as := l.options.As; as != "" && as != apiopsFormat.Name {
		return
	}
	var paths []string
	for _, f := range files {
		paths = append(paths, filepath.ToSlash(f))
	}
	for _, root := range apiops.Roots(paths) {
		var list []string
		for _, f := range files {
			if rel, err := filepath.Rel(filepath.FromSlash(root), f); err == nil && filepath.IsLocal(rel) {
				l.consumed[filepath.Clean(f)] = true
				list = append(list, filepath.ToSlash(rel))
			}
		}
		got := loadAPIOps(root, list, l.options.azure)
		l.estate.Inputs = append(l.estate.Inputs, routing.Input{Name: filepath.FromSlash(root), Format: apiopsFormat.Name, Gateways: 1, Files: got.files})
		l.keep(got)
	}
}

// loadAPIOps reads one service, or what is listed of it, and nothing outside of its folder.
func loadAPIOps(root string, list []string, in *azureInputs) loaded {
	dir, err := os.OpenRoot(filepath.FromSlash(root))
	if err != nil {
		return loaded{problems: []routing.Problem{unreadable(source{name: root}, err)}}
	}
	defer dir.Close() //nolint:errcheck // it was only read
	shown := path.Clean(root) + "/"
	if shown == "./" {
		shown = ""
	}
	folder := apiops.Read(dir.FS(), list, filepath.Base(absolutePath(filepath.FromSlash(root))), shown)
	f := found{in: in, source: root}
	report, err := azure.Described(folder.Objects, azure.APIOps, f.resource)
	f.settle()
	out := loaded{files: folder.Files, problems: append(folder.Problems, report.Problems...)}
	if err != nil {
		out.problems = append(out.problems, unreadable(source{name: root}, err))
	}
	return out
}
