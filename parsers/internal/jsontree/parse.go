package jsontree

import (
	"fmt"
	"math"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Options bound what a hostile text can cost. Zero fields mean the defaults.
type Options struct {
	MaxBytes  int  // of text; 512 MiB
	MaxDepth  int  // of nesting; 200
	MaxValues int  // kept at one time; 16 million, which take about 1.5 GB
	KeepText  bool // so that Node.Inside can tell places inside of strings

	chunk int // of text that is read at a time
}

func (o Options) withDefaults() Options {
	if o.MaxBytes == 0 {
		o.MaxBytes = 512 << 20
	}
	if o.MaxDepth == 0 {
		o.MaxDepth = 200
	}
	if o.MaxValues == 0 {
		o.MaxValues = 16_000_000
	}
	if o.chunk == 0 {
		o.chunk = 128 << 10
	}
	o.MaxBytes = min(o.MaxBytes, math.MaxUint32-1) // offsets are kept in 32 bits
	return o
}

// Document is a text that was read to its end.
type Document struct {
	Root       *Node
	Duplicates []Duplicate // the first hundred
}

// Duplicate is a name that one object uses twice, in whatever letter case.
type Duplicate struct {
	Name          string
	First, Second routing.Span
}

// SyntaxError says what is wrong with a text, where, and what to do.
type SyntaxError struct {
	Span    routing.Span
	Message string
}

// Error starts with file, line and column.
func (e *SyntaxError) Error() string { return e.Span.String() + ": " + e.Message }

// Parse reads one JSON text. The file names it in places; it is not opened. An error is a *SyntaxError, and nothing of a
// text that has one is returned.
func Parse(file string, text []byte, o Options) (*Document, error) {
	p := newParser(file, text, o)
	root := new(Node)
	if err := p.document(root); err != nil {
		return nil, err
	}
	return &Document{Root: root, Duplicates: p.names.duplicates}, nil
}

// ParseInside reads a JSON text that is the value of a string node. All its places are that of the string.
func ParseInside(n *Node, o Options) (*Document, error) {
	p := newParser(n.Span().File, []byte(n.Text()), o)
	p.src.fixed = n
	root := new(Node)
	if err := p.document(root); err != nil {
		return nil, err
	}
	return &Document{Root: root}, nil
}

// Skim reads the beginning of a text as far as it goes, whatever is wrong with it: enough to tell what it might be.
func Skim(text []byte) *Node {
	const enough = 1 << 20
	p := newParser("", text[:min(len(text), enough)], Options{})
	root := new(Node)
	_ = p.document(root) // a text that ends early is no error here
	return root
}

// parser holds the state of one reading.
type parser struct {
	text    []byte
	pos     int
	src     *Source
	options Options

	open      []opening // the objects and lists around the place that is read
	stack     []Node    // their children so far
	values    int
	names     names
	kept      arena
	scratch   []byte // for strings with escapes
	multiline Place  // of the last string that goes over several lines

	base int   // offset of the text, where it is a part of one
	feed *feed // where more of the text comes from; nil where there is no more

	lists map[string]bool
	each  func(*Node) error
}

type opening struct {
	name    string
	src     *Source
	start   uint32
	bracket byte
}

// offset is that of a position in the text at hand.
func (p *parser) offset(pos int) uint32 {
	return uint32(p.base + pos) //nolint:gosec // texts are shorter than 4 GiB
}

func newParser(file string, text []byte, o Options) *parser {
	p := &parser{text: decode(text, o.withDefaults().MaxBytes), src: newSource(file), options: o.withDefaults(), names: newNames()}
	if o.KeepText {
		p.src.text = p.text
	}
	return p
}

func (p *parser) document(root *Node) error {
	if len(p.text) > p.options.MaxBytes {
		return p.fail(0, fmt.Sprintf("the text is longer than %d bytes: split it, or raise the limit", p.options.MaxBytes))
	}
	if err := p.begin(); err != nil {
		return err
	}
	if err := p.space(); err != nil {
		return err
	}
	if p.pos == len(p.text) {
		return p.fail(p.pos, "the text is empty: was the export written?")
	}
	if err := p.value(root); err != nil {
		return err
	}
	if err := p.finish(); err != nil {
		return err
	}
	if err := p.space(); err != nil {
		return err
	}
	if p.pos < len(p.text) {
		return p.fail(p.pos, "the text goes on after the end of its value: put several exports into one list, or into files of their own")
	}
	return nil
}
