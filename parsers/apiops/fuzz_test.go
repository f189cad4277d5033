package apiops_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/asrscheck/asrscheck/parsers/apim"
	"github.com/asrscheck/asrscheck/parsers/apiops"
	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// FuzzRead reads a folder of one API and one more file, and follows requests through what comes of it: whatever stands in the files, and
// wherever that one lies, each resource has a type and a name, each problem a place, and each request ends.
func FuzzRead(f *testing.F) {
	roots, _ := filepath.Glob("../../fixtures/apim/*/*apiops*")
	for _, root := range roots {
		addFolder(f, os.DirFS(root))
	}
	f.Fuzz(func(t *testing.T, file, information, policy, specification string) {
		files := fstest.MapFS{
			"apis/a/apiInformation.json": {Data: []byte(information)}, "apis/a/policy.xml": {Data: []byte(policy)}, "apis/a/specification.yaml": {Data: []byte(specification)},
		}
		if fs.ValidPath(file) {
			files[file] = &fstest.MapFile{Data: []byte(information)}
		}
		folder := apiops.Read(files, nil, "contoso", "f/")
		for _, p := range folder.Problems {
			if p.Span.File == "" || p.Message == "" {
				t.Errorf("a problem has no place or no text: %+v", p)
			}
		}
		if once := slices.Compact(slices.Sorted(slices.Values(folder.Files))); len(once) < len(folder.Files) {
			t.Errorf("of %q, some are read twice", folder.Files)
		}
		estate := azure.NewEstate()
		_, _ = azure.Described(folder.Objects, azure.APIOps, func(r *azure.Resource) error { // errors are told where it is used
			if r.Type == "" || r.Title == "" {
				t.Errorf("a resource at %v has no type or no name", r.Span())
			}
			estate.Keep(r)
			return nil
		})
		estate.Close()
		for _, g := range apim.WithoutService(estate) {
			for _, method := range []string{"POST", "GET", "OPTIONS"} {
				if paths := g.Trace(g.Listeners[0], &routing.Request{Method: method, Scheme: "https", Host: "rt.contoso.example", Target: "/client/negotiate?hub=x"}); len(paths) == 0 {
					t.Errorf("%s ends nowhere", method)
				}
			}
		}
	})
}

// addFolder adds the APIs of a folder, and what lies in it beside them.
func addFolder(f *testing.F, folder fs.FS) {
	f.Helper()
	read := func(name string) string {
		text, _ := fs.ReadFile(folder, name) // an API may lack some
		return string(text)
	}
	apis, _ := fs.Glob(folder, "apis/*")
	for _, api := range apis {
		f.Add(api+"/apiInformation.json", read(api+"/apiInformation.json"), read(api+"/policy.xml"), read(api+"/specification.yaml"))
	}
	more, _ := fs.Glob(folder, "*/*/*Information.json")
	policies, _ := fs.Glob(folder, "apis/*/operations/*/policy.xml")
	for _, name := range append(more, policies...) {
		f.Add(name, read(name), read("policy.xml"), "")
	}
}
