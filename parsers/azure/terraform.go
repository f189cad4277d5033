package azure

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/azurerm"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// FromTerraform hands over the resources that Terraform has, in ARM shape: all of one configuration, plan or state at once, because
// they refer to each other. Those of types that are not mapped are handed over as they are, under Terraform's type. Secrets that stand
// in them are redacted and reported. It stops at the first error of each.
func FromTerraform(all []azurerm.Resource, form Form, each func(*Resource) error) (Report, error) {
	r := &reader{each: each, report: Report{Form: form}}
	for _, t := range all {
		r.clean(t.Attributes)
	}
	err := r.terraform(all)
	return r.report, err
}

func (r *reader) terraform(all []azurerm.Resource) error {
	settle(all)
	resources, patches := mapped(all, r.report.Form)
	for _, p := range patches {
		r.patch(resources, p)
	}
	for _, res := range resources {
		if err := r.emit(res); err != nil {
			return err
		}
	}
	return nil
}

// patchOf is a resource that is only a part of another one.
type patchOf struct {
	*Resource
	of *jsontree.Node
}

func mapped(all []azurerm.Resource, form Form) (resources []*Resource, patches []patchOf) {
	for _, t := range all {
		m, ok := azurerm.Map(t)
		if !ok {
			resources = append(resources, &Resource{Object: Object{t.Attributes}, Type: t.Type, Title: t.Address, Address: t.Address, Form: form})
			continue
		}
		res := newResource(m.Node, form)
		res.Type, res.Address = m.Type, t.Address
		if res.Title == "" || res.own("name").Kind() == jsontree.Unknown {
			res.Title = t.Address
		}
		if m.PatchOf != nil {
			patches = append(patches, patchOf{res, m.PatchOf})
			continue
		}
		resources = append(resources, res)
	}
	return resources, patches
}

// patch puts properties where they belong. Of a resource that was not read, what they change is not known either.
func (r *reader) patch(resources []*Resource, p patchOf) {
	for _, res := range resources {
		if res.Is(p.Type) && res.meant(p.of) {
			res.Node.Overlay(p.Node)
			return
		}
	}
	r.problem(routing.Problem{
		Span: p.Span(), Kind: routing.NotWhole, Message: p.Address + " changes a resource that was not read", Fix: "give the description of that resource too",
	})
}

// meant reports whether a reference means this resource: by its id or the name at the end of it, or by its address in Terraform.
func (r *Resource) meant(id *jsontree.Node) bool {
	if address, attribute := attributeOf(id); attribute == "id" {
		return address == r.Address
	}
	if id.Kind() != jsontree.String || id.Text() == "" {
		return false
	}
	if own := r.ID(); strings.Contains(own, "/subscriptions/") && strings.Contains(id.Text(), "/subscriptions/") {
		return equalFold(own, id.Text())
	}
	kind, name := SplitID(id.Text())
	return equalFold(kind, r.Type) && equalFold(name, r.Title)
}

// attributeOf is the attribute of another resource that a value is, as far as it is one.
func attributeOf(n *jsontree.Node) (address, attribute string) {
	for _, o := range n.Origins() {
		if i := strings.LastIndexByte(o.Attribute, '.'); i >= 0 {
			return o.Attribute[:i], o.Attribute[i+1:]
		}
	}
	return "", ""
}

// settle gives unknown values that are another resource's attribute the value that this attribute is going to have.
func settle(all []azurerm.Resource) {
	byAddress := map[string]azurerm.Resource{}
	for _, t := range all {
		byAddress[t.Address] = t
	}
	for again := true; again; {
		again = false
		for _, t := range all {
			again = settleIn(t.Attributes, byAddress) || again
		}
	}
}

// settleIn settles what can be settled by now, and reports whether something was: others may follow from it.
func settleIn(n *jsontree.Node, byAddress map[string]azurerm.Resource) (some bool) {
	for child := range n.All() {
		some = settleIn(child, byAddress) || some
	}
	if n.Kind() != jsontree.Unknown {
		return some
	}
	address, attribute := attributeOf(n)
	of, ok := byAddress[address]
	if !ok {
		return some
	}
	if value := azurerm.Computed(of, attribute); value != nil {
		value = value.Moved(n.Place(), "")
		value.AddOrigins(n.Origins()...)
		n.SetValue(value)
		return true
	}
	return some
}
