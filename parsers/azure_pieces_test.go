package parsers_test

import (
	"os"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

const (
	settingsList = `[{"id":"/subscriptions/s/resourceGroups/rg-edge/providers/Microsoft.Network/applicationGateways/agw-realtime/backendHttpSettingsCollection/a",
"name":"a","port":443,"requestTimeout":20,"type":"Microsoft.Network/applicationGateways/backendHttpSettingsCollection"},
{"id":"/subscriptions/s/resourceGroups/rg-edge/providers/Microsoft.Network/applicationGateways/agw-realtime/backendHttpSettingsCollection/b","name":"b",
"type":"Microsoft.Network/applicationGateways/backendHttpSettingsCollection"}]`
	probesPage = `{"value":[{"id":"/subscriptions/s/resourceGroups/rg-edge/providers/Microsoft.Network/applicationGateways/agw-realtime/probes/a","name":"a","properties":{"path":"/"}}]}`
)

func TestAPartOfAGatewayIsSaidToBeOne(t *testing.T) {
	for text, part := range map[string]string{settingsList: "backendHttpSettingsCollection", probesPage: "probes"} {
		t.Chdir(t.TempDir())
		write(t, "part.json", text)
		estate := parsers.Load([]string{"part.json"}, parsers.Options{})
		if len(estate.Problems) != 1 || estate.Problems[0].Kind != routing.NotWhole {
			t.Fatalf("problems %+v", estate.Problems)
		}
		p := estate.Problems[0]
		if p.Message != "this is a part of gateway agw-realtime ("+part+"), which cannot be judged by it" ||
			p.Fix != "export the whole gateway: az network application-gateway show -g rg-edge -n agw-realtime" || p.Span.File != "part.json" || p.Span.Line != 1 {
			t.Errorf("the problem is %+v", p)
		}
	}
}

func TestAPartBesideItsGatewayIsNoProblem(t *testing.T) {
	whole, err := os.ReadFile("../fixtures/appgateway/ok/howto_az.json")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	write(t, "gateway.json", string(whole))
	estate := parsers.Load([]string{"gateway.json"}, parsers.Options{})
	write(t, "part.json", strings.ReplaceAll(settingsList, "agw-realtime", estate.Gateways[0].Name))
	if estate = parsers.Load([]string{"part.json", "gateway.json"}, parsers.Options{}); len(estate.Problems) > 0 || len(estate.Gateways) != 1 {
		t.Errorf("%d gateways, problems %+v", len(estate.Gateways), estate.Problems)
	}
}
