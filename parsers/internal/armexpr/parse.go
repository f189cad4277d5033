package armexpr

import (
	"fmt"
	"strconv"
	"strings"
)

// IsExpression reports whether a string of a template is evaluated. "[[…]" is a literal in brackets ("Syntax and expressions in ARM
// templates": escape characters).
func IsExpression(s string) bool {
	return len(s) > 1 && s[0] == '[' && s[1] != '[' && s[len(s)-1] == ']'
}

// Unescape is the text of a string that is no expression.
func Unescape(s string) string {
	if strings.HasPrefix(s, "[[") && strings.HasSuffix(s, "]") {
		return s[1:]
	}
	return s
}

// stretch is a part of the string that holds the expression, in bytes.
type stretch struct{ start, end int }

func (s stretch) where() stretch { return s }

// An expr is one of the following.
type (
	expr interface{ where() stretch }

	// text is a string literal.
	text struct {
		stretch
		value string
	}
	// number is an integer literal.
	number struct {
		stretch
		value int64
	}
	// call is a function with its arguments; space is the namespace of a user-defined one. Names are in lower case.
	call struct {
		stretch
		space, name string
		args        []expr
	}
	// access is .name, .?name, [index] or [?index].
	access struct {
		stretch
		of, key expr
		safe    bool
	}
)

// syntaxError says what is wrong with an expression, and where in it.
type syntaxError struct {
	stretch
	message string
}

func (e *syntaxError) Error() string { return e.message }

// maxNesting bounds brackets in brackets. Expressions that Bicep compiles stay far below.
const maxNesting = 200

type parser struct {
	s       string
	pos     int
	nesting int
}

// parse reads a string for which IsExpression holds.
func parse(s string) (expr, error) {
	p := &parser{s: s[:len(s)-1], pos: 1}
	e, err := p.expr()
	if err != nil {
		return nil, err
	}
	if p.space(); p.pos < len(p.s) {
		return nil, p.fail("the expression goes on after its end")
	}
	return e, nil
}

func (p *parser) fail(message string) error {
	at := stretch{p.pos, min(p.pos+1, len(p.s))}
	if p.pos >= len(p.s) {
		at = stretch{len(p.s), len(p.s) + 1} // the closing bracket
	}
	return &syntaxError{at, message}
}

func (p *parser) space() {
	for p.pos < len(p.s) && strings.IndexByte(" \t\r\n", p.s[p.pos]) >= 0 {
		p.pos++
	}
}

// next goes over space and a character, if that comes next.
func (p *parser) next(c byte) bool {
	p.space()
	if p.pos < len(p.s) && p.s[p.pos] == c {
		p.pos++
		return true
	}
	return false
}

func (p *parser) expr() (expr, error) {
	if p.nesting++; p.nesting > maxNesting {
		return nil, p.fail(fmt.Sprintf("the expression nests deeper than %d levels", maxNesting))
	}
	defer func() { p.nesting-- }()
	e, err := p.operand()
	for err == nil {
		var more bool
		if e, more, err = p.accessOf(e); !more {
			break
		}
	}
	return e, err
}

func (p *parser) operand() (expr, error) {
	if p.space(); p.pos >= len(p.s) {
		return nil, p.fail("the expression ends too early")
	}
	switch c := p.s[p.pos]; {
	case c == '\'':
		return p.text()
	case c == '-' || '0' <= c && c <= '9':
		return p.number()
	case isLetter(c):
		return p.call()
	case c == '"':
		return nil, p.fail("strings in expressions stand in single quotes")
	}
	return nil, p.fail("a function, a string or a number should stand here")
}

// text reads a string, in which two quotes stand for one.
func (p *parser) text() (expr, error) {
	start := p.pos
	var b strings.Builder
	for p.pos++; p.pos < len(p.s); p.pos++ {
		if p.s[p.pos] != '\'' {
			b.WriteByte(p.s[p.pos])
			continue
		}
		if p.pos+1 >= len(p.s) || p.s[p.pos+1] != '\'' {
			p.pos++
			return &text{stretch{start, p.pos}, b.String()}, nil
		}
		p.pos++
		b.WriteByte('\'')
	}
	p.pos = start
	return nil, p.fail("the string that begins here does not end")
}

func (p *parser) number() (expr, error) {
	start := p.pos
	for p.pos++; p.pos < len(p.s) && '0' <= p.s[p.pos] && p.s[p.pos] <= '9'; p.pos++ {
	}
	value, err := strconv.ParseInt(p.s[start:p.pos], 10, 64)
	if err != nil {
		p.pos = start
		return nil, p.fail("this is no integer")
	}
	return &number{stretch{start, p.pos}, value}, nil
}

func (p *parser) call() (expr, error) {
	c := &call{stretch: stretch{start: p.pos}}
	c.name = p.name()
	if p.next('.') {
		p.space()
		c.space, c.name = c.name, p.name()
	}
	if !p.next('(') {
		return nil, p.fail("an opening parenthesis should stand here: every name is a function")
	}
	for !p.next(')') {
		if len(c.args) > 0 && !p.next(',') {
			return nil, p.fail("a comma or a closing parenthesis should stand here")
		}
		arg, err := p.expr()
		if err != nil {
			return nil, err
		}
		c.args = append(c.args, arg)
	}
	c.end = p.pos
	return c, nil
}

func (p *parser) name() string {
	start := p.pos
	for p.pos < len(p.s) && (isLetter(p.s[p.pos]) || '0' <= p.s[p.pos] && p.s[p.pos] <= '9') {
		p.pos++
	}
	return strings.ToLower(p.s[start:p.pos])
}

func isLetter(c byte) bool { return c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z' }

// accessOf reads what may follow a value, and reports whether anything did.
func (p *parser) accessOf(of expr) (expr, bool, error) {
	a := &access{stretch: stretch{start: of.where().start}, of: of}
	var err error
	switch {
	case p.next('.'):
		a.safe = p.next('?')
		a.key, err = p.property()
	case p.next('['):
		a.safe = p.next('?')
		if a.key, err = p.expr(); err == nil && !p.next(']') {
			err = p.fail("a closing bracket should stand here")
		}
	default:
		return of, false, nil
	}
	a.end = p.pos
	return a, true, err
}

func (p *parser) property() (expr, error) {
	p.space()
	start := p.pos
	if p.name() == "" {
		return nil, p.fail("the name of a property should stand here")
	}
	return &text{stretch{start, p.pos}, p.s[start:p.pos]}, nil
}
