package terraform

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/ext/customdecode"
	ctyyaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// impure are the functions whose result only a run of terraform has, and what is to be said of it.
var impure = map[string]string{
	"timestamp": "is known only when terraform runs", "plantimestamp": "is known only when terraform runs", "uuid": "is random",
	"bcrypt": "is random", "rsadecrypt": "is not evaluated here",
}

// shared are the functions that Terraform takes from cty's library as they are
// (developer.hashicorp.com/terraform/language/functions).
var shared = map[string]function.Function{
	"abs": stdlib.AbsoluteFunc, "ceil": stdlib.CeilFunc, "floor": stdlib.FloorFunc, "log": stdlib.LogFunc, "max": stdlib.MaxFunc,
	"min": stdlib.MinFunc, "signum": stdlib.SignumFunc,
	"chomp": stdlib.ChompFunc, "lower": stdlib.LowerFunc, "upper": stdlib.UpperFunc, "title": stdlib.TitleFunc, "substr": stdlib.SubstrFunc,
	"strrev": stdlib.ReverseFunc, "trim": stdlib.TrimFunc, "trimprefix": stdlib.TrimPrefixFunc, "trimsuffix": stdlib.TrimSuffixFunc,
	"trimspace": stdlib.TrimSpaceFunc, "split": stdlib.SplitFunc, "regex": stdlib.RegexFunc, "regexall": stdlib.RegexAllFunc,
	"coalescelist": stdlib.CoalesceListFunc, "compact": stdlib.CompactFunc, "contains": stdlib.ContainsFunc, "element": stdlib.ElementFunc,
	"range": stdlib.RangeFunc, "reverse": stdlib.ReverseListFunc, "slice": stdlib.SliceFunc, "sort": stdlib.SortFunc,
	"setintersection": stdlib.SetIntersectionFunc, "setsubtract": stdlib.SetSubtractFunc, "setunion": stdlib.SetUnionFunc,
	"formatdate": stdlib.FormatDateFunc, "timeadd": stdlib.TimeAddFunc,
	"tostring": stdlib.MakeToFunc(cty.String), "tobool": stdlib.MakeToFunc(cty.Bool),
	"tolist": stdlib.MakeToFunc(cty.List(cty.DynamicPseudoType)), "toset": stdlib.MakeToFunc(cty.Set(cty.DynamicPseudoType)),
	"tomap": stdlib.MakeToFunc(cty.Map(cty.DynamicPseudoType)),
}

// growing are functions whose result is larger than what they are given, or takes more than one look at each part of it, or holds numbers
// that nobody has looked at.
var growing = map[string]function.Function{
	"join": stdlib.JoinFunc, "format": stdlib.FormatFunc, "formatlist": stdlib.FormatListFunc, "indent": stdlib.IndentFunc, "replace": replaceFunc,
	"concat": stdlib.ConcatFunc, "flatten": stdlib.FlattenFunc, "merge": stdlib.MergeFunc, "chunklist": stdlib.ChunklistFunc,
	"setproduct": stdlib.SetProductFunc, "distinct": stdlib.DistinctFunc, "zipmap": stdlib.ZipmapFunc, "keys": stdlib.KeysFunc, "values": stdlib.ValuesFunc,
	"jsonencode": stdlib.JSONEncodeFunc, "jsondecode": stdlib.JSONDecodeFunc, "csvdecode": stdlib.CSVDecodeFunc,
	"yamlencode": ctyyaml.YAMLEncodeFunc, "yamldecode": ctyyaml.YAMLDecodeFunc,
	"pow": stdlib.PowFunc, "parseint": stdlib.ParseIntFunc, "tonumber": stdlib.MakeToFunc(cty.Number), "sum": sumFunc,
	"matchkeys": matchkeysFunc, "index": indexFunc, "transpose": transposeFunc,
}

// newFunctions are all functions of a configuration. Those of a provider are bound otherwise.
func (r *run) newFunctions() map[string]function.Function {
	all := map[string]function.Function{"try": tryFunc, "can": canFunc, "length": lengthFunc}
	for _, table := range []map[string]function.Function{shared, ownCollections, ownStrings, ownHashes, ownNetworks, r.fileFunctions()} {
		maps.Copy(all, table)
	}
	for name, f := range growing {
		all[name] = r.weighed(name, f)
	}
	for name := range impure {
		all[name] = unknownFunc
	}
	return all
}

