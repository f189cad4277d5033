package akamai_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/akamai"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// none are no files around a document.
var none = akamai.Files{Open: func(string) (*jsontree.Node, error) { return nil, errors.New("there is none") }, Folders: func(string) []string { return nil }}

// FuzzLower compiles whatever reads as JSON, and follows requests through what comes of it.
func FuzzLower(f *testing.F) {
	seeds, _ := filepath.Glob("../../fixtures/akamai/*/*.json")
	for _, name := range seeds {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(_ *testing.T, text []byte) {
		akamai.Detect(text)
		doc, err := jsontree.Parse("f", text, jsontree.Options{MaxValues: 2000})
		if err != nil {
			return
		}
		in := &akamai.Inputs{}
		in.Add("f", doc.Root, none)
		for _, g := range in.Gateways() {
			for _, method := range []string{"POST", "GET", "DELETE"} {
				g.Trace(g.Listeners[0], &routing.Request{
					Method: method, Scheme: "https", Host: "rt.contoso.example", Target: "/client/?hub=chat&asrs_request_id=A1", ClientIP: "192.0.2.1",
				})
			}
		}
	})
}
