package armexpr

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// choose is if(): only the branch that is taken is evaluated. Where the condition is unknown and both branches agree, their value is known.
func (r *run) choose(c *call) *jsontree.Node {
	condition := r.eval(c.args[0])
	switch {
	case condition.Kind() == jsontree.Bool && condition.Text() == "true":
		return came(r.eval(c.args[1]), []*jsontree.Node{condition})
	case condition.Kind() == jsontree.Bool:
		return came(r.eval(c.args[2]), []*jsontree.Node{condition})
	case condition.Kind() != jsontree.Unknown:
		return r.fail(c.args[0].where(), "if() takes a boolean, not "+condition.Kind().String())
	}
	then, otherwise := r.eval(c.args[1]), r.eval(c.args[2])
	if r.scope.same(then, otherwise) == yes {
		return then
	}
	return r.unknown(condition.Text(), condition, then, otherwise)
}

func (r *run) and(c *call) *jsontree.Node { return r.until(c, "false") }

func (r *run) or(c *call) *jsontree.Node { return r.until(c, "true") }

// until is decided by the first argument that has that value, whatever the unknown ones are.
func (r *run) until(c *call, decides string) *jsontree.Node {
	var unknown *jsontree.Node
	var all []*jsontree.Node
	for _, arg := range c.args {
		value := r.eval(arg)
		all = append(all, value)
		switch {
		case value.Kind() == jsontree.Unknown:
			unknown = value
		case value.Kind() != jsontree.Bool:
			return r.fail(arg.where(), c.name+"() takes booleans, not "+value.Kind().String())
		case value.Text() == decides:
			return r.boolean(decides == "true", value)
		}
	}
	if unknown != nil {
		return r.unknown(unknown.Text(), unknown)
	}
	return r.boolean(decides != "true", all...)
}

func not(r *run, args []*jsontree.Node) *jsontree.Node {
	if args[0].Kind() != jsontree.Bool {
		return nil
	}
	return r.boolean(args[0].Text() == "false", args...)
}

// toBool takes strings in any letter case, and 0 and 1 ("Logical functions for ARM templates": bool).
func toBool(r *run, args []*jsontree.Node) *jsontree.Node {
	switch strings.ToLower(args[0].Text()) {
	case "true", "1":
		return r.boolean(true, args...)
	case "false", "0":
		return r.boolean(false, args...)
	}
	return nil
}

func (r *run) coalesce(c *call) *jsontree.Node {
	for _, arg := range c.args {
		if value := r.eval(arg); value.Kind() != jsontree.Null {
			return value
		}
	}
	return jsontree.NewNull(r.at)
}

func equals(r *run, args []*jsontree.Node) *jsontree.Node {
	switch r.scope.same(args[0], args[1]) {
	case yes:
		return r.boolean(true, args...)
	case no:
		return r.boolean(false, args...)
	default:
		return r.unknown(whyNotSame(args[0], args[1]), args...)
	}
}

// compared compares integers. How strings are ordered depends on a culture, so that only equal ones can be told.
func compared(holds func(int) bool) func(*run, []*jsontree.Node) *jsontree.Node {
	return func(r *run, args []*jsontree.Node) *jsontree.Node {
		a, aOK := integer(args[0])
		b, bOK := integer(args[1])
		switch {
		case aOK && bOK:
			return r.boolean(holds(sign(a, b)), args...)
		case args[0].Kind() != jsontree.String || args[1].Kind() != jsontree.String:
			return nil
		case args[0].Text() == args[1].Text():
			return r.boolean(holds(0), args...)
		}
		return r.unknown("strings are ordered by rules that are not known here", args...)
	}
}

func sign(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
