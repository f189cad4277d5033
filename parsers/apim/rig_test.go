package apim_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/apim"
	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// part is a resource below the service, by the end of its type and its name.
type part struct {
	kind, name string
	properties map[string]any
}

type props = map[string]any

// policyOf is a policy with something in front of what it inherits in inbound, backend and outbound.
func policyOf(name, inbound, backend, outbound string) part {
	kind := []string{"policies", "apis/policies", "apis/operations/policies"}[strings.Count(name, "/")]
	text := fmt.Sprintf("<policies>\n<inbound><base />%s</inbound>\n<backend>%s</backend>\n<outbound><base />%s</outbound>\n</policies>", inbound, backend, outbound)
	return part{kind, name, props{"format": "rawxml", "value": text}}
}

// realtime is an API for requests at /client, with an operation for each of some methods and paths.
func realtime(operations ...string) []part {
	out := []part{{"apis", "rt", props{"displayName": "Realtime", "path": "client", "serviceUrl": "https://chat.service.signalr.net/client", "protocols": []string{"https"}, "subscriptionRequired": false}}}
	for _, o := range operations {
		method, template, _ := strings.Cut(o, " ")
		out = append(out, part{"apis/operations", "rt/" + strings.ToLower(method) + strings.Trim(template, "/{}*"), props{"method": method, "urlTemplate": template}})
	}
	return out
}

// gateway compiles a service with some parts.
func gateway(t *testing.T, parts ...part) *routing.Gateway {
	t.Helper()
	return gatewayOf(t, props{"name": "Premium"}, props{}, parts...)
}

// listed are parts without which an export does not tell whether the service has any of their kind.
var listed = []part{{"products", "unlimited", props{"subscriptionRequired": true}}, {"diagnostics", "azuremonitor", props{}}}

// gatewayOf compiles a service of a tier, with properties, and with some parts.
func gatewayOf(t *testing.T, sku, properties props, parts ...part) *routing.Gateway {
	t.Helper()
	return read(t, export(t, sku, properties, parts...))
}

// export is such a service as an export has it.
func export(t *testing.T, sku, properties props, parts ...part) []byte {
	t.Helper()
	list := []any{props{
		"type": azure.APIManagement, "id": "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/contoso", "name": "contoso",
		"sku": sku, "properties": properties,
	}}
	for _, p := range append(listed, parts...) {
		id := "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/contoso"
		names := strings.Split(p.name, "/")
		for i, k := range strings.Split(p.kind, "/") {
			id += "/" + k + "/" + names[i]
		}
		list = append(list, props{"type": azure.APIManagement + "/" + p.kind, "id": id, "name": names[len(names)-1], "properties": p.properties})
	}
	text, err := json.MarshalIndent(props{"value": list}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func read(t *testing.T, text []byte) *routing.Gateway {
	t.Helper()
	resources, _, err := azure.Read("apim.json", text, azure.Files{})
	if err != nil {
		t.Fatal(err)
	}
	estate := azure.NewEstate()
	var g *routing.Gateway
	for _, r := range resources {
		estate.Keep(r)
		if r.Is(azure.APIManagement) {
			g = apim.Lower(r, estate)
		}
	}
	estate.Close()
	if g == nil {
		g = apim.WithoutService(estate)[0]
	}
	return g
}

// ask follows a request, which may have headers: "Name: value".
func ask(g *routing.Gateway, method, target string, headers ...string) []routing.Path {
	req := &routing.Request{Method: method, Scheme: "https", Host: "rt.contoso.example", Target: target, ClientIP: "192.0.2.7"}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header = append(req.Header, routing.Field{Name: name, Value: value})
	}
	return g.Trace(g.Listeners[0], req)
}

// told says how the ways of a request end, and as what it is delivered.
func told(paths []routing.Path) string {
	var out []string
	for i := range paths {
		p := &paths[i]
		said := p.Outcome()
		if d := p.Delivery; d != nil {
			said = fmt.Sprintf("%s %s://%s%s Host %s", d.Method, d.Scheme.Text(), strings.TrimSuffix(d.Address.Text(), ":443"), d.Target, d.Header("Host")[0])
		}
		if len(p.Assumed) > 0 {
			said += " if " + map[bool]string{true: "", false: "not "}[p.Assumed[0].Holds] + p.Assumed[0].Why
		}
		out = append(out, said)
	}
	return strings.Join(out, "\n")
}
