package jsontree_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// export is a list in the style of "az network application-gateway list" that holds that many backend settings.
func export(settings int) []byte {
	var b strings.Builder
	b.WriteString("[\n")
	for i := range settings {
		if i > 0 {
			b.WriteString(",\n")
		}
		fmt.Fprintf(&b, `  {
    "affinityCookieName": null,
    "cookieBasedAffinity": "Disabled",
    "etag": "W/\"%08x-9c1c-4f2e-8a5b-0d9e4f1f7a10\"",
    "id": "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Network/applicationGateways/gw/backendHttpSettingsCollection/s%d",
    "name": "s%d",
    "pickHostNameFromBackendAddress": true,
    "port": 443,
    "protocol": "Https",
    "provisioningState": "Succeeded",
    "requestTimeout": 120,
    "resourceGroup": "rg"
  }`, i, i, i)
	}
	b.WriteString("\n]\n")
	return []byte(b.String())
}

func BenchmarkParse(b *testing.B) {
	text := export(20_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := jsontree.Parse("list.json", text, jsontree.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStream(b *testing.B) {
	text := export(20_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		_, err := jsontree.Stream("list.json", text, jsontree.Options{}, nil, func(*jsontree.Node) error { return nil })
		if err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseMinified(b *testing.B) {
	text := []byte(strings.NewReplacer("\n", "", "  ", "", `": `, `":`).Replace(string(export(20_000))))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := jsontree.Parse("list.json", text, jsontree.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
