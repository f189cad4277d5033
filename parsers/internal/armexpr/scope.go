package armexpr

import (
	"fmt"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// Given is what a parameter is set to from outside of its template: by a file of values, or by the deployment that the template is
// nested in. The value is evaluated already.
type Given struct {
	Value *jsontree.Node
	// Made is what a text is made of that is not known; empty where that cannot be said.
	Made string
	// What is the remark at the value's place: "value of parameter timeout".
	What string
}

// Problem is something wrong with an expression.
type Problem struct {
	At      jsontree.Place
	Message string
	// Refused says that Azure Resource Manager does not accept the template; else the expression only fails with the values that are
	// known here.
	Refused bool
}

// Scope is what the expressions of one template can refer to. It evaluates parameters and variables when they are first asked for.
type Scope struct {
	template  *jsontree.Node
	resources *jsontree.Node   // that reference() can name
	given     map[string]Given // by name in lower case
	functions *jsontree.Node   // user-defined ones
	names     map[string]*named
	shared    *shared
	// Output is what a deployment that stands in the template puts out under a name; nil when it is not known. May be nil.
	Output func(deployment, output string) *jsontree.Node
}

// named is a parameter or a variable.
type named struct {
	value *jsontree.Node
	busy  bool
}

// shared is what all scopes of one reading have in common.
type shared struct {
	steps, depth int
	parsed       map[string]parsed
	functions    map[string]function
	problems     []Problem
	open         []string                // parameters and variables that are being evaluated
	asked        map[*jsontree.Node]bool // names of resources that are being evaluated because reference() asks for them
	naming       bool                    // a name is made: a text with an unknown part is not unknown as a whole
}

type parsed struct {
	expr expr
	err  error
}

// NewScope is the scope of a template. Names in given are in lower case.
func NewScope(template *jsontree.Node, given map[string]Given) *Scope {
	return newScope(template, given, template.Get("functions"), &shared{parsed: map[string]parsed{}, functions: functionTable(), asked: map[*jsontree.Node]bool{}})
}

// Nested is the scope of a template inside of this one that sees its own names only.
func (s *Scope) Nested(template *jsontree.Node, given map[string]Given) *Scope {
	return newScope(template, given, template.Get("functions"), s.shared)
}

// Outer is the scope of a template inside of this one that sees the names of this one, and its own resources.
func (s *Scope) Outer(template *jsontree.Node) *Scope {
	inner := *s
	inner.resources = template.Get("resources")
	return &inner
}

func newScope(template *jsontree.Node, given map[string]Given, functions *jsontree.Node, all *shared) *Scope {
	return &Scope{template: template, resources: template.Get("resources"), given: given, functions: functions, names: map[string]*named{}, shared: all}
}

// Problems are those of all expressions that were evaluated so far, in this scope and the ones that it is nested in.
func (s *Scope) Problems() []Problem { return s.shared.problems }

func (s *Scope) problem(p Problem) {
	const enough = 100
	if len(s.shared.problems) >= enough || slices.Contains(s.shared.problems, p) {
		return
	}
	s.shared.problems = append(s.shared.problems, p)
}

// lookup evaluates a parameter or a variable once. What is being evaluated already is a cycle.
func (s *Scope) lookup(kind, name string, value func() *jsontree.Node) (*jsontree.Node, error) {
	key := kind + " " + strings.ToLower(name)
	n := s.names[key]
	if n == nil {
		n = &named{}
		s.names[key] = n
	}
	switch {
	case n.value != nil:
		return n.value, nil
	case n.busy:
		return nil, fmt.Errorf("%s %s refers to itself: %s", kind, name, s.shared.cycle(key))
	}
	n.busy = true
	s.shared.open = append(s.shared.open, key)
	found := value()
	s.shared.open = s.shared.open[:len(s.shared.open)-1]
	n.value, n.busy = found, false
	return found, nil
}

// cycle names the way from something that is being evaluated back to it.
func (s *shared) cycle(key string) string {
	way := []string{key}
	for _, name := range slices.Backward(s.open) {
		way = append([]string{name}, way...)
		if name == key {
			break
		}
	}
	const shown = 6
	if len(way) > shown {
		way = append(way[:shown-1:shown-1], "…", key)
	}
	return strings.Join(way, " → ")
}
