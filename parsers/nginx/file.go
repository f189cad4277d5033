package nginx

import (
	"iter"
	"sort"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// File is one configuration file. It is read once, however often it is included: what a statement means depends on where the
// include stands, so only Body of the including block can tell.
type File struct {
	// Name is the file as reports show it.
	Name string
	src  string
	// origin tells where stretches of the text were written, where that is not the file itself.
	origin func(start, end int) routing.Span
	lines  []int32 // offsets at which lines begin
	nodes  []node
	words  []word
	// includes and notes are keyed by node: few nodes have one.
	includes map[int32]*Include
	notes    map[int32]string
	size     int // statements, included ones counted with each include
	depth    int // levels of nesting, included ones counted
}

// node is one statement. Offsets fit in 32 bits because of maxBytes. The statements of its block follow it, up to next.
type node struct {
	start, end  int32 // of the text, the terminator included
	first, more int32 // its words: words[first : first+more]
	next        int32
	kind        nodeKind
}

type nodeKind uint8

const (
	isBlock  nodeKind = 1 << iota // ends with "{"
	isLua                         // a block whose text is Lua; the text is the word behind its words
	isBroken                      // its words cannot be trusted
	isGap                         // directives may stand here that were not read
)

// word is one word of a statement, without its quotes.
type word struct {
	start, end int32
	quote      byte // 0, ' or "
	escaped    bool // holds a backslash
}

func newFile(name, src string) *File {
	f := &File{Name: name, src: src, lines: make([]int32, 1, 1+strings.Count(src, "\n"))}
	for i := 0; ; {
		n := strings.IndexByte(src[i:], '\n')
		if n < 0 {
			break
		}
		i += n + 1
		f.lines = append(f.lines, narrow(i))
	}
	statements := strings.Count(src, ";") + strings.Count(src, "{")
	f.nodes = make([]node, 0, min(statements, maxStatements)+1)
	return f
}

// place is the line and the column of an offset, both from 1.
func (f *File) place(offset int32) (line, col int) {
	n := sort.Search(len(f.lines), func(i int) bool { return f.lines[i] > offset })
	return n, int(offset-f.lines[n-1]) + 1
}

// span is the stretch between two offsets.
func (f *File) span(start, end int32) routing.Span {
	if f.origin != nil {
		return f.origin(int(start), int(max(start, end)))
	}
	s := routing.Span{File: f.Name}
	s.Line, s.Col = f.place(start)
	s.EndLine, s.EndCol = f.place(max(start, end))
	return s
}

// Statements are the file's own statements at its top level; includes stand for themselves.
func (f *File) Statements() iter.Seq[Directive] {
	return f.siblings(0, narrow(len(f.nodes)))
}

// Body are the file's statements with those of included files in their places.
func (f *File) Body() iter.Seq[Directive] { return expand(f.Statements()) }

func (f *File) siblings(from, to int32) iter.Seq[Directive] {
	return func(yield func(Directive) bool) {
		for i := from; i < to; i = f.nodes[i].next {
			if !yield(Directive{f, i}) {
				return
			}
		}
	}
}
