package bicep

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// text goes over Bicep, of which it understands what needs no evaluation: where statements and values end, and values that are written
// out (learn.microsoft.com, "Bicep file structure and syntax", "Data types in Bicep"). All else is an expression, which it goes over as a whole.
type text struct {
	src   *jsontree.Source
	bytes []byte
	pos   int
	depth int
	// lists, objects and strings in which pos stands; 0 at the level of statements
	inside int
	// expressions counts those that were gone over.
	expressions int
}

// maxDepth bounds nesting.
const maxDepth = 100

func newText(name string, content []byte) *text {
	content = bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
	return &text{src: jsontree.NewSource(name, content), bytes: content}
}

func (t *text) fail(at int, format string, args ...any) error {
	return &jsontree.SyntaxError{Span: t.src.Place(at, min(at+1, len(t.bytes))).Span(), Message: fmt.Sprintf(format, args...)}
}

// deeper counts a level of nesting; the function that it returns leaves it.
func (t *text) deeper() (func(), error) {
	if t.depth++; t.depth > maxDepth {
		return nil, t.fail(t.pos, "values are nested more than %d deep", maxDepth)
	}
	return func() { t.depth-- }, nil
}

func (t *text) end() bool { return t.pos >= len(t.bytes) }

// peek is the next byte; 0 at the end.
func (t *text) peek() byte {
	if t.end() {
		return 0
	}
	return t.bytes[t.pos]
}

func (t *text) at(what string) bool { return bytes.HasPrefix(t.bytes[t.pos:], []byte(what)) }

// blank goes over blanks and comments, and over line ends where those mean nothing.
func (t *text) blank(lines bool) {
	for !t.end() {
		switch c := t.peek(); {
		case c == ' ' || c == '\t' || c == '\r' || lines && c == '\n':
			t.pos++
		case t.at("//"):
			t.to("\n", 0)
		case t.at("/*"):
			t.to("*/", 2)
		default:
			return
		}
	}
}

// to goes to the next occurrence of a mark, and that many bytes on; to the end where there is none.
func (t *text) to(mark string, on int) {
	if i := bytes.Index(t.bytes[t.pos:], []byte(mark)); i >= 0 {
		t.pos += i + on
		return
	}
	t.pos = len(t.bytes)
}

// word goes over a name; it is empty where none stands.
func (t *text) word() string {
	from := t.pos
	for c := t.peek(); c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z' || t.pos > from && '0' <= c && c <= '9'; c = t.peek() {
		t.pos++
	}
	return string(t.bytes[from:t.pos])
}

// ended reports whether a value ends here: at a line end, or at what may follow an item.
func (t *text) ended() bool {
	t.blank(false)
	if t.end() {
		return true
	}
	switch t.peek() {
	case '\n':
		return true
	case ',', ']', '}':
		return t.inside > 0
	}
	return false
}

// expression goes over an expression to its end, whatever it says.
func (t *text) expression() error {
	t.expressions++
	for !t.end() {
		if t.ended() && !t.continued() {
			return nil
		}
		if err := t.part(); err != nil {
			return err
		}
	}
	return nil
}

// continued reports whether the next line begins with what no statement, item or member can begin with.
func (t *text) continued() bool {
	if t.peek() != '\n' {
		return false
	}
	from := t.pos
	t.blank(true)
	if slices.ContainsFunc([]string{"?", ":", "&&", "||", "==", "!=", "=>"}, t.at) {
		return true
	}
	t.pos = from
	return false
}

// part goes over one part of an expression: a string, what stands in brackets, or a byte.
func (t *text) part() error {
	switch c := t.peek(); c {
	case '\'':
		return t.quoted()
	case '(', '[', '{':
		return t.brackets(map[byte]byte{'(': ')', '[': ']', '{': '}'}[c])
	case ')', ']', '}':
		return t.fail(t.pos, "%q closes nothing here", c)
	default:
		t.pos++
		return nil
	}
}

// brackets goes over what stands in brackets.
func (t *text) brackets(closing byte) error {
	leave, err := t.deeper()
	if err != nil {
		return err
	}
	defer leave()
	from := t.pos
	for t.pos++; ; {
		t.blank(true)
		switch {
		case t.end():
			return t.fail(from, "this is not closed: is the file cut off?")
		case t.peek() == closing:
			t.pos++
			return nil
		}
		if err := t.part(); err != nil {
			return err
		}
	}
}

// quoted goes over a string with what is put into it.
func (t *text) quoted() error {
	from := t.pos
	if t.at("'''") {
		t.pos += 3
		if t.to("'''", 3); !bytes.HasSuffix(t.bytes[from+3:t.pos], []byte("'''")) {
			return t.fail(from, "this string is not closed: is the file cut off?")
		}
		return nil
	}
	for t.pos++; !t.end() && t.peek() != '\n'; {
		switch {
		case t.peek() == '\\':
			t.pos += 2
		case t.peek() == '\'':
			t.pos++
			return nil
		case t.at("${"):
			t.pos++
			if err := t.brackets('}'); err != nil {
				return err
			}
		default:
			t.pos++
		}
	}
	return t.fail(from, "this string is not closed on its line")
}
