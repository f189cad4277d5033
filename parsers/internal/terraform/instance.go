package terraform

import (
	"reflect"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// instance is a module as it is called: once, or once for every turn of a count or for_each.
type instance struct {
	*folder
	run    *run
	path   string // module.edge["a"]; empty for the root
	key    string // edge.inner: the calls without turns, as modules.json has it
	caller *instance
	call   *hclsyntax.Block
	turn   *turn // of the call
	depth  int
	ctx    *hcl.EvalContext

	values  map[valueKey]cty.Value
	failed  map[valueKey]string
	repeats map[*hclsyntax.Block]*repetition
	callees map[string]*callee
}

// valueKey names one value of an instance.
type valueKey struct{ kind, name, turn, attribute string }

// self is the variable through which expressions find their instance. No name in a configuration can be like it.
const self = "\x00self"

var (
	instanceType = cty.Capsule("module", reflect.TypeFor[instance]())
	turnType     = cty.Capsule("turn", reflect.TypeFor[turn]())
)

func newInstance(r *run, f *folder) *instance {
	m := &instance{
		folder: f, run: r, values: map[valueKey]cty.Value{}, failed: map[valueKey]string{},
		repeats: map[*hclsyntax.Block]*repetition{}, callees: map[string]*callee{},
	}
	m.ctx = &hcl.EvalContext{
		Variables: map[string]cty.Value{self: cty.CapsuleVal(instanceType, m), runVariable: cty.CapsuleVal(runType, r)}, Functions: r.functions,
	}
	return m
}

// address is a name within the instance as a plan has it.
func (m *instance) address(name string) string {
	if m.path == "" {
		return name
	}
	return m.path + "." + name
}

// once evaluates a value the first time it is asked for. What fails is unknown from then on, and told once.
func (m *instance) once(k valueKey, what string, at hcl.Range, compute func() (cty.Value, hcl.Diagnostics)) (cty.Value, hcl.Diagnostics) {
	if v, ok := m.values[k]; ok {
		return v, nil
	}
	if diags := m.run.cycle(m.address(what), at); diags != nil {
		return cty.DynamicVal, diags // it is the one that refers to it that fails
	}
	v, diags := m.run.within(m.address(what), at, compute)
	if diags.HasErrors() {
		m.failed[k] = m.run.failed(what, diags)
	}
	m.values[k] = v
	return v, nil
}

func (m *instance) local(name string, at hcl.Range) (cty.Value, hcl.Diagnostics) {
	a := m.locals[name]
	if a == nil {
		return cty.DynamicVal, failure(at, "no local is called %s", name)
	}
	return m.once(valueKey{kind: "local", name: name}, "local."+name, at, func() (cty.Value, hcl.Diagnostics) { return a.Expr.Value(m.ctx) })
}

// output is what a module says to its caller.
func (m *instance) output(name string, at hcl.Range) (cty.Value, hcl.Diagnostics) {
	b := m.outputs[name]
	if b == nil || b.Body.Attributes["value"] == nil {
		return cty.DynamicVal, failure(at, "the module has no output called %s", name)
	}
	return m.once(valueKey{kind: "output", name: name}, "output."+name, at, func() (cty.Value, hcl.Diagnostics) {
		v, diags := b.Body.Attributes["value"].Expr.Value(m.ctx)
		if isTrue(b.Body.Attributes["sensitive"]) {
			v = v.Mark(sensitive)
		}
		return v, diags
	})
}

// isTrue reports whether an argument is plainly true.
func isTrue(a *hclsyntax.Attribute) bool {
	if a == nil {
		return false
	}
	v, _ := a.Expr.Value(nil)
	return v.Type() == cty.Bool && v.IsKnown() && !v.IsNull() && v.True()
}

// isFalse reports whether an argument is plainly false.
func isFalse(a *hclsyntax.Attribute) bool {
	if a == nil {
		return false
	}
	v, _ := a.Expr.Value(nil)
	return v.Type() == cty.Bool && v.IsKnown() && !v.IsNull() && v.False()
}
