package armexpr

import (
	"strings"
	"unicode/utf16"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

func toArray(r *run, args []*jsontree.Node) *jsontree.Node {
	if args[0].Kind() == jsontree.List {
		return args[0].Moved(r.at, "")
	}
	return r.list(args[0])
}

func createArray(r *run, args []*jsontree.Node) *jsontree.Node {
	return r.list(args...)
}

func listed(n *jsontree.Node) (all []*jsontree.Node) {
	for item := range n.All() {
		all = append(all, item)
	}
	return all
}

// contains finds an item, a member or a part of a text; letter case does not matter to members only ("Array functions for ARM templates").
func contains(r *run, args []*jsontree.Node) *jsontree.Node {
	switch args[0].Kind() {
	case jsontree.String:
		part, ok := plain(args[1])
		if !ok {
			return nil
		}
		return r.boolean(strings.Contains(args[0].Text(), part), args...)
	case jsontree.Object:
		return r.boolean(args[0].Get(args[1].Text()) != nil, args...)
	case jsontree.List:
		return r.containsItem(args[0], args[1])
	default:
		return nil
	}
}

func (r *run) containsItem(list, wanted *jsontree.Node) *jsontree.Node {
	result := no
	var doubtful *jsontree.Node
	for item := range list.All() {
		switch r.scope.same(item, wanted) {
		case yes:
			result = yes
		case maybe:
			doubtful = item
		case no:
		}
	}
	if result == no && doubtful != nil {
		return r.unknown(whyNotSame(doubtful, wanted), list, wanted)
	}
	return r.boolean(result == yes, list, wanted)
}

func empty(r *run, args []*jsontree.Node) *jsontree.Node {
	switch args[0].Kind() {
	case jsontree.Null:
		return r.boolean(true, args...)
	case jsontree.String:
		return r.boolean(args[0].Text() == "", args...)
	case jsontree.List, jsontree.Object:
		return r.boolean(args[0].Len() == 0, args...)
	default:
		return nil
	}
}

func length(r *run, args []*jsontree.Node) *jsontree.Node {
	switch args[0].Kind() {
	case jsontree.String:
		return r.integer(int64(len(units(args[0].Text()))), args...)
	case jsontree.List, jsontree.Object:
		return r.integer(int64(args[0].Len()), args...)
	default:
		return nil
	}
}

// first of an empty list is null, and of an empty text an empty text.
func first(r *run, args []*jsontree.Node) *jsontree.Node { return r.end(args[0], 0) }

func last(r *run, args []*jsontree.Node) *jsontree.Node { return r.end(args[0], -1) }

func (r *run) end(n *jsontree.Node, i int) *jsontree.Node {
	switch n.Kind() {
	case jsontree.List:
		if n.Len() == 0 {
			return jsontree.NewNull(r.at)
		}
		return n.At((i+n.Len())%n.Len()).Moved(r.at, "")
	case jsontree.String:
		all := units(n.Text())
		if len(all) > 0 {
			i = (i + len(all)) % len(all)
			all = all[i : i+1]
		}
		return r.str(string(utf16.Decode(all)), n)
	default:
		return nil
	}
}

func skip(r *run, args []*jsontree.Node) *jsontree.Node {
	return r.part(args, func(count, length int64) (from, to int64) { return count, length })
}

func take(r *run, args []*jsontree.Node) *jsontree.Node {
	return r.part(args, func(count, _ int64) (from, to int64) { return 0, count })
}

func (r *run) part(args []*jsontree.Node, which func(count, length int64) (from, to int64)) *jsontree.Node {
	count, ok := integer(args[1])
	if !ok {
		return nil
	}
	switch args[0].Kind() {
	case jsontree.List:
		all := listed(args[0])
		from, to := which(min(max(count, 0), int64(len(all))), int64(len(all)))
		return came(r.list(all[from:to]...), args)
	case jsontree.String:
		all := units(args[0].Text())
		from, to := which(min(max(count, 0), int64(len(all))), int64(len(all)))
		return r.str(string(utf16.Decode(all[from:to])), args...)
	default:
		return nil
	}
}

// flatten takes one level of lists away.
func flatten(r *run, args []*jsontree.Node) *jsontree.Node {
	var all []*jsontree.Node
	for inner := range args[0].All() {
		switch inner.Kind() {
		case jsontree.Unknown:
			return r.unknown(inner.Text(), inner, args[0])
		case jsontree.List:
			all = append(all, listed(inner)...)
		default:
			return nil
		}
	}
	if args[0].Kind() != jsontree.List {
		return nil
	}
	return came(r.list(all...), args)
}

// union of lists leaves out what is there already, and of objects lets the later one win ("Array functions for ARM templates": union).
func union(r *run, args []*jsontree.Node) *jsontree.Node {
	merged := args[0]
	for _, next := range args[1:] {
		if next.Kind() != merged.Kind() {
			return nil
		}
		if merged.Kind() == jsontree.Object {
			merged = r.merge(merged, next)
		} else if merged = r.append(merged, next); merged.Kind() == jsontree.Unknown {
			return merged
		}
	}
	if k := merged.Kind(); k != jsontree.List && k != jsontree.Object {
		return nil
	}
	return merged.Moved(r.at, "")
}

func (r *run) append(list, more *jsontree.Node) *jsontree.Node {
	if more.Kind() != jsontree.List {
		return r.unknown("union() takes lists or objects", list, more)
	}
	all := listed(list)
	for item := range more.All() {
		is, doubtful := r.scope.among(all, item)
		if doubtful {
			return r.unknown("whether union() finds two items equal cannot be told", list, more)
		}
		if !is {
			all = append(all, item)
		}
	}
	return came(r.list(all...), []*jsontree.Node{list, more})
}

func (s *Scope) among(all []*jsontree.Node, item *jsontree.Node) (is, doubtful bool) {
	for _, other := range all {
		switch s.same(other, item) {
		case yes:
			return true, false
		case maybe:
			doubtful = true
		case no:
		}
	}
	return false, doubtful
}

func intersection(r *run, args []*jsontree.Node) *jsontree.Node {
	result := args[0]
	for _, other := range args[1:] {
		if other.Kind() != result.Kind() || result.Kind() != jsontree.List && result.Kind() != jsontree.Object {
			return nil
		}
		var doubt bool
		result = result.Replaced(func(n *jsontree.Node) *jsontree.Node {
			is, doubtful := n != nil && r.scope.same(other.Get(n.Name()), n) == yes, false
			if result.Kind() == jsontree.List {
				is, doubtful = r.scope.among(listed(other), n)
			}
			doubt = doubt || doubtful
			if !is {
				return nil
			}
			return n
		})
		if doubt {
			return r.unknown("whether intersection() finds two items equal cannot be told", args...)
		}
	}
	return came(result.Moved(r.at, ""), args)
}
