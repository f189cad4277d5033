package azure

import (
	"regexp"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// The types of gateways: Application Gateway; API Management, whose parts are resources below a service; and Front Door in the tiers Standard
// and Premium, whose parts are resources below a profile, and in the classic one.
const (
	ApplicationGateway = "Microsoft.Network/applicationGateways"
	APIManagement      = "Microsoft.ApiManagement/service"
	FrontDoorProfile   = "Microsoft.Cdn/profiles"
	ClassicFrontDoor   = "Microsoft.Network/frontDoors"
	WorkspaceGateway   = "Microsoft.ApiManagement/gateways" // of API Management
)

// fullType is a provider's namespace and at least one type.
var fullType = regexp.MustCompile(`^[A-Za-z0-9]+(\.[A-Za-z0-9]+)+(/[A-Za-z0-9]+)+$`)

// signatures tell a type by members that nothing else has, for descriptions that carry neither type nor id: the body of a
// PUT request, say.
var signatures = map[string][]string{
	ApplicationGateway: {"httpListeners", "backendHttpSettingsCollection", "requestRoutingRules", "gatewayIPConfigurations"},
	ClassicFrontDoor:   {"frontendEndpoints", "backendPoolsSettings"},
}

// typeOf is the full type of a resource; empty when the object is none.
func typeOf(n *jsontree.Node) string {
	for _, name := range []string{"type", "resourceType"} {
		if t := n.Get(name).Text(); fullType.MatchString(t) {
			return t
		}
	}
	for _, name := range []string{"id", "resourceId"} {
		if t, _ := SplitID(n.Get(name).Text()); t != "" {
			return t
		}
	}
	return typeBySignature(Object{n})
}

func typeBySignature(o Object) string {
	for kind, names := range signatures {
		for _, name := range names {
			if k := o.Get(name).Kind(); k == jsontree.List || k == jsontree.Unknown {
				return kind
			}
		}
	}
	return ""
}

// SplitID returns the full type and the name that a resource id ends with: of …/providers/Microsoft.Network/applicationGateways/gw/probes/p
// that is Microsoft.Network/applicationGateways/probes and gw/p. Both are empty when it is no resource id.
func SplitID(id string) (kind, name string) {
	const mark = "/providers/"
	i := strings.LastIndex(strings.ToLower(id), mark)
	if i < 0 {
		return "", ""
	}
	parts := strings.Split(strings.Trim(id[i+len(mark):], "/"), "/")
	if len(parts) < 3 || !strings.Contains(parts[0], ".") {
		return "", ""
	}
	kinds, names := parts[:1:1], []string{}
	for i, part := range parts[1:] {
		if i%2 == 0 {
			kinds = append(kinds, part)
		} else {
			names = append(names, part)
		}
	}
	return strings.Join(kinds, "/"), strings.Join(names, "/")
}

// LastSegment is what stands behind the last slash of an id: the name by which references are resolved. Microsoft's own
// documents have wrong collection names before it.
func LastSegment(id string) string {
	id = strings.TrimRight(id, "/")
	return id[strings.LastIndexByte(id, '/')+1:]
}

func equalFold(a, b string) bool { return strings.EqualFold(a, b) }
