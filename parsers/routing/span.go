package routing

import "strconv"

// Span is a stretch of source text. Lines and columns count from 1, columns in bytes; the end is exclusive.
// The zero Span means that nothing was written anywhere (a product default, say).
type Span struct {
	File                       string
	Line, Col, EndLine, EndCol int
}

// IsZero reports whether the span points nowhere.
func (s Span) IsZero() bool { return s.Line == 0 }

// String is the form that editors and CI systems make clickable: file:line:column.
func (s Span) String() string {
	if s.IsZero() {
		return s.File
	}
	return s.File + ":" + strconv.Itoa(s.Line) + ":" + strconv.Itoa(s.Col) // traces ask for it often
}

// Holds reports whether another stretch lies in this one.
func (s Span) Holds(t Span) bool {
	return !s.IsZero() && s.File == t.File && !t.Before(s) && (t.EndLine < s.EndLine || t.EndLine == s.EndLine && t.EndCol <= s.EndCol)
}

// Before orders spans by file, line and column.
func (s Span) Before(t Span) bool {
	if s.File != t.File {
		return s.File < t.File
	}
	if s.Line != t.Line {
		return s.Line < t.Line
	}
	return s.Col < t.Col
}
