package jsontree

import (
	"errors"
	"fmt"
	"io"
	"slices"
)

// feed reads a text piece by piece for a parser. Before the parser goes over a member of the outermost object or over an item of a list
// that is handed over, the whole of it is brought into memory; what is behind it is let go.
type feed struct {
	from  io.Reader
	most  int
	chunk int // how much is read at a time
	lists map[string]bool
	ended bool
}

func newFeed(from io.Reader, o Options, names []string) *feed {
	f := &feed{from: from, most: o.MaxBytes, chunk: o.chunk, lists: map[string]bool{}}
	for _, name := range names {
		f.lists[name] = true
	}
	return f
}

// begin brings in the first bytes of the text, up to the bracket that it opens with.
func (p *parser) begin() error {
	if p.feed == nil {
		return nil
	}
	for len(p.text) < 3 && !p.feed.ended {
		if err := p.more(); err != nil {
			return err
		}
	}
	if len(p.text) >= 3 && string(p.text[:3]) == "\xef\xbb\xbf" {
		p.text, p.base, p.src.lines[0] = p.text[3:], 3, 3
	}
	a := &ahead{opens: true}
	if err := p.until(a); err != nil || a.first == '{' || a.first == '[' {
		return err
	}
	return p.until(&ahead{}) // a value by itself
}

// ahead brings in the next member or item, where the parser is at one that is brought in by itself.
func (p *parser) ahead(here bool) error {
	if p.feed == nil || !here {
		return nil
	}
	p.letGo()
	return p.until(&ahead{lists: p.feed.lists})
}

// finish brings in what stands behind the outermost value: as much of it as tells whether that is nothing.
func (p *parser) finish() error {
	if p.feed == nil {
		return nil
	}
	p.letGo()
	return p.until(&ahead{opens: true})
}

// letGo drops the text before the place that is read.
func (p *parser) letGo() {
	if p.pos < p.feed.chunk {
		return
	}
	kept := copy(p.text, p.text[p.pos:])
	p.text = p.text[:kept]
	p.base += p.pos
	p.pos = 0
}

// more reads another piece.
func (p *parser) more() error {
	f := p.feed
	if p.text = slices.Grow(p.text, f.chunk); p.base+len(p.text) > f.most {
		return p.fail(p.pos, fmt.Sprintf("the text is longer than %d bytes: split it, or raise the limit", f.most))
	}
	n, err := io.ReadFull(f.from, p.text[len(p.text):len(p.text)+f.chunk])
	p.text = p.text[:len(p.text)+n]
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		f.ended = true
		return nil
	}
	return err
}

// until reads on until what is wanted is there, or the text ends.
func (p *parser) until(a *ahead) error {
	for at := p.pos; ; {
		for ; at < len(p.text); at++ {
			if at += a.plain(p.text[at:]); at == len(p.text) {
				break
			}
			if a.step(p.text, at) {
				return nil
			}
		}
		if p.feed.ended {
			return nil
		}
		if err := p.more(); err != nil {
			return err
		}
	}
}

// ahead looks for the end of what is to be brought in. It knows just enough of the syntax; where that is broken it stops, because the
// parser will not get further either.
type ahead struct {
	opens bool            // look for a first bracket or anything else that is no space, not for an end
	lists map[string]bool // stop also behind the bracket of a list under such a name
	first byte            // what it found
	state aheadState
	depth []byte // brackets that are open
	start int    // of the last string
	name  string // the last string outside of all brackets
	since byte   // the last character behind it
}

type aheadState uint8

const (
	outside aheadState = iota
	inString
	afterBackslash
	afterSlash
	inLineComment
	inComment
	afterStar
)

// plain is how many characters come that change nothing.
func (a *ahead) plain(text []byte) int {
	i := 0
	switch a.state {
	case inString:
		for i < len(text) && text[i] != '"' && text[i] != '\\' {
			i++
		}
	case outside:
		for i < len(text) && text[i] == ' ' {
			i++
		}
	default:
	}
	return i
}

// step takes one character, and reports whether it is the last one that is wanted.
func (a *ahead) step(text []byte, at int) bool {
	c := text[at]
	switch a.state {
	case inString:
		switch c {
		case '\\':
			a.state = afterBackslash
		case '"':
			a.state = outside
			if len(a.depth) == 0 && a.lists != nil {
				a.name, a.since = string(text[a.start:at]), 0
			}
		}
	case afterBackslash:
		a.state = inString
	case afterSlash:
		switch c {
		case '/':
			a.state = inLineComment
		case '*':
			a.state = inComment
		default:
			return true
		}
	case inLineComment:
		if c == '\n' {
			a.state = outside
		}
	case inComment:
		if c == '*' {
			a.state = afterStar
		}
	case afterStar:
		if c == '/' {
			a.state = outside
		} else if c != '*' {
			a.state = inComment
		}
	case outside:
		return a.character(c, at)
	}
	return false
}

// character takes a character outside of strings and comments.
func (a *ahead) character(c byte, at int) bool {
	switch c {
	case ' ', '\t', '\r', '\n':
		return false
	case '/':
		a.state = afterSlash
		return false
	}
	if a.opens {
		a.first = c
		return true
	}
	switch c {
	case '"':
		a.state, a.start = inString, at+1
	case '{', '[':
		if len(a.depth) == 0 && c == '[' && a.since == ':' && a.lists[a.name] {
			return true
		}
		if len(a.depth) > maxDepthAhead {
			return true
		}
		a.depth = append(a.depth, c+2) // in ASCII, the closing bracket comes two behind the opening one
	case '}', ']':
		if len(a.depth) == 0 || a.depth[len(a.depth)-1] != c {
			return true
		}
		a.depth = a.depth[:len(a.depth)-1]
	case ',':
		return len(a.depth) == 0
	default:
		if !ofWord[c] {
			return true
		}
	}
	if len(a.depth) == 0 && c != '"' {
		a.since = c
	}
	return false
}

// maxDepthAhead is deeper than any parser follows.
const maxDepthAhead = 10_000

// ofWord marks the characters of numbers and of true, false and null, and the colon.
var ofWord = func() (t [256]bool) {
	for _, c := range []byte("0123456789+-.eEtruefalsn:") {
		t[c] = true
	}
	return t
}()
