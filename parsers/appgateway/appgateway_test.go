package appgateway_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/appgateway"
	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

const fixtures = "../../fixtures/appgateway"

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(fixtures, name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// lower compiles the only gateway of a text.
func lower(t testing.TB, name string, text []byte) *routing.Gateway {
	t.Helper()
	resources, _, err := azure.Read(name, text, azure.Files{})
	if err != nil {
		t.Fatal(err)
	}
	estate := azure.NewEstate()
	for _, r := range resources {
		if azure.IsShared(r) {
			estate.Keep(r)
		}
	}
	resources = slices.DeleteFunc(resources, func(r *azure.Resource) bool { return !r.Is(azure.ApplicationGateway) })
	if len(resources) != 1 {
		t.Fatalf("%s holds %d gateways, want one", name, len(resources))
	}
	g := appgateway.Lower(resources[0], estate)
	estate.Close()
	return g
}

// object is a part of a gateway as a test changes it.
type object = map[string]any

// changed is the how-to's gateway with something changed. The change gets its properties.
func changed(t testing.TB, change func(gateway object)) *routing.Gateway {
	t.Helper()
	var gateway object
	if err := json.Unmarshal(fixture(t, "ok/howto_rest.json"), &gateway); err != nil {
		t.Fatal(err)
	}
	change(gateway["properties"].(object))
	text, err := json.Marshal(gateway)
	if err != nil {
		t.Fatal(err)
	}
	return lower(t, "gw.json", text)
}

// item is the properties of the first item of a collection.
func item(gateway object, collection string) object {
	return gateway[collection].([]any)[0].(object)["properties"].(object)
}

// setting is the backend setting that leads to the service; pathRule the path rule.
func setting(gateway object) object { return item(gateway, "backendHttpSettingsCollection") }

func pathRule(gateway object) object {
	return item(item(gateway, "urlPathMaps"), "pathRules")
}

// add puts a named item into a collection and returns a reference to it.
func add(gateway object, collection, name string, properties object) object {
	list, _ := gateway[collection].([]any)
	gateway[collection] = append(list, object{"name": name, "properties": properties})
	return ref(collection, name)
}

func ref(collection, name string) object {
	return object{"id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/applicationGateways/gw/" + collection + "/" + name}
}

// ask traces a request to the first listener of a port.
func ask(g *routing.Gateway, method, url string, headers ...routing.Field) []routing.Path {
	scheme, rest, _ := strings.Cut(url, "://")
	authority, target, _ := strings.Cut(rest, "/")
	port := 443
	if scheme == "http" {
		port = 80
	}
	for _, l := range g.Listeners {
		if l.Port == port {
			return g.Trace(l, &routing.Request{
				Method: method, Scheme: scheme, Host: authority, Target: "/" + target, SNI: authority, ClientIP: "192.0.2.7", Header: headers,
			})
		}
	}
	return nil
}

// tell says in a line per path what becomes of a request.
func tell(paths []routing.Path) string {
	if len(paths) == 0 {
		return "no listener"
	}
	var lines []string
	for i := range paths {
		p := &paths[i]
		line := ""
		for _, a := range p.Assumed {
			line += fmt.Sprintf("if %v [%s]: ", a.Holds, a.Why)
		}
		line += p.Outcome()
		if d := p.Delivery; d != nil {
			line += fmt.Sprintf(" %s host %s sni %s %s", d.Scheme, d.Header("Host")[0], d.Setting(routing.SNI), d.Target)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func TestEveryFormOfTheHowToGatewayGivesTheSameTraces(t *testing.T) {
	want := map[string]string{
		"https://rt.contoso.example/client/negotiate?hub=chat": "delivered to asrs1.service.signalr.net:443 https host asrs1.service.signalr.net sni asrs1.service.signalr.net /client/negotiate?hub=chat",
		"https://rt.contoso.example/CLIENT/?hub=chat":          "delivered to asrs1.service.signalr.net:443 https host asrs1.service.signalr.net sni asrs1.service.signalr.net /CLIENT/?hub=chat",
		"https://rt.contoso.example/api/health":                "delivered to www.contoso.example:443 https host www.contoso.example sni www.contoso.example /api/health",
		"https://other.example/client/negotiate":               "answered by the gateway: 404 (default of Application Gateway) no listener has this host name",
		"http://rt.contoso.example/client/":                    "no listener",
	}
	for _, name := range []string{"az", "rest", "arm", "graph", "powershell", "powershell_depth2"} {
		g := lower(t, name, fixture(t, "ok/howto_"+name+".json"))
		for url, want := range want {
			if got := tell(ask(g, "POST", url)); got != want {
				t.Errorf("%s: %s\nis %s\nnot %s", name, url, got, want)
			}
		}
		if g.Kind != "appgateway" || g.Name != "agw-realtime" || g.Span.IsZero() || len(g.Problems) > 0 {
			t.Errorf("%s is lowered as %s %q at %v with problems %v", name, g.Kind, g.Name, g.Span, g.Problems)
		}
	}
}

func TestListenersTellHostsAndTLS(t *testing.T) {
	g := lower(t, "gw.json", fixture(t, "ok/howto_az.json"))
	l := g.Listeners[0]
	if len(g.Listeners) != 1 || l.Name != "appGwPublicFrontendIp:443" || l.Address != "" || l.Port != 443 || !l.TLS || l.Span.IsZero() {
		t.Errorf("the listener is %+v", l)
	}
	if got := l.MinTLS; got.Text() != "TLS1.2" || got.Span.IsZero() {
		t.Errorf("the lowest TLS version is %v at %v", got, got.Span)
	}
	if len(l.Hosts) != 1 || l.Hosts[0].Host != "rt.contoso.example" || g.Blocks[l.Hosts[0].Block] == nil || l.Hosts[0].Span.IsZero() {
		t.Errorf("its hosts are %+v", l.Hosts)
	}
}

func TestTheDecidingLineIsKnown(t *testing.T) {
	text := fixture(t, "err/host_override.json")
	lines := strings.Split(string(text), "\n")
	paths := ask(lower(t, "gw.json", text), "POST", "https://rt.contoso.example/client/negotiate")
	d := paths[0].Delivery
	for what, v := range map[string]routing.Value{
		`"pickHostNameFromBackendAddress": false`: d.Header("Host")[0],
		`"requestTimeout": 120`:                   d.Setting(routing.ReadTimeout),
		`"enableResponseBuffering": false`:        d.Setting(routing.Buffering),
		`"protocol": "Https"`:                     d.Scheme,
		`"fqdn": "asrs1.service.signalr.net"`:     d.Address,
		`"path": "/api/health"`:                   d.Probe().Path,
	} {
		if v.Span.IsZero() || !strings.Contains(lines[v.Span.Line-1], what) {
			t.Errorf("%s is said to stand at %v", what, v.Span)
		}
	}
	if events := paths[0].Events(); !strings.Contains(lines[events[1].Span.Line-1], "/client/*") || !events[1].Decision {
		t.Errorf("the path rule is said to stand at %v", events[1])
	}
}
