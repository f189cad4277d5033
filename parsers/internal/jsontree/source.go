package jsontree

import (
	"sort"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// source turns offsets into places. All nodes of a text share one.
type source struct {
	file  string
	lines []uint32 // offset of the first character of each line
	fixed *Node    // for a text inside a string: everything stands where that string stands
}

func newSource(file string) *source {
	return &source{file: file, lines: []uint32{0}}
}

func (s *source) span(start, end uint32) routing.Span {
	if s.fixed != nil {
		return s.fixed.Span()
	}
	line, col := s.place(start)
	endLine, endCol := s.place(end)
	return routing.Span{File: s.file, Line: line, Col: col, EndLine: endLine, EndCol: endCol}
}

// place counts lines and columns from 1, columns in bytes.
func (s *source) place(offset uint32) (line, col int) {
	line = sort.Search(len(s.lines), func(i int) bool { return s.lines[i] > offset })
	return line, int(offset-s.lines[line-1]) + 1
}
