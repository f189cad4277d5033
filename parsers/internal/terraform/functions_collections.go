package terraform

import (
	"errors"
	"regexp"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// anything is a parameter that takes every value.
func anything(name string) function.Parameter {
	return function.Parameter{Name: name, Type: cty.DynamicPseudoType, AllowNull: true, AllowUnknown: true, AllowDynamicType: true, AllowMarked: true}
}

// ownCollections are functions on values of any kind that Terraform has of its own.
var ownCollections = map[string]function.Function{
	"lookup": lookupFunc, "coalesce": coalesceFunc, "one": oneFunc, "alltrue": allOf(true), "anytrue": allOf(false),
	"sensitive": markFunc(func(v cty.Value) cty.Value { return v.Mark(sensitive) }),
	"nonsensitive": markFunc(func(v cty.Value) cty.Value {
		v, marks := v.Unmark()
		delete(marks, sensitive)
		return v.WithMarks(marks)
	}),
	"ephemeralasnull": markFunc(func(v cty.Value) cty.Value { return v }),
	"issensitive": function.New(&function.Spec{
		Params: []function.Parameter{anything("value")}, Type: function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.BoolVal(args[0].HasMark(sensitive)), nil
		},
	}),
}

func markFunc(change func(cty.Value) cty.Value) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{anything("value")},
		Type:   func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
		Impl:   func(args []cty.Value, _ cty.Type) (cty.Value, error) { return change(args[0]), nil },
	})
}

// lengthFunc also counts the characters of a text, and the attributes of an object.
var lengthFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType, AllowDynamicType: true, AllowUnknown: true, AllowMarked: true}},
	Type: func(args []cty.Value) (cty.Type, error) {
		ty := args[0].Type()
		if ty == cty.String || ty == cty.DynamicPseudoType || ty.IsCollectionType() || ty.IsTupleType() || ty.IsObjectType() {
			return cty.Number, nil
		}
		return cty.Number, errors.New("argument must be a string, a collection type, or a structural type")
	},
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		v, marks := args[0].Unmark()
		ty := v.Type()
		var length cty.Value
		switch {
		case ty == cty.DynamicPseudoType || isPartial(v):
			length = cty.UnknownVal(cty.Number)
		case ty == cty.String:
			n, err := stdlib.Strlen(v)
			if err != nil {
				return cty.DynamicVal, err
			}
			length = n
		case ty.IsTupleType():
			length = cty.NumberIntVal(int64(ty.Length()))
		case ty.IsObjectType():
			length = cty.NumberIntVal(int64(len(ty.AttributeTypes())))
		default:
			length = v.Length()
		}
		return length.WithMarks(marks), nil
	},
})

// lookupFunc can do without a default.
var lookupFunc = function.New(&function.Spec{
	Params: []function.Parameter{
		{Name: "map", Type: cty.DynamicPseudoType, AllowMarked: true, AllowUnknown: true, AllowDynamicType: true},
		{Name: "key", Type: cty.String, AllowMarked: true, AllowUnknown: true},
	},
	VarParam: &function.Parameter{Name: "default", Type: cty.DynamicPseudoType, AllowNull: true, AllowUnknown: true, AllowDynamicType: true, AllowMarked: true},
	Type:     function.StaticReturnType(cty.DynamicPseudoType),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		of, marks := args[0].Unmark()
		key, more := args[1].Unmark()
		switch {
		case len(args) > 3:
			return cty.DynamicVal, errors.New("lookup takes two or three arguments")
		case !of.IsKnown() || !key.IsKnown():
			return cty.DynamicVal.WithMarks(marks, more), nil
		case !of.Type().IsMapType() && !of.Type().IsObjectType():
			return cty.DynamicVal, errors.New("lookup needs a map as its first argument")
		case has(of, key):
			return elementOf(of, key.AsString()).WithMarks(marks, more), nil
		case isPartial(of):
			return cty.DynamicVal, nil
		case len(args) < 3:
			return cty.DynamicVal, errors.New("the map has no such key, and there is no default")
		case of.Type().IsMapType():
			dflt, err := convert.Convert(args[2], of.Type().ElementType())
			if err != nil {
				return cty.DynamicVal, errors.New("the default must have the type of the map's elements")
			}
			return dflt.WithMarks(marks, more), nil
		}
		return args[2].WithMarks(marks, more), nil
	},
})

