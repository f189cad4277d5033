package terraform

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// trail is what a value, or a part of one, came from.
type trail struct {
	at      jsontree.Place // where the part is written, however many names lead there
	near    jsontree.Place // where the part stands in this expression, before any name
	origins []*jsontree.Origin
	exact   *jsontree.Origin // the value is just that attribute of another resource
	why     []string         // what is missing, for an unknown value
	absent  bool             // no expression holds the part: it is a default of the variable's type
	file    jsontree.Place   // the file that the value is
}

// reason is why the value is unknown.
func (t trail) reason() string {
	if len(t.why) == 0 {
		return "known only after apply"
	}
	return strings.Join(t.why, "; ")
}

// and is a trail for what two values had a part in.
func (t trail) and(others ...trail) trail {
	t.exact = nil
	t.origins = slices.Clip(t.origins)
	for _, o := range others {
		for _, origin := range o.origins {
			if !slices.Contains(t.origins, origin) && len(t.origins) < mostOrigins {
				t.origins = append(t.origins, origin)
			}
		}
		for _, w := range o.why {
			if !slices.Contains(t.why, w) && len(t.why) < mostReasons {
				t.why = append(slices.Clip(t.why), w)
			}
		}
	}
	return t
}

// What one value's trail may take.
const (
	mostOrigins = 6
	mostReasons = 2
	mostSteps   = 1000
)

// tracer follows expressions back to what decides them. It runs after evaluation, for what became a node: marks on values would lose
// which part of a value came from where.
type tracer struct {
	run     *run
	left    int
	unknown bool // the value is unknown, and only what is unknown in it is looked at
}

// trail is the trail of an expression's value. What it evaluates again is not what the configuration costs.
func (m *instance) trail(unknown bool, e hclsyntax.Expression, ctx *hcl.EvalContext, path []cty.Value) trail {
	return m.apart(func() trail { return (&tracer{run: m.run, left: mostSteps, unknown: unknown}).from(e, ctx, path) })
}

// apart meters what find evaluates on a meter of its own, which all trails share. Of what took more work than there is, nothing is
// evaluated again.
func (m *instance) apart(find func() trail) trail {
	counted := m.run.meter
	if counted.left == 0 {
		return trail{}
	}
	m.run.meter = m.run.trails
	t := find()
	m.run.trails, m.run.meter = m.run.meter, counted
	return t
}

// from is the trail of the part of an expression's value to which a path leads.
func (t *tracer) from(e hclsyntax.Expression, ctx *hcl.EvalContext, path []cty.Value) trail {
	if t.left--; t.left < 0 || !t.run.meter.spend(costOfValue) {
		return trail{}
	}
	switch e := e.(type) {
	case *reference:
		return t.reference(e.Traversal, ctx, path)
	case *relative:
		if whole, ok := e.absolute(ctx); ok {
			return t.reference(whole, ctx, path)
		}
		return t.from(e.Source, ctx, append(stepsOf(e.Traversal), path...))
	case *metered:
		return t.from(e.Expression, ctx, path)
	case *checked:
		return t.from(e.Expression, ctx, path)
	case *hclsyntax.ParenthesesExpr:
		return t.from(e.Expression, ctx, path)
	case *hclsyntax.TemplateWrapExpr:
		return t.from(e.Wrapped, ctx, path)
	case *hclsyntax.ObjectConsExpr:
		return t.member(e, ctx, path)
	case *hclsyntax.TupleConsExpr:
		return t.item(e, ctx, path)
	case *hclsyntax.ForExpr:
		return t.loop(e, ctx, path)
	case *hclsyntax.FunctionCallExpr:
		return t.call(e, ctx, path)
	}
	return t.choice(e, ctx, path)
}

func (t *tracer) choice(e hclsyntax.Expression, ctx *hcl.EvalContext, path []cty.Value) trail {
	switch e := e.(type) {
	case *hclsyntax.ConditionalExpr:
		return t.conditional(e, ctx, path)
	case *hclsyntax.IndexExpr:
		key, _ := e.Key.Value(ctx)
		if key = settled(key); !key.IsKnown() || key.IsNull() {
			return t.from(e.Key, ctx, nil).and(t.from(e.Collection, ctx, nil))
		}
		of := t.from(e.Collection, ctx, append([]cty.Value{key}, path...))
		exact := of.exact
		of = of.and(t.from(e.Key, ctx, nil))
		of.exact = exact
		return of
	case *hclsyntax.SplatExpr:
		if len(path) > 0 {
			return t.splat(e, ctx, path)
		}
		return t.all(ctx, e.Source)
	case *providerCall:
		return trail{why: []string{e.Name + "() is a provider's, and is not evaluated here"}}
	case *hclsyntax.TemplateExpr:
		return t.all(ctx, e.Parts...)
	case *hclsyntax.TemplateJoinExpr:
		return t.from(e.Tuple, ctx, nil)
	case *hclsyntax.BinaryOpExpr:
		return t.all(ctx, e.LHS, e.RHS)
	case *hclsyntax.UnaryOpExpr:
		return t.from(e.Val, ctx, nil)
	}
	return trail{}
}

