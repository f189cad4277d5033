package parsers

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/akamai"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

var akamaiFormat = Format{
	Name: "akamai", Title: "Rule trees of Akamai Property Manager, and projects of its CLI",
	recognizes: func(s source) bool {
		return akamai.Detect([]byte(head(s))) != akamai.None || akamai.IsProjectFile(filepath.ToSlash(s.path), isFolder)
	},
	together: loadAkamai,
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// akamaiInputs reads rule trees as one: a tree in one file names includes in others, and snippets of its folder.
type akamaiInputs struct {
	loaded
	akamai.Inputs

	docs   map[string]*jsontree.Node // of the inputs, by the names that places have
	opened map[string]*jsontree.Node // of other files
}

func loadAkamai(all []source, o Options) loaded {
	in := newAkamaiInputs()
	for _, s := range all {
		doc, err := jsontree.Parse(s.name, s.data, jsontree.Options{})
		if err != nil {
			in.problems = append(in.problems, unreadable(s, err))
			continue
		}
		in.docs[filepath.ToSlash(s.name)] = doc.Root
	}
	in.includeFiles(o.Includes)
	for _, s := range all {
		in.tree(s)
	}
	in.problems = append(in.problems, in.Join()...)
	in.gateways = in.Gateways()
	if o.Items {
		in.items = in.Inventory()
	}
	return in.loaded
}

func newAkamaiInputs() *akamaiInputs {
	return &akamaiInputs{docs: map[string]*jsontree.Node{}, opened: map[string]*jsontree.Node{}}
}

// tree takes a source that is a tree of its own. Snippets are parts of others, unless the user named one.
func (in *akamaiInputs) tree(s source) {
	name := filepath.ToSlash(s.name)
	root := in.docs[name]
	if root == nil {
		return
	}
	switch kind := akamai.KindOf(root); {
	case kind == akamai.NameList:
		in.AddNames(root)
	case kind == akamai.None, kind == akamai.Snippet && s.root != "":
	default:
		in.Add(name, root, in.around(s))
	}
}

// around are the files around a source: those of the folder that was given, or of the one that holds its folder, and nothing outside of it.
func (in *akamaiInputs) around(s source) akamai.Files {
	root := s.root
	if root == "" && s.path != "" {
		root = filepath.Dir(filepath.Dir(absolutePath(s.path)))
	}
	return akamai.Files{
		Open: func(name string) (*jsontree.Node, error) { return in.open(root, name) },
		Folders: func(name string) []string {
			return foldersIn(openBelow(root, filepath.FromSlash(name)))
		},
	}
}

// foldersIn are the names of the folders in a folder, in order; one that cannot be listed has none.
func foldersIn(folder *os.File, err error) (names []string) {
	if err != nil {
		return nil
	}
	defer folder.Close() //nolint:errcheck // it was only read
	entries, _ := folder.ReadDir(-1)
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names
}

func absolutePath(name string) string {
	if full, err := filepath.Abs(name); err == nil {
		return full
	}
	return name
}

// open is the document of a file, whether it is an input or not.
func (in *akamaiInputs) open(root, name string) (*jsontree.Node, error) {
	if doc := in.docs[name]; doc != nil {
		return doc, nil
	}
	if doc := in.opened[name]; doc != nil {
		return doc, nil
	}
	if root == "" {
		return nil, errElsewhere
	}
	text, err := small(openBelow(root, filepath.FromSlash(name)))
	if err != nil {
		return nil, errors.New(reason(err))
	}
	doc, err := jsontree.Parse(name, text, jsontree.Options{})
	if err != nil {
		return nil, err
	}
	in.opened[name] = doc.Root
	in.along = append(in.along, name)
	return doc.Root, nil
}

// includeFiles are the trees of includes that the user named beside the inputs: FILE, or ID=FILE for one that does not say whose it is.
func (in *akamaiInputs) includeFiles(named []string) {
	for _, arg := range named {
		id, file, given := strings.Cut(arg, "=")
		if !given {
			id, file = "", arg
		}
		if err := in.includeFile(id, file); err != nil {
			in.problems = append(in.problems, routing.Problem{Span: routing.Span{File: file}, Kind: routing.Unread, Message: "the include was not read: " + err.Error(), Fix: "give its rule tree as JSON"})
		}
	}
}

func (in *akamaiInputs) includeFile(id, file string) error {
	text, err := small(os.Open(file)) //nolint:gosec // the user named it
	if err != nil {
		return errors.New(reason(err))
	}
	doc, err := jsontree.Parse(file, text, jsontree.Options{})
	if err != nil {
		return err
	}
	if id == "" {
		id = doc.Root.Get("includeId").Text()
	}
	if id == "" || akamai.KindOf(doc.Root) == akamai.None {
		return errors.New("it does not say which include it is: write ID=" + file)
	}
	in.LendInclude(id, doc.Root)
	if !slices.Contains(in.along, file) {
		in.along = append(in.along, file)
	}
	return nil
}
