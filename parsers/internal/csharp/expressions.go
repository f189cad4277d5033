package csharp

import "strings"

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
