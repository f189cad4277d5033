package terraform

import (
	"bytes"
	"fmt"
)

// scan bounds how deep a text nests and how long its expressions are, because hcl's parser and evaluator call themselves for every
// level. It knows as much of the syntax as that takes (HCL Native Syntax Specification: "Comments and Whitespace", "Template
// Expressions"), and at a twentieth of the cost of hcl's lexer.
func scan(text []byte) *scanError {
	s := scanner{text: text, frames: []frame{{kind: '{'}}}
	for s.pos < len(s.text) && s.err == nil {
		s.step()
	}
	return s.err
}

// scanError says what is too much, and where.
type scanError struct {
	at      int // offset in bytes
	message string
}

// frame is something that was opened: a bracket, a string ("), a heredoc (<) or a template sequence ($).
type frame struct {
	kind      byte
	operators int
	end       []byte // the line that ends a heredoc
}

type scanner struct {
	text   []byte
	pos    int
	frames []frame
	err    *scanError
}

func (s *scanner) step() {
	switch s.top().kind {
	case '"':
		s.quoted()
	case '<':
		s.heredoc()
	default:
		s.code()
	}
}

func (s *scanner) top() *frame { return &s.frames[len(s.frames)-1] }

func (s *scanner) open(kind byte, length int) {
	if len(s.frames) > maxNesting {
		s.err = &scanError{s.pos, fmt.Sprintf("this nests deeper than %d levels, which no configuration does", maxNesting)}
	}
	s.frames = append(s.frames, frame{kind: kind})
	s.pos += length
}

func (s *scanner) close() {
	if len(s.frames) > 1 {
		s.frames = s.frames[:len(s.frames)-1]
	}
	s.pos++
}

// operator goes over what makes an expression longer.
func (s *scanner) operator() {
	s.count()
	s.pos++
}

func (s *scanner) count() {
	f := s.top()
	if f.operators++; f.operators > maxOperators {
		s.err = &scanError{s.pos, fmt.Sprintf("this expression has more than %d operators", maxOperators)}
	}
}

func (s *scanner) code() {
	switch c := s.text[s.pos]; c {
	case '(', '[', '{':
		s.count()
		s.open(c, 1)
	case ')', ']', '}':
		s.close()
	case '"':
		s.open('"', 1)
	case '#':
		s.skipTo("\n")
	case '\n':
		s.endOfLine()
	case ',':
		s.top().operators = 0
		s.pos++
	case '/', '<':
		s.slashOrLess(c)
	case '+', '-', '*', '%', '!', '?', ':', '>', '&', '|', '.', '=':
		s.operator()
	default:
		s.pos++
	}
}

// endOfLine ends an expression, except inside of brackets in which line breaks count for nothing.
func (s *scanner) endOfLine() {
	if s.top().kind == '{' {
		s.top().operators = 0
	}
	s.pos++
}

func (s *scanner) slashOrLess(c byte) {
	rest := s.text[s.pos:]
	switch {
	case bytes.HasPrefix(rest, []byte("//")):
		s.skipTo("\n")
	case bytes.HasPrefix(rest, []byte("/*")):
		s.pos += 2
		s.skipTo("*/")
	case c == '<' && s.opensHeredoc(rest):
	default:
		s.operator()
	}
}

// skipTo goes to the mark, or to the end.
func (s *scanner) skipTo(mark string) {
	i := bytes.Index(s.text[s.pos:], []byte(mark))
	if i < 0 {
		s.pos = len(s.text)
		return
	}
	if s.pos += i; mark != "\n" {
		s.pos += len(mark)
	}
}

// opensHeredoc enters a heredoc where one begins: <<NAME or <<-NAME at the end of a line.
func (s *scanner) opensHeredoc(rest []byte) bool {
	line, _, more := bytes.Cut(rest, []byte("\n"))
	name, ok := bytes.CutPrefix(line, []byte("<<"))
	name = bytes.TrimSuffix(bytes.TrimPrefix(name, []byte("-")), []byte("\r"))
	if !ok || !more || len(name) == 0 || bytes.ContainsAny(name, " \t\"(){}[]=<,#/") {
		return false
	}
	s.open('<', len(line)+1)
	s.top().end = name
	return true
}

func (s *scanner) heredoc() {
	if s.pos == 0 || s.text[s.pos-1] == '\n' {
		line, _, _ := bytes.Cut(s.text[s.pos:], []byte("\n"))
		if bytes.Equal(bytes.TrimSpace(line), s.top().end) {
			s.pos += len(line) - 1
			s.close()
			return
		}
	}
	s.template("\n")
}

func (s *scanner) quoted() {
	switch s.text[s.pos] {
	case '"':
		s.close()
	case '\\':
		s.pos += 2
	default:
		s.template("\"\\")
	}
}

// template goes over literal text up to a stop, and enters sequences.
func (s *scanner) template(stops string) {
	i := bytes.IndexAny(s.text[s.pos:], stops+"$%")
	if i < 0 {
		s.pos = len(s.text)
		return
	}
	s.pos += i
	rest := s.text[s.pos:]
	switch c := rest[0]; {
	case c != '$' && c != '%':
		if c == '\n' {
			s.pos++
		}
	case len(rest) > 2 && rest[1] == c && rest[2] == '{': // $${ stands for ${
		s.pos += 3
	case len(rest) > 1 && rest[1] == '{':
		s.sequence(c)
	default:
		s.pos++
	}
}

// sequence enters ${ or %{. Directives nest in the parser although their marks do not, so that they count as operators do.
func (s *scanner) sequence(c byte) {
	if c == '%' {
		s.count()
	}
	s.open('$', 2)
}

// scanTemplate is scan for a text that is one template.
func scanTemplate(text []byte) *scanError {
	s := scanner{text: text, frames: []frame{{kind: '{'}, {kind: '<', end: []byte{0}}}}
	for s.pos < len(s.text) && s.err == nil {
		s.step()
	}
	return s.err
}
