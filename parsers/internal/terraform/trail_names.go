package terraform

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// reference is the trail of what a name stands for.
func (t *tracer) reference(name hcl.Traversal, ctx *hcl.EvalContext, path []cty.Value) trail {
	root := name.RootName()
	for c := ctx; c != nil; c = c.Parent() {
		if _, ok := c.Variables[root]; ok {
			return t.ofTurn(c, root, append(stepsOf(name[1:]), path...))
		}
		if at, ok := c.Variables[self]; ok {
			return t.inModule(at.EncapsulatedValue().(*instance), name, path) //nolint:forcetypeassert // the capsule's type says so
		}
	}
	return trail{}
}

// ofTurn is the trail of a loop's variable: each.value.x, site.key.
func (t *tracer) ofTurn(c *hcl.EvalContext, root string, path []cty.Value) trail {
	v, ok := c.Variables[turnOf(root)]
	if !ok {
		return trail{}
	}
	turn := v.EncapsulatedValue().(*turn) //nolint:forcetypeassert // the capsule's type says so
	part := turn.direct
	if part == "" && len(path) > 0 {
		part, _ = keyText(path[0])
		path = path[1:]
	}
	if part != "value" {
		path = nil
	}
	return t.turnTrail(turn, path)
}

// turnTrail is the trail of a part of the element that a turn is about.
func (t *tracer) turnTrail(turn *turn, path []cty.Value) trail {
	if turn.key == cty.NilVal || !turn.key.IsKnown() || !isElement(turn) {
		return over(turn.what, t.place(turn.over), t.from(turn.over, turn.outer, nil))
	}
	element := t.from(turn.over, turn.outer, append([]cty.Value{turn.key}, path...))
	if turn.direct != "" { // a for expression stands where its value is used, and needs no name
		return element
	}
	at := element.near
	if at == (jsontree.Place{}) {
		at = t.place(turn.over)
	}
	out := over(turn.what, at, element)
	out.exact = element.exact
	return out
}

// isElement reports whether a turn's key leads to an element: the index of a count leads nowhere.
func isElement(turn *turn) bool { return !turn.counts }

// over is a trail that leads over a named place.
func over(what string, at jsontree.Place, of trail) trail {
	out := trail{at: of.at, origins: []*jsontree.Origin{{What: what, At: at, From: of.origins}}, why: of.why, absent: of.absent}
	if out.at == (jsontree.Place{}) {
		out.at = at
	}
	return out
}

// originOf is the turn itself as an origin, for what it made.
func (m *instance) originOf(turn turn) *jsontree.Origin {
	t := m.apart(func() trail { return (&tracer{run: m.run, left: mostSteps}).turnTrail(&turn, nil) })
	if len(t.origins) == 0 {
		return nil
	}
	return t.origins[0]
}

// inModule is the trail of a name that the module declares.
func (t *tracer) inModule(m *instance, name hcl.Traversal, path []cty.Value) trail {
	first, rest, ok := named(name)
	if !ok {
		return trail{}
	}
	path = append(stepsOf(rest), path...)
	switch name.RootName() {
	case "local":
		return t.local(m, first, path)
	case "var":
		return t.variable(m, first, path)
	case "module":
		return t.module(m, first, path)
	case "terraform":
		return trail{why: []string{"the workspace is not known; TF_WORKSPACE would tell"}}
	case "path":
		return trail{why: []string{"path." + first + " is known only where terraform runs"}}
	case "each", "count", "self", "ephemeral":
		return trail{why: []string{name.RootName() + "." + first + " is known only where terraform runs"}}
	}
	return t.resource(m, name, path)
}

func (t *tracer) local(m *instance, name string, path []cty.Value) trail {
	a := m.locals[name]
	if a == nil {
		return trail{}
	}
	if why, ok := m.failed[valueKey{kind: "local", name: name}]; ok {
		return trail{why: []string{why}}
	}
	of := t.into(a.Expr, m.ctx, path)
	out := over("local "+name, of.near, of)
	out.exact = of.exact
	return out
}

func (t *tracer) variable(m *instance, name string, path []cty.Value) trail {
	b := m.variables[name]
	if b == nil {
		return trail{}
	}
	at := t.run.place(b.DefRange())
	if why, ok := m.failed[valueKey{kind: "var", name: name}]; ok {
		return trail{why: []string{why}}
	}
	s := m.sourceOf(name)
	if s.expr == nil {
		return trail{at: at, origins: []*jsontree.Origin{{What: "variable " + name, At: at}}, why: []string{"variable " + m.address(name) + " has no value"}}
	}
	of := t.into(s.expr, s.ctx, path)
	if of.absent {
		if dflt := optional(b.Body.Attributes["type"], path); dflt != nil {
			return over("default of an optional attribute of variable "+name, t.place(dflt), trail{})
		}
	}
	out := over(s.what, of.near, of)
	out.exact = of.exact
	out.origins[0].Secret = isTrue(b.Body.Attributes["sensitive"])
	return out
}

