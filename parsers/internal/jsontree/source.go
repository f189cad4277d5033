package jsontree

import (
	"bytes"
	"math"
	"sort"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Source is one text, of whatever language, and turns offsets into lines and columns. All nodes of a text share one.
type Source struct {
	file  string
	lines []uint32 // offset of the first character of each line
	first int      // number of the first of these lines, less one
	gaps  []gap    // lines that are left out
	fixed *Node    // for a text inside a string: everything stands where that string stands
	text  []byte   // where it was kept
}

// gap says that lines are left out before the one at an index.
type gap struct{ at, lines int }

// NewSource knows the lines of a text. The file names it in places; it is not opened. The text is not kept.
func NewSource(file string, text []byte) *Source {
	s := newSource(file)
	for i, c := range text[:min(len(text), math.MaxUint32-1)] {
		if c == '\n' {
			s.lines = append(s.lines, uint32(i+1))
		}
	}
	return s
}

// NewKeptSource is NewSource with the text kept, so that Inside tells where parts of strings stand.
func NewKeptSource(file string, text []byte) *Source {
	s := NewSource(file, text)
	s.text = text
	return s
}

// Whole is the place of a text that was kept.
func (s *Source) Whole() Place { return s.Place(0, len(s.text)) }

func newSource(file string) *Source {
	return &Source{file: file, lines: []uint32{0}}
}

// Place is the stretch of the text between two byte offsets, of which the second is exclusive.
func (s *Source) Place(start, end int) Place {
	return Place{s, uint32(min(max(start, 0), math.MaxUint32)), uint32(min(max(end, 0), math.MaxUint32))}
}

func (s *Source) span(start, end uint32) routing.Span {
	if s.fixed != nil {
		return s.fixed.Span()
	}
	line, col := s.lineAndColumn(start)
	endLine, endCol := s.lineAndColumn(end)
	return routing.Span{File: s.file, Line: line, Col: col, EndLine: endLine, EndCol: endCol}
}

// lineAndColumn counts both from 1, columns in bytes.
func (s *Source) lineAndColumn(offset uint32) (line, col int) {
	line = sort.Search(len(s.lines), func(i int) bool { return s.lines[i] > offset })
	col = int(offset-s.lines[line-1]) + 1
	number := line + s.first
	for _, g := range s.gaps {
		if g.at < line {
			number += g.lines
		}
	}
	return number, col
}

// last is the line at hand: the offset of its first character, and its number.
func (s *Source) last() (start uint32, line int) {
	start = s.lines[len(s.lines)-1]
	line, _ = s.lineAndColumn(start)
	return start, line
}

// next is a source for what follows: it knows no line before the one at hand.
func (s *Source) next() *Source {
	start, line := s.last()
	return &Source{file: s.file, lines: []uint32{start}, first: line - 1}
}

// resume goes on behind a part of the text that had sources of its own.
func (s *Source) resume(after *Source) {
	start, line := after.last()
	if _, mine := s.last(); line > mine {
		s.gaps = append(s.gaps, gap{len(s.lines), line - mine - 1})
		s.lines = append(s.lines, start)
	}
}

// Place is a stretch of a text. Lines and columns are counted only when Span is called, so that every value can have one. The
// zero Place is nowhere.
type Place struct {
	src        *Source
	start, end uint32
}

// Span is the place in lines and columns.
func (p Place) Span() routing.Span {
	if p.src == nil {
		return routing.Span{}
	}
	return p.src.span(p.start, p.end)
}

// Text is what stands there; empty where the text was not kept.
func (p Place) Text() string {
	if p.src == nil || int(p.end) > len(p.src.text) {
		return ""
	}
	return string(p.src.text[p.start:p.end])
}

// Inside is the place of a part of a string, given by offsets into its decoded text, of which the second is exclusive: escapes are
// longer where they stand than what they stand for. It is the whole string where the text was not kept.
func (n *Node) Inside(start, end int) Place {
	whole := n.Place()
	if n.Kind() != String || whole.src == nil || int(whole.end) > len(whole.src.text) {
		return whole
	}
	raw := whole.src.text[whole.start:whole.end]
	find := written
	if !bytes.HasPrefix(raw, []byte(`"`)) {
		find = func(raw []byte, decoded int) uint32 { return n.asLines(raw, decoded) }
	}
	from, to := find(raw, start), find(raw, end)
	return Place{whole.src, whole.start + from, whole.start + max(from, to)}
}

// Written is the string at the place where its text is written, where that is another one: a variable that holds it, say. It is the node itself where
// no such place is known.
func (n *Node) Written() *Node {
	if n.Kind() != String || n.holds(n.Place()) {
		return n
	}
	found := n
	walk(n.settled(), func(o *Origin) bool {
		if found == n && n.holds(o.At) {
			found = n.Moved(o.At, "")
		}
		return found == n
	})
	return found
}

// holds reports whether the text of a string stands at a place: in quotes, in a heredoc, or as it is.
func (n *Node) holds(at Place) bool {
	if at.src == nil || int(at.end) > len(at.src.text) || at.start >= at.end {
		return false
	}
	raw := at.src.text[at.start:at.end]
	switch {
	case raw[0] == '"':
		p := parser{text: raw, options: Options{}.withDefaults()}
		text, err := p.stringValue()
		return err == nil && text == n.text
	case bytes.HasPrefix(raw, []byte("<<")):
		first, _, _ := strings.Cut(strings.TrimSpace(n.text), "\n")
		return bytes.Contains(raw, []byte(strings.TrimSpace(first)))
	}
	return string(raw) == n.text
}

// asLines is the offset in a text of several lines without escapes, such as a whole file or a heredoc of Terraform, at which the decoded text has
// that many bytes. Heredocs begin with a line of their own, and their lines may be indented further.
func (n *Node) asLines(raw []byte, decoded int) uint32 {
	decoded = min(max(decoded, 0), len(n.text))
	if string(raw) == n.text { // as the text of a file is
		return uint32(decoded) //nolint:gosec // texts are shorter than 4 GiB
	}
	line := strings.Count(n.text[:decoded], "\n")
	column := decoded - (strings.LastIndexByte(n.text[:decoded], '\n') + 1)
	if bytes.HasPrefix(raw, []byte("<<")) {
		line++
	}
	at := 0
	for ; line > 0; line-- {
		i := bytes.IndexByte(raw[at:], '\n')
		if i < 0 {
			return uint32(len(raw)) //nolint:gosec // texts are shorter than 4 GiB
		}
		at += i + 1
	}
	if bytes.HasPrefix(raw, []byte("<<-")) {
		begin := strings.LastIndexByte(n.text[:decoded], '\n') + 1
		for at < len(raw) && (raw[at] == ' ' || raw[at] == '\t') && (begin >= len(n.text) || !sameIndent(raw[at:], n.text[begin:])) {
			at++
		}
	}
	return uint32(min(at+column, len(raw))) //nolint:gosec // texts are shorter than 4 GiB
}

// sameIndent reports whether a line as it is written goes on with as much space as the decoded one.
func sameIndent(raw []byte, decoded string) bool {
	indent := func(s string) int { return len(s) - len(strings.TrimLeft(s, " \t")) }
	return indent(string(raw[:min(len(raw), 200)])) == indent(decoded[:min(len(decoded), 200)])
}

// written is the offset in a quoted string at which the decoded text has that many bytes.
func written(raw []byte, decoded int) uint32 {
	p := parser{text: raw}
	i := 1
	for count := 0; count < decoded && i < len(raw)-1; {
		if raw[i] != '\\' {
			i, count = i+1, count+1
			continue
		}
		var out []byte
		length, err := p.escape(i, &out)
		if err != nil {
			break
		}
		i, count = i+length, count+len(out)
	}
	return uint32(min(i, len(raw)-1)) //nolint:gosec // texts are shorter than 4 GiB
}
