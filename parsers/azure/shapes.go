package azure

import (
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// collections are the properties of an Application Gateway that are lists of objects with names
// (Azure/azure-rest-api-specs, Microsoft.Network, applicationGateway.json).
var collections = []string{
	"backendAddressPools", "backendHttpSettingsCollection", "frontendIPConfigurations", "frontendPorts", "httpListeners", "probes", "redirectConfigurations",
	"requestRoutingRules", "rewriteRuleSets", "sslCertificates", "sslProfiles", "urlPathMaps",
}

// objects are properties of gateways that are objects wherever they stand: of Application Gateway, Front Door and API Management. The classic
// Front Door has lists of the same names.
var objects = map[string]bool{
	"properties": true, "actionset": true, "cacheconfiguration": true, "customproperties": true, "globalconfiguration": true, "healthprobesettings": true,
	"loadbalancingsettings": true, "match": true, "sslpolicy": true, "tlssettings": true, "urlconfiguration": true,
}

var objectsOfClassic = map[string]bool{"properties": true}

// free are properties whose value is of whatever shape their owner likes.
var free = map[string]bool{"tags": true, "document": true, "value": true}

// misshapen leaves open what has another shape than Azure gives it, which would look like nothing, and says so.
func (res *Resource) misshapen() []routing.Problem {
	if !res.ofGateway() {
		return nil
	}
	var problems []routing.Problem
	names := objects
	if res.Is(ClassicFrontDoor) {
		names = objectsOfClassic
	}
	leaveOpen(res.Node, names, &problems)
	if res.Is(ApplicationGateway) {
		problems = append(problems, res.misshapenLists()...)
	}
	return problems
}

// ofGateway reports whether the resource is a gateway, or a part of one.
func (res *Resource) ofGateway() bool {
	for _, kind := range []string{ApplicationGateway, APIManagement, FrontDoorProfile, ClassicFrontDoor} {
		if res.Is(kind) || len(res.Type) > len(kind) && equalFold(res.Type[:len(kind)+1], kind+"/") {
			return true
		}
	}
	return false
}

// leaveOpen makes what should be an object and is none unknown.
func leaveOpen(n *jsontree.Node, names map[string]bool, problems *[]routing.Problem) {
	for child := range n.All() {
		name := strings.ToLower(child.Name())
		switch kind := child.Kind(); {
		case free[name]:
		case names[name] && (kind == jsontree.List || kind == jsontree.String || kind == jsontree.Number || kind == jsontree.Bool):
			*problems = append(*problems, notShaped(child, "an object", child))
			child.SetUnknown(otherShape)
		default:
			leaveOpen(child, names, problems)
		}
	}
}

const otherShape = "it has another shape than Azure gives it"

// notShaped is the problem that something else stands where a property should.
func notShaped(n *jsontree.Node, should string, bad *jsontree.Node) routing.Problem {
	return problemAt(bad, routing.Problem{
		Kind: routing.NotWhole, Message: fmt.Sprintf("%s is %s, but here stands %s", n.Name(), should, bad.Kind()), Fix: "export the gateway again, whole",
	})
}

func (res *Resource) misshapenLists() (problems []routing.Problem) {
	for _, name := range collections {
		n := res.Get(name)
		if bad := misshapen(n); bad != nil {
			problems = append(problems, notShaped(n, "a list of objects", bad))
			n.SetUnknown(otherShape)
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
