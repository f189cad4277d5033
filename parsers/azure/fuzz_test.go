package azure_test

import (
	"errors"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// FuzzRead holds the reader to: it does not panic, its errors have a place, and every resource has a type.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"ok/howto_arm.json", "ok/howto_graph.json", "ok/howto_powershell_depth2.json", "err/configuration_partial_page.json", "ok/howto_pulumi.json", "ok/howto_plan.json", "ok/howto_tfstate.tfstate"} {
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

// FuzzEstate holds what brings the resources of several texts together to: a resource is found again, and whoever waits for another one is
// told exactly once.
func FuzzEstate(f *testing.F) {
	f.Add(fixture(f, "ok/howto_az.json"), fixture(f, "ok/howto_graph.json"))
	f.Add(fixture(f, "ok/howto_plan.json"), fixture(f, "ok/howto_pulumi.json"))
	f.Add([]byte(`[{"type":"Microsoft.SignalRService/SignalR","name":"a"},{"type":"A.B/c","name":"x"}]`), []byte(`{"id":"/subscriptions/s/resourceGroups/g/providers/A.B/c/x"}`))
	f.Fuzz(func(t *testing.T, first, second []byte) {
		estate, twins := azure.NewEstate(), azure.NewTwins[int]()
		asked, told := 0, 0
		for _, text := range [][]byte{first, second} {
			resources, _, _ := azure.Read("f", text, azure.Files{}) // what is no text of resources has none
			for i, r := range resources {
				twins.Add(r, i)
				if _, ok := twins.Find(r); !ok {
					t.Errorf("%s is not found again", r.Title)
				}
				if azure.IsShared(r) {
					estate.Keep(r)
				}
				asked++
				estate.When(r.Type, r.Get("id"), func(*azure.Resource) { told++ })
				estate.Parts(r)
			}
		}
		if estate.Close(); asked != told {
			t.Errorf("%d of %d were told", told, asked)
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
