package armexpr

import (
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// createObject makes an object of names and values in turn.
func createObject(r *run, args []*jsontree.Node) *jsontree.Node {
	if len(args)%2 != 0 {
		return nil
	}
	var members []jsontree.Member
	for i := 0; i < len(args); i += 2 {
		if args[i].Kind() == jsontree.Unknown {
			return r.unknown(args[i].Text(), args...)
		}
		if args[i].Kind() != jsontree.String {
			return nil
		}
		members = append(members, jsontree.Member{Name: args[i].Text(), Value: args[i+1]})
	}
	return jsontree.NewObject(r.at, members...)
}

// merge is an object with the members of another one put in; objects inside are merged too.
func (r *run) merge(of, with *jsontree.Node) *jsontree.Node { return r.overlay(of, with, true) }

func (r *run) overlay(of, with *jsontree.Node, deep bool) *jsontree.Node {
	if !r.scope.step() {
		return r.unknown(tooMuch)
	}
	out := of.Replaced(func(m *jsontree.Node) *jsontree.Node {
		other := with.Get(m.Name())
		switch {
		case other == nil:
			return m
		case deep && m.Kind() == jsontree.Object && other.Kind() == jsontree.Object:
			return r.overlay(m, other, deep)
		}
		return other
	})
	made := *out
	for m := range with.All() {
		if of.Get(m.Name()) == nil {
			made.Add(jsontree.Member{Name: m.Name(), Value: m})
		}
	}
	return &made
}

func shallowMerge(r *run, args []*jsontree.Node) *jsontree.Node {
	merged := jsontree.NewObject(r.at)
	for o := range args[0].All() {
		switch o.Kind() {
		case jsontree.Unknown:
			return r.unknown(o.Text(), o)
		case jsontree.Object:
			merged = r.overlay(merged, o, false)
		default:
			return nil
		}
	}
	if args[0].Kind() != jsontree.List {
		return nil
	}
	return merged.Moved(r.at, "")
}

// items lists the members of an object, in the order of their names ("Object functions for ARM templates": items).
func items(r *run, args []*jsontree.Node) *jsontree.Node {
	if args[0].Kind() != jsontree.Object {
		return nil
	}
	members := listed(args[0])
	slices.SortStableFunc(members, func(a, b *jsontree.Node) int { return strings.Compare(lower(a.Name()), lower(b.Name())) })
	var list []*jsontree.Node
	for _, m := range members {
		list = append(list, jsontree.NewObject(m.Place(),
			jsontree.Member{Name: "key", Value: r.str(m.Name(), args...)}, jsontree.Member{Name: "value", Value: m}))
	}
	return came(r.list(list...), args)
}

func objectKeys(r *run, args []*jsontree.Node) *jsontree.Node {
	if args[0].Kind() != jsontree.Object {
		return nil
	}
	var keys []*jsontree.Node
	for m := range args[0].All() {
		keys = append(keys, r.str(m.Name(), args...))
	}
	return came(r.list(keys...), args)
}

// tryGet goes down by names and numbers; null where there is no such way.
func tryGet(r *run, args []*jsontree.Node) *jsontree.Node {
	n := args[0]
	for _, key := range args[1:] {
		i, isIndex := integer(key)
		switch {
		case n.Kind() == jsontree.Unknown:
			return n.Moved(r.at, "")
		case n.Kind() == jsontree.Object && key.Kind() == jsontree.String:
			n = n.Get(key.Text())
		case n.Kind() == jsontree.List && isIndex:
			n = n.At(int(i))
		default:
			n = nil
		}
	}
	if n == nil {
		return jsontree.NewNull(r.at)
	}
	return n.Moved(r.at, "")
}
