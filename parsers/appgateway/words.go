package appgateway

import (
	"fmt"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// choice is a property that has few values, in any case of letters ("Application Gateways - Create Or Update": definitions).
type choice struct {
	list, property string
	words          []string
}

var choices = []choice{
	{"requestRoutingRules", "ruleType", []string{"Basic", "PathBasedRouting"}},
	{"httpListeners", "protocol", []string{"Http", "Https"}},
	{"listeners", "protocol", []string{"Tcp", "Tls"}},
	{"backendHttpSettingsCollection", "protocol", []string{"Http", "Https"}},
	{"backendHttpSettingsCollection", "cookieBasedAffinity", []string{"Enabled", "Disabled"}},
	{"backendSettingsCollection", "protocol", []string{"Tcp", "Tls"}},
	{"probes", "protocol", []string{"Http", "Https", "Tcp", "Tls"}},
	{"redirectConfigurations", "redirectType", []string{"Permanent", "Found", "SeeOther", "Temporary"}},
	{"loadDistributionPolicies", "loadDistributionAlgorithm", []string{"RoundRobin", "LeastConnections", "IpHash"}},
	{"entraJWTValidationConfigs", "unAuthorizedRequestAction", []string{"Deny", "Allow"}},
}

// chosen is such a property of an item of a list; unknown where it is no word that Azure takes.
func chosen(list string, o azure.Object, property string) routing.Value {
	for _, c := range choices {
		if c.list == list && c.property == property {
			return azure.OneOf(o.Get(property), c.words...)
		}
	}
	return azure.Filled(o.Get(property))
}

// inWords notes the words that are not accepted.
func (b *builder) inWords() {
	for _, c := range choices {
		for _, o := range b.r.List(c.list) {
			if message, at := azure.Misworded(o.Get(c.property), fmt.Sprintf("%s of %.100q", c.property, o.Name()), c.words); message != "" {
				b.refuse(at, message, "write one of these")
			}
		}
	}
}
