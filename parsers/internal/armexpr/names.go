package armexpr

import (
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// parameter is the value of a parameter.
func (r *run) parameter(name string, at stretch) *jsontree.Node {
	declared := r.scope.template.Path("parameters", name)
	if declared == nil {
		return r.refuse(at, fmt.Sprintf("the template has no parameter %.100q", name))
	}
	value, err := r.scope.lookup("parameter", name, func() *jsontree.Node { return r.scope.valueOf(declared.Name(), declared) })
	if err != nil {
		return r.refuse(at, err.Error())
	}
	return value.Moved(r.at, "")
}

// Parameter is the value of a parameter, as expressions see it.
func (s *Scope) Parameter(name string) *jsontree.Node {
	declared := s.template.Path("parameters", name)
	r := &run{scope: s, source: declared, at: declared.NamePlace()}
	return r.parameter(name, stretch{})
}

// Variable is the value of a variable, as expressions see it.
func (s *Scope) Variable(name string) *jsontree.Node {
	declared := s.template.Path("variables", name)
	r := &run{scope: s, source: declared, at: declared.NamePlace()}
	return r.variable(name, stretch{})
}

func (s *Scope) valueOf(name string, declared *jsontree.Node) *jsontree.Node {
	given, isGiven := s.given[strings.ToLower(name)]
	otherwise := declared.Get("defaultValue")
	origin := &jsontree.Origin{What: "parameter " + name}
	var value *jsontree.Node
	switch {
	case Secure(s.template, declared):
		origin.What, origin.Secret = "secure parameter "+name, true
		value = jsontree.NewUnknown(declared.NamePlace(), "parameter "+name+" is secure, and is not read")
	case isGiven:
		origin.What = given.What
		value = given.Value
	case otherwise != nil:
		origin.What = "default of parameter " + name
		value = s.Value(otherwise, nil)
	case declared.Get("nullable").Text() == "true":
		value = jsontree.NewNull(declared.NamePlace())
	default:
		value = jsontree.NewUnknown(declared.NamePlace(), "parameter "+name+" has no value: give its parameters file, or an export of what was deployed")
	}
	s.checkAllowed(name, declared, value)
	return s.marked(value, origin)
}

// Secure reports whether a parameter or an output of a template holds a secret: by its own type, or by the type that it refers to.
func Secure(template, declared *jsontree.Node) bool {
	kind := declared.Get("type").Text()
	if ref := declared.Get("$ref").Text(); kind == "" && ref != "" {
		kind = template.Path("definitions", ref[strings.LastIndexByte(ref, '/')+1:], "type").Text()
	}
	return strings.HasPrefix(strings.ToLower(kind), "secure")
}

// checkAllowed reports a value that the template itself forbids ("Parameters in ARM templates": allowed values).
func (s *Scope) checkAllowed(name string, declared, value *jsontree.Node) {
	allowed := declared.Get("allowedValues")
	if allowed.Len() == 0 || value.Kind() == jsontree.Unknown || value.Kind() == jsontree.List {
		return
	}
	for a := range allowed.All() {
		if s.same(a, value) != no {
			return
		}
	}
	s.problem(Problem{At: value.Place(), Refused: true, Message: fmt.Sprintf("the value of parameter %.100q is not among its allowedValues (%s)", name, allowed.Span())})
}

// variable is the value of a variable.
func (r *run) variable(name string, at stretch) *jsontree.Node {
	declared := r.scope.template.Path("variables", name)
	loop := variableLoop(r.scope.template, name)
	if declared == nil && loop == nil {
		return r.refuse(at, fmt.Sprintf("the template has no variable %.100q", name))
	}
	value, err := r.scope.lookup("variable", name, func() *jsontree.Node {
		if loop != nil {
			return r.scope.marked(r.scope.loop(loop, nil), &jsontree.Origin{What: "variable " + name})
		}
		return r.scope.marked(r.scope.Value(declared, nil), &jsontree.Origin{What: "variable " + declared.Name()})
	})
	if err != nil {
		return r.refuse(at, err.Error())
	}
	return value.Moved(r.at, "")
}

// variableLoop finds the loop that makes a variable ("Variable iteration in ARM templates").
func variableLoop(template *jsontree.Node, name string) *jsontree.Node {
	loops := template.Path("variables", "copy")
	if loops.Kind() != jsontree.List {
		return nil
	}
	for loop := range loops.All() {
		if strings.EqualFold(loop.Get("name").Text(), name) {
			return loop
		}
	}
	return nil
}

// marked is a value of which everything that has no such origin yet tells the name that it came by. It is a copy.
func (s *Scope) marked(n *jsontree.Node, origin *jsontree.Origin) *jsontree.Node {
	if !s.step() {
		return jsontree.NewUnknown(n.Place(), tooMuch)
	}
	c := *n.Replaced(func(child *jsontree.Node) *jsontree.Node { return s.marked(child, origin) })
	for _, known := range c.Origins() {
		if known.At == (jsontree.Place{}) && known.What != "" {
			return &c
		}
	}
	c.CameBy(origin)
	return &c
}
