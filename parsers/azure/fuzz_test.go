package azure_test

import (
	"errors"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// FuzzRead holds the reader to: it does not panic, its errors have a place, and every resource has a type.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"ok/howto_arm.json", "ok/howto_graph.json", "ok/howto_powershell_depth2.json", "err/configuration_partial_page.json"} {
		f.Add(fixture(f, name))
	}
	f.Add([]byte(`[{"type":"A.B/c","properties":{"copy":[{"name":"copy"},{"name":"a"}]}}]`))
	f.Add([]byte(`{"contentVersion":"","resources":[{"type":"A.B/c","name":"[x]","resources":{"a":{"type":"d"}},"copy":[{"name":"name"}]}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		resources, report, err := azure.Read("f", text, azure.Files{})
		if err != nil {
			if syntax := new(jsontree.SyntaxError); !errors.As(err, &syntax) || syntax.Span.File != "f" {
				t.Errorf("the error has no place: %v", err)
			}
			return
		}
		if report.Resources != len(resources) {
			t.Errorf("the report counts %d resources of %d", report.Resources, len(resources))
		}
		for _, r := range resources {
			if r.Type == "" {
				t.Errorf("a resource at %v has no type", r.Span())
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	text := fixture(b, "ok/howto_az.json")
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		read(b, text)
	}
}

func BenchmarkStreamAThousandGateways(b *testing.B) {
	one := fixture(b, "ok/howto_az.json")
	text := []byte("[")
	for range 1000 {
		text = append(append(text, one...), ',')
	}
	text = append(text, ']')
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := azure.Stream("list.json", text, azure.Files{}, func(*azure.Resource) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
