package azure_test

import (
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

func readErr(text []byte) ([]*azure.Resource, azure.Report, error) {
	return azure.Read("gw.json", text, azure.Files{})
}

const psGateway = `{"Name":"gw","Id":"/s/providers/Microsoft.Network/applicationGateways/gw",
`

func TestWhatConvertToJsonCutOffComesFromItsTextCopy(t *testing.T) {
	for name, cut := range map[string]string{
		"items as type names":    `"Probes":["Microsoft.Azure.Commands.Network.Models.PSApplicationGatewayProbe"]`,
		"items as text":          `"Probes":["@{Name=p; Path=/api/health}"]`,
		"the list as type names": `"Probes":"Microsoft.Azure.Commands.Network.Models.PSApplicationGatewayProbe Microsoft.Azure.Commands.Network.Models.PSApplicationGatewayProbe"`,
		"an empty text":          `"Probes":""`,
		"something deep inside":  `"Probes":[{"Name":"p","Path":"/","Match":{"StatusCodes":"System.Collections.Generic.List` + "`" + `1[System.String]"}}]`,
	} {
		t.Run(name, func(t *testing.T) {
			resources, _ := read(t, []byte(psGateway+cut+",\n"+`"ProbesText":"[\n {\"Name\": \"p\", \"Path\": \"/api/health\"}]"}`))
			path := resources[0].List("probes")[0].Get("path")
			if path.Text() != "/api/health" || path.Span().Line != 3 || len(resources[0].Problems) > 0 {
				t.Errorf("the path is %q at %v, problems %v", path.Text(), path.Span(), resources[0].Problems)
			}
		})
	}
}

func TestWhatConvertToJsonCutOffForGoodIsUnknownAndReported(t *testing.T) {
	for name, more := range map[string]string{
		"no copy":         ``,
		"a broken copy":   `,"ProbesText":"[{"`,
		"a copy of null":  `,"ProbesText":"null"`,
		"a copy cut also": `,"ProbesText":null`,
	} {
		t.Run(name, func(t *testing.T) {
			resources, _ := read(t, []byte(psGateway+`"Probes":["Microsoft.Azure.Commands.Network.Models.PSApplicationGatewayProbe"]`+more+`}`))
			problems := resources[0].Problems
			if len(problems) != 1 || problems[0].Kind != routing.Truncated || problems[0].Span.String() != "gw.json:2:11" ||
				!strings.Contains(problems[0].Fix, "-Depth 20") {
				t.Errorf("problems are %+v", problems)
			}
			if got := resources[0].List("probes")[0].Get("path"); got.Kind() != jsontree.Unknown {
				t.Errorf("the path is %v %q, want unknown", got.Kind(), got.Text())
			}
		})
	}
}

func TestWholeValuesAreKeptAsTheyStand(t *testing.T) {
	resources, _ := read(t, []byte(psGateway+`"Probes":[{"Name":"p","Path":"/api/health"}],
"ProbesText":"[{\"Name\":\"other\"}]","OperationalState":"Running"}`))
	probe := resources[0].List("probes")[0]
	if probe.Name() != "p" || probe.Span().Line != 2 || len(resources[0].Problems) > 0 {
		t.Errorf("the probe is %q at %v, problems %v", probe.Name(), probe.Span(), resources[0].Problems)
	}
}

func TestBufferingOfPowerShellStandsWhereARMHasIt(t *testing.T) {
	resources, _ := read(t, []byte(psGateway+`"EnableRequestBuffering":true,"EnableResponseBuffering":false}`))
	got := resources[0].Child("globalConfiguration").Get("enableResponseBuffering")
	if got.Text() != "false" || got.Span().String() != "gw.json:2:57" {
		t.Errorf("response buffering is %q at %v", got.Text(), got.Span())
	}
	resources, _ = read(t, []byte(psGateway+`"EnableRequestBuffering":null}`))
	if got := resources[0].Get("globalConfiguration"); got != nil {
		t.Errorf("a global configuration appeared from nothing: %v", got.Kind())
	}
}

func TestPowerShellListsInObjectsAreRead(t *testing.T) {
	resources, report := read(t, []byte(`{"value":[{"Name":"gw","ResourceId":"/s/x","ResourceType":"Microsoft.Network/applicationGateways","Properties":{"httpListeners":[]}}],"Count":1}`))
	if len(resources) != 1 || !resources[0].Is(azure.ApplicationGateway) || report.Form != azure.PowerShell || resources[0].ID() != "/s/x" {
		t.Errorf("read %d resources as %s", len(resources), report.Form)
	}
}
