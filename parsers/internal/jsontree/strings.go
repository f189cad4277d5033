package jsontree

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// plain marks the characters that stand for themselves in a string.
var plain = func() (t [256]bool) {
	for c := range t {
		t[c] = c >= ' ' && c != '"' && c != '\\'
	}
	return t
}()

func (p *parser) stringValue() (string, error) {
	raw, err := p.rawString()
	return p.kept.keep(raw), err
}

// rawString reads the string that begins here and returns its decoded bytes, which are valid until the next call.
func (p *parser) rawString() ([]byte, error) {
	start := p.pos + 1
	i := start
	for i < len(p.text) && plain[p.text[i]] {
		i++
	}
	if i < len(p.text) && p.text[i] == '"' {
		p.pos = i + 1
		return validUTF8(p.text[start:i]), nil
	}
	return p.hardString(start, i)
}

// hardString reads a string with escapes or line breaks in it, of which the part before i is plain.
func (p *parser) hardString(start, i int) ([]byte, error) {
	out := append(p.scratch[:0], p.text[start:i]...)
	defer func() { p.scratch = out }()
	for i < len(p.text) {
		switch c := p.text[i]; {
		case c == '"':
			p.pos = i + 1
			return validUTF8(out), nil
		case c == '\\':
			length, err := p.escape(i, &out)
			if err != nil {
				return nil, err
			}
			i += length
		case c < ' ' && c != '\n' && c != '\r' && c != '\t':
			return nil, p.fail(i, "a control character stands in a string: write it as \\u"+hex4(c))
		default:
			out = append(out, c)
			i++
			if c == '\n' {
				p.multiline = Place{p.src, p.offset(start - 1), p.offset(i)}
				p.line(i)
			}
		}
	}
	return nil, p.fail(start-1, "the string that begins here does not end: is the file cut off, or a quote missing?")
}

func hex4(c byte) string {
	return "00" + string("0123456789abcdef"[c>>4]) + string("0123456789abcdef"[c&15])
}

var escapes = map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape decodes the escape at i (RFC 8259 section 7), and returns how long it is.
func (p *parser) escape(i int, out *[]byte) (int, error) {
	if i+1 < len(p.text) {
		if c, ok := escapes[p.text[i+1]]; ok {
			*out = append(*out, c)
			return 2, nil
		}
	}
	first, ok := p.hexRune(i)
	if !ok {
		return 0, p.fail(i, `this is no escape in JSON: write a backslash as \\`)
	}
	if second, ok := p.hexRune(i + 6); ok && utf16.IsSurrogate(first) {
		if r := utf16.DecodeRune(first, second); r != utf8.RuneError {
			*out = utf8.AppendRune(*out, r)
			return 12, nil
		}
	}
	*out = utf8.AppendRune(*out, first) // half a pair becomes the replacement character
	return 6, nil
}

func (p *parser) hexRune(i int) (rune, bool) {
	if i+6 > len(p.text) || p.text[i] != '\\' || p.text[i+1] != 'u' {
		return 0, false
	}
	v, err := strconv.ParseUint(string(p.text[i+2:i+6]), 16, 16)
	return rune(v), err == nil
}

func validUTF8(b []byte) []byte {
	if utf8.Valid(b) {
		return b
	}
	return bytes.ToValidUTF8(b, []byte("\uFFFD"))
}
