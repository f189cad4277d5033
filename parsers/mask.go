package parsers

import (
	"bufio"
	"errors"
	"io"
	"slices"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// mask is a text with asterisks in the places of its secrets.
type mask struct {
	io.Closer
	from      *bufio.Reader
	hidden    []routing.Span // those that are not behind yet, in order
	line, col int            // of the next byte
}

var errMaskedUTF16 = errors.New("it is UTF-16 and holds secrets, whose places count in UTF-8")

const byteOrderMark = "\xef\xbb\xbf"

func newMask(text io.ReadCloser, hidden []routing.Span) (io.ReadCloser, error) {
	m := &mask{Closer: text, from: bufio.NewReader(text), hidden: slices.Clone(hidden), line: 1, col: 1}
	slices.SortFunc(m.hidden, func(a, b routing.Span) int {
		switch {
		case a.Before(b):
			return -1
		case b.Before(a):
			return 1
		}
		return 0
	})
	if mark, _ := m.from.Peek(len(byteOrderMark)); string(mark) == byteOrderMark { // which no column counts
		_, _ = m.from.Discard(len(mark)) // which lies in the buffer
	}
	if mark, _ := m.from.Peek(2); string(mark) == "\xff\xfe" || string(mark) == "\xfe\xff" {
		return nil, errors.Join(errMaskedUTF16, text.Close())
	}
	return m, nil
}

// Read implements io.Reader.
func (m *mask) Read(p []byte) (int, error) {
	n, err := m.from.Read(p)
	for i, c := range p[:n] {
		if c == '\n' {
			m.line, m.col = m.line+1, 1
			continue
		}
		if m.isHidden() && c != '"' {
			p[i] = '*'
		}
		m.col++
	}
	return n, err
}

// isHidden reports whether the next byte is one of a secret.
func (m *mask) isHidden() bool {
	at := routing.Span{Line: m.line, Col: m.col}
	for len(m.hidden) > 0 {
		first := m.hidden[0]
		begin, end := routing.Span{Line: first.Line, Col: first.Col}, routing.Span{Line: first.EndLine, Col: first.EndCol}
		if at.Before(end) {
			return !at.Before(begin)
		}
		m.hidden = m.hidden[1:]
	}
	return false
}
