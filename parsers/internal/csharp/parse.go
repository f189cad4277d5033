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

// levels are the binary operators, the weakest first.
var levels = [][]string{{"??"}, {"||"}, {"&&"}, {"|"}, {"^"}, {"&"}, {"==", "!="}, {"<", ">", "<=", ">=", "is", "as"}, {"+", "-"}, {"*", "/", "%"}}

func (p *parser) expression() (*Node, error) {
	if err := p.deeper(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	if p.peek().kind == word && p.ahead(1).text == "=>" && p.ahead(1).kind == sign {
		return p.lambda()
	}
	condition, err := p.binary(0)
	if err != nil || !p.accept(sign, "?") {
		return condition, err
	}
	yes, err := p.expression()
	if err != nil {
		return nil, err
	}
	if err := p.expect(":"); err != nil {
		return nil, err
	}
	no, err := p.expression()
	if err != nil {
		return nil, err
	}
	return &Node{Choice, "", []*Node{condition, yes, no}, condition.Start, no.End}, nil
}

func (p *parser) lambda() (*Node, error) {
	name := p.take()
	p.pos++
	if p.is(sign, "{") {
		return nil, fail(p.peek().start, "a function with statements is not read")
	}
	body, err := p.expression()
	if err != nil {
		return nil, err
	}
	return &Node{Lambda, name.text, []*Node{body}, name.start, body.End}, nil
}

func (p *parser) binary(level int) (*Node, error) {
	if level == len(levels) {
		return p.unary()
	}
	left, err := p.binary(level + 1)
	for err == nil {
		op := p.operator(level)
		if op == "" {
			return left, nil
		}
		p.pos++
		if op == "is" || op == "as" {
			behind := p.typeEnd(p.pos)
			left = &Node{Cast, op, []*Node{left}, left.Start, p.tokens[max(0, behind-1)].end}
			p.pos = behind
			continue
		}
		var right *Node
		if right, err = p.binary(level + 1); err == nil {
			left = &Node{Binary, op, []*Node{left, right}, left.Start, right.End}
		}
	}
	return nil, err
}

func (p *parser) operator(level int) string {
	t := p.peek()
	if t.kind == sign || t.kind == word {
		for _, op := range levels[level] {
			if t.text == op {
				return op
			}
		}
	}
	return ""
}

// builtIn are the types that have names in small letters, which no value has.
var builtIn = map[string]bool{
	"string": true, "int": true, "long": true, "bool": true, "double": true, "float": true, "object": true, "char": true, "decimal": true, "byte": true,
	"uint": true, "ulong": true, "short": true, "ushort": true,
}

func (p *parser) unary() (*Node, error) {
	if err := p.deeper(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	t := p.peek()
	if t.kind == sign && (t.text == "!" || t.text == "-" || t.text == "+") {
		p.pos++
		arg, err := p.unary()
		if err != nil {
			return nil, err
		}
		return &Node{Unary, t.text, []*Node{arg}, t.start, arg.End}, nil
	}
	if behind := p.castEnd(); behind > 0 {
		name := p.tokens[p.pos+1].text
		p.pos = behind
		arg, err := p.unary()
		if err != nil {
			return nil, err
		}
		return &Node{Cast, name, []*Node{arg}, t.start, arg.End}, nil
	}
	return p.postfix()
}

// castEnd is the token behind a cast that begins here, or 0: (string)x, (JObject)x, but not (a) + b.
func (p *parser) castEnd() int {
	if !p.is(sign, "(") {
		return 0
	}
	behind := p.typeEnd(p.pos + 1)
	if behind == p.pos+1 || p.tokens[behind].text != ")" || behind+1 >= len(p.tokens) {
		return 0
	}
	next := p.tokens[behind+1]
	operand := next.kind == word && next.text != "is" && next.text != "as" || next.kind == text || next.kind == number || next.kind == char || next.kind == interpolated
	if builtIn[p.tokens[p.pos+1].text] {
		operand = operand || next.text == "(" || next.text == "!" || next.text == "-"
	}
	if !operand {
		return 0
	}
	return behind + 1
}

func (p *parser) postfix() (*Node, error) {
	n, err := p.primary()
	for err == nil {
		switch {
		case p.is(sign, ".") || p.is(sign, "?."):
			p.pos++
			name := p.take()
			if name.kind != word {
				p.pos--
				return nil, p.unexpected()
			}
			n = &Node{Member, name.text, []*Node{n}, n.Start, name.end}
			if p.is(sign, "<") {
				if behind := p.typeArguments(p.pos); behind > p.pos && p.tokens[min(behind, len(p.tokens)-1)].text == "(" {
					p.pos = behind
				}
			}
		case p.is(sign, "("):
			n, err = p.arguments(&Node{Kind: Call, Args: []*Node{n}, Start: n.Start}, "(", ")")
		case p.is(sign, "[") || p.is(sign, "?["):
			n, err = p.arguments(&Node{Kind: Index, Args: []*Node{n}, Start: n.Start}, p.peek().text, "]")
		default:
			return n, nil
		}
	}
	return nil, err
}

func (p *parser) arguments(n *Node, open, closing string) (*Node, error) {
	if err := p.expect(open); err != nil {
		return nil, err
	}
	for !p.is(sign, closing) {
		if p.peek().kind == word && p.ahead(1).text == ":" && p.ahead(1).kind == sign { // a named argument
			p.pos += 2
		}
		arg, err := p.expression()
		if err != nil {
			return nil, err
		}
		n.Args = append(n.Args, arg)
		if !p.accept(sign, ",") && !p.is(sign, closing) {
			return nil, p.unexpected()
		}
	}
	n.End = p.take().end
	return n, nil
}

func (p *parser) primary() (*Node, error) {
	t := p.take()
	n := &Node{Value: t.text, Start: t.start, End: t.end}
	switch t.kind {
	case text:
		n.Kind = Text
	case char:
		n.Kind = Char
	case number:
		n.Kind = Number
	case interpolated:
		return p.interpolated(t)
	case word:
		switch t.text {
		case "true", "false", "null":
			n.Kind = Word
		case "new":
			return p.creation(t)
		default:
			n.Kind = Name
		}
	case sign:
		if t.text == "(" {
			inner, err := p.expression()
			if err != nil {
				return nil, err
			}
			return inner, p.expect(")")
		}
		fallthrough
	default:
		p.pos--
		return nil, p.unexpected()
	}
	return n, nil
}

func (p *parser) creation(t token) (*Node, error) {
	behind := p.typeEnd(p.pos)
	if p.is(sign, "[") && p.ahead(1).text == "]" { // of the type of what stands in it
		p.pos += 2
		return p.arguments(&Node{Kind: List, Start: t.start}, "{", "}")
	}
	if behind == p.pos {
		return nil, p.unexpected()
	}
	n := &Node{Kind: New, Value: p.src[p.peek().start:p.tokens[behind-1].end], Start: t.start, End: p.tokens[behind-1].end}
	p.pos = behind
	listed := strings.HasSuffix(n.Value, "]") || strings.HasPrefix(n.Value, "List<")
	if listed && p.is(sign, "(") && p.ahead(1).text == ")" && p.ahead(2).text == "{" {
		p.pos += 2
	}
	switch {
	case listed && p.is(sign, "{"):
		n.Kind = List
		return p.arguments(n, "{", "}")
	case p.is(sign, "("):
		return p.arguments(n, "(", ")")
	}
	return nil, p.unexpected()
}

func (p *parser) interpolated(t token) (*Node, error) {
	n := &Node{Kind: Interpolated, Start: t.start, End: t.end}
	for _, piece := range t.parts {
		if !piece.hole {
			n.Args = append(n.Args, &Node{Kind: Text, Value: piece.text, Start: piece.start, End: piece.start + len(piece.text)})
			continue
		}
		tokens, err := lex(p.src, piece.start, piece.start+len(piece.text))
		if err != nil {
			return nil, err
		}
		inner := &parser{src: p.src, tokens: tokens, depth: p.depth}
		arg, err := inner.expression()
		if err != nil {
			return nil, err
		}
		if !inner.is(end, "") {
			return nil, fail(inner.peek().start, "the format of a hole is not read")
		}
		n.Args = append(n.Args, arg)
	}
	return n, nil
}
