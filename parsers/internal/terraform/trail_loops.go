package terraform

import (
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// loop is the trail of a part of what a for expression makes: it goes through the rounds up to that part.
func (t *tracer) loop(e *hclsyntax.ForExpr, ctx *hcl.EvalContext, path []cty.Value) trail {
	coll, diags := e.CollExpr.Value(ctx)
	coll = settled(coll)
	if diags.HasErrors() || !coll.IsKnown() || coll.IsNull() || !coll.CanIterateElements() {
		return t.from(e.CollExpr, ctx, nil)
	}
	if len(path) == 0 {
		return t.rounds(e, ctx, coll)
	}
	seen := 0
	for it := coll.ElementIterator(); it.Next(); {
		if t.left--; t.left < 0 {
			return trail{}
		}
		key, element := it.Element()
		child := t.roundOf(e, ctx, coll, key, element)
		made, rest := t.made(e, child, seen, path)
		if made == roundAbsent {
			continue
		}
		if made == roundWanted {
			return t.from(e.ValExpr, child, rest)
		}
		seen++
	}
	return t.from(e.CollExpr, ctx, nil)
}

// What a round of a for expression makes, to one who looks for a part.
const (
	roundAbsent = iota // nothing
	roundOther         // another part
	roundWanted
)

// made tells what a round makes; seen rounds made something before, of the same key where values are grouped.
func (t *tracer) made(e *hclsyntax.ForExpr, child *hcl.EvalContext, seen int, path []cty.Value) (what int, rest []cty.Value) {
	if e.CondExpr != nil {
		if on, _ := e.CondExpr.Value(child); !isKnownTrue(on) {
			return roundAbsent, nil
		}
	}
	if e.KeyExpr == nil {
		if i, ok := indexOf(path[0]); ok {
			return wanted(i == seen), path[1:]
		}
		v, _ := e.ValExpr.Value(child) // as a set
		return wanted(sameKey(v, path[0])), path[1:]
	}
	key, _ := e.KeyExpr.Value(child)
	if !sameKey(key, path[0]) {
		return roundAbsent, nil
	}
	if !e.Group {
		return roundWanted, path[1:]
	}
	if len(path) < 2 {
		return roundWanted, nil
	}
	i, _ := indexOf(path[1])
	return wanted(i == seen), path[2:]
}

func wanted(is bool) int {
	if is {
		return roundWanted
	}
	return roundOther
}

func isKnownTrue(v cty.Value) bool {
	on, ok := keyText(v)
	return ok && on == "true"
}

// rounds is the trail of all that a for expression makes.
func (t *tracer) rounds(e *hclsyntax.ForExpr, ctx *hcl.EvalContext, coll cty.Value) trail {
	out := t.from(e.CollExpr, ctx, nil)
	if !t.unknown || len(out.why) > 0 {
		return out
	}
	for it := coll.ElementIterator(); it.Next() && len(out.why) < mostReasons && t.left > 0; {
		key, element := it.Element()
		child := t.roundOf(e, ctx, coll, key, element)
		parts := []hclsyntax.Expression{e.ValExpr}
		for _, part := range []hclsyntax.Expression{e.KeyExpr, e.CondExpr} {
			if part != nil {
				parts = append(parts, part)
			}
		}
		out = out.and(t.all(child, parts...))
	}
	return out
}

// roundOf is the scope of one round.
func (t *tracer) roundOf(e *hclsyntax.ForExpr, ctx *hcl.EvalContext, coll, key, element cty.Value) *hcl.EvalContext {
	if coll.Type().IsSetType() {
		key = element
	}
	child := ctx.NewChild()
	child.Variables = map[string]cty.Value{e.ValVar: element}
	of := turn{what: "for", over: e.CollExpr, outer: ctx, key: key, direct: "value"}
	child.Variables[turnOf(e.ValVar)] = cty.CapsuleVal(turnType, &of)
	if e.KeyVar != "" {
		key, _ := key.Unmark()
		byKey := of
		byKey.direct = "key"
		child.Variables[e.KeyVar], child.Variables[turnOf(e.KeyVar)] = key, cty.CapsuleVal(turnType, &byKey)
	}
	return child
}

// call is the trail of a part of what a function gives. Functions that hand their arguments on lead into them.
func (t *tracer) call(e *hclsyntax.FunctionCallExpr, ctx *hcl.EvalContext, path []cty.Value) trail {
	if why, ok := impure[e.Name]; ok {
		return trail{why: []string{e.Name + "() " + why}}
	}
	if e.ExpandFinal || len(e.Args) == 0 {
		return t.all(ctx, e.Args...)
	}
	switch e.Name {
	case "file":
		out := t.all(ctx, e.Args...)
		if name, diags := e.Args[0].Value(ctx); !diags.HasErrors() {
			out.file, _ = t.run.wholeFile(textOf(settled(name)))
		}
		return out
	case "tolist", "tomap", "toset", "tostring", "tonumber", "tobool", "sensitive", "nonsensitive", "one", "distinct", "compact", "sort":
		if e.Name == "one" {
			path = append([]cty.Value{cty.NumberIntVal(0)}, path...)
		}
		return t.from(e.Args[0], ctx, path)
	case "try", "coalesce", "coalescelist":
		return t.firstOf(e, ctx, path)
	case "merge":
		return t.merged(e, ctx, path)
	case "concat":
		return t.concatenated(e, ctx, path)
	case "flatten":
		return t.flattened(e, ctx, path)
	case "lookup", "element":
		return t.lookedUp(e, ctx, path)
	case "zipmap":
		return t.zipped(e, ctx, path)
	case "values":
		return t.valuesOf(e, ctx, path)
	}
	return t.all(ctx, e.Args...)
}

func (t *tracer) firstOf(e *hclsyntax.FunctionCallExpr, ctx *hcl.EvalContext, path []cty.Value) trail {
	for _, arg := range e.Args {
		v, diags := arg.Value(ctx)
		if diags.HasErrors() || e.Name != "try" && isEmpty(v) {
			continue
		}
		return t.from(arg, ctx, path)
	}
	return trail{}
}

// isEmpty reports whether coalesce and coalescelist go on to the next argument.
func isEmpty(v cty.Value) bool {
	v, _ = v.Unmark()
	switch {
	case !v.IsKnown():
		return false
	case v.IsNull():
		return true
	case v.Type() == cty.String:
		return v.AsString() == ""
	}
	return v.CanIterateElements() && v.LengthInt() == 0
}

func (t *tracer) merged(e *hclsyntax.FunctionCallExpr, ctx *hcl.EvalContext, path []cty.Value) trail {
	if len(path) > 0 {
		for _, arg := range slices.Backward(e.Args) {
			v, _ := arg.Value(ctx)
			if has(v, path[0]) {
				return t.from(arg, ctx, path)
			}
		}
	}
	return t.all(ctx, e.Args...)
}

// has reports whether a value has an element under a key.
func has(v, key cty.Value) bool {
	v, _ = v.Unmark()
	if !v.IsKnown() || v.IsNull() || !v.CanIterateElements() {
		return false
	}
	name, ok := keyText(key)
	switch {
	case !ok:
		return false
	case v.Type().IsObjectType():
		return v.Type().HasAttribute(name)
	case v.Type().IsMapType():
		_, ok := v.AsValueMap()[name]
		return ok
	}
	i, ok := indexOf(key)
	return ok && i < v.LengthInt()
}

func (t *tracer) concatenated(e *hclsyntax.FunctionCallExpr, ctx *hcl.EvalContext, path []cty.Value) trail {
	if len(path) > 0 {
		i, ok := indexOf(path[0])
		for _, arg := range e.Args {
			v, _ := arg.Value(ctx)
			length := lengthOf(v)
			if ok && i < length {
				return t.from(arg, ctx, append([]cty.Value{cty.NumberIntVal(int64(i))}, path[1:]...))
			}
			i -= length
		}
	}
	return t.all(ctx, e.Args...)
}

func lengthOf(v cty.Value) int {
	v, _ = v.Unmark()
	if !v.IsKnown() || v.IsNull() || !v.CanIterateElements() {
		return 0
	}
	return v.LengthInt()
}

// flattened finds the list in a list that holds the item.
func (t *tracer) flattened(e *hclsyntax.FunctionCallExpr, ctx *hcl.EvalContext, path []cty.Value) trail {
	v, _ := e.Args[0].Value(ctx)
	if len(path) > 0 {
		if i, ok := indexOf(path[0]); ok {
			if inner, _ := nth(v, i); inner != nil {
				return t.from(e.Args[0], ctx, append(inner, path[1:]...))
			}
		}
	}
	return t.all(ctx, e.Args...)
}

// nth is the path to the item of lists in lists that has that number, or how many items there are.
func nth(v cty.Value, n int) (path []cty.Value, count int) {
	v, _ = v.Unmark()
	if !v.IsKnown() || v.IsNull() || !v.CanIterateElements() {
		return nil, 0
	}
	for it := v.ElementIterator(); it.Next(); {
		key, element := it.Element()
		if ty := element.Type(); ty.IsTupleType() || ty.IsListType() || ty.IsSetType() {
			inner, c := nth(element, n-count)
			if inner != nil {
				return append([]cty.Value{key}, inner...), 0
			}
			count += c
			continue
		}
		if count == n {
			return []cty.Value{key}, 0
		}
		count++
	}
	return nil, count
}

func (t *tracer) lookedUp(e *hclsyntax.FunctionCallExpr, ctx *hcl.EvalContext, path []cty.Value) trail {
	if len(e.Args) < 2 {
		return trail{}
	}
	of, _ := e.Args[0].Value(ctx)
	key, _ := e.Args[1].Value(ctx)
	switch {
	case has(of, key):
		return t.from(e.Args[0], ctx, append([]cty.Value{settled(key)}, path...))
	case e.Name == "lookup" && len(e.Args) == 3 && of.IsKnown():
		return t.from(e.Args[2], ctx, path)
	}
	return t.all(ctx, e.Args[:2]...)
}

func (t *tracer) zipped(e *hclsyntax.FunctionCallExpr, ctx *hcl.EvalContext, path []cty.Value) trail {
	if len(path) > 0 && len(e.Args) == 2 {
		keys, _ := e.Args[0].Value(ctx)
		if keys = settled(keys); lengthOf(keys) > 0 {
			i := slices.IndexFunc(keys.AsValueSlice(), func(k cty.Value) bool { return sameKey(k, path[0]) })
			if i >= 0 {
				return t.from(e.Args[1], ctx, append([]cty.Value{cty.NumberIntVal(int64(i))}, path[1:]...))
			}
		}
	}
	return t.all(ctx, e.Args...)
}

func (t *tracer) valuesOf(e *hclsyntax.FunctionCallExpr, ctx *hcl.EvalContext, path []cty.Value) trail {
	v, _ := e.Args[0].Value(ctx)
	if v = settled(v); len(path) > 0 && lengthOf(v) > 0 {
		keys := slices.Sorted(maps.Keys(v.AsValueMap()))
		if i, ok := indexOf(path[0]); ok && i < len(keys) {
			return t.from(e.Args[0], ctx, append([]cty.Value{cty.StringVal(keys[i])}, path[1:]...))
		}
	}
	return t.all(ctx, e.Args...)
}
