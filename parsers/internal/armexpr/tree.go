package armexpr

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// Turn is one turn of a loop.
type Turn struct {
	Loop  string
	Index int
	At    jsontree.Place // of the loop
	Outer *Turn
	// Resource says that the loop makes resources; copyIndex() without a name means such a one.
	Resource bool
	// Unknown is why the number of the turn cannot be told; empty where it can.
	Unknown string
}

// MostTurns is how often a loop can turn ("Resource iteration in ARM templates": the count can't exceed 800).
const MostTurns = 800

// maxSteps bounds the work and the memory that all expressions of a template take together: a step is a function that is called or a
// value that is made. Azure Resource Manager itself refuses templates that are larger than 4 MB when they are expanded
// ("Template limits").
const maxSteps = 2_000_000

// maxDepth bounds expressions in variables in expressions.
const maxDepth = 2000

// textPerStep is how many bytes of text count as a step.
const textPerStep = 64

const tooMuch = "evaluating the template takes more steps than any template that Azure accepts: was it written to exhaust its readers?"

// step counts, and reports whether to go on.
func (s *Scope) step() bool {
	s.shared.steps++
	return s.shared.steps <= maxSteps
}

// Exhausted reports whether evaluation was given up, so that values are unknown only for that.
func (s *Scope) Exhausted() bool { return s.shared.steps > maxSteps }

// Value evaluates all strings inside of a value and expands property loops. It is the value itself where nothing changes.
func (s *Scope) Value(n *jsontree.Node, turns *Turn) *jsontree.Node {
	if !s.step() {
		return jsontree.NewUnknown(n.Place(), tooMuch)
	}
	switch n.Kind() {
	case jsontree.String:
		return s.textValue(n, turns)
	case jsontree.Object:
		return s.object(n, turns)
	case jsontree.List:
		return n.Replaced(func(item *jsontree.Node) *jsontree.Node { return s.Value(item, turns) })
	default:
		return n
	}
}

func (s *Scope) textValue(n *jsontree.Node, turns *Turn) *jsontree.Node {
	if !IsExpression(n.Text()) {
		if plain := Unescape(n.Text()); plain != n.Text() {
			return jsontree.NewString(n.Place(), plain)
		}
		return n
	}
	r := &run{scope: s, source: n, at: n.Place(), turns: turns}
	value := r.sealed(r.evaluate())
	if value.Kind() == jsontree.Unknown && strings.Contains(n.Text(), domain) {
		return r.withStandIns(value)
	}
	return value
}

// object evaluates the members of an object, and puts in what loops make of it ("Property iteration in ARM templates").
func (s *Scope) object(n *jsontree.Node, turns *Turn) *jsontree.Node {
	loops := n.Get("copy")
	if !isPropertyLoops(loops) {
		return n.Replaced(func(m *jsontree.Node) *jsontree.Node { return s.memberValue(m, turns) })
	}
	out := *n.Replaced(func(m *jsontree.Node) *jsontree.Node {
		if m == loops {
			return nil
		}
		return s.memberValue(m, turns)
	})
	for loop := range loops.All() {
		name := loop.Get("name")
		out.Add(jsontree.Member{Name: name.Text(), Value: s.loop(loop, turns), At: name.Place()})
	}
	return &out
}

// memberValue is the value of an object's member. Of an id the end counts, by which it is resolved, whatever it begins with.
func (s *Scope) memberValue(m *jsontree.Node, turns *Turn) *jsontree.Node {
	value := s.Value(m, turns)
	if value.Kind() != jsontree.Unknown || m.Kind() != jsontree.String || !strings.EqualFold(m.Name(), "id") || s.shared.naming {
		return value
	}
	s.shared.naming = true // all that it refers to is evaluated by now, and kept as it is
	defer func() { s.shared.naming = false }()
	return s.Value(m, turns)
}

func isPropertyLoops(n *jsontree.Node) bool {
	if n.Kind() != jsontree.List || n.Len() == 0 {
		return false
	}
	for loop := range n.All() {
		if loop.Get("name").Kind() != jsontree.String || loop.Get("count") == nil {
			return false
		}
	}
	return true
}

// loop is the list that a property loop or a variable loop makes.
func (s *Scope) loop(loop *jsontree.Node, outer *Turn) *jsontree.Node {
	name := loop.Get("name").Text()
	count, unknown := s.Count(loop, outer)
	if unknown != nil {
		return unknown
	}
	items := make([]*jsontree.Node, 0, count)
	for i := range count {
		items = append(items, s.Value(loop.Get("input"), &Turn{Loop: name, Index: i, At: loop.Place(), Outer: outer}))
	}
	return jsontree.NewList(loop.Place(), items...)
}

// Count is how often a loop turns. Where that cannot be told, or cannot be, the reason is an unknown value.
func (s *Scope) Count(loop *jsontree.Node, turns *Turn) (int, *jsontree.Node) {
	n := loop.Get("count")
	if n == nil {
		const message = "a loop says by count how often it turns"
		s.problem(Problem{At: loop.Place(), Message: message, Refused: true})
		return 0, jsontree.NewUnknown(loop.Place(), message)
	}
	value := s.Value(n, turns)
	if value.Kind() == jsontree.Unknown {
		unknown := jsontree.NewUnknown(loop.Place(), fmt.Sprintf("how often loop %s turns: %s", loop.Get("name").Text(), value.Text()))
		unknown.AddOrigins(value.Origins()...)
		return 0, unknown
	}
	count, err := strconv.Atoi(value.Text())
	if err != nil || value.Kind() != jsontree.Number || count < 0 || count > MostTurns {
		message := fmt.Sprintf("a loop turns 0 to %d times, not %.40s", MostTurns, value.Text())
		s.problem(Problem{At: n.Place(), Message: message, Refused: true})
		return 0, jsontree.NewUnknown(loop.Place(), message)
	}
	return count, nil
}
