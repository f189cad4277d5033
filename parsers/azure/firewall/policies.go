package firewall

import (
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// ofGateway is whose defaults apply.
const (
	ofGateway   = "Application Gateway's firewall"
	ofFrontDoor = "Front Door's firewall"
)

// OfGateway reads a policy of Application Gateway, a resource of its own.
func OfGateway(o azure.Object) Policy {
	settings := o.Child("policySettings")
	p := Policy{product: ofGateway, name: o.Name(), at: nameSpan(o), managed: managedSets(o), excluded: o.Child("managedRules").List("exclusions")}
	p.enabled = switched(lowered(settings, "state", routing.DefaultOf("true", ofGateway)))
	p.mode = lowered(settings, "mode", routing.UnknownOf("no mode is stated", p.at))
	p.status = statusOf(settings, ofGateway)
	p.body = bodyLimit{
		enforced: lowered(settings, "requestBodyEnforcement", routing.DefaultOf("true", ofGateway)),
		kilobyte: azure.Text(settings.Get("maxRequestBodySizeInKb")).Or(routing.DefaultOf("128", ofGateway)),
	}
	if p.checksOnlyInspected() {
		p.body.enforced = lowered(settings, "requestBodyCheck", routing.DefaultOf("true", ofGateway))
	}
	p.custom = customRules(o, "customRules", gatewayRule)
	return p
}

// Inline reads the configuration that stands in an Application Gateway itself, which has no custom rules. One without a body check bounds no
// bodies ("Web Application Firewall request and file upload size limits": Core Rule Set 3.1 and lower).
func Inline(o azure.Object) Policy {
	p := Policy{product: ofGateway, name: "of the gateway itself", at: o.Span(), excluded: o.List("exclusions")}
	p.enabled = lowered(o, "enabled", routing.UnknownOf("it does not say", p.at))
	p.mode = lowered(o, "firewallMode", routing.UnknownOf("no mode is stated", p.at))
	p.status = routing.DefaultOf("403", ofGateway)
	p.managed = []managedSet{{kind: azure.Text(o.Get("ruleSetType")).Or(routing.DefaultOf("OWASP", ofGateway)).Text(), version: o.Get("ruleSetVersion").Text(), at: p.at}}
	limit := azure.Text(o.Get("maxRequestBodySizeInKb")).Or(azure.Text(o.Get("maxRequestBodySize")))
	p.body = bodyLimit{
		enforced: lowered(o, "requestBodyCheck", routing.DefaultOf("true", ofGateway)), kilobyte: limit.Or(routing.DefaultOf("128", ofGateway)),
	}
	return p
}

// OfFrontDoor reads a policy of Front Door, which bounds no bodies.
func OfFrontDoor(o azure.Object) Policy {
	settings := o.Child("policySettings")
	p := Policy{product: ofFrontDoor, name: o.Name(), at: nameSpan(o), managed: managedSets(o)}
	p.enabled = switched(lowered(settings, "enabledState", routing.DefaultOf("true", ofFrontDoor)))
	p.mode = lowered(settings, "mode", routing.UnknownOf("no mode is stated", p.at))
	p.status = statusOf(settings, ofFrontDoor)
	p.custom = customRules(o.Child("customRules"), "rules", frontDoorRule)
	for i, set := range o.Child("managedRules").List("managedRuleSets") {
		if p.managed[i].looksAtArguments() {
			p.excluded = append(p.excluded, set.List("exclusions")...)
		}
	}
	return p
}

// checksOnlyInspected reports whether the limit of bodies goes with their inspection, as up to Core Rule Set 3.1.
func (p Policy) checksOnlyInspected() bool {
	for _, set := range p.managed {
		if v, err := strconv.ParseFloat(set.version, 64); err == nil && strings.EqualFold(set.kind, "OWASP") && v < 3.2 {
			return true
		}
	}
	return false
}

// statusOf is the status of what is blocked.
func statusOf(settings azure.Object, whose string) routing.Value {
	n := settings.Get("customBlockResponseStatusCode")
	if code, ok := azure.Number(n); ok && code > 0 {
		return azure.KnownAs(n, strconv.Itoa(code))
	}
	return routing.DefaultOf("403", whose)
}

func parseSize(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n >= 0 && n < 1<<30
}

// nameSpan is where an object is named, which is where a reader looks for what it lacks.
func nameSpan(o azure.Object) routing.Span {
	if n := o.Node.Get("name"); !n.Span().IsZero() {
		return n.Span()
	}
	return o.Span()
}
