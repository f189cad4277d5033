package nginx

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Tree is a configuration as it was written: its files, and what is wrong with them.
type Tree struct {
	Main  *File
	Files []*File // in the order in which they were first included
	// Includes are all include statements, in the order in which they were read.
	Includes []*Include
	// Problems are errors of syntax in NGINX's own words, and what could not be read.
	Problems []routing.Problem
	// Secrets are the places where a credential stands in the text. The tree holds asterisks in its place.
	Secrets []Secret
	// Prefix is the absolute path that the folder of the main file has where NGINX runs; empty when it is not known.
	Prefix string
	// Unknown are variables that stand for values nobody can tell, with the reasons.
	Unknown map[string]string
}

// Folder says where the files of a configuration are.
type Folder struct {
	// Files is the folder that was given; nothing outside of it is read. Main is the main file in it.
	Files fs.FS
	Main  string
	// Prefix is the absolute path that the folder of the main file has where NGINX runs ("/etc/nginx"), so that absolute includes
	// can be followed. Where it is empty and the main file is called nginx.conf, the usual places are tried.
	Prefix string
	// Shown goes before file names in reports.
	Shown string
}

// Parse reads a main file and all that it includes. The error is for a main file that cannot be read at all; all else is a Problem.
func Parse(f Folder) (*Tree, error) {
	main := path.Clean(f.Main)
	from := &folder{
		files: f.Files, base: path.Dir(main), prefix: strings.TrimSuffix(f.Prefix, "/"), shown: f.Shown,
		guess: f.Prefix == "" && path.Base(main) == "nginx.conf",
	}
	t, err := read(from, main)
	if err != nil {
		return nil, err
	}
	t.Prefix = from.prefix
	return t, nil
}

// ParseText reads one file, of which nothing else is known: includes are problems. A text that nginx -T wrote is split into its files.
func ParseText(name, text string) (*Tree, error) {
	if d, main := newDump(text); main != "" {
		return read(d, main)
	}
	d := &dump{base: ".", files: map[string]string{name: text}, alone: true}
	return read(d, name)
}

func read(from source, main string) (*Tree, error) {
	return (&reader{from: from, tree: &Tree{}, files: map[string]*File{}}).read(main)
}

func (r *reader) read(main string) (*Tree, error) {
	src, err := r.load(main)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", r.from.show(main), err)
	}
	r.tree.Main = r.parse(main, src, 0)
	return r.tree, nil
}
