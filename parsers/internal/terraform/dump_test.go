package terraform_test

import (
	"fmt"
	"sort"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/internal/terraform"
)

// files makes a place of files from texts by name.
func files(texts map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, text := range texts {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

// plan reads the root module of some files.
func plan(t testing.TB, texts map[string]string) *terraform.Module {
	t.Helper()
	return terraform.Open(terraform.Input{Files: files(texts)}).Read(".")
}

// dump shows a value: unknown values with their reasons in angle brackets.
func dump(n *jsontree.Node) string {
	switch n.Kind() {
	case jsontree.Unknown:
		return "<" + n.Text() + ">"
	case jsontree.String:
		return fmt.Sprintf("%q", n.Text())
	case jsontree.List:
		var items []string
		for item := range n.All() {
			items = append(items, dump(item))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case jsontree.Object:
		var items []string
		for m := range n.All() {
			items = append(items, m.Name()+": "+dump(m))
		}
		sort.Strings(items)
		return "{" + strings.Join(items, ", ") + "}"
	case jsontree.Missing:
		return "missing"
	default:
		return n.Text()
	}
}

// resource is the resource of an address.
func resource(t testing.TB, m *terraform.Module, address string) *terraform.Resource {
	t.Helper()
	var all []string
	for _, r := range m.Resources {
		if r.Address == address {
			return r
		}
		all = append(all, r.Address)
	}
	t.Fatalf("there is no %s, but there are %v; problems: %v", address, all, messages(m))
	return nil
}

func messages(m *terraform.Module) (out []string) {
	for _, p := range append(m.Absent, m.Problems...) {
		out = append(out, p.Span.String()+": "+p.Message)
	}
	return out
}

// notes are what a value came from, with places.
func notes(n *jsontree.Node) string {
	var out []string
	for _, note := range n.Notes() {
		out = append(out, note.Span.String()+" "+note.Text)
	}
	return strings.Join(out, "; ")
}
