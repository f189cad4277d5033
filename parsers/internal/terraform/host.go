package terraform

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/asrscheck/asrscheck/parsers/internal/azurerm"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// hostAttributes are the attributes that nobody writes and that are told nevertheless.
var hostAttributes = []string{"hostname"}

// domains are those of SignalR services in the clouds that the provider's environment names; without it, it is the public one.
var domains = map[string]string{"": "", "public": "", "usgovernment": ".signalr.azure.us", "china": ".signalr.azure.cn"}

// host is the host name of a SignalR service, which follows from its name. Of a service whose name is not known it is one that
// stands for it.
func (o object) host(attribute string) (cty.Value, bool) {
	if o.block.Labels[0] != "azurerm_signalr_service" || attribute != "hostname" {
		return cty.NilVal, false
	}
	n := o.hostNode()
	if n == nil {
		return cty.NilVal, false
	}
	v := cty.StringVal(n.Text())
	if strings.Contains(n.Text(), "."+azurerm.NotNamed+".") {
		v = v.Mark(standIn)
	}
	return v, true
}

// hostNode is the host name with its origins, or nil where it cannot be told.
func (o object) hostNode() *jsontree.Node {
	name, _ := o.attribute("name") // what fails is unknown
	node := jsontree.NewUnknown(jsontree.Place{}, "")
	if known, ok := stringOf(name); ok {
		node = jsontree.NewString(jsontree.Place{}, known)
	}
	at := o.module.run.place(o.block.DefRange())
	if a := o.block.Body.Attributes["name"]; a != nil {
		at = o.module.run.place(a.Expr.Range())
	}
	attributes := jsontree.NewObject(at, jsontree.Member{Name: "name", Value: node.Moved(at, "")})
	host := azurerm.Computed(azurerm.Resource{Address: o.address(), Type: o.block.Labels[0], Attributes: attributes}, "hostname")
	domain, ok := domains[o.cloud()]
	if host == nil || !ok {
		return nil
	}
	if domain != "" {
		host.SetString(strings.TrimSuffix(host.Text(), azurerm.Domain) + domain)
	}
	return host
}

// cloud is the environment of the provider that makes the resource; "?" where it cannot be told.
func (o object) cloud() string {
	name, _, _ := strings.Cut(o.block.Labels[0], "_")
	if a := o.block.Body.Attributes["provider"]; a != nil {
		name = providerReference(a.Expr)
	}
	for m := o.module; m != nil; m = m.caller {
		if b := m.providers[name]; b != nil {
			return m.environmentOf(b)
		}
		name = m.passed(name)
	}
	return ""
}

func (m *instance) environmentOf(b *hclsyntax.Block) string {
	a := b.Body.Attributes["environment"]
	if a == nil {
		return ""
	}
	v, diags := a.Expr.Value(m.ctx)
	if name, ok := stringOf(v); ok && !diags.HasErrors() {
		return strings.ToLower(name)
	}
	return "?"
}

// passed is what the caller calls a provider's configuration: that of the same name unless "providers" says otherwise.
func (m *instance) passed(name string) string {
	if m.call == nil {
		return name
	}
	a := m.call.Body.Attributes["providers"]
	if a == nil {
		return name
	}
	list, ok := a.Expr.(*hclsyntax.ObjectConsExpr)
	if !ok {
		return name
	}
	for _, item := range list.Items {
		if providerReference(item.KeyExpr) == name {
			return providerReference(item.ValueExpr)
		}
	}
	return name
}

// providerReference is the name of a provider's configuration where one is referred to: azurerm, azurerm.gov, "azurerm.gov".
func providerReference(e hclsyntax.Expression) string {
	if t, diags := hcl.AbsTraversalForExpr(e); !diags.HasErrors() {
		return text(t)
	}
	v, _ := e.Value(nil)
	name, _ := stringOf(v)
	return name
}
