package azure_test

import (
	"errors"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// FuzzRead holds the reader to: it does not panic, its errors have a place, and every resource has a type.
func FuzzRead(f *testing.F) {
	// Small ones: the fuzzer would spend its time on making large ones smaller.
	for _, seed := range []string{
		`{"contentVersion":"","parameters":{"p":{"defaultValue":"a"}},"resources":[{"type":"A.B/c","name":"[parameters('p')]","properties":{}}]}`,
		`{"count":1,"data":[{"id":"/subscriptions/s/resourceGroups/g/providers/A.B/c/x","type":"a.b/c","name":"x","properties":{"probes":[{"name":"p"}]}}],"skip_token":"more"}`,
		`{"Name":"x","Type":"Microsoft.Network/applicationGateways","Probes":["@{Name=p}"],"ProbesText":"[{\"Name\": \"p\"}]","EnableRequestBuffering":true}`,
		`{"value":[{"type":"A.B/c","name":"x","properties":{"password":"hunter2"}}],"nextLink":"https://example.com"}`,
		`{"version":3,"deployment":{"resources":[{"urn":"u::x","type":"azure-native:a:b","id":"/subscriptions/s/providers/A.B/c/x","outputs":{"name":{"4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270"}}}]}}`,
		`{"format_version":"1.2","planned_values":{"root_module":{"resources":[{"address":"azapi_resource.a","mode":"managed","type":"azapi_resource","name":"a","values":{"type":"A.B/c@1","name":"x","body":"{}"}}]}},"resource_changes":[]}`,
		`{"version":4,"terraform_version":"1","lineage":"l","resources":[{"mode":"managed","type":"azurerm_application_gateway","name":"a","instances":[{"attributes":{"name":"x","probe":[{"name":"p"}]}}]}]}`,
	} {
		f.Add([]byte(seed))
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
	f.Add([]byte(`{"id":"/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/applicationGateways/x","type":"Microsoft.Network/applicationGateways","name":"x"}`),
		[]byte(`{"contentVersion":"","resources":[{"type":"Microsoft.Network/applicationGateways","name":"x","properties":{"firewallPolicy":{"id":"p"}}}]}`))
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
