package apim

import "github.com/asrscheck/asrscheck/parsers/routing"

// maxWeight bounds what an expression stands for, maxWeights what all of an operation do: variables that are made of others twice double each time.
const (
	maxWeight  = 20_000
	maxWeights = 200_000
)

// scale weighs an expression by the steps that it may take to compute it, and stops where that is too much.
type scale struct{ left int }

// weightOf is that of a value, as far as it is below maxWeight.
func weightOf(v value) int {
	s := scale{left: maxWeight}
	s.expr(v.text())
	return maxWeight - s.left
}

func (s *scale) expr(e routing.Expr) {
	if s.left <= 0 {
		return
	}
	s.left--
	switch e := e.(type) {
	case routing.Concat:
		s.exprs(e.Parts)
	case routing.Call:
		s.exprs(e.Args)
	case routing.Choose:
		for _, a := range e.Arms {
			s.cond(a.When)
			s.expr(a.To)
		}
	case routing.Split:
		s.expr(e.Key)
		for _, b := range e.Buckets {
			s.expr(b.To)
		}
	}
}

func (s *scale) exprs(list []routing.Expr) {
	for _, e := range list {
		s.expr(e)
	}
}

func (s *scale) cond(c routing.Cond) {
	if s.left <= 0 {
		return
	}
	s.left--
	switch c := c.(type) {
	case routing.Equal:
		s.expr(c.Of)
		s.expr(c.To)
	case routing.Matches:
		s.expr(c.Of)
	case routing.All:
		for _, x := range c {
			s.cond(x)
		}
	case routing.Any:
		for _, x := range c {
			s.cond(x)
		}
	case routing.Not:
		s.cond(c.Cond)
	}
}
