package csharp

import "strings"

// Bounds: API Management takes 16 KiB of C# in one expression at most.
const (
	maxLength = 64 << 10
	maxDepth  = 100
)

// Parse reads an expression with its brackets: @(…) or @{…}. An error is an *Error.
func Parse(src string) (*Program, error) {
	if len(src) < 3 || len(src) > maxLength || src[0] != '@' {
		return nil, fail(0, "it is no expression, or too long")
	}
	tokens, err := lex(src, 2, len(src)-1)
	if err != nil {
		return nil, err
	}
	p := &parser{src: src, tokens: tokens}
	if src[1] == '{' {
		block, err := p.block(func() bool { return p.is(end, "") })
		return &Program{block}, err
	}
	value, err := p.expression()
	if err == nil && !p.is(end, "") {
		err = p.unexpected()
	}
	return &Program{[]*Statement{{Kind: Return, Value: value}}}, err
}

type parser struct {
	src    string
	tokens []token
	pos    int
	depth  int

	stopped bool // at a statement that is not read, which what follows may depend on
}

func (p *parser) peek() token { return p.tokens[min(p.pos, len(p.tokens)-1)] }

func (p *parser) ahead(n int) token { return p.tokens[max(0, min(p.pos+n, len(p.tokens)-1))] }

func (p *parser) take() token {
	t := p.peek()
	p.pos++
	return t
}

func (p *parser) is(kind tokenKind, text string) bool {
	t := p.peek()
	return t.kind == kind && (text == "" || t.text == text)
}

func (p *parser) accept(kind tokenKind, text string) bool {
	if p.is(kind, text) {
		p.pos++
		return true
	}
	return false
}

func (p *parser) expect(text string) error {
	if !p.accept(sign, text) {
		return p.unexpected()
	}
	return nil
}

func (p *parser) unexpected() error {
	t := p.peek()
	if t.kind == end {
		return fail(t.start, "it ends too early")
	}
	return fail(t.start, "%q is not read here", t.text)
}

// deeper bounds recursion.
func (p *parser) deeper() error {
	if p.depth++; p.depth > maxDepth {
		return fail(p.peek().start, "it nests too deep")
	}
	return nil
}

