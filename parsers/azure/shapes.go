package azure

import (
	"fmt"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// collections are the properties of an Application Gateway that are lists of objects with names
// (Azure/azure-rest-api-specs, Microsoft.Network, applicationGateway.json).
var collections = []string{
	"backendAddressPools", "backendHttpSettingsCollection", "frontendIPConfigurations", "frontendPorts", "httpListeners", "probes", "redirectConfigurations",
	"requestRoutingRules", "rewriteRuleSets", "sslCertificates", "sslProfiles", "urlPathMaps",
}

// misshapen leaves open what has another shape than Azure gives it, which would look like nothing, and says so.
func (res *Resource) misshapen() (problems []routing.Problem) {
	if !res.Is(ApplicationGateway) {
		return nil
	}
	for _, name := range collections {
		n := res.Get(name)
		if bad := misshapen(n); bad != nil {
			problems = append(problems, problemAt(bad, routing.Problem{
				Kind: routing.NotWhole, Message: fmt.Sprintf("%s is a list of objects, but here stands %s", name, bad.Kind()), Fix: "export the gateway again, whole",
			}))
			n.SetUnknown("it has another shape than Azure gives it")
		}
	}
	return problems
}

// misshapen is what is no list of objects in a value; nil where all is well.
func misshapen(n *jsontree.Node) *jsontree.Node {
	switch n.Kind() {
	case jsontree.String, jsontree.Number, jsontree.Bool:
		return n
	case jsontree.Object: // a list of one, as PowerShell writes it
		if n.Len() > 0 && (Object{n}).Name() == "" && n.Get("properties") == nil {
			return n
		}
	case jsontree.List:
		for item := range n.All() {
			if k := item.Kind(); k != jsontree.Object && k != jsontree.Unknown && k != jsontree.Null {
				return item
			}
		}
	default:
	}
	return nil
}
