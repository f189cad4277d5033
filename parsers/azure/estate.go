package azure

import (
	"maps"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// The types of resources that others refer to.
const (
	SignalR         = "Microsoft.SignalRService/SignalR"
	CustomDomain    = "Microsoft.SignalRService/SignalR/customDomains"
	FirewallPolicy  = "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies"
	PublicIPAddress = "Microsoft.Network/publicIPAddresses"
	PrivateEndpoint = "Microsoft.Network/privateEndpoints"
	PrivateDNSZone  = "Microsoft.Network/privateDnsZones"
	VirtualNetwork  = "Microsoft.Network/virtualNetworks"

	FrontDoorFirewallPolicy = "Microsoft.Network/FrontDoorWebApplicationFirewallPolicies"
)

// shared are the types whose resources are kept until everything was read. They are small; gateways are not, of which an estate may have
// thousands.
var shared = []string{SignalR, FirewallPolicy, FrontDoorFirewallPolicy, FrontDoorProfile, APIManagement, WorkspaceGateway, PublicIPAddress, PrivateEndpoint, PrivateDNSZone, VirtualNetwork}

// Estate is what all inputs of one run together say of Azure. Resources come in any order, so that what one refers to may be read
// later: who needs another resource says so with When, and gets it at the end.
type Estate struct {
	resources []*Resource
	byName    map[string][]*Resource
	byAddress map[string][]*Resource
	waiting   []func()
	asked     map[string]bool // of a view: names and addresses of resources that something waits for
}

// NewEstate is one that holds nothing yet.
func NewEstate() *Estate {
	return &Estate{byName: map[string][]*Resource{}, byAddress: map[string][]*Resource{}}
}

// View is an estate that knows what this one knows, for who makes a gateway again when everything was read: it is closed by itself.
func (e *Estate) View() *Estate {
	return &Estate{resources: e.resources, byName: e.byName, byAddress: e.byAddress, asked: map[string]bool{}}
}

// Asked are the names and addresses of the resources that something waits for.
func (e *Estate) Asked() []string { return slices.Collect(maps.Keys(e.asked)) }

// Has reports whether a resource of such a name or address was read.
func (e *Estate) Has(name string) bool {
	return name != "" && len(e.byName[name])+len(e.byAddress[name]) > 0
}

// IsShared reports whether a resource is of a type that others refer to, or a part of one that is.
func IsShared(r *Resource) bool {
	return slices.ContainsFunc(shared, func(kind string) bool {
		return r.Is(kind) || len(r.Type) > len(kind) && equalFold(r.Type[:len(kind)+1], kind+"/")
	})
}

// Keep remembers a resource that is shared.
func (e *Estate) Keep(r *Resource) {
	e.resources = append(e.resources, r)
	key := strings.ToLower(LastSegment(r.Title))
	e.byName[key] = append(e.byName[key], r)
	if r.Address != "" {
		e.byAddress[r.Address] = append(e.byAddress[r.Address], r)
	}
}

// All are the resources of a type that were kept, in the order in which they were read.
func (e *Estate) All(kind string) []*Resource {
	var out []*Resource
	for _, r := range e.resources {
		if r.Is(kind) {
			out = append(out, r)
		}
	}
	return out
}

// Below are the resources below those of a type, in the order in which they were read.
func (e *Estate) Below(kind string) []*Resource {
	var out []*Resource
	for _, r := range e.resources {
		if len(r.Type) > len(kind) && equalFold(r.Type[:len(kind)+1], kind+"/") {
			out = append(out, r)
		}
	}
	return out
}

// Later calls a function at the end, when everything was read.
func (e *Estate) Later(do func()) { e.waiting = append(e.waiting, do) }

// When calls use at the end with the resource of a type that an id means, or with nil if it was not read. The id may be unknown, as one
// that an apply will tell: then it is found by what it refers to. The function must not hold on to the text that it came from.
func (e *Estate) When(kind string, id *jsontree.Node, use func(*Resource)) {
	if e.asked != nil {
		address, _ := attributeOf(id)
		e.asked[strings.ToLower(LastSegment(id.Text()))], e.asked[address] = true, true
	}
	e.waiting = append(e.waiting, func() { use(e.Find(kind, id)) })
}

// Find is the resource of a type that an id means, among those that were read so far; nil where none of them is.
func (e *Estate) Find(kind string, id *jsontree.Node) *Resource {
	candidates := e.byName[strings.ToLower(LastSegment(id.Text()))]
	if address, attribute := attributeOf(id); attribute == "id" {
		candidates = e.byAddress[address]
	}
	for _, r := range candidates {
		if r.Is(kind) && r.meant(id) {
			return r
		}
	}
	return nil
}

// WhenIn calls use at the end with the name of the virtual network that a subnet, or a network itself, of this id stands in, if that is known.
func (e *Estate) WhenIn(id *jsontree.Node, use func(network string)) {
	if _, names := SplitID(id.Text()); id.Kind() == jsontree.String && names != "" {
		network, _, _ := strings.Cut(names, "/")
		use(network)
		return
	}
	for _, kind := range []string{VirtualNetwork, VirtualNetwork + "/subnets"} {
		e.When(kind, id, func(r *Resource) {
			if r != nil && len(NamesOf(r)) > 0 {
				use(NamesOf(r)[0])
			}
		})
	}
}

// Close says that everything was read. What waits may itself ask for resources.
func (e *Estate) Close() {
	for len(e.waiting) > 0 {
		use := e.waiting[0]
		e.waiting = e.waiting[1:]
		use()
	}
	e.waiting = nil
}
