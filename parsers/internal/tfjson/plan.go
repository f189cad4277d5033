package tfjson

import (
	"slices"

	"github.com/asrscheck/asrscheck/parsers/internal/azurerm"
	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// Plan returns the managed resources as they are going to be when a plan is applied: without those that it deletes. What is known only
// after that is unknown, with the attribute of another resource that it is going to be where the configuration says so. A plan lists what
// an expression refers to, and not the expression: the text of the configuration tells it. Without the text, what takes a host name is
// taken for the one that it refers to, and taken says so, a sentence each.
func Plan(root *jsontree.Node, text Written) (resources []azurerm.Resource, taken []string) {
	p := &plan{configuration: root.Path("configuration", "root_module"), instances: map[string][]string{}, text: text}
	happens := changes(root.Get("resource_changes"))
	for res, n := range below(root.Path("planned_values", "root_module")) {
		hide(res.Attributes, n.Get("sensitive_values"))
		p.resources = append(p.resources, res)
		p.instances[plain(res.Address)] = append(p.instances[plain(res.Address)], res.Address)
	}
	for _, res := range p.resources {
		change := happens[res.Address]
		hide(res.Attributes, change.Get("after_sensitive"))
		p.leaveOpen(res, change.Get("after_unknown"))
	}
	return p.resources, p.taken
}

type plan struct {
	resources     []azurerm.Resource
	configuration *jsontree.Node
	instances     map[string][]string // addresses by what the configuration calls them
	text          Written
	taken         []string
}

// changes are what happens to each resource, by its address. Deposed objects share an address with what takes their place.
func changes(list *jsontree.Node) map[string]*jsontree.Node {
	out := map[string]*jsontree.Node{}
	for n := range list.All() {
		if n.Get("deposed").Unset() {
			out[n.Get("address").Text()] = n.Get("change")
		}
	}
	return out
}

// leaveOpen makes unknown what is marked as known only after the plan is applied.
func (p *plan) leaveOpen(res azurerm.Resource, marks *jsontree.Node) {
	in, expressions := p.in(res)
	p.mark(res.Attributes, marks, expressions, in)
}

// into is the scope of what stands in an argument or a block.
func (s scope) into(name string) scope {
	s.at = append(slices.Clip(s.at), name)
	return s
}

// mark takes the marks of an object: true for a value that is unknown, an object or a list where only parts of it are.
func (p *plan) mark(values, marks, expressions *jsontree.Node, in scope) {
	for m := range marks.All() {
		expression, in := expressions.Get(m.Name()), in.into(m.Name())
		switch value := values.Get(m.Name()); m.Kind() {
		case jsontree.Object:
			p.mark(value, m, expression, in)
		default:
			if value.Len() == 0 && marked(m) {
				set(values, m, in.unknown(m, expression))
			}
			p.markItems(value, m, expression, in)
		}
	}
}

// marked reports whether a mark is true, or a mark in it.
func marked(mark *jsontree.Node) bool {
	for m := range mark.All() {
		if marked(m) {
			return true
		}
	}
	return mark.Text() == "true"
}

func (p *plan) markItems(values, marks, expressions *jsontree.Node, in scope) {
	for i := range marks.Len() {
		switch m, value := marks.At(i), values.At(i); {
		case value == nil:
		case m.Kind() == jsontree.Object:
			p.mark(value, m, blockFor(value, i, values.Len(), expressions), in)
		case m.Text() == "true":
			value.SetValue(in.unknown(m, expressions))
		}
	}
}

// set puts an unknown value into an object, where it mostly is not written at all.
func set(values, mark, unknown *jsontree.Node) {
	if own := values.Get(mark.Name()); own != nil {
		own.SetValue(unknown)
		return
	}
	if values.Kind() == jsontree.Object {
		values.Add(jsontree.Member{Name: mark.Name(), Value: unknown, At: mark.NamePlace()})
	}
}

// blockFor finds the block of the configuration that a nested block came from: that of the same name, because sets have an order of
// their own, or else the one at its place, if there are as many.
func blockFor(value *jsontree.Node, i, count int, blocks *jsontree.Node) *jsontree.Node {
	if blocks.Kind() == jsontree.Object {
		return blocks
	}
	if name := value.Get("name"); name.Kind() == jsontree.String {
		for b := range blocks.All() {
			if b.Path("name", "constant_value").Text() == name.Text() {
				return b
			}
		}
		if count > 1 {
			return nil
		}
	}
	if blocks.Len() != count {
		return nil
	}
	return blocks.At(i)
}
