// Package apiops reads the folders that the extractor of APIOps writes, in which every part of an API Management service is a file or
// two (github.com/Azure/apiops, "Supported resources"): a JSON file with its properties, its policy as XML, and for an API the specification
// that tells its operations.
package apiops

import (
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// marker is the file by which such a folder is known.
const marker = "apiInformation.json"

// Roots are the folders among some files, by their paths with slashes, that hold a service each: those above a folder apis.
func Roots(files []string) []string {
	var out []string
	for _, f := range files {
		if root, ok := RootOf(f); ok && !slices.Contains(out, root) {
			out = append(out, root)
		}
	}
	return out
}

// RootOf is the folder of the service that a file is a part of, as far as its name tells. Workspaces lie in it.
func RootOf(file string) (string, bool) {
	api := path.Dir(file)
	apis := path.Dir(api)
	if path.Base(file) != marker || path.Base(apis) != "apis" || api == apis {
		return "", false
	}
	root := path.Dir(apis)
	if above := path.Dir(root); path.Base(above) == "workspaces" && above != root {
		return path.Dir(above), true
	}
	return root, true
}

// kinds are the types of resources by the folders that hold them.
var kinds = map[string]string{
	"apis": "apis", "operations": "operations", "backends": "backends", "named values": "namedValues", "policy fragments": "policyFragments",
	"products": "products", "version sets": "apiVersionSets", "diagnostics": "diagnostics", "gateways": "gateways", "tags": "tags",
	"loggers": "loggers", "groups": "groups", "subscriptions": "subscriptions", "releases": "releases", "workspaces": "workspaces",
	"schemas": "schemas", "resolvers": "resolvers",
}

// maxFile bounds a file: API Management takes policies of 512 KiB and specifications of 4 MB.
const maxFile = 8 << 20

// Folder is what a folder holds.
type Folder struct {
	Objects  []*jsontree.Node // resources, in the order of their files
	Problems []routing.Problem
	Files    []string // that were read, as places name them
}

// Read reads the folder of one service, or what is listed of it. The name stands for the service, whose own is not in it; shown is put before the
// names of files in places.
func Read(files fs.FS, list []string, name, shown string) *Folder {
	f := &Folder{}
	if list == nil {
		list = f.find(files, shown)
	}
	specifications := map[string]string{} // by folder
	for _, file := range list {
		if strings.HasPrefix(path.Base(file), "specification.") {
			specifications[path.Dir(file)] = file
		}
	}
	for _, file := range list {
		f.add(files, file, name, shown, specifications)
	}
	return f
}

// find lists all files.
func (f *Folder) find(files fs.FS, shown string) []string {
	var all []string
	_ = fs.WalkDir(files, ".", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			f.problem(routing.Span{File: shown + file}, err.Error())
		case !d.IsDir():
			all = append(all, file)
		}
		return nil
	})
	return all
}

// add reads one file, if it describes something.
func (f *Folder) add(files fs.FS, file, service, shown string, specifications map[string]string) {
	base := path.Base(file)
	kind, names, ok := resourceOf(path.Dir(file))
	isPolicy := base == "policy.xml"
	if !ok || !isPolicy && !strings.HasSuffix(base, "Information.json") {
		return
	}
	text, err := read(files, file)
	if err != nil {
		f.problem(routing.Span{File: shown + file}, err.Error())
		return
	}
	f.Files = append(f.Files, shown+file)
	if isPolicy {
		f.policy(kind, append([]string{service}, names...), shown+file, text)
		return
	}
	if kind == "policyFragments" { // the text of it stands beside
		return
	}
	doc, err := jsontree.Parse(shown+file, text, jsontree.Options{KeepText: true})
	if err != nil {
		f.problem(routing.Span{File: shown + file}, err.Error())
		return
	}
	if doc.Root.Kind() != jsontree.Object || kind == "" {
		return
	}
	f.information(doc.Root, kind, append([]string{service}, names...))
	if spec := specifications[path.Dir(file)]; spec != "" && kind == "apis" {
		f.specification(files, doc.Root, spec, shown)
	}
	f.Objects = append(f.Objects, doc.Root)
}

