package armexpr

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// answer is yes, no, or that it cannot be told.
type answer uint8

const (
	maybe answer = iota
	yes
	no
)

// same tells whether two values are equal. Microsoft's page on equals() does not say whether letter case counts; Bicep has an operator
// of its own that ignores it, which suggests that it does. So strings that differ in nothing else are left open.
func (s *Scope) same(a, b *jsontree.Node) answer {
	switch {
	case !s.step() || a.Kind() == jsontree.Unknown || b.Kind() == jsontree.Unknown:
		return maybe
	case a.Kind() != b.Kind():
		return no
	}
	switch a.Kind() {
	case jsontree.String:
		return sameText(a, b)
	case jsontree.Number, jsontree.Bool:
		return either(a.Text() == b.Text() || sameNumber(a, b))
	case jsontree.List:
		return s.sameItems(a, b)
	case jsontree.Object:
		return s.sameMembers(a, b)
	default:
		return yes
	}
}

// Same reports whether two values that need no evaluation are known to be equal.
func Same(a, b *jsontree.Node) bool { return newScope(nil, nil, nil, &shared{}).same(a, b) == yes }

func either(is bool) answer {
	if is {
		return yes
	}
	return no
}

func sameText(a, b *jsontree.Node) answer {
	switch {
	case isPartial(a) || isPartial(b):
		return maybe
	case a.Text() == b.Text():
		return yes
	case strings.EqualFold(a.Text(), b.Text()):
		return maybe
	}
	return no
}

func sameNumber(a, b *jsontree.Node) bool {
	x, xOK := integer(a)
	y, yOK := integer(b)
	return xOK && yOK && x == y
}

func (s *Scope) sameItems(a, b *jsontree.Node) answer {
	if a.Len() != b.Len() {
		return no
	}
	result := yes
	for i := range a.Len() {
		result = both(result, s.same(a.At(i), b.At(i)))
	}
	return result
}

func (s *Scope) sameMembers(a, b *jsontree.Node) answer {
	if a.Len() != b.Len() {
		return no
	}
	result := yes
	for m := range a.All() {
		other := b.Get(m.Name())
		if other == nil {
			return no
		}
		result = both(result, s.same(m, other))
	}
	return result
}

func both(a, b answer) answer {
	switch {
	case a == no || b == no:
		return no
	case a == yes && b == yes:
		return yes
	}
	return maybe
}

// whyNotSame is the reason where same cannot tell.
func whyNotSame(a, b *jsontree.Node) string {
	for _, n := range []*jsontree.Node{a, b} {
		switch {
		case n.Kind() == jsontree.Unknown:
			return n.Text()
		case isPartial(n):
			return holeIn(n.Text())
		}
	}
	return "whether equals() tells apart what differs in letter case only is not documented"
}
