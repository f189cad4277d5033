package policy

import (
	"fmt"
	"slices"
	"strings"
)

// Bounds of a document. API Management takes 512 KiB at most, and no policy nests nearly as deep.
const (
	maxDepth    = 200
	maxFailures = 8 // searches for the end of something that has none; each may go over the whole text
	maxProblems = 50
)

// Parse reads a document, whatever it is.
func Parse(text string) *Document {
	p := &parser{text: text}
	for p.pos < len(p.text) {
		p.node()
	}
	for _, n := range slices.Backward(p.open) {
		p.fail(n.Start, "<%s> is not closed", n.Name)
		n.End = len(p.text)
	}
	return &Document{Nodes: p.top, Problems: p.problems}
}

type parser struct {
	text     string
	pos      int
	top      []*Node
	open     []*Node
	problems []Problem
	failures int
}

func (p *parser) fail(at int, format string, args ...any) {
	if len(p.problems) < maxProblems {
		p.problems = append(p.problems, Problem{at, fmt.Sprintf(format, args...)})
	}
}

func (p *parser) add(n *Node) {
	if i := len(p.open) - 1; i >= 0 {
		p.open[i].Children = append(p.open[i].Children, n)
		return
	}
	p.top = append(p.top, n)
}

// piece adds a node that ends at an offset.
func (p *parser) piece(kind Kind, end int) {
	p.add(&Node{Kind: kind, Start: p.pos, End: end, raw: p.text[p.pos:end]})
	p.pos = end
}

// node reads what begins here.
func (p *parser) node() {
	switch rest := p.text[p.pos:]; {
	case strings.HasPrefix(rest, "<!--"):
		p.enclosed(Comment, "<!--", "-->", "comment")
	case strings.HasPrefix(rest, "<![CDATA["):
		p.enclosed(Verbatim, "<![CDATA[", "]]>", "CDATA section")
	case strings.HasPrefix(rest, "<?"):
		p.enclosed(Instruction, "<?", "?>", "processing instruction")
	case strings.HasPrefix(rest, "<!"):
		p.enclosed(Instruction, "<!", ">", "declaration")
	case strings.HasPrefix(rest, "</"):
		p.close()
	case len(rest) > 1 && rest[0] == '<' && startsName(rest[1]):
		p.element()
	default:
		p.plain()
	}
}

// enclosed reads what ends with a mark; one without its end goes to the end of the document.
func (p *parser) enclosed(kind Kind, begin, end, what string) {
	behind := offsetBehind(p.text, p.pos+len(begin), end, -1)
	if behind < 0 {
		p.fail(p.pos, "a %s begins here and does not end", what)
		behind = len(p.text)
	}
	p.piece(kind, behind)
}

// plain reads text up to the next tag, over expressions.
func (p *parser) plain() {
	i := p.pos
	for i < len(p.text) {
		switch {
		case IsExpression(p.text[i:]):
			if end := p.expression(i); end > 0 {
				i = end
				continue
			}
		case p.text[i] == '<' && i > p.pos && p.tagAt(i):
			p.piece(Text, i)
			return
		}
		i++
	}
	p.piece(Text, len(p.text))
}

func (p *parser) tagAt(i int) bool {
	return i+1 < len(p.text) && (startsName(p.text[i+1]) || strings.IndexByte("/!?", p.text[i+1]) >= 0)
}

// expression is the offset behind the expression that begins here, or -1.
func (p *parser) expression(at int) int {
	if p.failures >= maxFailures {
		return -1
	}
	end := expressionEnd(p.text, at)
	if end < 0 {
		p.failures++
		p.fail(at, "an expression begins here whose brackets or quotes do not end: %s", Plain(p.text[at:min(len(p.text), at+200)]))
	}
	return end
}

