package frontdoor_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/frontdoor"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

const fixtures = "../../fixtures/frontdoor"

// lower compiles the Front Doors that a text describes.
func lower(name string, text []byte) ([]*routing.Gateway, error) {
	resources, _, err := azure.Read(name, text, azure.Files{})
	estate := azure.NewEstate()
	var out []*routing.Gateway
	for _, r := range resources {
		r.Source = name
		if azure.IsShared(r) {
			estate.Keep(r)
		}
		switch {
		case r.Is(azure.FrontDoorProfile):
			if g := frontdoor.Lower(r, estate); g != nil {
				out = append(out, g)
			}
		case r.Is(azure.ClassicFrontDoor):
			out = append(out, frontdoor.LowerClassic(r, estate))
		}
	}
	estate.Close()
	return append(out, frontdoor.WithoutProfile(estate)...), err
}

// changed is the one Front Door of ok/arm.json with texts in it replaced.
func changed(t *testing.T, replacements ...string) *routing.Gateway {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(fixtures, "ok", "arm.json"))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(replacements); i += 2 {
		if !strings.Contains(string(text), replacements[i]) {
			t.Fatalf("the fixture holds no %q", replacements[i])
		}
	}
	all, err := lower("arm.json", []byte(strings.NewReplacer(replacements...).Replace(string(text))))
	if err != nil || len(all) != 1 {
		t.Fatalf("%d Front Doors, %v", len(all), err)
	}
	return all[0]
}

// ask tells how a GET for a path of the custom domain ends.
func ask(g *routing.Gateway, url string) string {
	scheme, rest, _ := strings.Cut(url, "://")
	host, path, _ := strings.Cut(rest, "/")
	var out []string
	for _, l := range g.Listeners {
		if l.Name != scheme {
			continue
		}
		for _, p := range g.Trace(l, &routing.Request{Method: "GET", Scheme: scheme, Host: host, Target: "/" + path}) {
			end := p.Outcome()
			if p.Delivery != nil {
				end += fmt.Sprintf(" as %s with Host %s", p.Delivery.Target, p.Delivery.Header("Host")[0])
			}
			out = append(out, end)
		}
	}
	return strings.Join(out, "; or ")
}

func TestRoutesAreChosenByHostThenByPath(t *testing.T) {
	const patterns = "\"/client\",\n          \"/client/*\""
	arrives := func(path string) string {
		return "delivered to chat.service.signalr.net:443 as " + path + " with Host chat.service.signalr.net"
	}
	for name, tt := range map[string]struct{ was, is, url, want string }{
		"a pattern with an asterisk":       {"contentVersion", "contentVersion", "https://rt.contoso.example/client/negotiate?hub=a", arrives("/client/negotiate?hub=a")},
		"it takes its own slash too":       {"contentVersion", "contentVersion", "https://rt.contoso.example/client/?hub=a", arrives("/client/?hub=a")},
		"letters do not matter":            {"contentVersion", "contentVersion", "https://rt.contoso.example/CLIENT/x", arrives("/CLIENT/x")},
		"no pattern":                       {"contentVersion", "contentVersion", "https://rt.contoso.example/api/v1", "answered by the gateway: 400 (default of Front Door) no route of this host takes this path over https"},
		"another host":                     {"contentVersion", "contentVersion", "https://www.contoso.example/client/", "answered by the gateway: 400 (default of Front Door) no route has this host name"},
		"another protocol":                 {"contentVersion", "contentVersion", "http://rt.contoso.example/client/", "answered by the gateway: 400 (default of Front Door) no route of this host takes this path over http"},
		"an exact pattern with a slash":    {patterns, `"/client/"`, "https://rt.contoso.example/client/negotiate", "answered by the gateway: 400 (default of Front Door) no route of this host takes this path over https"},
		"an exact pattern without a slash": {patterns, `"/client"`, "https://rt.contoso.example/client/", "answered by the gateway: 400 (default of Front Door) no route of this host takes this path over https"},
		"an origin path":                   {`"originGroup": {`, `"originPath": "/fwd/", "originGroup": {`, "https://rt.contoso.example/client/a/b?q", arrives("/fwd/a/b?q")},
		"a disabled route":                 {"\"httpsRedirect\": \"Disabled\",\n        \"enabledState\": \"Enabled\"", `"enabledState": "Disabled"`, "https://rt.contoso.example/client/", "answered by the gateway: 400 (default of Front Door) no route has this host name"},
		"the endpoint's own name":          {`"linkToDefaultDomain": "Disabled"`, `"linkToDefaultDomain": "Enabled"`, "https://rt-a1b2c3.z01.azurefd.net/client/", arrives("/client/")},
		"an origin without host header":    {`"originHostHeader": "chat.service.signalr.net",`, "", "https://rt.contoso.example/client/", "delivered to chat.service.signalr.net:443 as /client/ with Host rt.contoso.example"},
		"a group that was not read":        {"'edge', 'chat')", "'edge', 'gone')", "https://rt.contoso.example/client/", `unknown: "gone" is not among the profile's originGroups that were read`},
	} {
		if got := ask(changed(t, tt.was, tt.is), tt.url); got != tt.want {
			t.Errorf("%s: %s is %s, want %s", name, tt.url, got, tt.want)
		}
	}
}

