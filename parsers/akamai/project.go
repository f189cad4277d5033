package akamai

import (
	"path"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Files are the files around a document, by the names that places have.
type Files struct {
	// Open gives the document of a file; an error says why there is none.
	Open func(name string) (*jsontree.Node, error)
	// Folders are the names of the folders in a folder.
	Folders func(name string) []string
}

// project is a project of the Property Manager CLI: a folder with the main template and its snippets, and one with values for each environment.
type project struct {
	folder string // that holds both
	files  Files
}

// snippetFolders are those in which projects keep templates: akamai property-manager has the first, akamai pipeline the second.
var snippetFolders = []string{"config-snippets", "templates"}

// projectFiles are those of a project that are no rule trees.
var projectFiles = []string{"variableDefinitions.json", "variables.json", "hostnames.json", "projectInfo.json", "envInfo.json"}

// IsProjectFile reports whether a file belongs to a project, the names of whose folders are told by isFolder.
func IsProjectFile(name string, isFolder func(string) bool) bool {
	if !slices.Contains(projectFiles, path.Base(name)) {
		return false
	}
	dir := path.Dir(name)
	for range 3 {
		for _, snippets := range snippetFolders {
			if isFolder(path.Join(dir, snippets)) {
				return true
			}
		}
		dir = path.Dir(dir)
	}
	return false
}

// properties are what a template describes: one property for each environment.
func properties(name string, root *jsontree.Node, files Files) []*Property {
	pr := &project{folder: path.Dir(path.Dir(name)), files: files}
	definitions := pr.first("environments/variableDefinitions.json", "variableDefinitions.json")
	var out []*Property
	for _, env := range files.Folders(path.Join(pr.folder, "environments")) {
		values := pr.first(path.Join("environments", env, "variables.json"))
		p := pr.property(name, root, definitions, values)
		p.Name = strings.TrimSpace(path.Base(pr.folder) + " (" + env + ")")
		p.Hostnames = hostnames(pr.first(path.Join("environments", env, "hostnames.json")))
		out = append(out, p)
	}
	if len(out) == 0 {
		p := pr.property(name, root, definitions, pr.first("variables.json"))
		if names := hostnames(pr.first("hostnames.json")); names != nil {
			p.Hostnames = names
		}
		out = append(out, p)
	}
	return out
}

// first is the first of some files that is there.
func (pr *project) first(names ...string) *jsontree.Node {
	for _, name := range names {
		if root, err := pr.files.Open(path.Join(pr.folder, name)); err == nil {
			return root
		}
	}
	return nil
}

// property fills a template in. A value of null leaves the default in force (cli-property-manager, el.js).
func (pr *project) property(name string, root, definitions, values *jsontree.Node) *Property {
	t := &Template{
		Open: func(snippet string) (*jsontree.Node, error) { return pr.files.Open(path.Join(path.Dir(name), snippet)) },
		Value: func(variable string) *jsontree.Node {
			if v := values.Get(variable); !v.Unset() {
				return v
			}
			if v := definitions.Path("definitions", variable, "default"); !v.Unset() {
				return v
			}
			return nil
		},
	}
	p := Of(t.Expand(root))
	p.Problems = append(p.Problems, t.Problems...)
	if format := text(pr.first("projectInfo.json").Get("ruleFormat")); p.Format == "" && format.State() == routing.Known {
		p.Format = Format(format.Text())
	}
	return p
}
