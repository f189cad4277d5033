package terraform

import (
	"fmt"
	"reflect"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// What a configuration may cost. No real one comes near.
const (
	maxFile        = 8 << 20 // bytes of one file
	maxFiles       = 50_000  // of all modules
	maxNesting     = 100     // of brackets and templates
	maxOperators   = 5_000   // in one expression, between two commas
	maxTurns       = 10_000  // of one count, for_each or dynamic block
	maxBlocks      = 250_000 // of all resources
	maxNodes       = 4_000_000
	maxModuleDepth = 20
	maxModules     = 20_000
	maxChain       = 400 // of values that wait for each other
	maxDepth       = 200 // of lists in lists in a value

	// maxWork is about a byte that is copied, or a small part of a turn of a loop.
	maxWork     = 1 << 27
	maxTrails   = maxWork / 4 // of finding out where values came from
	maxValue    = 1 << 23     // of one value
	costOfTurn  = 600
	costOfValue = 16
)

// meter counts what evaluation costs, so that a small text cannot ask for more than the machine has.
type meter struct{ left int }

// spend reports whether there is that much left. It takes at least 1.
func (m *meter) spend(cost int) bool {
	if cost > m.left || cost < 0 {
		m.left = 0
		return false
	}
	m.left -= max(cost, 1)
	return true
}

// overspent is the error of what costs too much.
func overspent(at hcl.Range) hcl.Diagnostics {
	return failure(at, "this takes more work than any real configuration does")
}

// weigh is what a value costs to copy, and whether it is as small as values are: what costs more than the limit is not counted to
// its end.
func weigh(v cty.Value, limit int) (cost int, ok bool) { return weighAt(v, limit, 0) }

func weighAt(v cty.Value, limit, depth int) (cost int, ok bool) {
	v, _ = v.Unmark()
	cost = costOfValue
	switch ty := v.Type(); {
	case !v.IsKnown() || v.IsNull():
		return cost, true
	case ty == cty.String:
		cost += len(v.AsString())
	case isHuge(v):
		return cost, false
	case ty.IsPrimitiveType() || !v.CanIterateElements():
	case depth > maxDepth:
		return cost, false
	default:
		for it := v.ElementIterator(); it.Next() && cost <= limit; {
			_, element := it.Element()
			c, ok := weighAt(element, limit-cost, depth+1)
			if cost += c; !ok {
				return cost, false
			}
		}
	}
	return cost, cost <= limit
}

// failure is an error at a place, in the form in which hcl hands errors on.
func failure(at hcl.Range, format string, args ...any) hcl.Diagnostics {
	return hcl.Diagnostics{{Severity: hcl.DiagError, Summary: fmt.Sprintf(format, args...), Subject: &at}}
}

// isHuge reports whether a number has thousands of digits: to write it out would take seconds, and a short text can ask for it.
func isHuge(v cty.Value) bool {
	const maxBits = 1 << 13
	v, _ = v.Unmark()
	if v.Type() != cty.Number || !v.IsKnown() || v.IsNull() {
		return false
	}
	f := v.AsBigFloat()
	bits := f.MantExp(nil)
	return !f.IsInf() && (bits > maxBits || bits < -maxBits)
}

// runVariable is the variable through which expressions in templates, which see nothing of a module, find what they cost.
const runVariable = "\x00run"

var runType = cty.Capsule("run", reflect.TypeFor[run]())

// spend takes a cost from the meter of what is evaluated; nil where there is that much left, or where nothing is metered.
func spend(ctx *hcl.EvalContext, cost int, at hcl.Range) hcl.Diagnostics {
	for ; ctx != nil; ctx = ctx.Parent() {
		v, ok := ctx.Variables[runVariable]
		if !ok {
			continue
		}
		if r := v.EncapsulatedValue().(*run); !r.meter.spend(cost) { //nolint:forcetypeassert // the capsule's type says so
			return overspent(at)
		}
		return nil
	}
	return nil
}