func elementOf(v cty.Value, key string) cty.Value {
	if v.Type().IsObjectType() {
		return v.GetAttr(key)
	}
	return v.Index(cty.StringVal(key))
}

// coalesceFunc passes over empty strings too.
var coalesceFunc = function.New(&function.Spec{
	VarParam: &function.Parameter{Name: "values", Type: cty.DynamicPseudoType, AllowNull: true, AllowUnknown: true, AllowDynamicType: true, AllowMarked: true},
	Type: func(args []cty.Value) (cty.Type, error) {
		types := make([]cty.Type, len(args))
		for i, arg := range args {
			types[i] = arg.Type()
		}
		ty, _ := convert.UnifyUnsafe(types)
		if ty == cty.NilType {
			return ty, errors.New("all arguments must have the same type")
		}
		return ty, nil
	},
	Impl: func(args []cty.Value, ty cty.Type) (cty.Value, error) {
		for _, arg := range args {
			v, err := convert.Convert(arg, ty)
			plain, _ := v.Unmark()
			switch {
			case err != nil:
				return cty.DynamicVal, err
			case !plain.IsKnown():
				return v, nil
			case plain.IsNull() || plain.Type() == cty.String && plain.AsString() == "":
				continue
			}
			return v, nil
		}
		return cty.DynamicVal, errors.New("no non-null, non-empty-string arguments")
	},
})

// oneFunc takes the only element of a list, or null where there is none.
var oneFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType, AllowDynamicType: true}},
	Type:   function.StaticReturnType(cty.DynamicPseudoType),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		list := args[0]
		switch ty := list.Type(); {
		case ty == cty.DynamicPseudoType || !list.Length().IsKnown():
			return cty.DynamicVal, nil
		case !ty.IsListType() && !ty.IsSetType() && !ty.IsTupleType():
			return cty.DynamicVal, errors.New("a list, set, or tuple value is required")
		case list.LengthInt() > 1:
			return cty.DynamicVal, errors.New("the list has more than one element")
		case list.LengthInt() == 0 && ty.IsTupleType():
			return cty.NullVal(cty.DynamicPseudoType), nil
		case list.LengthInt() == 0:
			return cty.NullVal(ty.ElementType()), nil
		}
		it := list.ElementIterator()
		it.Next()
		_, v := it.Element()
		return v, nil
	},
})

// allOf is alltrue, which no false may spoil, and anytrue, for which one true is enough. Null counts as false.
func allOf(all bool) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "list", Type: cty.List(cty.Bool)}}, Type: function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			unknown := false
			for it := args[0].ElementIterator(); it.Next(); {
				_, v := it.Element()
				if !v.IsKnown() {
					unknown = true
				} else if on := !v.IsNull() && v.True(); on != all {
					return cty.BoolVal(!all), nil
				}
			}
			if unknown {
				return cty.UnknownVal(cty.Bool), nil
			}
			return cty.BoolVal(all), nil
		},
	})
}

var sumFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}}, Type: function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if !args[0].CanIterateElements() || args[0].LengthInt() == 0 {
			return cty.DynamicVal, errors.New("cannot sum an empty list")
		}
		total := cty.Zero
		for it := args[0].ElementIterator(); it.Next(); {
			_, v := it.Element()
			n, err := convert.Convert(v, cty.Number)
			switch {
			case err != nil || n.IsNull():
				return cty.DynamicVal, errors.New("argument must be list, set, or tuple of number values")
			case !n.IsKnown():
				return cty.UnknownVal(cty.Number), nil
			}
			total = total.Add(n)
		}
		return total, nil
	},
})

var indexFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}, {Name: "value", Type: cty.DynamicPseudoType}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if ty := args[0].Type(); !ty.IsListType() && !ty.IsTupleType() {
			return cty.DynamicVal, errors.New("argument must be a list or tuple")
		}
		for it := args[0].ElementIterator(); it.Next(); {
			i, v := it.Element()
			same, err := stdlib.Equal(v, args[1])
			switch {
			case err != nil:
				return cty.DynamicVal, err
			case !same.IsKnown():
				return cty.UnknownVal(cty.Number), nil
			case same.True():
				return i, nil
			}
		}
		return cty.DynamicVal, errors.New("item not found")
	},
})

var matchkeysFunc = function.New(&function.Spec{
	Params: []function.Parameter{
		{Name: "values", Type: cty.List(cty.DynamicPseudoType)},
		{Name: "keys", Type: cty.List(cty.DynamicPseudoType)},
		{Name: "searchset", Type: cty.List(cty.DynamicPseudoType)},
	},
	Type: func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
	Impl: func(args []cty.Value, ty cty.Type) (cty.Value, error) {
		if !args[0].IsWhollyKnown() || !args[1].IsWhollyKnown() || !args[2].IsWhollyKnown() {
			return cty.UnknownVal(ty), nil
		}
		values, keys, search := args[0].AsValueSlice(), args[1].AsValueSlice(), args[2].AsValueSlice()
		if len(values) != len(keys) {
			return cty.DynamicVal, errors.New("length of keys and values should be equal")
		}
		var found []cty.Value
		for i, key := range keys {
			for _, wanted := range search {
				if sameKey(key, wanted) {
					found = append(found, values[i])
					break
				}
			}
		}
		if len(found) == 0 {
			return cty.ListValEmpty(ty.ElementType()), nil
		}
		return cty.ListVal(found), nil
	},
})

var transposeFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "values", Type: cty.Map(cty.List(cty.String))}},
	Type:   function.StaticReturnType(cty.Map(cty.List(cty.String))),
	Impl: func(args []cty.Value, ty cty.Type) (cty.Value, error) {
		if !args[0].IsWhollyKnown() {
			return cty.UnknownVal(ty), nil
		}
		lists := map[string][]cty.Value{}
		for it := args[0].ElementIterator(); it.Next(); {
			key, list := it.Element()
			for inner := list.ElementIterator(); inner.Next(); {
				_, v := inner.Element()
				if v.IsNull() {
					return cty.DynamicVal, errors.New("input must not contain null strings")
				}
				lists[v.AsString()] = append(lists[v.AsString()], key)
			}
		}
		out := map[string]cty.Value{}
		for name, list := range lists {
			out[name] = cty.ListVal(list)
		}
		if len(out) == 0 {
			return cty.MapValEmpty(cty.List(cty.String)), nil
		}
		return cty.MapVal(out), nil
	},
})

// isPartialIn reports whether an object with attributes that only an apply tells is in a value, so that what is made of all attributes
// is not known.
func isPartialIn(v cty.Value) bool {
	v, _ = v.Unmark()
	if isPartial(v) {
		return true
	}
	if ty := v.Type(); ty.IsPrimitiveType() || !v.IsKnown() || v.IsNull() || !v.CanIterateElements() {
		return false
	}
	for it := v.ElementIterator(); it.Next(); {
		if _, element := it.Element(); isPartialIn(element) {
			return true
		}
	}
	return false
}

var (
	longNumber = regexp.MustCompile(`^\s*[-+]?[0-9.]+[eE]\+?[0-9]{4,}\s*$`)
	wideVerb   = regexp.MustCompile(`%[^a-zA-Z%]*[0-9]{5,}`)
)

// isLongNumber reports whether a text would become a number with thousands of digits.
func isLongNumber(v cty.Value) bool { return longNumber.MatchString(textOf(v)) }

// isWide reports whether a format asks for thousands of spaces.
func isWide(v cty.Value) bool { return wideVerb.MatchString(textOf(v)) }
