package armexpr

import (
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

func (r *run) parameters(c *call) *jsontree.Node { return r.byName(c, r.parameter) }

func (r *run) variables(c *call) *jsontree.Node { return r.byName(c, r.variable) }

func (r *run) byName(c *call, find func(string, stretch) *jsontree.Node) *jsontree.Node {
	name := r.eval(c.args[0])
	if name.Kind() == jsontree.Unknown {
		return name
	}
	if name.Kind() == jsontree.String {
		return find(name.Text(), c.stretch)
	}
	return r.refuse(c.stretch, c.name+"() takes a name")
}

// copyIndex is the number of the turn: of the named loop, or of the one that makes the resource ("Resource iteration in ARM
// templates": copyIndex). An offset is added to it.
func (r *run) copyIndex(c *call) *jsontree.Node {
	name, offset := "", int64(0)
	for _, arg := range c.args {
		value := r.eval(arg)
		if value.Kind() == jsontree.Unknown {
			return value
		}
		if i, ok := integer(value); ok {
			offset = i
		} else {
			name = value.Text()
		}
	}
	turn := r.turn(name)
	if turn == nil {
		return r.fail(c.stretch, strings.TrimSpace("copyIndex() stands in no loop "+name))
	}
	if turn.Unknown != "" {
		return r.unknown(turn.Unknown)
	}
	value := r.integer(int64(turn.Index) + offset)
	value.AddOrigins(&jsontree.Origin{What: fmt.Sprintf("turn %d of loop %s", turn.Index+1, turn.Loop), At: turn.At})
	return value
}

func (r *run) turn(name string) *Turn {
	for t := r.turns; t != nil; t = t.Outer {
		if name == "" && t.Resource || name != "" && strings.EqualFold(t.Loop, name) {
			return t
		}
	}
	if name == "" {
		return r.turns
	}
	return nil
}

// userFunction calls a function that the template defines. It sees its arguments and other such functions ("User-defined functions in
// ARM template").
func (r *run) userFunction(c *call) *jsontree.Node {
	defined := userFunction(r.scope.functions, c.space, c.name)
	if defined == nil {
		return r.refuse(c.stretch, fmt.Sprintf("the template has no function %.60s.%.60s", c.space, c.name))
	}
	output := defined.Path("output", "value")
	if output == nil {
		return r.refuse(c.stretch, fmt.Sprintf("%.60s.%.60s() has no output", c.space, c.name))
	}
	given := map[string]Given{}
	declared := defined.Get("parameters")
	if declared.Len() != len(c.args) {
		return r.refuse(c.stretch, fmt.Sprintf("%.60s.%.60s() takes %d arguments, not %d", c.space, c.name, declared.Len(), len(c.args)))
	}
	members := make([]jsontree.Member, len(c.args))
	for i, arg := range c.args {
		name := declared.At(i).Get("name").Text()
		given[strings.ToLower(name)] = Given{Value: r.eval(arg), What: "argument " + name}
		members[i] = jsontree.Member{Name: name, Value: declared.At(i)}
	}
	body := jsontree.NewObject(r.at, jsontree.Member{Name: "parameters", Value: jsontree.NewObject(r.at, members...)})
	inner := newScope(body, given, r.scope.functions, r.scope.shared)
	return inner.Value(output, nil).Moved(r.at, "function "+c.space+"."+c.name)
}

func userFunction(functions *jsontree.Node, space, name string) *jsontree.Node {
	for f := range functions.All() {
		if strings.EqualFold(f.Get("namespace").Text(), space) {
			if found := f.Path("members", name); found != nil {
				return found
			}
		}
	}
	return nil
}