// all is the trail of what several expressions had a part in.
func (t *tracer) all(ctx *hcl.EvalContext, parts ...hclsyntax.Expression) (out trail) {
	for _, e := range parts {
		if isLiteral(e) || t.unknown && isWhollyKnown(e, ctx) {
			continue
		}
		out = out.and(t.from(e, ctx, nil))
	}
	return out
}

func isWhollyKnown(e hclsyntax.Expression, ctx *hcl.EvalContext) bool {
	v, diags := e.Value(ctx)
	return !diags.HasErrors() && v.IsWhollyKnown() && !isPartialIn(v)
}

func (t *tracer) place(e hclsyntax.Expression) jsontree.Place { return t.run.place(e.Range()) }

// into follows one part that an expression is made of: it is written there, whatever it came from.
func (t *tracer) into(e hclsyntax.Expression, ctx *hcl.EvalContext, path []cty.Value) trail {
	part := t.from(e, ctx, path)
	if len(path) == 0 || part.at == (jsontree.Place{}) {
		part.at = t.place(e)
	}
	if len(path) == 0 || part.near == (jsontree.Place{}) {
		part.near = t.place(e)
	}
	return part
}

func (t *tracer) member(e *hclsyntax.ObjectConsExpr, ctx *hcl.EvalContext, path []cty.Value) trail {
	if len(path) == 0 {
		var parts []hclsyntax.Expression
		for _, item := range e.Items {
			parts = append(parts, item.ValueExpr)
		}
		return t.parts(ctx, parts)
	}
	for _, item := range slices.Backward(e.Items) {
		if key, _ := item.KeyExpr.Value(ctx); sameKey(key, path[0]) {
			return t.into(item.ValueExpr, ctx, path[1:])
		}
	}
	return trail{absent: true}
}

// parts is the trail of a whole that is made of parts: they say for themselves what they came from, and only what is missing is of
// interest.
func (t *tracer) parts(ctx *hcl.EvalContext, parts []hclsyntax.Expression) trail {
	if !t.unknown {
		return trail{}
	}
	return t.all(ctx, parts...)
}

func (t *tracer) item(e *hclsyntax.TupleConsExpr, ctx *hcl.EvalContext, path []cty.Value) trail {
	if len(path) == 0 {
		return t.parts(ctx, e.Exprs)
	}
	if i, ok := indexOf(path[0]); ok && i < len(e.Exprs) {
		return t.into(e.Exprs[i], ctx, path[1:])
	}
	for _, item := range e.Exprs { // as a set
		if v, diags := item.Value(ctx); !diags.HasErrors() && sameKey(v, path[0]) {
			return t.into(item, ctx, path[1:])
		}
	}
	return t.all(ctx, e.Exprs...)
}

// indexOf is a step of a path as an index.
func indexOf(key cty.Value) (int, bool) {
	if key = settled(key); key.Type() != cty.Number || !key.IsKnown() || key.IsNull() {
		return 0, false
	}
	i, _ := key.AsBigFloat().Int64()
	return int(i), i >= 0
}

// sameKey reports whether two keys are the same, as text.
func sameKey(a, b cty.Value) bool {
	left, ok := keyText(a)
	right, also := keyText(b)
	return ok && also && left == right
}

// stepsOf is the path of a reference's end.
func stepsOf(traversal hcl.Traversal) []cty.Value {
	var path []cty.Value
	for _, step := range traversal {
		switch s := step.(type) {
		case hcl.TraverseAttr:
			path = append(path, cty.StringVal(s.Name))
		case hcl.TraverseIndex:
			path = append(path, settled(s.Key))
		}
	}
	return path
}

func (t *tracer) conditional(e *hclsyntax.ConditionalExpr, ctx *hcl.EvalContext, path []cty.Value) trail {
	v, diags := e.Condition.Value(ctx)
	v = settled(v)
	if diags.HasErrors() || !v.IsKnown() || v.IsNull() {
		return t.from(e.Condition, ctx, nil)
	}
	chosen := e.FalseResult
	if on, ok := keyText(v); ok && on == "true" {
		chosen = e.TrueResult
	}
	of := t.from(chosen, ctx, path)
	if t.unknown {
		return of
	}
	exact := of.exact
	of = of.and(t.from(e.Condition, ctx, nil))
	of.exact = exact
	return of
}

func (t *tracer) splat(e *hclsyntax.SplatExpr, ctx *hcl.EvalContext, path []cty.Value) trail {
	steps := path[:1:1]
	if each, ok := e.Each.(*relative); ok {
		steps = append(steps, stepsOf(each.Traversal)...)
	}
	return t.from(e.Source, ctx, append(steps, path[1:]...))
}
