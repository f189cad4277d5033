package jsontree

import "fmt"

func (p *parser) fail(at int, message string) error {
	return &SyntaxError{Span: p.src.span(p.offset(at), p.offset(min(at+1, len(p.text)))), Message: message}
}

// need goes over space, and fails where the text ends.
func (p *parser) need(what string) error {
	if err := p.space(); err != nil {
		return err
	}
	if p.pos < len(p.text) {
		return nil
	}
	if what != "" {
		what = " before " + what + ","
	}
	return p.fail(p.pos, fmt.Sprintf("the text ends%s inside %s: is the file cut off?", what, p.around()))
}

// around names the innermost object or list, without its content: what is wrong may be next to a secret.
func (p *parser) around() string {
	inner := p.open[len(p.open)-1]
	line, col := inner.src.lineAndColumn(inner.start)
	kind := "the object"
	if inner.bracket == '[' {
		kind = "the list"
	}
	if inner.name != "" {
		kind += fmt.Sprintf(" %.60q", inner.name)
	}
	return fmt.Sprintf("%s that opens at line %d column %d", kind, line, col)
}

// unexpected says what should stand here instead of what does.
func (p *parser) unexpected(wanted string) error {
	if p.multiline.src != nil {
		line, col := p.multiline.src.lineAndColumn(p.multiline.start)
		return p.fail(p.pos, fmt.Sprintf("expected %s; the string that begins at line %d column %d goes over several lines: is its closing quote missing?", wanted, line, col))
	}
	switch c := p.text[p.pos]; {
	case c == '\'':
		return p.fail(p.pos, fmt.Sprintf("expected %s: JSON has strings in double quotes only", wanted))
	case c == 0:
		return p.fail(p.pos, "a zero byte stands here: save the file as UTF-8")
	case c == 0x1b:
		return p.fail(p.pos, "a terminal escape stands here: export with --output json, not jsonc")
	case c > ' ' && c < 0x7f:
		return p.fail(p.pos, fmt.Sprintf("expected %s, found %q", wanted, c))
	}
	return p.fail(p.pos, "expected "+wanted)
}