// close reads a closing tag. One that fits to no open element is text.
func (p *parser) close() {
	end := offsetBehind(p.text, p.pos, ">", -1)
	if end < 0 {
		p.fail(p.pos, "a closing tag begins here and does not end")
		p.piece(Text, len(p.text))
		return
	}
	name := strings.TrimSpace(p.text[p.pos+2 : end-1])
	at := len(p.open) - 1
	for at >= 0 && p.open[at].Name != name {
		at--
	}
	if at < 0 {
		p.fail(p.pos, "</%s> closes nothing", Plain(name))
		p.piece(Text, end)
		return
	}
	for _, n := range p.open[at+1:] {
		p.fail(n.Start, "<%s> is not closed before </%s>", n.Name, name)
		n.End = p.pos
	}
	n := p.open[at]
	n.closing, n.End = p.text[p.pos:end], end
	p.open, p.pos = p.open[:at], end
}

// element reads an opening tag.
func (p *parser) element() {
	n := &Node{Start: p.pos}
	end := nameEnd(p.text, p.pos+1)
	n.Name = p.text[p.pos+1 : end]
	if len(p.open) >= maxDepth {
		p.fail(p.pos, "elements nest deeper than %d levels", maxDepth)
		p.piece(Text, len(p.text))
		return
	}
	at, err := p.attributes(n, end)
	if err != "" {
		p.fail(at, "in <%s> %s", n.Name, err)
		p.piece(Text, end)
		return
	}
	n.End = at
	p.add(n)
	p.pos = at
	if !n.closed {
		p.open = append(p.open, n)
	}
}

// attributes reads up to the end of the tag, whose offset it returns, or that of what is wrong.
func (p *parser) attributes(n *Node, i int) (at int, wrong string) {
	for {
		before := i
		for i < len(p.text) && strings.IndexByte(space, p.text[i]) >= 0 {
			i++
		}
		switch rest := p.text[i:]; {
		case rest == "":
			return n.Start, "the document ends inside of the tag"
		case rest[0] == '>':
			n.tail = p.text[before:i]
			return i + 1, ""
		case strings.HasPrefix(rest, "/>"):
			n.tail, n.closed = p.text[before:i], true
			return i + 2, ""
		case strings.HasPrefix(rest, "{{"):
			end := offsetBehind(p.text, i, "}}", -1)
			if end < 0 {
				return i, "a named value does not end"
			}
			n.Attributes = append(n.Attributes, Attribute{before: p.text[before:i], raw: p.text[i:end], Start: i, End: end})
			i = end
		default:
			a, end, err := p.attribute(i)
			if err != "" {
				return i, err
			}
			a.before = p.text[before:i]
			n.Attributes = append(n.Attributes, a)
			i = end
		}
	}
}

func (p *parser) attribute(i int) (a Attribute, end int, wrong string) {
	named := nameEnd(p.text, i)
	if named == i {
		return a, i, fmt.Sprintf("an attribute was expected, not %q", Plain(p.text[i:min(len(p.text), i+20)]))
	}
	a.Name = p.text[i:named]
	value := named
	for value < len(p.text) && strings.IndexByte(space+"=", p.text[value]) >= 0 {
		value++
	}
	a.equals = p.text[named:value]
	if strings.Count(a.equals, "=") != 1 || value == len(p.text) || p.text[value] != '"' && p.text[value] != '\'' {
		return a, i, fmt.Sprintf("the attribute %s has no value in quotes", Plain(a.Name))
	}
	a.quote, a.Start = p.text[value:value+1], value+1
	a.End = p.valueEnd(a.Start, a.quote)
	if a.End < 0 {
		return a, i, fmt.Sprintf("the value of attribute %s does not end", Plain(a.Name))
	}
	a.raw = p.text[a.Start:a.End]
	a.Value = decoded(a.raw)
	return a, a.End + 1, ""
}

// valueEnd is the offset of the quote that ends a value; an expression in it has quotes of its own.
func (p *parser) valueEnd(start int, quote string) int {
	from := start
	for from < len(p.text) && strings.IndexByte(space, p.text[from]) >= 0 {
		from++
	}
	if IsExpression(p.text[from:]) {
		if end := p.expression(from); end > 0 {
			from = end
		}
	}
	i := strings.Index(p.text[from:], quote)
	if i < 0 {
		return -1
	}
	return from + i
}

func startsName(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c > 0x7f
}

func nameEnd(s string, i int) int {
	for i < len(s) && (startsName(s[i]) || s[i] >= '0' && s[i] <= '9' || strings.IndexByte(":-.", s[i]) >= 0) {
		i++
	}
	return i
}
