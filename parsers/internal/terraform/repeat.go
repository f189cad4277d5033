package terraform

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// turn is one round of a count, a for_each or a dynamic block; also the only one of what has none of them.
type turn struct {
	label  string    // "", [0], ["a"], [?]
	key    cty.Value // NilVal where nothing is repeated
	what   string    // "for_each of azurerm_subnet.a": what the collection is called
	over   hclsyntax.Expression
	direct string           // of a for expression's variable: key or value; else the variable is an object with both
	counts bool             // the key is a number of a count, and no key of a collection
	outer  *hcl.EvalContext // in which the collection is evaluated
	ctx    *hcl.EvalContext // with the variables of the round
}

// repetition is how often something is there.
type repetition struct {
	turns   []turn
	byKey   map[string]int // label to turn
	single  bool           // neither count nor for_each
	counted bool
	unknown bool   // there may be any number; the one turn stands for all
	why     string // it is not known, where that is not for the collection's sake
}

// repetition finds out how often a resource, a data source or a module is there.
func (m *instance) repetition(b *hclsyntax.Block) *repetition {
	if known := m.repeats[b]; known != nil {
		return known
	}
	what := describe(b)
	rep := &repetition{single: true, turns: []turn{{ctx: m.ctx, outer: m.ctx}}}
	m.repeats[b] = rep // so that what depends on itself ends
	if a := b.Body.Attributes["count"]; a != nil {
		*rep = m.counted(what, a)
	} else if a := b.Body.Attributes["for_each"]; a != nil {
		*rep = m.forEach(what, a)
	}
	for i, t := range rep.turns {
		if rep.byKey == nil {
			rep.byKey = make(map[string]int, len(rep.turns))
		}
		rep.byKey[t.label] = i
	}
	return rep
}

// describe names what a block declares: azurerm_subnet.a, data.azurerm_subnet.a, module.edge.
func describe(b *hclsyntax.Block) string {
	name := strings.Join(b.Labels, ".")
	if b.Type == "resource" {
		return name
	}
	return b.Type + "." + name
}

func (m *instance) counted(what string, a *hclsyntax.Attribute) repetition {
	t := turn{what: "count of " + what, over: a.Expr, outer: m.ctx, counts: true}
	v, ok := m.collection(t.what, a.Expr, m.ctx)
	n, err := convert.Convert(v, cty.Number)
	if !ok || err != nil || !n.IsKnown() || n.IsNull() {
		return repetition{counted: true, unknown: true, turns: []turn{t.with("count", "[?]", cty.UnknownVal(cty.Number), cty.NilVal)}}
	}
	count, _ := n.AsBigFloat().Int64()
	if count > maxTurns {
		why := fmt.Sprintf("%d are more than the %d that are read", count, maxTurns)
		m.run.failed(t.what, failure(a.Expr.Range(), "%s", why))
		return repetition{counted: true, unknown: true, why: why, turns: []turn{t.with("count", "[?]", cty.UnknownVal(cty.Number), cty.NilVal)}}
	}
	rep := repetition{counted: true}
	for i := range count {
		rep.turns = append(rep.turns, t.with("count", "["+strconv.FormatInt(i, 10)+"]", cty.NumberIntVal(i), cty.NilVal))
	}
	return rep
}

func (m *instance) forEach(what string, a *hclsyntax.Attribute) repetition {
	t := turn{what: "for_each of " + what, over: a.Expr, outer: m.ctx}
	v, ok := m.collection(t.what, a.Expr, m.ctx)
	if ok && v.IsKnown() && !v.IsNull() && !v.Type().IsMapType() && !v.Type().IsObjectType() && !v.Type().IsSetType() {
		m.run.failed(t.what, failure(a.Expr.Range(), "a map or a set of strings is needed, not a %s", v.Type().FriendlyName()))
		ok = false
	}
	turns, ok := m.turnsOver(t, "each", v, ok)
	return repetition{turns: turns, unknown: !ok}
}

// collection evaluates what is to be gone through.
func (m *instance) collection(what string, e hclsyntax.Expression, ctx *hcl.EvalContext) (v cty.Value, ok bool) {
	v, diags := m.run.within(m.address(what), e.Range(), func() (cty.Value, hcl.Diagnostics) { return e.Value(ctx) })
	if diags.HasErrors() {
		m.run.failed(what, diags)
		return cty.DynamicVal, false
	}
	return settled(v), true
}

// turnsOver are the rounds over a collection, in its order. Where they cannot be told, one stands for all, and ok is false.
func (m *instance) turnsOver(t turn, iterator string, v cty.Value, ok bool) (turns []turn, told bool) {
	unknown := []turn{t.with(iterator, "[?]", cty.UnknownVal(cty.String), cty.DynamicVal)}
	if !ok || !v.IsKnown() || v.IsNull() || !v.CanIterateElements() || !v.Length().IsKnown() {
		return unknown, false
	}
	if v.LengthInt() > maxTurns {
		m.run.failed(t.what, failure(t.over.Range(), "more than the %d rounds that are read", maxTurns))
		return unknown, false
	}
	if !m.run.meter.spend(v.LengthInt() * costOfTurn) {
		m.run.failed(t.what, overspent(t.over.Range()))
		return unknown, false
	}
	for it := v.ElementIterator(); it.Next(); {
		key, element := it.Element()
		if v.Type().IsSetType() {
			key = element
		}
		if key = settled(key); !key.IsKnown() {
			return unknown, false
		}
		turns = append(turns, t.with(iterator, "["+quoted(key)+"]", key, element))
	}
	return turns, true
}

// quoted is a key as addresses have it.
func quoted(key cty.Value) string {
	text, err := convert.Convert(key, cty.String)
	switch {
	case err != nil || text.IsNull() || !text.IsKnown():
		return "?"
	case key.Type() == cty.Number:
		return text.AsString()
	}
	return fmt.Sprintf("%q", text.AsString())
}

// with is the turn with the variables of one round.
func (t turn) with(iterator, label string, key, element cty.Value) turn {
	t.label, t.key = label, key
	round := map[string]cty.Value{"key": key, "value": element}
	if element == cty.NilVal {
		round = map[string]cty.Value{"index": key}
	}
	t.ctx = t.outer.NewChild()
	t.ctx.Variables = map[string]cty.Value{iterator: cty.ObjectVal(round), turnOf(iterator): cty.CapsuleVal(turnType, &t)}
	return t
}

// turnOf is the variable beside an iterator that leads to its turn.
func turnOf(iterator string) string { return "\x00" + iterator }
