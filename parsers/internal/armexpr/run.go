package armexpr

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// run evaluates one expression.
type run struct {
	scope  *Scope
	source *jsontree.Node // the string that holds the expression
	at     jsontree.Place // of the string: where all that it makes stands
	turns  *Turn
	bound  *binding
}

// binding is a variable of a lambda function.
type binding struct {
	name  string
	value *jsontree.Node
	outer *binding
}

func (r *run) evaluate() *jsontree.Node {
	cached := &r.scope.shared.parsed
	p, ok := (*cached)[r.source.Text()]
	if !ok {
		p.expr, p.err = parse(r.source.Text())
		(*cached)[r.source.Text()] = p
	}
	if syntax, is := errors.AsType[*syntaxError](p.err); is {
		return r.refuse(syntax.stretch, syntax.message)
	}
	return r.eval(p.expr)
}

func (r *run) eval(e expr) *jsontree.Node {
	if !r.scope.step() {
		return r.unknown(tooMuch)
	}
	r.scope.shared.depth++
	defer func() { r.scope.shared.depth-- }()
	if r.scope.shared.depth > maxDepth {
		return r.fail(e.where(), "the expression goes too deep through variables and functions")
	}
	switch e := e.(type) {
	case *text:
		return jsontree.NewString(r.at, e.value)
	case *number:
		return jsontree.NewInt(r.at, e.value)
	case *access:
		return r.access(e)
	case *call:
		return r.call(e)
	}
	panic("no other expression is parsed")
}

// unknown is a value that cannot be told, made of others.
func (r *run) unknown(why string, from ...*jsontree.Node) *jsontree.Node {
	return came(jsontree.NewUnknown(r.at, why), from)
}

// str, integer and boolean are values made of others.
func (r *run) str(s string, from ...*jsontree.Node) *jsontree.Node {
	r.scope.shared.steps += len(s) / textPerStep
	return came(jsontree.NewString(r.at, s), from)
}

func (r *run) integer(i int64, from ...*jsontree.Node) *jsontree.Node {
	return came(jsontree.NewInt(r.at, i), from)
}

func (r *run) boolean(on bool, from ...*jsontree.Node) *jsontree.Node {
	return came(jsontree.NewBool(r.at, on), from)
}

// list is a list of values.
func (r *run) list(items ...*jsontree.Node) *jsontree.Node {
	r.scope.shared.steps += len(items)
	return jsontree.NewList(r.at, items...)
}

// came adds the origins of what a value was made of.
func came(n *jsontree.Node, from []*jsontree.Node) *jsontree.Node {
	for _, f := range from {
		if len(f.Origins()) > 0 {
			n.AddOrigins(f.Moved(f.Place(), "").Origins()...)
		}
	}
	return n
}

// fail makes an unknown value where the expression cannot be evaluated with what is known here.
func (r *run) fail(at stretch, message string) *jsontree.Node {
	r.scope.problem(Problem{At: r.source.Inside(at.start, at.end), Message: message})
	return r.unknown(message)
}

// refuse is fail for what Azure Resource Manager does not accept at all.
func (r *run) refuse(at stretch, message string) *jsontree.Node {
	r.scope.problem(Problem{At: r.source.Inside(at.start, at.end), Message: message, Refused: true})
	return r.unknown(message)
}

// access is a member or an item.
func (r *run) access(a *access) *jsontree.Node {
	if value := r.outside(a); value != nil {
		return value
	}
	of := r.eval(a.of)
	if of.Kind() == jsontree.Unknown {
		return of
	}
	key := r.eval(a.key)
	if key.Kind() == jsontree.Unknown {
		return key
	}
	switch {
	case of.Kind() == jsontree.Null && a.safe:
		return of
	case of.Kind() == jsontree.Object && key.Kind() == jsontree.String:
		return r.member(of, key.Text(), a)
	case of.Kind() == jsontree.List && key.Kind() == jsontree.Number:
		return r.item(of, key, a)
	}
	return r.fail(a.stretch, fmt.Sprintf("%s has no part that %s picks", of.Kind(), key.Kind()))
}

func (r *run) member(of *jsontree.Node, name string, a *access) *jsontree.Node {
	if m := of.Get(name); m != nil {
		return m.Moved(r.at, "")
	}
	if a.safe {
		return jsontree.NewNull(r.at)
	}
	for m := range of.All() {
		if IsExpression(m.Name()) {
			return r.unknown("the names of the object's members are made by expressions")
		}
	}
	return came(r.fail(a.key.where(), fmt.Sprintf("the object has no member %.100q", name)), []*jsontree.Node{of})
}

func (r *run) item(of, key *jsontree.Node, a *access) *jsontree.Node {
	i, err := strconv.Atoi(key.Text())
	if item := of.At(i); err == nil && item != nil {
		return came(item.Moved(r.at, ""), []*jsontree.Node{key})
	}
	if a.safe {
		return jsontree.NewNull(r.at)
	}
	return came(r.fail(a.key.where(), fmt.Sprintf("the list has %d items, and none with the number %.20s", of.Len(), key.Text())), []*jsontree.Node{of})
}

// call evaluates a function with its arguments.
func (r *run) call(c *call) *jsontree.Node {
	if c.space != "" {
		return r.userFunction(c)
	}
	if strings.HasPrefix(c.name, "list") {
		return r.keys(c)
	}
	f, ok := r.scope.shared.functions[c.name]
	switch {
	case !ok && !nowhere[c.name]:
		return r.fail(c.stretch, fmt.Sprintf("the function %.60s() is not known here", c.name))
	case !ok:
		return r.unknown(c.name + "() is known only where and when the template is deployed")
	case len(c.args) < f.least || f.most >= 0 && len(c.args) > f.most:
		return r.refuse(c.stretch, fmt.Sprintf("%s() does not take %d arguments", c.name, len(c.args)))
	case f.lazy != nil:
		return f.lazy(r, c)
	}
	args := make([]*jsontree.Node, len(c.args))
	for i, arg := range c.args {
		args[i] = r.eval(arg)
		if !f.open && args[i].Kind() == jsontree.Unknown {
			return r.unknown(args[i].Text(), args[i])
		}
		if !f.open && !f.ids && isPartial(args[i]) {
			return r.unknown(holeIn(args[i].Text()), args[i])
		}
	}
	if value := f.eval(r, args); value != nil {
		return value
	}
	return came(r.fail(c.stretch, c.name+"() does not take "+kinds(args)), args)
}

func kinds(args []*jsontree.Node) string {
	var all []string
	for _, a := range args {
		all = append(all, a.Kind().String())
	}
	return strings.Join(all, " and ")
}
