package csharp

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

type tokenKind uint8

const (
	end tokenKind = iota
	word
	number
	text
	char
	interpolated
	sign
)

type token struct {
	kind       tokenKind
	text       string // of a string: what it holds
	parts      []piece
	start, end int
}

// piece is a part of an interpolated string.
type piece struct {
	text  string
	hole  bool
	start int
}

// signs are longest first.
var signs = []string{"??=", "=>", "==", "!=", "<=", ">=", "&&", "||", "??", "?.", "?[", "++", "--", "+=", "-=", "*=", "/=", "|=", "&="}

type lexer struct {
	src    string
	pos    int
	tokens []token
}

// Error says what is not read, and at which offset.
type Error struct {
	At      int
	Message string
}

// Error implements error.
func (e *Error) Error() string { return e.Message }

func fail(at int, format string, args ...any) error {
	return &Error{at, fmt.Sprintf(format, args...)}
}

// lex splits a text, of which from and to are the offsets between which it looks.
func lex(src string, from, to int) ([]token, error) {
	const perToken = 5 // bytes, about
	l := &lexer{src: src[:to], pos: from, tokens: make([]token, 0, (to-from)/perToken+2)}
	for {
		l.space()
		if l.pos >= len(l.src) {
			l.tokens = append(l.tokens, token{kind: end, start: l.pos, end: l.pos})
			return l.tokens, nil
		}
		t, err := l.next()
		if err != nil {
			return nil, err
		}
		l.pos = t.end
		l.tokens = append(l.tokens, t)
	}
}

func (l *lexer) space() {
	for l.pos < len(l.src) {
		rest := l.src[l.pos:]
		switch {
		case strings.IndexByte(" \t\r\n\v\f", rest[0]) >= 0:
			l.pos++
		case strings.HasPrefix(rest, "//"):
			i := strings.IndexByte(rest, '\n')
			if i < 0 {
				i = len(rest)
			}
			l.pos += i
		case strings.HasPrefix(rest, "/*"):
			i := strings.Index(rest[2:], "*/")
			if i < 0 {
				l.pos = len(l.src)
				return
			}
			l.pos += i + 4
		default:
			return
		}
	}
}

func (l *lexer) next() (token, error) {
	start, rest := l.pos, l.src[l.pos:]
	switch c := rest[0]; {
	case strings.HasPrefix(rest, `$@"`), strings.HasPrefix(rest, `@$"`):
		return l.str(start+3, true, true)
	case strings.HasPrefix(rest, `$"`):
		return l.str(start+2, false, true)
	case strings.HasPrefix(rest, `@"`):
		return l.str(start+2, true, false)
	case c == '"':
		return l.str(start+1, false, false)
	case c == '\'':
		return l.character()
	case isDigit(c):
		i := start
		for i < len(l.src) && (isLetter(l.src[i]) || isDigit(l.src[i]) || l.src[i] == '.' && i+1 < len(l.src) && isDigit(l.src[i+1])) {
			i++
		}
		return token{kind: number, text: l.src[start:i], start: start, end: i}, nil
	case isLetter(c) || c == '@' && len(rest) > 1 && isLetter(rest[1]):
		i := start + 1
		for i < len(l.src) && (isLetter(l.src[i]) || isDigit(l.src[i])) {
			i++
		}
		return token{kind: word, text: strings.TrimPrefix(l.src[start:i], "@"), start: start, end: i}, nil
	}
	for _, s := range signs {
		if strings.HasPrefix(rest, s) {
			return token{kind: sign, text: s, start: start, end: start + len(s)}, nil
		}
	}
	_, size := utf8.DecodeRuneInString(rest)
	return token{kind: sign, text: rest[:size], start: start, end: start + size}, nil
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isLetter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c > 0x7f
}

func (l *lexer) character() (token, error) {
	i := l.pos + 1
	held, size, ok := escaped(l.src, i)
	if !ok || i+size >= len(l.src) || l.src[i+size] != '\'' {
		return token{}, fail(l.pos, "a character that does not end")
	}
	return token{kind: char, text: held, start: l.pos, end: i + size + 1}, nil
}

// escapes are the simple ones (C# specification, 6.4.5.5).
var escapes = map[byte]string{'n': "\n", 't': "\t", 'r': "\r", '0': "\x00", 'a': "\a", 'b': "\b", 'f': "\f", 'v': "\v", '\\': `\`, '"': `"`, '\'': "'"}

// escaped is the character that stands at an offset, and how long it is there.
func escaped(s string, i int) (held string, size int, ok bool) {
	if i >= len(s) {
		return "", 0, false
	}
	if s[i] != '\\' {
		_, size = utf8.DecodeRuneInString(s[i:])
		return s[i : i+size], size, true
	}
	if i+1 >= len(s) {
		return "", 0, false
	}
	if held, ok = escapes[s[i+1]]; ok {
		return held, 2, true
	}
	const hex = 6 // \uXXXX
	if s[i+1] != 'u' || i+hex > len(s) {
		return "", 0, false
	}
	var code rune
	if _, err := fmt.Sscanf(s[i+2:i+hex], "%04x", &code); err != nil {
		return "", 0, false
	}
	return string(code), hex, true
}

// str reads a string whose text begins at an offset.
func (l *lexer) str(i int, verbatim, holes bool) (token, error) {
	t := token{kind: text, start: l.pos}
	if holes {
		t.kind = interpolated
	}
	var held strings.Builder
	from := i
	flush := func() {
		if held.Len() > 0 {
			t.parts = append(t.parts, piece{text: held.String(), start: from})
			held.Reset()
		}
	}
	for i < len(l.src) {
		rest := l.src[i:]
		switch {
		case verbatim && strings.HasPrefix(rest, `""`):
			held.WriteByte('"')
			i += 2
		case rest[0] == '"':
			if holes {
				flush()
			}
			t.text, t.end = held.String(), i+1
			return t, nil
		case holes && (strings.HasPrefix(rest, "{{") || strings.HasPrefix(rest, "}}")):
			held.WriteByte(rest[0])
			i += 2
		case holes && rest[0] == '{':
			flush()
			behind := holeEnd(l.src, i)
			if behind < 0 {
				return t, fail(i, "a hole of a string does not end")
			}
			t.parts = append(t.parts, piece{text: l.src[i+1 : behind-1], hole: true, start: i + 1})
			i, from = behind, behind
		case !verbatim && rest[0] == '\\':
			c, size, ok := escaped(l.src, i)
			if !ok {
				return t, fail(i, "an escape that is not read")
			}
			held.WriteString(c)
			i += size
		default:
			held.WriteByte(rest[0])
			i++
		}
	}
	return t, fail(l.pos, "a string that does not end")
}

func holeEnd(s string, at int) int {
	depth, quoted := 0, false
	for i := at; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}
