package terraform_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/asrscheck/asrscheck/parsers/internal/terraform"
)

// gateways is about a megabyte of Terraform: many gateways in one file.
func gateways(tb testing.TB) []byte {
	tb.Helper()
	text, err := os.ReadFile("../../../fixtures/appgateway/ok/howto_tf/main.tf")
	if err != nil {
		tb.Fatal(err)
	}
	_, one, _ := strings.Cut(string(text), "resource ")
	var all strings.Builder
	all.WriteString("locals {\n  host = \"asrs1.service.signalr.net\"\n}\nvariable \"on\" { default = true }\n")
	for i := 0; all.Len() < 1<<20; i++ {
		gateway := strings.NewReplacer(
			`"realtime"`, fmt.Sprintf(`"realtime%d"`, i), `["asrs1.service.signalr.net"]`, "[local.host]", "= true", "= var.on",
		).Replace("resource " + one)
		all.WriteString(gateway)
	}
	return []byte(all.String())
}

func BenchmarkParseAlone(b *testing.B) {
	text := gateways(b)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, diags := hclsyntax.ParseConfig(text, "main.tf", hcl.InitialPos); diags.HasErrors() {
			b.Fatal(diags)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	text := gateways(b)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		m := terraform.Open(terraform.Input{Files: fstest.MapFS{"main.tf": {Data: text}}}).Read(".")
		if len(m.Resources) < 180 {
			b.Fatalf("%d resources are read", len(m.Resources))
		}
	}
}

func BenchmarkReadTwoThousandFiles(b *testing.B) {
	text, err := os.ReadFile("../../../fixtures/appgateway/ok/howto_tf/main.tf")
	if err != nil {
		b.Fatal(err)
	}
	all := fstest.MapFS{}
	for i := range 2000 {
		all[fmt.Sprintf("stack%d/part%d.tf", i/10, i%10)] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(string(text), `"realtime"`, fmt.Sprintf(`"realtime%d"`, i)))}
	}
	for b.Loop() {
		c := terraform.Open(terraform.Input{Files: all})
		for _, dir := range c.Roots() {
			c.Read(dir)
		}
	}
}
