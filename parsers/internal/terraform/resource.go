package terraform

import (
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// object is one instance of a resource or a data source.
type object struct {
	module *instance
	block  *hclsyntax.Block
	turn   *turn
}

// address is that of a plan.
func (o object) address() string { return o.module.address(describe(o.block) + o.turn.label) }

// resourceReference is a reference to a resource or a data source, or to a part of one.
func (m *instance) resourceReference(t hcl.Traversal, at hcl.Range) (cty.Value, hcl.Diagnostics) {
	b, rest := m.declared(t)
	if b == nil {
		named := 2
		if t.RootName() == "data" || t.RootName() == "resource" {
			named = 3
		}
		return cty.DynamicVal, failure(at, "no resource is called %s", text(t[:min(len(t), named)]))
	}
	rep := m.repetition(b)
	return rep.value(rest, func(i int, rest hcl.Traversal) (cty.Value, hcl.Diagnostics) {
		o := object{m, b, &rep.turns[i]}
		if len(rest) > 0 {
			if a, ok := rest[0].(hcl.TraverseAttr); ok {
				v, diags := o.attribute(a.Name)
				if diags.HasErrors() {
					return v, diags
				}
				return follow(v, rest[1:])
			}
		}
		return follow(o.whole(), rest)
	})
}

// declared is the block that a reference is about, and the rest of the reference: azurerm_subnet.a, data.azurerm_subnet.a, and
// resource.azurerm_subnet.a, which is a longer way to say the first.
func (m *instance) declared(t hcl.Traversal) (*hclsyntax.Block, hcl.Traversal) {
	from, all := t, m.resources
	if root := t.RootName(); root == "data" || root == "resource" {
		from = t[1:]
		if root == "data" {
			all = m.data
		}
	}
	if len(from) < 2 {
		return nil, nil
	}
	kind, _ := stepName(from[0])
	name, ok := stepName(from[1])
	if !ok {
		return nil, nil
	}
	return all.byName[kind+"."+name], from[2:]
}

func stepName(step hcl.Traverser) (string, bool) {
	switch s := step.(type) {
	case hcl.TraverseRoot:
		return s.Name, true
	case hcl.TraverseAttr:
		return s.Name, true
	}
	return "", false
}

// text is a reference as it is written.
func text(t hcl.Traversal) string {
	var out strings.Builder
	for i, step := range t {
		if name, ok := stepName(step); ok {
			if i > 0 {
				out.WriteByte('.')
			}
			out.WriteString(name)
		} else if index, ok := step.(hcl.TraverseIndex); ok {
			out.WriteString("[" + quoted(index.Key) + "]")
		}
	}
	return out.String()
}

// meta are arguments that are Terraform's own and say nothing about the resource.
var meta = map[string]bool{"count": true, "for_each": true, "provider": true, "depends_on": true}

// metaBlocks are Terraform's own blocks.
var metaBlocks = map[string]bool{"lifecycle": true, "provisioner": true, "connection": true}

// attribute is the value of an attribute: what is written, what follows from that, or else something that only an apply tells.
func (o object) attribute(name string) (cty.Value, hcl.Diagnostics) {
	k := valueKey{"attribute", describe(o.block), o.turn.label, name}
	at := o.block.DefRange()
	if a := o.block.Body.Attributes[name]; a != nil && !meta[name] {
		at = a.Expr.Range()
	}
	return o.module.once(k, describe(o.block)+o.turn.label+"."+name, at, func() (cty.Value, hcl.Diagnostics) {
		if a := o.block.Body.Attributes[name]; a != nil && !meta[name] {
			return a.Expr.Value(o.turn.ctx)
		}
		if blocks, found, diags := o.module.nested(name, o.block.Body, o.turn.ctx); found {
			return blocks, diags
		}
		if host, ok := o.host(name); ok {
			return host, nil
		}
		return cty.DynamicVal, nil
	})
}

// whole is the instance as a value: everything that is written, with the mark of what has more.
func (o object) whole() cty.Value {
	all := map[string]cty.Value{computed: cty.StringVal(o.address())}
	for name := range o.block.Body.Attributes {
		if !meta[name] {
			all[name], _ = o.attribute(name) // what fails is told, and unknown
		}
	}
	for _, b := range o.block.Body.Blocks {
		if name := nestedType(b); !metaBlocks[name] {
			all[name], _ = o.attribute(name)
		}
	}
	for _, name := range hostAttributes {
		if host, ok := o.host(name); ok {
			all[name] = host
		}
	}
	return cty.ObjectVal(all)
}

// nested are the blocks of a type as a value.
func (m *instance) nested(name string, body *hclsyntax.Body, ctx *hcl.EvalContext) (v cty.Value, found bool, diags hcl.Diagnostics) {
	var list []cty.Value
	for _, b := range body.Blocks {
		if nestedType(b) != name || metaBlocks[name] {
			continue
		}
		found = true
		rounds, told := m.rounds(b, ctx)
		if !told {
			return cty.DynamicVal, true, nil
		}
		for _, round := range rounds {
			one, diags := m.bodyValue(round.body, round.ctx)
			if diags.HasErrors() {
				return cty.DynamicVal, true, diags
			}
			list = append(list, one)
		}
	}
	return cty.TupleVal(list), found, nil
}

func (m *instance) bodyValue(body *hclsyntax.Body, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	all := map[string]cty.Value{computed: cty.StringVal("")}
	for name, a := range body.Attributes {
		v, diags := a.Expr.Value(ctx)
		if diags.HasErrors() {
			return cty.DynamicVal, diags
		}
		all[name] = v
	}
	for _, b := range body.Blocks {
		name := nestedType(b)
		if _, done := all[name]; done {
			continue
		}
		v, _, diags := m.nested(name, body, ctx)
		if diags.HasErrors() {
			return cty.DynamicVal, diags
		}
		all[name] = v
	}
	return cty.ObjectVal(all), nil
}

// round is a nested block as it is written, or one turn of a dynamic block.
type round struct {
	at   hcl.Range
	body *hclsyntax.Body
	ctx  *hcl.EvalContext
	turn *turn // of a dynamic block
}

// rounds are the blocks that a block makes. Of a dynamic block whose number cannot be told, told is false.
func (m *instance) rounds(b *hclsyntax.Block, ctx *hcl.EvalContext) (rounds []round, told bool) {
	if m.run.meter.left == 0 { // that was told
		return nil, false
	}
	if m.run.blocks++; m.run.blocks > maxBlocks {
		m.run.failed("nested block "+nestedType(b), failure(b.DefRange(), "there are more than %d blocks", maxBlocks))
		return nil, false
	}
	if b.Type != "dynamic" || len(b.Labels) == 0 {
		return []round{{at: b.DefRange(), body: b.Body, ctx: ctx}}, true
	}
	content, over := contentOf(b), b.Body.Attributes["for_each"]
	if content == nil || over == nil {
		m.run.failed("dynamic block "+b.Labels[0], failure(b.DefRange(), "it needs for_each and content"))
		return nil, false
	}
	t := turn{what: "for_each of dynamic " + b.Labels[0], over: over.Expr, outer: ctx}
	v, ok := m.collection(t.what+" at "+over.Expr.Range().String(), over.Expr, ctx)
	turns, told := m.turnsOver(t, iteratorOf(b), v, ok)
	for i := range turns {
		rounds = append(rounds, round{at: content.DefRange(), body: content.Body, ctx: turns[i].ctx, turn: &turns[i]})
	}
	return rounds, told
}

func contentOf(b *hclsyntax.Block) *hclsyntax.Block {
	for _, inner := range b.Body.Blocks {
		if inner.Type == "content" {
			return inner
		}
	}
	return nil
}

// iteratorOf is the name under which a dynamic block has its turn: that of the block unless iterator says otherwise.
func iteratorOf(b *hclsyntax.Block) string {
	if a := b.Body.Attributes["iterator"]; a != nil {
		if name := hcl.ExprAsKeyword(a.Expr); name != "" {
			return name
		}
		if name := literal(a); name != "" { // JSON syntax
			return name
		}
	}
	return b.Labels[0]
}

// indexed is a step into a list, as an address has it.
func indexed(i int) string { return "[" + strconv.Itoa(i) + "]" }