func read(files fs.FS, name string) ([]byte, error) {
	file, err := files.Open(name)
	if err != nil {
		return nil, fmt.Errorf("it cannot be read: %w", err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("it cannot be read: %w", err)
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("it is larger than %d MiB", maxFile>>20)
	}
	text := make([]byte, info.Size())
	_, err = io.ReadFull(file, text)
	return text, err
}

func (f *Folder) problem(at routing.Span, message string) {
	f.Problems = append(f.Problems, routing.Problem{
		Span: at, Kind: routing.NotWhole, Message: message, Fix: "extract the service again, or correct the file",
	})
}

// resourceOf is the type and the names of the resource that a folder is for: apis/rt/operations/send.
func resourceOf(folder string) (kind string, names []string, ok bool) {
	if folder == "." {
		return "", nil, true
	}
	segments := strings.Split(folder, "/")
	if len(segments)%2 != 0 {
		return "", nil, false
	}
	var types []string
	for i := 0; i < len(segments); i += 2 {
		t, known := kinds[strings.ToLower(segments[i])]
		if !known {
			return "", nil, false
		}
		types, names = append(types, t), append(names, segments[i+1])
	}
	return strings.Join(types, "/"), names, true
}

// information gives an object its type and its name, which is told by its folder. Where a reader looks for it is the name that it is shown by.
func (f *Folder) information(n *jsontree.Node, kind string, names []string) {
	at := n.Path("properties", "displayName").Place()
	if at == (jsontree.Place{}) {
		at = n.Place()
	}
	n.Add(
		jsontree.Member{Name: "type", Value: jsontree.NewString(at, azure.APIManagement+"/"+kind)},
		jsontree.Member{Name: "name", Value: jsontree.NewString(at, strings.Join(names, "/"))},
	)
}

// policy makes a resource of a policy.
func (f *Folder) policy(kind string, names []string, file string, text []byte) {
	whole := jsontree.NewKeptSource(file, text).Whole()
	if kind != "policyFragments" {
		kind, names = strings.TrimPrefix(kind+"/policies", "/"), append(names, "policy")
	}
	properties := jsontree.NewObject(whole,
		jsontree.Member{Name: "format", Value: jsontree.NewString(whole, "rawxml")}, jsontree.Member{Name: "value", Value: jsontree.NewString(whole, string(text))})
	f.Objects = append(f.Objects, jsontree.NewObject(whole,
		jsontree.Member{Name: "type", Value: jsontree.NewString(whole, azure.APIManagement+"/"+kind)},
		jsontree.Member{Name: "name", Value: jsontree.NewString(whole, strings.Join(names, "/"))},
		jsontree.Member{Name: "properties", Value: properties}))
}

// formats are those of specifications, by the ends of their files' names.
var formats = map[string]string{".yaml": "openapi", ".yml": "openapi", ".json": "openapi+json", ".wsdl": "wsdl", ".wadl": "wadl-xml", ".graphql": "graphql"}

// specification puts the specification of an API among its properties, as an import has it.
func (f *Folder) specification(files fs.FS, api *jsontree.Node, file, shown string) {
	text, err := read(files, file)
	if err != nil {
		f.problem(routing.Span{File: shown + file}, err.Error())
		return
	}
	f.Files = append(f.Files, shown+file)
	properties := api.Get("properties")
	if properties.Kind() != jsontree.Object {
		return
	}
	whole := jsontree.NewKeptSource(shown+file, text).Whole()
	properties.Add(
		jsontree.Member{Name: "format", Value: jsontree.NewString(whole, formats[path.Ext(file)])},
		jsontree.Member{Name: "value", Value: jsontree.NewString(whole, string(text))})
}
