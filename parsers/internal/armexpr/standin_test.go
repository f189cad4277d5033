package armexpr_test

import (
	"strings"
	"testing"

	"github.com/asrscheck/asrscheck/parsers/internal/armexpr"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

const services = `{
  "parameters": {"name": {"type": "string"}, "names": {"type": "array"}, "made": {"type": "string", "defaultValue": "[format('chat-{0}', uniqueString(resourceGroup().id))]"}},
  "variables": {"host": "[concat(parameters('name'), '.service.signalr.net')]", "a": "[variables('b')]", "b": "[concat(variables('a'), '.service.signalr.net')]"},
  "resources": [
    {"type": "Microsoft.SignalRService/signalR", "name": "[parameters('made')]"},
    {"type": "Microsoft.SignalRService/signalR", "name": "[format('push-{0}', uniqueString(resourceGroup().id))]"},
    {"type": "Microsoft.SignalRService/signalR", "name": "[parameters('names')[copyIndex()]]", "copy": {"name": "all", "count": 2}}
  ]
}`

func TestNamesOfServicesThatAreNotKnownStandForThemselves(t *testing.T) {
	value := func(expression string) *jsontree.Node {
		doc, err := jsontree.Parse("t.json", []byte(services), jsontree.Options{KeepText: true})
		if err != nil {
			t.Fatal(err)
		}
		of, err := jsontree.Parse("e.json", []byte(`{"v": "`+expression+`"}`), jsontree.Options{KeepText: true})
		if err != nil {
			t.Fatal(err)
		}
		return armexpr.NewScope(doc.Root, nil).Value(of.Root.Get("v"), nil)
	}
	for _, alike := range [][2]string{
		{"[format('{0}.service.signalr.net', parameters('name'))]", "[variables('host')]"},
		{"[concat(toLower(parameters('name')), '.service.signalr.net')]", "[variables('host')]"},
		{"[reference(resourceId('Microsoft.SignalRService/signalR', parameters('made'))).hostName]", "[reference(resourceId('Microsoft.SignalRService/SignalR', parameters('made')), '2024-03-01').hostName]"},
		{"[format('https://{0}/client', variables('host'))]", "[format('https://{0}.service.signalr.net/client', parameters('name'))]"},
	} {
		a, b := value(alike[0]), value(alike[1])
		if a.Kind() != jsontree.String || a.Text() != b.Text() || !strings.Contains(a.Text(), ".name-not-known.service.signalr.net") {
			t.Errorf("%s is %q, and %s is %q", alike[0], a.Text(), alike[1], b.Text())
		}
	}
	chat, push := value("[format('{0}.service.signalr.net', parameters('made'))]"), value("[format('push-{0}.service.signalr.net', uniqueString(resourceGroup().id))]")
	if chat.Text() == push.Text() || !strings.HasPrefix(chat.Text(), "chat-") || !strings.HasPrefix(push.Text(), "push-") {
		t.Errorf("two services are %q and %q", chat.Text(), push.Text())
	}
	for _, open := range []string{
		"[format('{0}.service.signalr.net', parameters('names')[0])]", "[concat(parameters('names')[1], '.service.signalr.net')]", "[variables('b')]",
		"[reference(resourceId('Microsoft.SignalRService/signalR', parameters('names')[0])).hostName]", "[format('{0}.service.signalr.net/{1}', parameters('name'), parameters('made'))]",
	} {
		if v := value(open); v.Kind() != jsontree.Unknown {
			t.Errorf("%s is %q", open, v.Text())
		}
	}
}