func TestARouteRedirectsToHTTPSBeforeAnythingElse(t *testing.T) {
	g := changed(t, `"supportedProtocols"`, `"unset"`, `"httpsRedirect": "Disabled"`, `"httpsRedirect": "Enabled"`)
	const want = "redirected (unknown (which status httpsRedirect answers with is not documented)) to https://rt.contoso.example/client/?hub=a"
	if got := ask(g, "http://rt.contoso.example/client/?hub=a"); got != want {
		t.Errorf("a request over HTTP is %s, want %s", got, want)
	}
}

func TestAProfileOfAzureCDNIsNoFrontDoor(t *testing.T) {
	all, err := lower("cdn.json", []byte(`{"type":"Microsoft.Cdn/profiles","name":"cdn","sku":{"name":"Standard_Microsoft"},"properties":{}}`))
	if err != nil || len(all) != 0 {
		t.Errorf("%d Front Doors are read, %v", len(all), err)
	}
}

func TestPartsOfAProfileThatWasNotReadMakeAFrontDoorThatIsNotWhole(t *testing.T) {
	g := changed(t, `"type": "Microsoft.Cdn/profiles",`, `"type": "Microsoft.Cdn/others",`)
	if len(g.Problems) == 0 || g.Problems[0].Kind != routing.NotWhole {
		t.Errorf("its problems are %v", g.Problems)
	}
	if got := ask(g, "https://rt.contoso.example/client/"); !strings.Contains(got, "delivered to chat") {
		t.Errorf("a request is %s", got)
	}
}

// FuzzLower only asks that nothing panics or hangs.
func FuzzLower(f *testing.F) {
	names, _ := filepath.Glob(filepath.Join(fixtures, "*", "*.json"))
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		all, _ := lower("fuzz.json", text)
		for _, g := range all {
			for _, l := range g.Listeners {
				if paths := g.Trace(l, &routing.Request{Method: "GET", Scheme: "https", Host: "rt.contoso.example", Target: "/client/?hub=x"}); len(paths) == 0 {
					t.Error("a trace is empty")
				}
			}
		}
	})
}

// ways is in how many ways a request may end.
func ways(g *routing.Gateway, url string) int { return len(strings.Split(ask(g, url), "; or ")) }

func TestWhatATemplateHidesOfAnEndpointIsNotTakenForOn(t *testing.T) {
	const hidden = `"[reference('elsewhere').value]"`
	endpoint := changed(t, `"name": "edge/rt",
      "properties": {
        "enabledState": "Enabled"`, `"name": "edge/rt", "properties": {"enabledState": `+hidden)
	if got := ways(endpoint, "https://rt.contoso.example/client/"); got != 2 {
		t.Errorf("an endpoint that may be disabled leaves %d ways", got)
	}
	linked := changed(t, `"linkToDefaultDomain": "Disabled"`, `"linkToDefaultDomain": `+hidden)
	if got := ways(linked, "https://rt-a1b2c3.z01.azurefd.net/client/"); got != 2 {
		t.Errorf("a route that may be linked to the endpoint's own host leaves %d ways there", got)
	}
	if got := ways(linked, "https://rt.contoso.example/client/"); got != 1 {
		t.Errorf("and %d at a custom domain that it is tied to", got)
	}
}
