package jsontree

import "bytes"

// space goes over white space and comments, and notes where lines begin.
func (p *parser) space() error {
	for p.pos < len(p.text) {
		switch p.text[p.pos] {
		case ' ', '\t', '\r':
			p.pos++
		case '\n':
			p.pos++
			p.line(p.pos)
		case '/':
			if err := p.comment(); err != nil {
				return err
			}
		default:
			return nil
		}
	}
	return nil
}

func (p *parser) line(start int) {
	p.src.lines = append(p.src.lines, p.offset(start))
}

// linesIn notes the lines that begin inside a stretch of text.
func (p *parser) linesIn(start, end int) {
	for {
		i := bytes.IndexByte(p.text[start:end], '\n')
		if i < 0 {
			return
		}
		start += i + 1
		p.line(start)
	}
}

func (p *parser) comment() error {
	rest := p.text[p.pos:]
	switch {
	case bytes.HasPrefix(rest, []byte("//")):
		p.pos += lengthUntil(rest, "\n", 0)
		return nil
	case bytes.HasPrefix(rest, []byte("/*")):
		start := p.pos
		p.pos += lengthUntil(rest[2:], "*/", 2) + 2
		p.linesIn(start, p.pos)
		if p.pos == len(p.text) && !bytes.HasSuffix(rest[2:], []byte("*/")) {
			return p.fail(start, "the comment that begins here does not end: is the file cut off?")
		}
		return nil
	}
	return p.unexpected("a value, a name or a comment")
}

// lengthUntil is the length of the text up to the mark and plus of the mark, or of all of it when there is no mark.
func lengthUntil(text []byte, mark string, plus int) int {
	if i := bytes.Index(text, []byte(mark)); i >= 0 {
		return i + plus
	}
	return len(text)
}

// number reads a number by the grammar of RFC 8259 section 6. Its text is kept as it was written.
func (p *parser) number(n *Node) error {
	start := p.pos
	if p.text[p.pos] == '-' {
		p.pos++
	}
	ok := p.integer()
	if ok && p.next('.') {
		ok = p.digits()
	}
	if ok && (p.next('e') || p.next('E')) {
		_ = p.next('+') || p.next('-')
		ok = p.digits()
	}
	if !ok || p.pos < len(p.text) && isDigit(p.text[p.pos]) {
		return p.fail(start, "this is no number in JSON")
	}
	n.kind, n.text = Number, p.kept.keep(p.text[start:p.pos])
	return nil
}

func (p *parser) integer() bool { return p.next('0') || p.digits() }

func (p *parser) next(c byte) bool {
	if p.pos < len(p.text) && p.text[p.pos] == c {
		p.pos++
		return true
	}
	return false
}

func (p *parser) digits() bool {
	start := p.pos
	for p.pos < len(p.text) && isDigit(p.text[p.pos]) {
		p.pos++
	}
	return p.pos > start
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
