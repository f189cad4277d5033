package kubernetes

import (
	"bytes"
	"sort"
	"unicode/utf8"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

var byteOrderMark = []byte("\xef\xbb\xbf")

// text is one file of manifests.
type text struct {
	name  string
	data  []byte
	lines []int // offsets at which lines begin
}

func newText(name string, data []byte) *text {
	t := &text{name: name, data: data, lines: []int{0}}
	for i, c := range data {
		if c == '\n' {
			t.lines = append(t.lines, i+1)
		}
	}
	return t
}

// offset is the offset of a place that the YAML reader gives: a line and a column of characters, both from 1.
func (t *text) offset(line, column int) int {
	if line < 1 || line > len(t.lines) {
		return len(t.data)
	}
	at := t.lines[line-1]
	if line == 1 && bytes.HasPrefix(t.data, byteOrderMark) {
		at += len(byteOrderMark)
	}
	for ; column > 1 && at < len(t.data) && t.data[at] != '\n'; column-- {
		_, size := utf8.DecodeRune(t.data[at:])
		at += size
	}
	return at
}

// span is the stretch between two offsets.
func (t *text) span(start, end int) routing.Span {
	s := routing.Span{File: t.name}
	s.Line, s.Col = t.place(start)
	s.EndLine, s.EndCol = t.place(max(start, end))
	return s
}

func (t *text) place(offset int) (line, col int) {
	line = sort.Search(len(t.lines), func(i int) bool { return t.lines[i] > offset })
	return line, offset - t.lines[line-1] + 1
}
