package terraform

import (
	"cmp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// all adds the resources of the module and of those that it calls.
func (m *instance) all(to []*Resource) []*Resource {
	for _, name := range m.resources.order {
		b := m.resources.byName[name]
		rep := m.repetition(b)
		for i := range rep.turns {
			to = append(to, object{m, b, &rep.turns[i]}.build(rep))
		}
	}
	for _, name := range m.calls.order {
		for _, called := range m.callee(m.calls.byName[name]).instances {
			to = called.all(to)
		}
	}
	return to
}

// allData adds the data sources of the types that are asked for, of the module and of those that it calls.
func (m *instance) allData(to []*Resource) []*Resource {
	for _, name := range m.data.order {
		b := m.data.byName[name]
		if !slices.Contains(m.run.in.Data, b.Labels[0]) {
			continue
		}
		rep := m.repetition(b)
		for i := range rep.turns {
			to = append(to, object{m, b, &rep.turns[i]}.build(rep))
		}
	}
	for _, name := range m.calls.order {
		for _, called := range m.callee(m.calls.byName[name]).instances {
			to = called.allData(to)
		}
	}
	return to
}

// build makes the resource with all its values.
func (o object) build(rep *repetition) *Resource {
	m := o.module
	res := &Resource{
		Address: o.address(), Type: o.block.Labels[0], Name: o.block.Labels[1], Version: m.version(o.block.Labels[0]),
		Span: m.run.place(o.block.DefRange()).Span(),
	}
	res.Attributes = m.bodyNode(res.Address, o.block.Body, o.turn.ctx, m.run.place(o.block.DefRange()), meta)
	if host := o.hostMember(); host.Value != nil {
		res.Attributes.Add(host)
	}
	if o.turn.over != nil {
		res.Attributes.AddOrigins(m.originOf(*o.turn))
	}
	if rep.unknown {
		why := cmp.Or(rep.why, m.why(o.turn.over, o.turn.outer))
		res.Problems = append(res.Problems, routing.Problem{
			Span: m.run.place(o.turn.over.Range()).Span(), Kind: routing.NotWhole, Message: "how many there are of " + describe(o.block) + " is not known: " + why,
			Fix: "give what is missing, or give the plan (terraform show -json)",
		})
	}
	res.Problems = append(res.Problems, m.ignored(o.block)...)
	return res
}

func (o object) hostMember() jsontree.Member {
	if o.block.Body.Attributes["hostname"] != nil {
		return jsontree.Member{}
	}
	if _, ok := o.host("hostname"); !ok {
		return jsontree.Member{}
	}
	return jsontree.Member{Name: "hostname", Value: o.hostNode()}
}

// version is that of the provider of a type.
func (m *instance) version(kind string) string {
	provider, _, _ := strings.Cut(kind, "_")
	root := m
	for root.caller != nil {
		root = root.caller
	}
	return cmp.Or(m.run.locked[provider], root.required[provider], m.required[provider])
}

// ignored says which arguments terraform leaves alone once the resource exists: others may have changed them since.
func (m *instance) ignored(b *hclsyntax.Block) []routing.Problem {
	for _, inner := range b.Body.Blocks {
		a := inner.Body.Attributes["ignore_changes"]
		if inner.Type != "lifecycle" || a == nil {
			continue
		}
		names := ignoredNames(a.Expr)
		if len(names) == 0 {
			return nil
		}
		return []routing.Problem{{
			Span: m.run.place(a.SrcRange).Span(), Kind: routing.NotWhole, Message: "what others change about " + strings.Join(names, ", ") + " stays (ignore_changes): what runs may differ",
			Fix: "judge what runs: export it with az network application-gateway show",
		}}
	}
	return nil
}

// ignoredNames are the arguments that are ignored, without those that say nothing about how a gateway works.
func ignoredNames(e hclsyntax.Expression) []string {
	if name := hcl.ExprAsKeyword(e); name != "" {
		return []string{name}
	}
	list, diags := hcl.ExprList(e)
	if diags.HasErrors() {
		return nil
	}
	var names []string
	for _, item := range list {
		t, diags := hcl.AbsTraversalForExpr(item)
		if name := text(t); !diags.HasErrors() && t.RootName() != "tags" && t.RootName() != "identity" {
			names = append(names, name)
		}
	}
	return names
}

// bodyNode is a body as a plan has it: arguments are members, nested blocks of a type are a member that is a list.
func (m *instance) bodyNode(address string, body *hclsyntax.Body, ctx *hcl.EvalContext, at jsontree.Place, without map[string]bool) *jsontree.Node {
	attributes := make([]*hclsyntax.Attribute, 0, len(body.Attributes))
	for name, a := range body.Attributes {
		if !without[name] {
			attributes = append(attributes, a)
		}
	}
	slices.SortFunc(attributes, func(a, b *hclsyntax.Attribute) int {
		return cmp.Or(strings.Compare(a.NameRange.Filename, b.NameRange.Filename), a.NameRange.Start.Byte-b.NameRange.Start.Byte, strings.Compare(a.Name, b.Name))
	})
	members := make([]jsontree.Member, 0, len(attributes)+len(body.Blocks))
	for _, a := range attributes {
		n := m.node(address+"."+a.Name, described(address, a), ctx)
		members = append(members, jsontree.Member{Name: a.Name, Value: n, At: m.run.place(a.NameRange)})
	}
	members = append(members, m.blockMembers(address, body, ctx)...)
	m.run.nodes++
	return jsontree.NewObject(at, members...)
}

// described is what an attribute says. The body of a resource of azapi 1 is the JSON of an object: read as that object, its values keep
// their places, and those that are not known leave the others known.
func described(address string, a *hclsyntax.Attribute) hclsyntax.Expression {
	call, ok := a.Expr.(*hclsyntax.FunctionCallExpr)
	if !ok || a.Name != "body" || call.Name != "jsonencode" || len(call.Args) != 1 || call.ExpandFinal {
		return a.Expr
	}
	if !strings.HasPrefix(address, "azapi_") && !strings.Contains(address, ".azapi_") {
		return a.Expr
	}
	return call.Args[0]
}

func (m *instance) blockMembers(address string, body *hclsyntax.Body, ctx *hcl.EvalContext) []jsontree.Member {
	lists := map[string][]*jsontree.Node{}
	first := map[string]*hclsyntax.Block{}
	unknown := map[string]*jsontree.Node{}
	var order []string
	for _, b := range body.Blocks {
		name := nestedType(b)
		if metaBlocks[name] {
			continue
		}
		if first[name] == nil {
			first[name], order = b, append(order, name)
		}
		if nodes, left := m.blockNodes(address+"."+name, b, ctx); left != nil {
			unknown[name] = left
		} else {
			lists[name] = append(lists[name], nodes...)
		}
	}
	var members []jsontree.Member
	for _, name := range order {
		value := unknown[name]
		if value == nil {
			value = jsontree.NewList(m.run.place(first[name].DefRange()), lists[name]...)
		}
		members = append(members, jsontree.Member{Name: name, Value: value, At: m.run.place(first[name].TypeRange)})
	}
	return members
}

// blockNodes are the objects that a block makes. Where their number cannot be told, that is one unknown value, which then stands for
// the whole list: it would be wrong about what is not there.
func (m *instance) blockNodes(address string, b *hclsyntax.Block, ctx *hcl.EvalContext) (nodes []*jsontree.Node, unknown *jsontree.Node) {
	rounds, told := m.rounds(b, ctx)
	if !told {
		return nil, m.uncounted(b, ctx)
	}
	for _, r := range rounds {
		n := m.bodyNode(address, r.body, r.ctx, m.run.place(r.at), nil)
		if r.turn != nil {
			n.AddOrigins(m.originOf(*r.turn))
		}
		nodes = append(nodes, n)
	}
	return nodes, nil
}

func (m *instance) uncounted(b *hclsyntax.Block, ctx *hcl.EvalContext) *jsontree.Node {
	over := b.Body.Attributes["for_each"]
	if over == nil || m.run.meter.left == 0 {
		return jsontree.NewUnknown(m.run.place(b.DefRange()), "the block cannot be read")
	}
	n := jsontree.NewUnknown(m.run.place(over.Expr.Range()), "how many blocks there are is not known: "+m.why(over.Expr, ctx))
	t := m.trail(true, over.Expr, ctx, nil)
	n.AddOrigins(t.origins...)
	return n
}

// node is an expression as a value. What is written as a list or an object stays one, with every part at its own place.
func (m *instance) node(what string, e hclsyntax.Expression, ctx *hcl.EvalContext) *jsontree.Node {
	switch e := e.(type) {
	case *hclsyntax.ParenthesesExpr:
		return m.node(what, e.Expression, ctx)
	case *hclsyntax.TupleConsExpr:
		items := make([]*jsontree.Node, 0, len(e.Exprs))
		for i, item := range e.Exprs {
			items = append(items, m.node(what+indexed(i), item, ctx))
		}
		return jsontree.NewList(m.run.place(e.SrcRange), items...)
	case *hclsyntax.ObjectConsExpr:
		return m.objectNode(what, e, ctx)
	}
	v, diags := e.Value(ctx)
	if diags.HasErrors() {
		return jsontree.NewUnknown(m.run.place(e.Range()), m.run.failed(what, diags))
	}
	return m.valueNode(v, written{m, e, ctx, m.run.place(e.Range()), isLiteral(e)}, nil)
}

// isLiteral reports whether an expression says itself what it is, so that nothing had a part in it.
func isLiteral(e hclsyntax.Expression) bool {
	switch e := e.(type) {
	case *hclsyntax.LiteralValueExpr:
		return true
	case *hclsyntax.TemplateExpr:
		for _, part := range e.Parts {
			if _, ok := part.(*hclsyntax.LiteralValueExpr); !ok {
				return false
			}
		}
		return true
	}
	return false
}

func (m *instance) objectNode(what string, e *hclsyntax.ObjectConsExpr, ctx *hcl.EvalContext) *jsontree.Node {
	at := m.run.place(e.SrcRange)
	members := make([]jsontree.Member, 0, len(e.Items))
	for _, item := range e.Items {
		key, diags := item.KeyExpr.Value(ctx)
		if diags.HasErrors() {
			return jsontree.NewUnknown(at, m.run.failed(what, diags))
		}
		name, ok := keyText(key)
		if !ok {
			return jsontree.NewUnknown(at, "the name of a member is not known: "+m.why(item.KeyExpr, ctx))
		}
		members = append(members, jsontree.Member{Name: name, Value: m.node(what+"."+name, item.ValueExpr, ctx), At: m.run.place(item.KeyExpr.Range())})
	}
	return jsontree.NewObject(at, members...)
}

// keyText is a key of an object as text.
func keyText(key cty.Value) (string, bool) {
	key = settled(key)
	if !key.IsKnown() || key.IsNull() {
		return "", false
	}
	text, err := asString(key)
	return text, err == nil
}
