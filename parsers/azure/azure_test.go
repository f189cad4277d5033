package azure_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "fixtures", "appgateway", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func read(t testing.TB, text []byte) ([]*azure.Resource, azure.Report) {
	t.Helper()
	resources, report, err := azure.Read("gw.json", text, azure.Files{})
	if err != nil {
		t.Fatal(err)
	}
	return resources, report
}

// facts are some properties of the how-to's gateway, asked for as a builder would.
func facts(r *azure.Resource) string {
	setting, listener := r.List("backendHttpSettingsCollection")[0], r.List("httpListeners")[0]
	rule := r.Child("urlPathMaps").Node.At(0)
	pathRule := azure.Object{Node: rule}.List("pathRules")[0]
	return fmt.Sprintf("%s %s | %s %s %s -> %s | %s | %s %s | buffering %s",
		strings.ToLower(r.Type), r.Title,
		setting.Name(), setting.Get("protocol").Text(), setting.Get("requestTimeout").Text(), azure.LastSegment(setting.Reference("probe").Text()),
		listener.Get("hostName").Text(), pathRule.Name(), pathRule.Get("paths").At(0).Text(),
		r.Child("globalConfiguration").Get("enableResponseBuffering").Text())
}

func TestEveryFormGivesTheSameResource(t *testing.T) {
	const want = "microsoft.network/applicationgateways agw-realtime | signalr-https Https 120 -> signalr-health | rt.contoso.example | signalr /client/* | buffering false"
	for name, form := range map[string]azure.Form{
		"howto_az": azure.CLI, "howto_rest": azure.REST, "howto_arm": azure.Template, "howto_graph": azure.Graph,
		"howto_powershell": azure.PowerShell, "howto_powershell_depth2": azure.PowerShell,
	} {
		t.Run(name, func(t *testing.T) {
			resources, report := read(t, fixture(t, "ok/"+name+".json"))
			if len(resources) != 1 || report.Form != form || report.Resources != 1 || len(report.Problems) > 0 || len(report.Secrets) > 0 {
				t.Fatalf("%d resources, report %+v", len(resources), report)
			}
			if got := facts(resources[0]); got != want || resources[0].Form != form {
				t.Errorf("read as %s\n%s\nwant\n%s", resources[0].Form, got, want)
			}
		})
	}
}

func TestDetectTellsTheForm(t *testing.T) {
	const id = `"id":"/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/applicationGateways/gw"`
	for text, want := range map[string]azure.Form{
		`{` + id + `,"name":"gw","httpListeners":[]}`: azure.CLI,
		`[{` + id + `}]`:               azure.CLI,
		`{` + id + `,"properties":{}}`: azure.REST,
		`{"value":[{` + id + `,"properties":{}}],"nextLink":null}`:                                                                 azure.REST,
		`{"properties":{"httpListeners":[],"requestRoutingRules":[]}}`:                                                             azure.REST,
		`{"count":1,"data":[{` + id + `,"properties":{}}],"skip_token":null}`:                                                      azure.Graph,
		`{"totalRecords":0,"data":[]}`:                                                                                             azure.Graph,
		`{"Id":"/x/providers/Microsoft.Network/applicationGateways/gw"}`:                                                           azure.PowerShell,
		`[{"ResourceId":"/x","ResourceType":"Microsoft.SignalRService/SignalR"}]`:                                                  azure.PowerShell,
		`{"$schema":"https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#","resources":[]}`: azure.Template,
		`{"contentVersion":"1.0.0.0","resources":{"gw":{}}}`:                                                                       azure.Template,
		`{"$schema":"https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#","parameters":{}}`:          azure.Parameters,
		"// comment\n{" + id + `,"properties":{"x":[1,2`:                                                                           azure.REST, // cut off
		`{"name":"package","version":"1.0.0","type":"module"}`:                                                                     azure.None,
		`{"format_version":"1.2","terraform_version":"1.9"}`:                                                                       azure.State,
		`{"format_version":"1.2","planned_values":{}}`:                                                                             azure.Plan,
		`{"format_version":"1.0","provider_schemas":{}}`:                                                                           azure.None,
		`{"version":4,"terraform_version":"1.9.8","serial":3,"lineage":"x","resources":[]}`:                                        azure.StateFile,
		`{"value":[]}`:                 azure.None,
		`upstream signalr { server a;`: azure.None,
		``:                             azure.None,
		`[1,2]`:                        azure.None,
	} {
		if got := azure.Detect([]byte(text)); got != want {
			t.Errorf("%s is detected as %q, want %q", text, got, want)
		}
	}
}

func problems(report azure.Report) string {
	var lines []string
	for _, p := range report.Problems {
		lines = append(lines, fmt.Sprintf("%s %d %s", p.Span, p.Kind, p.Message))
	}
	return strings.Join(lines, "\n")
}

