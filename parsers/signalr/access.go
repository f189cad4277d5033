package signalr

import (
	"slices"
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/azure"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// clients is what the lists of a service call the requests of clients.
const clients = "ClientConnection"

// public says whether clients reach a service from the internet ("Configure network access control": public network access, default action). Public
// access is on where nothing is said of it, and all kinds of requests are let in where there are no lists.
func public(r *azure.Resource) routing.Value {
	access := azure.Filled(r.Get("publicNetworkAccess"))
	switch {
	case access.IsUnknown():
		return access
	case strings.EqualFold(access.Text(), "Disabled"):
		return access.Became("false")
	case !access.IsSet() || access.IsDefault():
		access = routing.DefaultOf("Enabled", "Azure SignalR Service")
		access.Span = place(r.Object)
	}
	acls := r.Child("networkACLs")
	if acls.Node.Unset() {
		return access.Became("true")
	}
	if ranges := acls.Get("ipRules"); ranges.Kind() == jsontree.Unknown || ranges.Len() > 0 {
		return azure.UnknownAs(ranges, "only the addresses of ipRules reach the service; whether clients come from there is not known")
	}
	admits := admitted(acls, acls.Child("publicNetwork"))
	if on, ok := admits.Bool(); ok && on {
		return access.Became("true").With(admits.Span, "the list of the public network lets clients in")
	}
	return admits
}

// admitted says whether a list of a service's network rules lets clients in.
func admitted(acls, list azure.Object) routing.Value {
	action := azure.Filled(acls.Get("defaultAction")).Or(routing.DefaultOf("Deny", "Azure SignalR Service"))
	allow, deny := list.Get("allow"), list.Get("deny")
	for _, n := range []*jsontree.Node{allow, deny} {
		if n.Kind() == jsontree.Unknown {
			return azure.Text(n)
		}
	}
	switch {
	case action.IsUnknown():
		return action
	case strings.EqualFold(action.Text(), "Allow"):
		return routing.OfBool(!holds(deny, clients), placeOr(deny, acls))
	}
	return routing.OfBool(holds(allow, clients), placeOr(allow, acls))
}

// placeOr is where a list stands, or what should hold it.
func placeOr(n *jsontree.Node, otherwise azure.Object) routing.Span {
	if n.Span().IsZero() {
		return otherwise.Span()
	}
	return n.Span()
}

func holds(list *jsontree.Node, word string) bool {
	for n := range list.All() {
		if strings.EqualFold(n.Text(), word) {
			return true
		}
	}
	return false
}

// private says whether a private endpoint leads to a service that is approved and lets clients in: what the resource itself says of its
// connections, or the endpoints that were read.
func private(e *azure.Estate, r *azure.Resource) routing.Value {
	approved := routing.UnknownOf("no private endpoint of the service was read", place(r.Object))
	if list := r.Get("privateEndpointConnections"); list.Kind() == jsontree.List {
		approved = routing.OfBool(slices.ContainsFunc(r.List("privateEndpointConnections"), isApproved), list.Span())
	} else {
		for _, endpoint := range e.All(azure.PrivateEndpoint) {
			if v := leadsTo(e, endpoint, r); v.Text() == "true" || v.IsSet() && approved.Text() != "true" {
				approved = v
			}
		}
	}
	if on, ok := approved.Bool(); !ok || !on {
		return approved
	}
	return letsEndpointIn(r.Child("networkACLs"), approved)
}

func isApproved(o azure.Object) bool {
	return strings.EqualFold(o.Child("privateLinkServiceConnectionState").Get("status").Text(), "Approved")
}

// leadsTo says whether a private endpoint is connected to a service; unset where it is for something else. What is not asked for by hand is approved
// at once ("Manage a private endpoint connection").
func leadsTo(e *azure.Estate, endpoint, r *azure.Resource) routing.Value {
	for _, list := range []string{"privateLinkServiceConnections", "manualPrivateLinkServiceConnections"} {
		for _, o := range endpoint.List(list) {
			if e.Find(azure.SignalR, o.Get("privateLinkServiceId")) != r {
				continue
			}
			state := azure.Filled(o.Child("privateLinkServiceConnectionState").Get("status"))
			switch {
			case state.State() == routing.Known:
				return state.Became(strconv.FormatBool(strings.EqualFold(state.Text(), "Approved")))
			case strings.HasPrefix(list, "manual"):
				return routing.UnknownOf("the private endpoint "+endpoint.Title+" works only once its connection was approved by hand", place(o))
			}
			return routing.OfBool(true, place(o))
		}
	}
	return routing.Value{}
}

// letsEndpointIn says whether the rules of private endpoints let clients in. An endpoint that they do not name is left open.
func letsEndpointIn(acls azure.Object, approved routing.Value) routing.Value {
	lists := acls.Get("privateEndpoints")
	if lists.Kind() == jsontree.Unknown {
		return azure.Text(lists)
	}
	var last routing.Value
	for _, o := range acls.List("privateEndpoints") {
		switch v := admitted(acls, o); {
		case v.Text() == "true":
			return approved
		default:
			last = v
		}
	}
	if last.IsSet() {
		return last
	}
	return approved
}

// networks are the virtual networks in which the name of a service resolves to a private endpoint: they are linked to the zone that holds such
// names ("Use private endpoints for Azure SignalR Service": DNS changes).
func networks(e *azure.Estate, host string) []string {
	_, suffix, _ := strings.Cut(host, ".")
	var out []string
	for _, r := range e.Below(azure.PrivateDNSZone) {
		names := azure.NamesOf(r)
		if len(names) == 0 || !strings.EqualFold(names[0], "privatelink."+suffix) || !strings.EqualFold(azure.LastSegment(r.Type), "virtualNetworkLinks") {
			continue
		}
		id := r.Reference("virtualNetwork")
		if network := e.Find(azure.VirtualNetwork, id); network != nil {
			out = append(out, network.Name())
		} else if id.Kind() == jsontree.String {
			out = append(out, azure.LastSegment(id.Text()))
		}
	}
	return out
}

// place is where an object is named.
func place(o azure.Object) routing.Span {
	if n := o.Node.Get("name"); n.Kind() == jsontree.String {
		return n.Span()
	}
	return o.Span()
}
