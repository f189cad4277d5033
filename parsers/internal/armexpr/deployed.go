package armexpr

import (
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// outside is the value of an access to what lies outside of the template, as far as it can be told: ids of the resource group and the
// subscription, the host name of a service, outputs of a deployment inside. It is nil for any other access.
func (r *run) outside(a *access) *jsontree.Node {
	c, keys := chain(a)
	if c == nil || c.space != "" {
		return nil
	}
	switch c.name + "." + keys {
	case "resourcegroup.id":
		return r.str("/subscriptions/" + unknownSubscription + "/resourceGroups/" + unknownGroup)
	case "subscription.id":
		return r.str("/subscriptions/" + unknownSubscription)
	}
	if c.name == "reference" && len(c.args) > 0 {
		return r.referenced(c, keys)
	}
	return nil
}

// chain is a call and the names that are picked one after the other from its value, in lower case and with dots between them.
func chain(e expr) (*call, string) {
	var names []string
	for {
		switch x := e.(type) {
		case *call:
			return x, strings.Join(names, ".")
		case *access:
			key, ok := x.key.(*text)
			if !ok {
				return nil, ""
			}
			names = append([]string{lower(key.value)}, names...)
			e = x.of
		default:
			return nil, ""
		}
	}
}

// signalR is the type of the service.
const signalR = "microsoft.signalrservice/signalr"

// reference is the state of a resource, which only Azure knows.
func (r *run) reference(c *call) *jsontree.Node {
	kind, name, from := r.target(c.args[0])
	return r.unknown(stateOf(kind, name), from)
}

func stateOf(kind, name string) string {
	if kind == "" {
		return "reference() tells the state of a resource, which only Azure knows"
	}
	return fmt.Sprintf("the state of %s %s is known to Azure only: give an export of what was deployed", kind, name)
}

// referenced is a part of a resource's state. The host name of a service follows from its name (learn.microsoft.com, "Azure SignalR
// Service": NAME.service.signalr.net in Azure's public cloud); in other clouds only the part behind the name differs.
func (r *run) referenced(c *call, keys string) *jsontree.Node {
	kind, name, from := r.target(c.args[0])
	keys = strings.TrimPrefix(keys, "properties.")
	switch {
	case strings.EqualFold(kind, signalR) && keys == "hostname" && name != "" && !strings.Contains(name, opening):
		host := r.str(lower(name)+domain, from)
		host.AddOrigins(&jsontree.Origin{What: "host name of Azure SignalR " + name + " in Azure's public cloud", At: from.Place()})
		return host
	case strings.EqualFold(kind, signalR) && keys == "hostname" && name != "":
		if host := r.hostOf(kind, name, from); host != nil {
			return host
		}
	case strings.EqualFold(kind, deployments) && strings.HasPrefix(keys, "outputs.") && r.scope.Output != nil:
		output, _, _ := strings.Cut(strings.TrimPrefix(keys, "outputs."), ".")
		if value := r.scope.Output(name, output); value != nil && keys == "outputs."+output+".value" {
			return value.Moved(r.at, "output "+output+" of deployment "+name)
		}
	}
	return r.unknown(stateOf(kind, name), from)
}

// deployments is the type of a deployment inside of a template.
const deployments = "Microsoft.Resources/deployments"

// target is the resource that a function is asked about: by id, by symbolic name, or by the name of a resource of the template.
func (r *run) target(e expr) (kind, name string, from *jsontree.Node) {
	value := r.eval(e)
	if value.Kind() != jsontree.String {
		return "", "", value
	}
	if i := strings.LastIndex(value.Text(), "/providers/"); i >= 0 {
		kind, name = splitID(value.Text()[i+len("/providers/"):])
		return kind, name, value
	}
	resources := r.scope.resources
	if resources.Kind() == jsontree.Object {
		declared := resources.Get(value.Text())
		named := r.nameOf(declared, r.turns)
		return declared.Get("type").Text(), idPart(named), named
	}
	for declared := range resources.All() {
		if n := declared.Get("name"); n.Text() == value.Text() || IsExpression(n.Text()) && r.nameOf(declared, nil).Text() == value.Text() {
			return declared.Get("type").Text(), value.Text(), value
		}
	}
	return "", "", value
}

// nameOf is the name of a resource of the template. It is not known where it is asked for to make it.
func (r *run) nameOf(declared *jsontree.Node, turns *Turn) *jsontree.Node {
	n, all := declared.Get("name"), r.scope.shared
	switch {
	case n == nil:
		return r.scope.Value(n, turns)
	case all.asked[n]:
		return jsontree.NewUnknown(n.Place(), "the name of a resource refers to itself")
	}
	all.asked[n] = true
	defer delete(all.asked, n)
	return r.scope.Value(n, turns)
}

// splitID takes what stands behind …/providers/ in an id apart into type and name.
func splitID(id string) (kind, name string) {
	parts := strings.Split(id, "/")
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

// keys are listKeys() and its like. What they give is a secret ("Resource functions for ARM templates": list*).
func (r *run) keys(c *call) *jsontree.Node {
	var from []*jsontree.Node
	for _, arg := range c.args {
		from = append(from, r.eval(arg))
	}
	value := r.unknown(c.name+"() gives keys that only Azure knows", from...)
	value.AddOrigins(&jsontree.Origin{What: "keys from " + c.name + "()", At: r.source.Inside(c.start, c.end), Secret: true})
	return value
}
