package parsers_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// loadTexts loads texts as files of one folder, by name.
func loadTexts(t *testing.T, texts map[string]string) *routing.Estate {
	t.Helper()
	dir := t.TempDir()
	for name, text := range texts {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return parsers.Load([]string{dir}, parsers.Options{})
}

func howto(t *testing.T, form string) string {
	t.Helper()
	text, err := os.ReadFile("../fixtures/appgateway/ok/howto_" + form + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTwoDescriptionsOfOneGatewayAreBothJudgedAndSaid(t *testing.T) {
	estate := loadTexts(t, map[string]string{"a.json": howto(t, "az"), "b.json": howto(t, "arm")})
	if len(estate.Gateways) != 2 {
		t.Fatalf("%d gateways", len(estate.Gateways))
	}
	for i, form := range []string{"another description of this gateway, arm", "another description of this gateway, az"} {
		notes := estate.Gateways[i].Notes
		if len(notes) != 1 || !strings.HasPrefix(notes[0].Text, form) || notes[0].Span.IsZero() {
			t.Errorf("gateway %d has the notes %v", i, notes)
		}
	}
}

func TestTheSameDescriptionTwiceIsJudgedOnce(t *testing.T) {
	estate := loadTexts(t, map[string]string{"a.json": howto(t, "az"), "b.json": howto(t, "az"), "c.json": "[" + howto(t, "az") + "," + howto(t, "az")})
	if len(estate.Gateways) != 1 || len(estate.Gateways[0].Notes) != 1 || !strings.Contains(estate.Gateways[0].Notes[0].Text, "judged once") {
		t.Errorf("%d gateways; the first has the notes %v", len(estate.Gateways), estate.Gateways[0].Notes)
	}
}

func TestWhatABrokenTextHeldIsForgotten(t *testing.T) {
	estate := loadTexts(t, map[string]string{"a.json": "[" + howto(t, "az") + ",", "b.json": howto(t, "az")})
	if len(estate.Gateways) != 1 || len(estate.Gateways[0].Notes) > 0 {
		t.Errorf("%d gateways: the whole text is judged, with no note about the broken one", len(estate.Gateways))
	}
}

func TestGatewaysOfTheSameNameInTwoGroupsAreTwo(t *testing.T) {
	estate := loadTexts(t, map[string]string{"a.json": howto(t, "az"), "b.json": strings.ReplaceAll(howto(t, "az"), "rg-realtime", "rg-other")})
	if len(estate.Gateways) != 2 || len(estate.Gateways[0].Notes)+len(estate.Gateways[1].Notes) > 0 {
		t.Errorf("%d gateways, notes %v", len(estate.Gateways), estate.Gateways[0].Notes)
	}
}

const group = "/subscriptions/5b1d4c7e-2f0a-4f43-9d3e-7a1c52e86f10/resourceGroups/rg-realtime/providers/"

func TestGatewaysFindWhatTheyReferToInOtherInputs(t *testing.T) {
	gateway := strings.Replace(howto(t, "rest"), `"hostName": "rt.contoso.example",`, `"firewallPolicy": {"id": "`+group+`Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies/waf"},`, 1)
	estate := loadTexts(t, map[string]string{
		"a.json": gateway,
		"b.json": `[{"id":"` + group + `Microsoft.Network/publicIPAddresses/pip-realtime","properties":{"dnsSettings":{"fqdn":"rt.westeurope.cloudapp.azure.com"}}},
			{"id":"` + group + `Microsoft.SignalRService/SignalR/chat","location":"chinaeast2","properties":{}},
			{"id":"` + group + `Microsoft.SignalRService/SignalR/asrs1","properties":{"hostName":"asrs1.service.signalr.net"}},
			{"id":"` + group + `Microsoft.SignalRService/SignalR/asrs1/customDomains/d","properties":{"domainName":"rt.example.com"}}]`,
	})
	if len(estate.Gateways) != 1 {
		t.Fatalf("%d gateways, problems %v", len(estate.Gateways), estate.Problems)
	}
	g := estate.Gateways[0]
	var uses []string
	for _, u := range g.Uses {
		uses = append(uses, u.Kind+" "+u.Name+" "+filepath.Base(u.Read.File))
	}
	if got, want := strings.Join(uses, ", "), "firewall policy waf ., public address pip-realtime b.json"; got != want {
		t.Errorf("it uses %s, want %s", got, want)
	}
	if hosts := g.Listeners[0].Hosts; len(hosts) != 1 || hosts[0].Host != "rt.westeurope.cloudapp.azure.com" {
		t.Errorf("its hosts are %+v", hosts)
	}
	var services []string
	for _, s := range estate.Services {
		services = append(services, s.Host)
	}
	if got := strings.Join(services, " "); got != "chat.signalr.azure.cn asrs1.service.signalr.net rt.example.com" {
		t.Errorf("the services are %s", got)
	}
}