// block reads statements until done.
func (p *parser) block(done func() bool) ([]*Statement, error) {
	if err := p.deeper(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	var out []*Statement
	for !p.stopped && !done() {
		if p.is(end, "") {
			return out, p.unexpected()
		}
		s, err := p.statement()
		if err != nil {
			return out, err
		}
		out = append(out, s...)
	}
	return out, nil
}

// braces reads a block in braces, or one statement.
func (p *parser) braces() ([]*Statement, error) {
	if err := p.deeper(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	if !p.accept(sign, "{") {
		return p.statement()
	}
	out, err := p.block(func() bool { return p.is(sign, "}") })
	if !p.stopped {
		p.pos++
	}
	return out, err
}

// notRead are the statements that begin with these words.
var notRead = map[string]bool{"for": true, "foreach": true, "while": true, "do": true, "try": true, "switch": true, "throw": true, "lock": true}

func (p *parser) statement() ([]*Statement, error) {
	t := p.peek()
	s := &Statement{Start: t.start}
	var err error
	switch {
	case p.accept(sign, ";"):
		return nil, nil
	case p.is(sign, "{"):
		return p.braces()
	case t.kind == word && notRead[t.text]:
		s.Kind, s.Name = Other, t.text
		p.pos, p.stopped = len(p.tokens)-1, true
		return []*Statement{s}, nil
	case p.accept(word, "return"):
		s.Kind = Return
		if s.Value, err = p.expression(); err == nil {
			err = p.expect(";")
		}
	case p.accept(word, "if"):
		err = p.conditional(s)
	case p.accept(word, "using"):
		return p.using()
	default:
		err = p.simple(s, ";")
	}
	s.End = p.ahead(-1).end
	return []*Statement{s}, err
}

// using reads a declaration in round brackets, and the statements that it is for; or a declaration by itself.
func (p *parser) using() ([]*Statement, error) {
	declared := &Statement{Start: p.peek().start}
	if !p.accept(sign, "(") {
		err := p.simple(declared, ";")
		declared.End = p.ahead(-1).end
		return []*Statement{declared}, err
	}
	if err := p.simple(declared, ")"); err != nil {
		return nil, err
	}
	declared.End = p.ahead(-1).end
	inside, err := p.braces()
	return append([]*Statement{declared}, inside...), err
}

func (p *parser) conditional(s *Statement) (err error) {
	s.Kind = If
	if err = p.expect("("); err != nil {
		return err
	}
	if s.Value, err = p.expression(); err != nil {
		return err
	}
	if err = p.expect(")"); err != nil {
		return err
	}
	if s.Then, err = p.braces(); err == nil && p.accept(word, "else") {
		s.Else, err = p.braces()
	}
	return err
}

// compound are the assignments that compute with what the variable holds.
var compound = map[string]string{"=": "", "+=": "+", "-=": "-", "*=": "*", "/=": "/", "|=": "|", "&=": "&"}

// simple reads a declaration, an assignment, or an expression for its effect, and what closes it.
func (p *parser) simple(s *Statement, closing string) (err error) {
	if behind := p.typeEnd(p.pos); behind > p.pos && p.tokens[behind].kind == word && p.tokens[min(behind+1, len(p.tokens)-1)].text == "=" {
		p.pos = behind
	} else if behind > p.pos && p.tokens[behind].kind == word && p.tokens[min(behind+1, len(p.tokens)-1)].text == ";" {
		s.Kind, s.Name, s.Value = Set, p.tokens[behind].text, &Node{Kind: Word, Value: "null", Start: p.tokens[behind].start, End: p.tokens[behind].end}
		p.pos = behind + 1
		return p.expect(closing)
	}
	if op, ok := compound[p.ahead(1).text]; ok && p.peek().kind == word && p.ahead(1).kind == sign {
		name := p.take()
		s.Kind, s.Name = Set, name.text
		p.pos++
		if s.Value, err = p.expression(); err != nil {
			return err
		}
		if op != "" {
			of := &Node{Kind: Name, Value: name.text, Start: name.start, End: name.end}
			s.Value = &Node{Binary, op, []*Node{of, s.Value}, name.start, s.Value.End}
		}
		return p.expect(closing)
	}
	s.Kind = Do
	if s.Value, err = p.expression(); err != nil {
		return err
	}
	return p.expect(closing)
}

// typeEnd is the token behind a type that begins at a token, or that token itself where none does.
func (p *parser) typeEnd(at int) int {
	i := at
	if p.tokens[i].kind != word {
		return at
	}
	for i++; i < len(p.tokens)-1; {
		switch t := p.tokens[i]; {
		case t.text == "." && p.tokens[i+1].kind == word:
			i += 2
		case t.text == "?" && t.kind == sign:
			i++
		case t.text == "[" && p.tokens[i+1].text == "]":
			i += 2
		case t.text == "<" && t.kind == sign:
			behind := p.typeArguments(i)
			if behind == i {
				return i
			}
			i = behind
		default:
			return i
		}
	}
	return i
}

// typeArguments is the token behind <…> that begins at a token, or that token itself where it is none.
func (p *parser) typeArguments(at int) int {
	depth := 0
	for i := at; i < len(p.tokens); i++ {
		switch t := p.tokens[i]; {
		case t.kind == word, t.kind == sign && strings.Contains(".,?[]()", t.text):
		case t.kind == sign && t.text == "<":
			depth++
		case t.kind == sign && t.text == ">":
			if depth--; depth == 0 {
				return i + 1
			}
		default:
			return at
		}
	}
	return at
}
