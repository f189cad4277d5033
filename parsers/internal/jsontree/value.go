package jsontree

import (
	"fmt"
	"strings"
)

// value reads the value that begins here into n, which keeps its name.
func (p *parser) value(n *Node) error {
	n.src, n.start = p.src, p.offset(p.pos)
	p.values++
	if p.values > p.options.MaxValues {
		return p.fail(p.pos, fmt.Sprintf("the text holds more than %d values: split it, or raise the limit", p.options.MaxValues))
	}
	err := p.valueOf(n)
	n.end = p.offset(p.pos)
	return err
}

func (p *parser) valueOf(n *Node) (err error) {
	switch c := p.text[p.pos]; c {
	case '{':
		return p.object(n)
	case '[':
		return p.list(n)
	case '"':
		n.kind = String
		n.text, err = p.stringValue()
		return err
	case 't':
		return p.word(n, Bool, "true")
	case 'f':
		return p.word(n, Bool, "false")
	case 'n':
		return p.word(n, Null, "null")
	default:
		if c == '-' || isDigit(c) {
			return p.number(n)
		}
		return p.unexpected("a value")
	}
}

func (p *parser) word(n *Node, k Kind, word string) error {
	rest := p.text[p.pos:min(p.pos+len(word), len(p.text))]
	switch {
	case string(rest) == word:
		n.kind, n.text = k, word
		p.pos += len(word)
		return nil
	case strings.HasPrefix(word, string(rest)):
		return p.fail(p.pos, "the text ends inside a value: is the file cut off?")
	}
	return p.unexpected("a value")
}

// object reads members, and also where it fails leaves in n what was read, for Skim.
func (p *parser) object(n *Node) error {
	n.kind = Object
	base, err := p.enter(n)
	for more := err == nil; more; {
		more, err = p.member()
	}
	n.setMembers(p.leave(base))
	p.names.check(n.children)
	return err
}

// member reads one member and what follows it, and reports whether there may be another one.
func (p *parser) member() (bool, error) {
	if err := p.ahead(len(p.open) == 1); err != nil {
		return false, err
	}
	if done, err := p.closes('}'); done || err != nil {
		return false, err
	}
	if p.text[p.pos] != '"' {
		return false, p.unexpected("a name in double quotes")
	}
	var m Node
	if err := p.memberName(&m); err != nil {
		return false, err
	}
	err := p.value(&m)
	p.stack = append(p.stack, m)
	if err != nil {
		return false, err
	}
	return p.separator('}')
}

func (p *parser) memberName(m *Node) error {
	start := p.pos
	raw, err := p.rawString()
	if err != nil {
		return err
	}
	m.name, m.nameID = p.names.intern(raw)
	m.nameStart, m.nameEnd = p.offset(start), p.offset(p.pos)
	if err := p.need("a colon"); err != nil {
		return err
	}
	if p.text[p.pos] != ':' {
		return p.unexpected("a colon")
	}
	p.pos++
	return p.need("a value")
}

func (p *parser) list(n *Node) error {
	n.kind = List
	if p.streams(n) {
		return p.stream(n)
	}
	base, err := p.enter(n)
	for more := err == nil; more; {
		more, err = p.item()
	}
	n.children = p.leave(base)
	return err
}

func (p *parser) item() (bool, error) {
	if done, err := p.closes(']'); done || err != nil {
		return false, err
	}
	var item Node
	err := p.value(&item)
	p.stack = append(p.stack, item)
	if err != nil {
		return false, err
	}
	return p.separator(']')
}

// enter goes over the opening bracket and one level deeper.
func (p *parser) enter(n *Node) (base int, err error) {
	p.open = append(p.open, opening{n.name, p.src, p.offset(p.pos), p.text[p.pos]})
	if len(p.open) > p.options.MaxDepth {
		err = p.fail(p.pos, fmt.Sprintf("the text nests deeper than %d levels, which no export does", p.options.MaxDepth))
	}
	p.pos++
	return len(p.stack), err
}

// leave takes the children off the stack into a list that is exactly as long.
func (p *parser) leave(base int) []Node {
	p.open = p.open[:len(p.open)-1]
	if len(p.stack) == base {
		return nil
	}
	children := make([]Node, len(p.stack)-base)
	copy(children, p.stack[base:])
	p.stack = p.stack[:base]
	return children
}

// closes goes over the closing bracket when it comes next.
func (p *parser) closes(bracket byte) (bool, error) {
	if err := p.need(""); err != nil {
		return false, err
	}
	if p.text[p.pos] != bracket {
		return false, nil
	}
	p.pos++
	return true, nil
}

// separator goes over a comma or the closing bracket, and reports whether it was a comma.
func (p *parser) separator(bracket byte) (bool, error) {
	if done, err := p.closes(bracket); done || err != nil {
		return false, err
	}
	if p.text[p.pos] != ',' {
		return false, p.unexpected("a comma or " + string(bracket))
	}
	p.pos++
	return true, nil
}