// optional is the default of an optional attribute in the type of a variable, or nil.
func optional(typ *hclsyntax.Attribute, path []cty.Value) hclsyntax.Expression {
	if typ == nil {
		return nil
	}
	e := typ.Expr
	for {
		call, ok := e.(*hclsyntax.FunctionCallExpr)
		if !ok || len(call.Args) == 0 {
			return nil
		}
		switch call.Name {
		case "optional":
			if len(path) == 0 && len(call.Args) > 1 {
				return call.Args[1]
			}
			e = call.Args[0]
			continue
		case "object":
			object, ok := call.Args[0].(*hclsyntax.ObjectConsExpr)
			if !ok || len(path) == 0 {
				return nil
			}
			if e = memberOf(object, path[0]); e == nil {
				return nil
			}
		default: // map, list and set
			e = call.Args[0]
		}
		if len(path) == 0 {
			return nil
		}
		path = path[1:]
	}
}

func memberOf(object *hclsyntax.ObjectConsExpr, key cty.Value) hclsyntax.Expression {
	for _, item := range object.Items {
		if name, _ := item.KeyExpr.Value(nil); sameKey(name, key) {
			return item.ValueExpr
		}
	}
	return nil
}

func (t *tracer) module(m *instance, name string, path []cty.Value) trail {
	b := m.calls.byName[name]
	if b == nil {
		return trail{}
	}
	c := m.callee(b)
	at := t.run.place(b.DefRange())
	if c.missing != "" {
		return trail{why: []string{c.missing}, origins: []*jsontree.Origin{{What: "module " + name, At: at}}}
	}
	i, path, ok := c.repetition.turnAt(path)
	if !ok || len(path) == 0 {
		return t.uncounted(m, c.repetition, b)
	}
	output, _ := keyText(path[0])
	child := c.instances[i]
	if why, ok := child.failed[valueKey{kind: "output", name: output}]; ok {
		return trail{why: []string{why}}
	}
	o := child.outputs[output]
	if o == nil || o.Body.Attributes["value"] == nil {
		return trail{}
	}
	of := t.into(o.Body.Attributes["value"].Expr, child.ctx, path[1:])
	out := over("output "+output+" of module "+name, of.near, of)
	out.exact = of.exact
	return out
}

// uncounted is the trail of what is there an unknown number of times, or is meant as a whole.
func (t *tracer) uncounted(m *instance, rep *repetition, b *hclsyntax.Block) trail {
	if rep.unknown {
		return t.from(rep.turns[0].over, rep.turns[0].outer, nil)
	}
	return trail{why: []string{fmt.Sprintf("known only after apply: %s", m.address(describe(b)))}}
}

// turnAt is the turn that a path begins with.
func (rep *repetition) turnAt(path []cty.Value) (i int, rest []cty.Value, ok bool) {
	switch {
	case rep.single:
		return 0, path, true
	case rep.unknown || len(path) == 0:
		return 0, path, false
	}
	i, ok = rep.byKey["["+quoted(path[0])+"]"]
	return i, path[1:], ok
}

// resource is the trail of an attribute of another resource.
func (t *tracer) resource(m *instance, name hcl.Traversal, path []cty.Value) trail {
	b, rest := m.declared(name)
	if b == nil {
		return trail{}
	}
	path = path[len(stepsOf(name[2:]))-len(stepsOf(rest)):] // without the name, after data. or resource.
	rep := m.repetition(b)
	i, path, ok := rep.turnAt(path)
	if !ok || len(path) == 0 {
		return t.uncounted(m, rep, b)
	}
	o := object{m, b, &rep.turns[i]}
	attribute, _ := keyText(path[0])
	if why, ok := m.failed[valueKey{"attribute", describe(b), o.turn.label, attribute}]; ok {
		return trail{why: []string{why}}
	}
	exact := t.exactly(o, attribute, path)
	if a := b.Body.Attributes[attribute]; a != nil && !meta[attribute] {
		of := t.into(a.Expr, o.turn.ctx, path[1:])
		out := over(o.address()+"."+attribute, of.near, of)
		if out.exact = of.exact; out.exact == nil {
			out.exact = exact
		}
		return out
	}
	if _, ok := o.host(attribute); ok {
		return trail{origins: o.hostNode().Origins(), exact: exact}
	}
	why := "known only after apply: " + o.address() + "." + attribute
	if b.Type == "data" {
		why = "known only when terraform reads it: " + o.address() + "." + attribute
	}
	return trail{why: []string{why}, exact: exact}
}

// exactly is the origin that says which attribute a value is.
func (t *tracer) exactly(o object, attribute string, path []cty.Value) *jsontree.Origin {
	if len(path) > 1 || o.turn.label == "[?]" {
		return nil
	}
	name := o.address() + "." + attribute
	return &jsontree.Origin{What: name, At: t.run.place(o.block.DefRange()), Attribute: name}
}
