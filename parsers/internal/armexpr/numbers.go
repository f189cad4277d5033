package armexpr

import (
	"math"
	"strconv"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// integer is a number node's value; ok is false for anything else.
func integer(n *jsontree.Node) (int64, bool) {
	if n.Kind() != jsontree.Number {
		return 0, false
	}
	i, err := strconv.ParseInt(n.Text(), 10, 64)
	return i, err == nil
}

// arithmetic is a function of two integers. It has no value where the result is no integer of 64 bits.
func arithmetic(f func(a, b int64) (int64, bool)) func(*run, []*jsontree.Node) *jsontree.Node {
	return func(r *run, args []*jsontree.Node) *jsontree.Node {
		a, aOK := integer(args[0])
		b, bOK := integer(args[1])
		if !aOK || !bOK {
			return nil
		}
		value, ok := f(a, b)
		if !ok {
			return nil
		}
		return r.integer(value, args...)
	}
}

func plus(a, b int64) (int64, bool) {
	sum := a + b
	return sum, (sum > a) == (b > 0)
}

func minus(a, b int64) (int64, bool) {
	difference := a - b
	return difference, (difference < a) == (b > 0)
}

func times(a, b int64) (int64, bool) {
	if a == 0 || b == 0 {
		return 0, true
	}
	product := a * b
	return product, product/b == a && (a != -1 || b != math.MinInt64) && (b != -1 || a != math.MinInt64)
}

func quotient(a, b int64) (int64, bool) {
	if b == 0 || a == math.MinInt64 && b == -1 {
		return 0, false
	}
	return a / b, true
}

func remainder(a, b int64) (int64, bool) {
	if b == 0 || b == -1 {
		return 0, b == -1
	}
	return a % b, true
}

func toInt(r *run, args []*jsontree.Node) *jsontree.Node {
	value, err := strconv.ParseInt(args[0].Text(), 10, 64)
	if k := args[0].Kind(); k != jsontree.String && k != jsontree.Number || err != nil {
		return nil
	}
	return r.integer(value, args...)
}

func toFloat(r *run, args []*jsontree.Node) *jsontree.Node {
	value, err := strconv.ParseFloat(args[0].Text(), 64)
	if k := args[0].Kind(); k != jsontree.String && k != jsontree.Number || err != nil || math.IsNaN(value) || math.IsInf(value, 0) {
		return nil
	}
	return came(jsontree.NewNumber(r.at, strconv.FormatFloat(value, 'g', -1, 64)), args)
}

// extreme is min() or max() of integers, or of a list of them.
func extreme(better func(a, b int64) bool) func(*run, []*jsontree.Node) *jsontree.Node {
	return func(r *run, args []*jsontree.Node) *jsontree.Node {
		all := args
		if len(args) == 1 && args[0].Kind() == jsontree.List {
			all = nil
			for item := range args[0].All() {
				all = append(all, item)
			}
		}
		var best int64
		for i, n := range all {
			value, ok := integer(n)
			if n.Kind() == jsontree.Unknown {
				return r.unknown(n.Text(), args...)
			}
			if !ok {
				return nil
			}
			if i == 0 || better(value, best) {
				best = value
			}
		}
		if len(all) == 0 {
			return nil
		}
		return r.integer(best, args...)
	}
}

// numbers is range(): a count of integers from a first one ("Array functions for ARM templates": no more than 10,000).
func numbers(r *run, args []*jsontree.Node) *jsontree.Node {
	const most = 10_000
	start, startOK := integer(args[0])
	count, countOK := integer(args[1])
	if !startOK || !countOK || count < 0 || count > most || start > math.MaxInt32 || start < math.MinInt32 {
		return nil
	}
	var list []*jsontree.Node
	for i := range count {
		list = append(list, r.integer(start+i, args...))
	}
	return came(r.list(list...), args)
}