func TestPartialExportsSaySo(t *testing.T) {
	const row = `{"id":"/s/providers/Microsoft.Network/applicationGateways/gw","properties":{}}`
	for name, c := range map[string]struct{ text, want string }{
		"a skip token":                 {"{\"count\":1,\"data\":[" + row + "],\n\"skip_token\":\"e30=\",\"total_records\":1}", "gw.json:2:1 1 partial export: the page says that there are more (skip_token is set)"},
		"more records":                 {"{\"count\":1,\"data\":[" + row + "],\n\"total_records\":2}", "gw.json:2:1 1 partial export: the page holds 1 of 2 records"},
		"a truncated result":           {"{\"count\":1,\"data\":[" + row + "],\n\"resultTruncated\":\"true\"}", "gw.json:2:1 1 partial export: Resource Graph truncated the result"},
		"table format":                 {"{\"count\":1,\n\"data\":{\"columns\":[],\"rows\":[]}}", "gw.json:2:1 3 the rows are in table format, which was not read"},
		"a next link":                  {"{\"value\":[" + row + "],\n\"nextLink\":\"https://x\"}", "gw.json:2:1 1 partial export: the page says that there are more (nextLink is set)"},
		"entries of no type":           {"[" + row + ",\n{\"name\":\"x\"},{\"name\":\"y\"}]", "gw.json:2:1 2 an entry of the list is no Azure resource: it has neither a type nor an id that names one"},
		"a Pulumi resource of no type": {"{\"deployment\":{\"resources\":[\n{\"id\":\"x\"}]}}", "gw.json:2:1 2 an entry of the list is no Azure resource: it has neither a type nor an id that names one"},
		"a name twice":                 {"{\"id\":\"/s/providers/Microsoft.Network/applicationGateways/gw\",\n\"port\":1,\"Port\":2}", "gw.json:2:10 2 \"Port\" stands twice in one object (first at gw.json:2:1): which one counts is up to the reader"},
		"all in good order":            {"{\"count\":1,\"data\":[" + row + "],\"skip_token\":null,\"total_records\":1}", ""},
		"an empty skip token":          {"{\"count\":1,\"data\":[" + row + "],\"skip_token\":\"\"}", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, report := read(t, []byte(c.text))
			if got := problems(report); got != c.want {
				t.Errorf("problems are\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestReadFailsWithAPlaceAndKeepsNothing(t *testing.T) {
	whole := fixture(t, "ok/howto_az.json")
	for name, c := range map[string]struct {
		text []byte
		says string
	}{
		"half an export":   {whole[:len(whole)/2], "is the file cut off"},
		"half a list":      {append([]byte("["), whole...), "the text ends inside the list that opens at line 1 column 1"},
		"something else":   {[]byte(`{"name":"package"}`), "gw.json: no Azure resource was recognized"},
		"something broken": {[]byte("{\n\"name\" 1}"), "gw.json:2:8: expected a colon"},
	} {
		t.Run(name, func(t *testing.T) {
			resources, _, err := azure.Read("gw.json", c.text, azure.Files{})
			if err == nil || !strings.Contains(err.Error(), c.says) || resources != nil {
				t.Errorf("%d resources, error %v; want none, and %q", len(resources), err, c.says)
			}
		})
	}
}

func TestGetFindsPropertiesAtEitherLevel(t *testing.T) {
	object := func(text string) azure.Object {
		doc, err := jsontree.Parse("o.json", []byte(text), jsontree.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return azure.Object{Node: doc.Root}
	}
	for text, want := range map[string]string{
		`{"name":"s","properties":{"Port":443}}`:         "443",
		`{"name":"s","PORT":443}`:                        "443",
		`{"port":80,"Properties":{"port":443}}`:          "443",
		`{"name":"s","properties":null,"port":443}`:      "443",
		`{"name":"s","properties":{"protocol":"Https"}}`: "",
		`{}`: "",
	} {
		if got := object(text).Get("port").Text(); got != want {
			t.Errorf("the port of %s is %q, want %q", text, got, want)
		}
	}
	unknown := object(`{"name":"s","properties":"x"}`)
	unknown.Node.Get("properties").SetUnknown("why")
	if got := unknown.Get("port"); got.Kind() != jsontree.Unknown || got.Text() != "why" {
		t.Errorf("a property of unknown properties is %v", got.Kind())
	}
	if got := (azure.Object{}).Get("port"); got != nil || (azure.Object{}).Name() != "" {
		t.Error("the zero object holds something")
	}
}

func TestReferencesAndIDs(t *testing.T) {
	for id, want := range map[string]string{
		"/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/applicationGateways/gw/probes/p": "Microsoft.Network/applicationGateways/probes gw/p p",
		"/x/Providers/microsoft.network/ApplicationGateways/gw/":                                        "microsoft.network/ApplicationGateways gw gw",
		"/providers/Microsoft.Web": "  Microsoft.Web",
		"name":                     "  name",
		"":                         "  ",
	} {
		kind, name := azure.SplitID(id)
		if got := kind + " " + name + " " + azure.LastSegment(id); got != want {
			t.Errorf("%q splits into %q, want %q", id, got, want)
		}
	}
}

func TestStreamStopsAtTheFirstErrorOfItsReceiver(t *testing.T) {
	text := "[" + strings.Repeat(`{"id":"/s/providers/Microsoft.Network/applicationGateways/gw"},`, 3) + "]"
	seen := 0
	_, err := azure.Stream("gw.json", []byte(text), azure.Files{}, func(*azure.Resource) error {
		seen++
		return fmt.Errorf("enough")
	})
	if err == nil || seen != 1 {
		t.Errorf("%d resources were handed over, error %v", seen, err)
	}
}

func whats(secrets []azure.Secret) []string {
	var out []string
	for _, s := range secrets {
		out = append(out, s.What)
	}
	slices.Sort(out)
	return out
}

func kinds(all []routing.Problem) []routing.ProblemKind {
	var out []routing.ProblemKind
	for _, p := range all {
		out = append(out, p.Kind)
	}
	return out
}
