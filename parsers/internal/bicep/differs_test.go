package bicep

import (
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

const compiledFrom = `// comment
targetScope = 'resourceGroup'
@description('seconds')
param timeout int = 120
@allowed([
  'a'
  'b'
])
param kind string
var x = {
  requestTimeout: 7
}
resource ip 'Microsoft.Network/publicIPAddresses@2024-05-01' existing = {
  name: 'ip'
}
resource gw 'Microsoft.Network/applicationGateways@2024-05-01' = if (kind == 'a') {
  name: 'gw'
  location: location
  properties: {
    enableHttp2: false
    backendHttpSettingsCollection: [
      {
        name: '[odd'
        properties: {
          requestTimeout: 120
        }
      }
    ]
    probes: [for p in ps: {
      name: p
    }]
  }
  dependsOn: [
    ip
  ]
}
output id string = gw.id
`

const compiledTo = `{"parameters":{"timeout":{"type":"int"},"kind":{"type":"string"}},"resources":[{"type":"Microsoft.Network/applicationGateways","apiVersion":"2024-05-01",
"name":"gw","location":"[parameters('location')]","properties":{"copy":[],"enableHttp2":false,"backendHttpSettingsCollection":[{"name":"[[odd","properties":{"requestTimeout":120}}]}}]}`

func TestATemplateThatIsNotUpToDateIsNoticed(t *testing.T) {
	for change, want := range map[string]string{
		"": "", "requestTimeout: 120>requestTimeout: 20": "m.bicep:16:9: resource Microsoft.Network/applicationGateways@2024-05-01 has other values in the template",
		"enableHttp2: false>enableHttp2: flag": "", "2024-05-01' =>2025-05-01' =": "the template has no resource of", "param kind string>param sort string": "m.bicep:9:1: the template has no parameter sort",
		"param kind string>": "m.bicep:1:1: parameter kind of the template is none of it", "requestTimeout: 120>requestTimeout: 120\nauthenticationCertificates: []": "has other values",
		"name: 'gw'>name: 'other'": "", "output id string = gw.id>output id string = (": "", "requestTimeout: 7>requestTimeout: 8": "",
	} {
		from, to, _ := strings.Cut(change, ">")
		doc, err := jsontree.Parse("m.json", []byte(compiledTo), jsontree.Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if d := Differs("m.bicep", []byte(strings.Replace(compiledFrom, from, to, 1)), doc.Root); d != nil {
			got = d.Span.String() + ": " + d.Message
		}
		if !strings.Contains(got, want) || (want == "") != (got == "") {
			t.Errorf("%q gives %q, want %q", change, got, want)
		}
	}
}

// FuzzDiffers: whatever a pair holds, comparing it ends, and what differs has a place in the Bicep file.
func FuzzDiffers(f *testing.F) {
	f.Add(compiledFrom, compiledTo)
	f.Add("param a\nresource x '", `{"parameters":[],"resources":{"x":{"type":1}}}`)
	f.Fuzz(func(t *testing.T, from, to string) {
		doc, err := jsontree.Parse("m.json", []byte(to), jsontree.Options{})
		if err != nil {
			return
		}
		if d := Differs("m.bicep", []byte(from), doc.Root); d != nil && d.Span.File != "m.bicep" {
			t.Errorf("the difference stands at %s", d.Span)
		}
	})
}
