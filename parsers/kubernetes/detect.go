package kubernetes

import (
	"regexp"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// Every object has an apiVersion and a kind (Kubernetes API conventions, "Types (Kinds)"); in YAML they stand at the margin of a
// document, or behind the dash of an item of a List.
var (
	versionLine = regexp.MustCompile(`(?m)^(?:- |  )?["']?apiVersion["']?[ \t]*:[ \t]*["']?[a-z0-9.-]+(?:/v[0-9a-z]+)?["']?[ \t]*\r?$`)
	kindLine    = regexp.MustCompile(`(?m)^(?:- |  )?["']?kind["']?[ \t]*:[ \t]*["']?[A-Z][A-Za-z]+["']?[ \t]*(?:#.*)?\r?$`)
)

// Detect reports whether a text, of which a megabyte is enough, holds objects of Kubernetes.
func Detect(text []byte) bool {
	root := jsontree.Skim(text)
	if root.Kind() == jsontree.Object {
		return root.Get("apiVersion").Kind() == jsontree.String && root.Get("kind").Kind() == jsontree.String
	}
	return versionLine.Match(text) && kindLine.Match(text)
}
