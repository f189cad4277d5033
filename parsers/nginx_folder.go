package parsers

import (
	"path"
	"path/filepath"
	"slices"

	"github.com/asrscheck/asrscheck/parsers/nginx"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// nginxParts are files of a folder that hold no main file of NGINX but what one includes.
type nginxParts struct {
	root   string
	mains  []string            // folders of main files
	groups map[string][]string // names below root, by the folder that their main file would be in
	order  []string
}

// partFolders are folders below that of nginx.conf whose files it includes in http{}, by packages' custom.
var partFolders = []string{"conf.d", "sites-enabled", "sites-available", "http.d", "vhosts.d", "templates"}

// take keeps a file for later where it is a part.
func (p *nginxParts) take(l *loader, s source) bool {
	part := nginx.PartOf(head(s))
	if part == nginx.Whole {
		if !nginx.IsDump(head(s)) {
			p.mains = append(p.mains, filepath.Dir(s.path))
		}
		return false
	}
	if p.isLeftOut(s) {
		l.estate.Inputs = append(l.estate.Inputs, routing.Input{Name: s.name, Format: nginxFormat.Name})
		return true
	}
	name, err := filepath.Rel(p.root, s.path)
	if part != nginx.OfHTTP || err != nil {
		return false
	}
	name = filepath.ToSlash(name)
	base := path.Dir(name)
	if slices.Contains(partFolders, path.Base(base)) {
		base = path.Dir(base)
	}
	if p.groups[base] == nil {
		p.order = append(p.order, base)
	}
	p.groups[base] = append(p.groups[base], name)
	return true
}

// isLeftOut reports whether a part that lies below a main file, which did not include it, needs no judging: a site that is not enabled,
// or what has nothing to do with proxying.
func (p *nginxParts) isLeftOut(s source) bool {
	below := func(dir string) bool { return isBelow(dir, s.path) }
	return slices.ContainsFunc(p.mains, below) && (filepath.Base(filepath.Dir(s.path)) == "sites-available" || !concernsSignalR(s))
}

// absolute is a path from the root of the machine, where it can be told.
func absolute(name string) string {
	if abs, err := filepath.Abs(name); err == nil {
		return abs
	}
	return name
}

// load reads the parts that lie together as one gateway.
func (p *nginxParts) load(l *loader) {
	for _, base := range p.order {
		names := enabled(p.groups[base])
		s := source{name: filepath.Join(p.root, filepath.FromSlash(names[0])), root: p.root}
		var got loaded
		err := inFolder(p.root, path.Join(base, "nginx.conf"), l.options, func(f nginx.Folder) error {
			got = lowerNGINX(s, nginx.ParseParts(f, names), l.options)
			return nil
		})
		if err != nil {
			l.unread(p.root, reason(err), "Check the permissions.")
			continue
		}
		for i, name := range p.groups[base] {
			in := routing.Input{Name: filepath.Join(p.root, filepath.FromSlash(name)), Format: nginxFormat.Name}
			if i == 0 {
				in.Gateways, in.Items = len(got.gateways), got.items
			}
			l.estate.Inputs = append(l.estate.Inputs, in)
		}
		for _, g := range got.gateways {
			rename(g, path.Base(filepath.ToSlash(absolute(filepath.Join(p.root, filepath.FromSlash(path.Dir(names[0])))))), s.name)
		}
		l.keep(got)
	}
}

// enabled leaves out sites that are available but not enabled, where the folder tells the two apart.
func enabled(names []string) []string {
	in := func(folder string) func(string) bool {
		return func(name string) bool { return path.Base(path.Dir(name)) == folder }
	}
	if !slices.ContainsFunc(names, in("sites-enabled")) {
		return names
	}
	return slices.DeleteFunc(slices.Clone(names), in("sites-available"))
}

// rename gives a gateway and its variants the name and the place that stand for what they were read from.
func rename(g *routing.Gateway, name, file string) {
	for _, v := range append([]*routing.Gateway{g}, g.Variants...) {
		v.Name, v.Span = name, routing.Span{File: file, Line: 1, Col: 1, EndLine: 1, EndCol: 1}
	}
}
