package azure

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/internal/redact"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// What stands in a deployment for values that are not written plainly (github.com/pulumi/pulumi, sdk/go/common/resource: SigKey, SecretSig
// and plugin.UnknownStringValue).
const (
	pulumiSignature = "4dabf18193072939515e22adb298388d"
	pulumiSecret    = "1b47061264138c4ac30d75fd1eb44270"
	pulumiUnknown   = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
)

// pulumiResources is the list of resources in what pulumi stack export writes, or in the file that Pulumi keeps the state of a stack in; nil in
// anything else.
func pulumiResources(root *jsontree.Node) *jsontree.Node {
	for _, in := range []*jsontree.Node{root.Get("deployment"), root.Path("checkpoint", "latest")} {
		if list := in.Get("resources"); list.Kind() == jsontree.List {
			return list
		}
	}
	return nil
}

// pulumi takes the resources of provider azure-native, whose outputs have the properties of Azure Resource Manager beside the name. What
// is about to be deleted is left out.
func (r *reader) pulumi(root *jsontree.Node) error {
	r.openEnvelopes(root)
	r.clean(root)
	for n := range pulumiResources(root).All() {
		kind := n.Get("type").Text()
		switch {
		case kind == "":
			r.strange = append(r.strange[:min(len(r.strange), 1)], n.Span())
		case n.Get("delete").Text() == "true" || strings.HasPrefix(kind, "pulumi:"):
		case strings.HasPrefix(kind, "azure-native"):
			if err := r.emit(native(n)); err != nil {
				return err
			}
		default:
			if err := r.foreign(n, kind); err != nil {
				return err
			}
		}
	}
	r.reportStrange()
	return nil
}

// native is a resource of azure-native. Its id has the type that Azure has for it.
func native(n *jsontree.Node) *Resource {
	state := n.Get("outputs")
	if state.Len() == 0 {
		state = n.Get("inputs")
	}
	members := []jsontree.Member{}
	if state.Kind() != jsontree.Object {
		members = append(members, jsontree.Member{Name: "properties", Value: state, At: state.NamePlace()}) // which is none, as will be said
	}
	for m := range state.All() {
		if !strings.EqualFold(m.Name(), "id") {
			members = append(members, jsontree.Member{Name: m.Name(), Value: m, At: m.NamePlace()})
		}
	}
	members = append(members, jsontree.Member{Name: "id", Value: n.Get("id"), At: n.Get("id").NamePlace()})
	at := state
	if at == nil {
		at = n
	}
	res := newResource(jsontree.NewObject(at.Place(), members...), Pulumi)
	if res.Type == "" {
		res.Type = n.Get("type").Text()
	}
	if res.Title == "" {
		res.Title = urnName(n.Get("urn").Text())
	}
	return res
}

// urnName is the name that a program gives a resource.
func urnName(urn string) string { return urn[strings.LastIndexByte(urn, ':')+1:] }

// classic begins the types of the provider azure, which has Terraform's attributes.
const classic = "azure:"

// foreign takes a resource of another provider as it is. The provider azure describes gateways too, in another shape.
func (r *reader) foreign(n *jsontree.Node, kind string) error {
	res := &Resource{Object: Object{n}, Type: kind, Title: urnName(n.Get("urn").Text()), Form: Pulumi}
	if strings.HasPrefix(kind, classic) {
		res.Problems = []routing.Problem{{
			Span: n.Span(), Kind: routing.NotWhole, Message: kind + " of Pulumi's provider azure was not read: only azure-native is",
			Fix: "give an export of what was deployed, such as az network application-gateway show",
		}}
		r.problem(res.Problems[0])
	}
	return r.emit(res)
}

// openEnvelopes makes secrets and values that are not known yet unknown. A secret that stands in plain text, as --show-secrets writes it,
// is reported.
func (r *reader) openEnvelopes(n *jsontree.Node) {
	switch {
	case n.Kind() == jsontree.String && n.Text() == pulumiUnknown:
		n.SetUnknown("known only after the update")
	case n.Get(pulumiSignature).Text() == pulumiSecret:
		if plain := n.Get("plaintext"); !plain.Unset() {
			r.secret(plain, "secret of Pulumi", redact.Mark)
		}
		n.SetUnknown("it is a secret of Pulumi's, so that it was not read")
	}
	for child := range n.All() {
		r.openEnvelopes(child)
	}
}
