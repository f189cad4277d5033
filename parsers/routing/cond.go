package routing

import "strings"

// Answer is the answer to a condition.
type Answer uint8

// The three answers.
const (
	No Answer = iota
	Yes
	Maybe
)

// Truth is an answer, and for Maybe the unknown value that it hangs on, or the dice that the gateway throws.
type Truth struct {
	Is      Answer
	Because *Value // nil unless Maybe: most conditions are asked and have a short answer
	Dice    *Pool
}

// Cond is a condition on the request in flight.
type Cond interface {
	holds(f *flight) Truth
}

type (
	// Always holds.
	Always struct{}
	// Given is a condition that does not depend on the request: "true", "false" or unknown.
	Given struct{ Value }
	// Chance holds for a share of the requests that the gateway picks without regard to what they are: another request may fare otherwise.
	// The first member of the pool stands for those for which it holds, the second for the others.
	Chance struct{ *Pool }
	// Equal compares two texts.
	Equal struct {
		Of, To Expr
		Fold   bool
	}
	// Prefix holds when the text begins with Want.
	Prefix struct {
		Of   Expr
		Want string
		Fold bool
	}
	// Suffix holds when the text ends with Want.
	Suffix struct {
		Of   Expr
		Want string
		Fold bool
	}
	// Matches holds when the pattern matches; its groups can then be read as InCapture. When it does not match, the groups of the
	// last match stay, unless Forget is set.
	Matches struct {
		Of      Expr
		Pattern *Pattern
		Forget  bool
	}
	// Truthy holds when the text is neither empty nor "0", as NGINX's if ($variable) has it.
	Truthy struct{ Of Expr }
	// Longer holds when the text has more than Max bytes.
	Longer struct {
		Of  Expr
		Max int
	}
	// Over holds when the text is a decimal number above Max.
	Over struct {
		Of  Expr
		Max int64
	}
	// All holds when every condition holds; they are asked in order.
	All []Cond
	// Any holds when one of the conditions holds.
	Any []Cond
	// Not holds when the condition does not.
	Not struct{ Cond Cond }
)

func truth(b bool) Truth {
	if b {
		return Truth{Is: Yes}
	}
	return Truth{}
}

// maybe is the answer that hangs on an unknown value.
func maybe(because Value) Truth { return Truth{Is: Maybe, Because: &because} }

// about answers a question about the text of an expression.
func about(f *flight, of Expr, holds func(string) bool) Truth {
	text, unknown := f.text(of)
	if unknown != nil {
		return Truth{Is: Maybe, Because: unknown}
	}
	return truth(holds(text))
}

func (Always) holds(*flight) Truth { return Truth{Is: Yes} }

func (c Given) holds(*flight) Truth {
	if c.IsUnknown() {
		return maybe(c.Value)
	}
	return truth(c.text == "true")
}

func (c Chance) holds(*flight) Truth {
	t := maybe(UnknownOf(c.Name+": "+c.Pick.How, c.Pick.Span))
	t.Dice = c.Pool
	return t
}

func (c Equal) holds(f *flight) Truth {
	to, unknown := f.text(c.To)
	if unknown != nil {
		return Truth{Is: Maybe, Because: unknown}
	}
	return about(f, c.Of, func(s string) bool { return s == to || c.Fold && strings.EqualFold(s, to) })
}

func (c Prefix) holds(f *flight) Truth {
	return about(f, c.Of, func(s string) bool {
		return len(s) >= len(c.Want) && (s[:len(c.Want)] == c.Want || c.Fold && strings.EqualFold(s[:len(c.Want)], c.Want))
	})
}

func (c Suffix) holds(f *flight) Truth {
	return about(f, c.Of, func(s string) bool {
		n := len(s) - len(c.Want)
		return n >= 0 && (s[n:] == c.Want || c.Fold && strings.EqualFold(s[n:], c.Want))
	})
}

func (c Matches) holds(f *flight) Truth {
	return about(f, c.Of, func(s string) bool {
		matched := f.capture(c.Pattern, s)
		if !matched && c.Forget {
			f.captures = nil
		}
		return matched
	})
}

func (c Truthy) holds(f *flight) Truth {
	return about(f, c.Of, func(s string) bool { return s != "" && s != "0" })
}

func (c Longer) holds(f *flight) Truth {
	return about(f, c.Of, func(s string) bool { return len(s) > c.Max })
}

func (c Over) holds(f *flight) Truth {
	return about(f, c.Of, func(s string) bool { n, ok := parseSize(s); return ok && n > c.Max })
}

func (c All) holds(f *flight) Truth {
	out := Truth{Is: Yes}
	for _, x := range c {
		switch t := x.holds(f); {
		case t.Is == No:
			return t
		case t.Is == Maybe && out.Is == Yes:
			out = t
		}
	}
	return out
}

func (c Any) holds(f *flight) Truth {
	out := Truth{}
	for _, x := range c {
		switch t := x.holds(f); {
		case t.Is == Yes:
			return t
		case t.Is == Maybe && out.Is == No:
			out = t
		}
	}
	return out
}

func (c Not) holds(f *flight) Truth {
	t := c.Cond.holds(f)
	switch t.Is {
	case Yes:
		t.Is = No
	case No:
		t.Is = Yes
	case Maybe:
	}
	return t
}
