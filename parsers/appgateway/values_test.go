package appgateway

import (
	"testing"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// came is a value that came from a parameter.
func came(n *jsontree.Node) *jsontree.Node {
	n.AddOrigins(&jsontree.Origin{What: "default of parameter p", At: jsontree.NewSource("gw.json", nil).Place(0, 1)})
	return n
}

func TestWhatAValueCameFromStaysWithIt(t *testing.T) {
	var nowhere jsontree.Place
	name := azure.Text(came(jsontree.NewString(nowhere, "CHAT.example.com")))
	for what, v := range map[string]routing.Value{
		"a text":              name,
		"in lower case":       azure.Lowered(name),
		"an address":          azure.AddressWith(name, routing.Of("443", routing.Span{})),
		"a boolean":           azure.Flag(came(jsontree.NewString(nowhere, "True"))),
		"what is no boolean":  azure.Flag(came(jsontree.NewString(nowhere, "x"))),
		"an unknown":          azure.Text(came(jsontree.NewUnknown(nowhere, "why"))),
		"a list":              azure.Text(came(jsontree.NewList(nowhere))),
		"a TLS policy":        predefined(came(jsontree.NewString(nowhere, "AppGwSslPolicy20220101"))),
		"disabled versions":   lowestEnabled(came(jsontree.NewList(nowhere, jsontree.NewString(nowhere, "TLSv1_0")))),
		"a version by itself": versionOf(azure.Text(came(jsontree.NewString(nowhere, "TLSv1_2")))),
	} {
		if len(v.Related) != 1 || v.Related[0].Text != "default of parameter p" {
			t.Errorf("%s, %v, came from %v", what, v, v.Related)
		}
	}
}
