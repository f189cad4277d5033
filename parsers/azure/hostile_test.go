package azure_test

import (
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/asrscheck/asrscheck/parsers/azure"
)

// gatewayWith is a gateway with these properties.
func gatewayWith(properties string) string {
	return `{"type":"Microsoft.Network/applicationGateways","name":"gw","properties":{` + properties + `}}`
}

func nest(open, inner, shut string, count int) string {
	return strings.Repeat(open, count) + inner + strings.Repeat(shut, count)
}

// TestHostileTextsAreToldAtTheirPlace: what no export holds is an error or a problem with its place, and takes no time.
func TestHostileTextsAreToldAtTheirPlace(t *testing.T) {
	const plan, state, file = `{"format_version":"1.2","planned_values":`, `{"format_version":"1.0","values":`, `{"version":4,"terraform_version":"1.9.0","lineage":"x","resources":`
	for name, c := range map[string]struct{ text, want string }{
		"a property twice":                  {gatewayWith(`"probes":[],"Probes":[]`), `gw.json:1:87 "Probes" stands twice in one object (first at gw.json:1:75)`},
		"a truncated page":                  {`{"count":2,"data":[` + gatewayWith("") + "," + gatewayWith("")[:30], "gw.json:1:105: the string that begins here does not end"},
		"a truncated gateway":               {gatewayWith(`"probes":[`)[:80], "gw.json:1:"},
		"a list that is a string":           {gatewayWith(`"httpListeners":"x"`), "gw.json:1:75 httpListeners is a list of objects, but here stands a string"},
		"a list that is an object":          {gatewayWith(`"requestRoutingRules":{"a":{"name":"r"}}`), "gw.json:1:75 requestRoutingRules is a list of objects, but here stands an object"},
		"a list of numbers":                 {gatewayWith(`"probes":[1]`), "gw.json:1:85 probes is a list of objects, but here stands a number"},
		"properties that are a list":        {gatewayWith("")[:len(gatewayWith(""))-3] + `[]}`, "gw.json:1:61 properties is an object, but here stands a list"},
		"properties of a part are a text":   {gatewayWith(`"probes":[{"name":"p","properties":"x"}]`), "gw.json:1:97 properties is an object, but here stands a string"},
		"switches that are a list":          {gatewayWith(`"globalConfiguration":["x"]`), "gw.json:1:75 globalConfiguration is an object, but here stands a list"},
		"an operation's properties":         {`{"value":[{"type":"Microsoft.ApiManagement/service/apis","name":"gw/a","properties":7}]}`, "gw.json:1:72 properties is an object, but here stands a number"},
		"outputs of Pulumi that are a list": {`{"version":3,"deployment":{"resources":[{"urn":"urn:x::g","type":"azure-native:network:ApplicationGateway","id":"/subscriptions/s/resourceGroups/r/providers/Microsoft.Network/applicationGateways/g","outputs":[3]}]}}`, "but here stands a list"},
		"lists in lists":                    {nest("[", "", "]", 10_000), "deeper than 200 levels"},
		"objects in objects":                {gatewayWith(`"a":` + nest(`{"a":`, "1", "}", 10_000)), "deeper than 200 levels"},
		"calls in calls":                    {string(in(`[{"type":"A.B/c","name":"[` + nest("concat(", "'a'", ")", 28_000) + `]"}]`)), "the expression nests deeper than 200 levels"},
		"a loop of a hundred million":       {string(in(`[{"type":"A.B/c","name":"x","copy":{"name":"l","count":100000000}}]`)), "a loop turns 0 to 800 times, not 100000000"},
		"a property of a hundred million":   {string(in(`[{"type":"A.B/c","name":"x","properties":{"copy":[{"name":"p","count":100000000,"input":1}]}}]`)), "a loop turns 0 to 800 times, not 100000000"},
		"an expression that ends early":     {string(in(`[{"type":"A.B/c","name":"[concat('x'","properties":{"a":"[concat('x']"}}]`)), "should stand here"},
		"a plan of a list":                  {plan + "[]}", "gw.json:1:25 planned_values is a list here, but an object belongs here"},
		"a plan whose resources are a text": {plan + `{"root_module":{"resources":"x"}}}`, "planned_values.root_module.resources is a string here"},
		"a state of a text":                 {state + `"x"}`, "values is a string here, but an object belongs here"},
		"a state file of an object":         {file + "{}}", "resources is an object here, but a list belongs here"},
		"a state file of another version":   {strings.Replace(file, "4", "3", 1) + "[]}", "only version 4"},
	} {
		if got := toldOf([]byte(c.text)); !strings.Contains(got, c.want) {
			t.Errorf("%s: it says\n%.300s\nwant %s", name, got, c.want)
		}
	}
}

// toldOf is the error of a text, or its problems and those of its resources.
func toldOf(text []byte) string {
	resources, report, err := azure.Read("gw.json", text, azure.Files{})
	if err != nil {
		return err.Error()
	}
	told := report.Problems
	for _, r := range resources {
		told = append(told, r.Problems...)
	}
	var lines []string
	for _, p := range told {
		lines = append(lines, p.Span.String()+" "+p.Message)
	}
	return strings.Join(lines, "\n")
}

// TestUTF16IsRead: PowerShell 5 writes it, in either order of bytes, for > and Out-File.
func TestUTF16IsRead(t *testing.T) {
	text := gatewayWith("\"tags\":{\"ort\":\"Köln\"},\n\"probes\":[{\"name\":\"p\"}]")
	for name, little := range map[string]bool{"little-endian": true, "big-endian": false} {
		var wide []byte
		for _, unit := range append([]uint16{0xfeff}, utf16.Encode([]rune(text))...) {
			low, high := byte(unit), byte(unit>>8)
			if little {
				low, high = high, low
			}
			wide = append(wide, high, low)
		}
		resources, report, err := azure.Read("gw.json", wide, azure.Files{})
		if err != nil || len(resources) != 1 || len(report.Problems) > 0 {
			t.Fatalf("%s: %d resources, problems %v, error %v", name, len(resources), report.Problems, err)
		}
		probe := resources[0].List("probes")[0]
		if got := probe.Span().String(); got != "gw.json:2:11" || probe.Name() != "p" {
			t.Errorf("%s: probe %q stands at %s", name, probe.Name(), got)
		}
	}
}
