package azurerm

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Domain is that of the public cloud, which the provider uses unless its environment says otherwise.
const Domain = ".service.signalr.net"

// NotNamed is the label in the host name of a service whose own name is not known: it tells services apart without naming them.
const NotNamed = routing.NotNamed

// Computed is the value that the provider will give to an attribute which nobody writes, where it follows from the others; nil where
// it does not. It is the host name of a SignalR service (hashicorp/terraform-provider-azurerm, azurerm_signalr_service: hostname),
// which stands for one certain service even where that service's name is not known yet.
// It is also the id of a part of a Front Door, without the subscription, by which parts refer to each other.
func Computed(r Resource, attribute string) *jsontree.Node {
	if r.Type == "azapi_resource" && attribute == "id" {
		return azapiID(r)
	}
	if k := kinds[r.Type]; k.inside != "" && attribute == "id" {
		return k.computedID(r)
	}
	if r.Type != "azurerm_signalr_service" || attribute != "hostname" {
		return nil
	}
	name := r.Attributes.Get("name")
	host := jsontree.NewString(r.Attributes.Place(), label(r.Address)+"."+NotNamed+Domain)
	if name.Kind() == jsontree.String && name.Text() != "" {
		host = jsontree.NewString(r.Attributes.Place(), strings.ToLower(name.Text())+Domain)
	}
	at := r.Attributes.Place()
	if !name.Unset() {
		at = name.Place()
	}
	host.AddOrigins(&jsontree.Origin{What: "the name of " + r.Address, At: at})
	return host
}

// label makes a label of a host name from an address.
func label(address string) string {
	const longest = 63
	keep := func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
			return r
		case 'A' <= r && r <= 'Z':
			return r - 'A' + 'a'
		}
		return '-'
	}
	clean := strings.Trim(strings.Map(keep, address), "-")
	return strings.Trim(clean[max(0, len(clean)-longest):], "-")
}

// computedID is the id of a resource by its type and the names of it and those above it; nil where those above are not known yet. Where its
// own name is not known, its address stands for it.
func (k kind) computedID(r Resource) *jsontree.Node {
	name := r.Attributes.Get("name")
	own := label(r.Address)
	if name.Kind() == jsontree.String && name.Text() != "" {
		own = name.Text()
	}
	above := "/providers/" + k.arm[:strings.LastIndexByte(k.arm, '/')]
	if k.inside == byNames {
		return k.idByNames(r)
	}
	if k.inside != topLevel {
		parent := r.Attributes.Get(k.inside)
		if parent.Kind() != jsontree.String {
			return nil
		}
		above = parent.Text()
	}
	return jsontree.NewString(r.Attributes.Place(), above+"/"+k.arm[strings.LastIndexByte(k.arm, '/')+1:]+"/"+own)
}

// idByNames is the id of a resource whose names lead all the way down.
func (k kind) idByNames(r Resource) *jsontree.Node {
	names := k.nameOf(r.Attributes)
	if names.Kind() != jsontree.String {
		return nil
	}
	return jsontree.NewString(r.Attributes.Place(), idOf(k.arm, names.Text()))
}

// idOf puts the names of a resource and of those above it between their types.
func idOf(arm, names string) string {
	kinds, all := strings.Split(arm, "/"), strings.Split(names, "/")
	var b strings.Builder
	b.WriteString("/providers/" + kinds[0])
	for i, name := range all {
		if i+1 < len(kinds) {
			b.WriteString("/" + kinds[i+1] + "/" + name)
		}
	}
	return b.String()
}

// azapiID is the id of a resource of azapi: that of the one above it, with its own type and name behind.
func azapiID(r Resource) *jsontree.Node {
	arm, _, _ := strings.Cut(r.Attributes.Get("type").Text(), "@")
	name, parent := r.Attributes.Get("name"), r.Attributes.Get("parent_id")
	if name.Kind() != jsontree.String || parent.Kind() != jsontree.String {
		return nil
	}
	if strings.Count(arm, "/") < 2 {
		return jsontree.NewString(r.Attributes.Place(), parent.Text()+"/providers/"+arm+"/"+name.Text())
	}
	return jsontree.NewString(r.Attributes.Place(), parent.Text()+"/"+lastName(arm)+"/"+name.Text())
}