// squares are the functions that look at every pair of what they are given, and those that make every pair.
var squares = map[string]bool{"distinct": true, "setproduct": true, "matchkeys": true, "formatlist": true, "replace": true}

// weighed is a function that takes into account what its arguments cost, before it copies them.
func (r *run) weighed(name string, f function.Function) function.Function {
	spec := &function.Spec{Params: f.Params(), VarParam: f.VarParam(), Type: f.ReturnTypeForValues}
	if name == "concat" { // the type of a tuple is as long as the tuple
		spec.Type = func(args []cty.Value) (cty.Type, error) {
			if !fitTogether(args) {
				return cty.NilType, errTooLarge
			}
			return f.ReturnTypeForValues(args)
		}
	}
	spec.Impl = func(args []cty.Value, ty cty.Type) (cty.Value, error) {
		switch {
		case !r.affords(name, args):
			return cty.DynamicVal, errTooLarge
		case slices.ContainsFunc(args, func(v cty.Value) bool { return hidesAttributes(name, v) }):
			return cty.UnknownVal(ty), nil
		}
		v, err := f.Call(args)
		if err != nil {
			return cty.DynamicVal, err
		}
		if _, ok := weigh(v, maxValue); !ok {
			return cty.DynamicVal, errTooLarge
		}
		return v, nil
	}
	return function.New(spec)
}

// fitTogether reports whether the items of some lists are small enough to be one value.
func fitTogether(lists []cty.Value) bool {
	total := costOfValue
	for _, list := range lists {
		cost, ok := weigh(list, maxValue)
		if total += cost - costOfValue; !ok || total > maxValue {
			return false
		}
	}
	return true
}

// affords reports whether there is enough left for a function to work on its arguments.
func (r *run) affords(name string, args []cty.Value) bool {
	total := 1
	for _, arg := range args {
		cost, ok := weigh(arg, r.meter.left)
		if !ok || isLongNumber(arg) || strings.HasPrefix(name, "format") && isWide(arg) {
			return false
		}
		if squares[name] {
			cost = max(cost, cost/costOfValue*(max(cost, total)/costOfValue))
		}
		total += cost
	}
	return r.meter.spend(total)
}

// hidesAttributes reports whether a function would show all attributes of a resource, of which not all are known.
func hidesAttributes(name string, v cty.Value) bool {
	switch name {
	case "jsonencode", "yamlencode":
		return isPartialIn(v)
	case "merge", "keys", "values":
		return isPartial(v)
	}
	return false
}

var errTooLarge = errors.New("this is larger than any real value")

var unknownFunc = function.New(&function.Spec{
	VarParam: &function.Parameter{Name: "any", Type: cty.DynamicPseudoType, AllowDynamicType: true, AllowNull: true, AllowUnknown: true},
	Type:     function.StaticReturnType(cty.String),
	Impl:     func([]cty.Value, cty.Type) (cty.Value, error) { return cty.UnknownVal(cty.String), nil },
})

// tryFunc and canFunc are Terraform's, except that they evaluate their arguments once: those of hcl do it twice, and twice in every
// one that they hold.
var tryFunc = function.New(&function.Spec{
	VarParam: &function.Parameter{Name: "expressions", Type: customdecode.ExpressionClosureType},
	Type:     function.StaticReturnType(cty.DynamicPseudoType),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		for _, arg := range args {
			v, diags := customdecode.ExpressionClosureFromVal(arg).Value()
			switch {
			case diags.HasErrors():
				continue
			case !v.IsWhollyKnown(): // when it is known it may be none that succeeds
				return cty.DynamicVal, nil
			}
			return v, nil
		}
		return cty.DynamicVal, errors.New("no expression succeeded")
	},
})

var canFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "expression", Type: customdecode.ExpressionClosureType}},
	Type:   function.StaticReturnType(cty.Bool),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		v, diags := customdecode.ExpressionClosureFromVal(args[0]).Value()
		switch {
		case diags.HasErrors():
			return cty.False, nil
		case !v.IsWhollyKnown():
			return cty.UnknownVal(cty.Bool), nil
		}
		return cty.True, nil
	},
})
