package armexpr

import (
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// lambda is a function that another function calls ("Lambda functions for ARM templates").
type lambda struct {
	r     *run
	names []string
	body  expr
}

// lambda reads an argument that is written as lambda('x', …, body).
func (r *run) lambda(e expr) (*lambda, *jsontree.Node) {
	c, ok := e.(*call)
	if !ok || c.name != "lambda" || len(c.args) == 0 {
		return nil, r.refuse(e.where(), "a lambda() should stand here")
	}
	l := &lambda{r: r, body: c.args[len(c.args)-1]}
	for _, arg := range c.args[:len(c.args)-1] {
		name, ok := arg.(*text)
		if !ok {
			return nil, r.refuse(arg.where(), "the name of a variable should stand here")
		}
		l.names = append(l.names, name.value)
	}
	return l, nil
}

// of is the value of the lambda for arguments, of which it may take fewer.
func (l *lambda) of(args ...*jsontree.Node) *jsontree.Node {
	inner := *l.r
	for i, arg := range args[:min(len(l.names), len(args))] {
		inner.bound = &binding{l.names[i], arg, inner.bound}
	}
	return inner.eval(l.body)
}

func (r *run) lambdaVariable(c *call) *jsontree.Node {
	name := r.eval(c.args[0]).Text()
	for b := r.bound; b != nil; b = b.outer {
		if strings.EqualFold(b.name, name) {
			return b.value.Moved(r.at, "")
		}
	}
	return r.refuse(c.stretch, "no lambda function has a variable of that name")
}

// over evaluates a list or an object, and the lambda for its items. A failure is an unknown value.
func (r *run) over(c *call, kind jsontree.Kind) (of *jsontree.Node, l *lambda, failure *jsontree.Node) {
	of = r.eval(c.args[0])
	if of.Kind() == jsontree.Unknown {
		return nil, nil, of
	}
	if of.Kind() == kind {
		l, failure = r.lambda(c.args[len(c.args)-1])
		return of, l, failure
	}
	return nil, nil, r.fail(c.args[0].where(), c.name+"() takes "+kind.String()+", not "+of.Kind().String())
}

func (r *run) mapped(c *call) *jsontree.Node {
	of, l, failure := r.over(c, jsontree.List)
	if failure != nil {
		return failure
	}
	var list []*jsontree.Node
	for i := range of.Len() {
		list = append(list, l.of(of.At(i), r.integer(int64(i))))
	}
	return r.list(list...)
}

// verdict is what a lambda says that should say yes or no; else the unknown that takes its place.
func (r *run) verdict(l *lambda, args ...*jsontree.Node) (bool, *jsontree.Node) {
	switch value := l.of(args...); value.Kind() {
	case jsontree.Bool:
		return value.Text() == "true", nil
	case jsontree.Unknown:
		return false, value
	default:
		return false, r.fail(l.body.where(), "the lambda function should say true or false, not "+value.Kind().String())
	}
}

func (r *run) filtered(c *call) *jsontree.Node {
	of, l, failure := r.over(c, jsontree.List)
	if failure != nil {
		return failure
	}
	var list []*jsontree.Node
	for i := range of.Len() {
		is, unknown := r.verdict(l, of.At(i), r.integer(int64(i)))
		if unknown != nil {
			return unknown
		}
		if is {
			list = append(list, of.At(i))
		}
	}
	return came(r.list(list...), []*jsontree.Node{of})
}

func (r *run) reduced(c *call) *jsontree.Node {
	of, l, failure := r.over(c, jsontree.List)
	if failure != nil {
		return failure
	}
	value := r.eval(c.args[1])
	for i := range of.Len() {
		value = l.of(value, of.At(i), r.integer(int64(i)))
	}
	return value
}

func (r *run) sorted(c *call) *jsontree.Node {
	of, l, failure := r.over(c, jsontree.List)
	if failure != nil {
		return failure
	}
	all := listed(of)
	slices.SortStableFunc(all, func(a, b *jsontree.Node) int {
		before, unknown := r.verdict(l, a, b)
		if unknown != nil {
			failure = unknown
		}
		if before {
			return -1
		}
		if after, _ := r.verdict(l, b, a); after {
			return 1
		}
		return 0
	})
	if failure != nil {
		return failure
	}
	return came(r.list(all...), []*jsontree.Node{of})
}

// object is toObject(): names from one lambda, values from another, or the items themselves.
func (r *run) object(c *call) *jsontree.Node {
	of := r.eval(c.args[0])
	if of.Kind() != jsontree.List {
		return r.unknown(reasonOr(of, "toObject() takes a list"), of)
	}
	names, failure := r.lambda(c.args[1])
	if failure != nil {
		return failure
	}
	made := jsontree.NewObject(r.at)
	for item := range of.All() {
		name, value := names.of(item), item
		if len(c.args) > 2 {
			values, failure := r.lambda(c.args[2])
			if failure != nil {
				return failure
			}
			value = values.of(item)
		}
		if name.Kind() != jsontree.String {
			return r.unknown(reasonOr(name, "toObject() takes names that are strings"), name)
		}
		made = r.overlay(made, jsontree.NewObject(r.at, jsontree.Member{Name: name.Text(), Value: value}), false)
	}
	return made.Moved(r.at, "")
}

func reasonOr(n *jsontree.Node, otherwise string) string {
	if n.Kind() == jsontree.Unknown {
		return n.Text()
	}
	return otherwise
}

// grouped is groupBy(): lists of items by name.
func (r *run) grouped(c *call) *jsontree.Node {
	of, l, failure := r.over(c, jsontree.List)
	if failure != nil {
		return failure
	}
	groups := map[string][]*jsontree.Node{}
	var names []string
	for i := range of.Len() {
		name := l.of(of.At(i), r.integer(int64(i)))
		if name.Kind() != jsontree.String {
			return r.unknown(reasonOr(name, "groupBy() takes names that are strings"), name)
		}
		if groups[name.Text()] == nil {
			names = append(names, name.Text())
		}
		groups[name.Text()] = append(groups[name.Text()], of.At(i))
	}
	var members []jsontree.Member
	for _, name := range names {
		members = append(members, jsontree.Member{Name: name, Value: r.list(groups[name]...)})
	}
	return jsontree.NewObject(r.at, members...)
}

func (r *run) valuesMapped(c *call) *jsontree.Node {
	of, l, failure := r.over(c, jsontree.Object)
	if failure != nil {
		return failure
	}
	return of.Replaced(func(m *jsontree.Node) *jsontree.Node { return l.of(m) }).Moved(r.at, "")
}
