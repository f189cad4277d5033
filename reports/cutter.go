package reports

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// cutter goes through a text once, and cuts excerpts out of it.
type cutter struct {
	from *bufio.Reader
	line int // that the reader is in, from 1
	col  int // bytes of the line that lie behind
}

// window is how much of a line is looked at for one excerpt.
const window = 2*searched + utf8.UTFMax

// newCutter takes UTF-8, or UTF-16 as PowerShell writes it: columns are counted in UTF-8.
func newCutter(text io.Reader) *cutter {
	from := bufio.NewReaderSize(text, 2*window)
	if mark, _ := from.Peek(2); string(mark) == "\xff\xfe" || string(mark) == "\xfe\xff" {
		data, _ := io.ReadAll(from) // what cannot be read is not shown
		from = bufio.NewReaderSize(bytes.NewReader(decoded(data)), 2*window)
	}
	return &cutter{from: from, line: 1}
}

// decoded is UTF-16 text in UTF-8.
func decoded(data []byte) []byte {
	var order binary.ByteOrder = binary.LittleEndian
	if bytes.HasPrefix(data, []byte("\xfe\xff")) {
		order = binary.BigEndian
	}
	units := make([]uint16, 0, len(data)/2)
	for i := 2; i+1 < len(data); i += 2 {
		units = append(units, order.Uint16(data[i:]))
	}
	return []byte(string(utf16.Decode(units)))
}

// cut takes spans that are sorted by line and column.
func (c *cutter) cut(spans []routing.Span, out map[routing.Span]Excerpt) {
	for _, s := range spans {
		for c.line < s.Line {
			if !c.skipLine() {
				return
			}
		}
		start := max(c.col, s.Col-1-searched-utf8.UTFMax)
		if !c.skipTo(start) {
			continue // the line is shorter
		}
		text, _ := c.from.Peek(window) // of the last line there is less
		text, _, _ = bytes.Cut(text, []byte{'\n'})
		moved := s
		moved.Col -= start
		if moved.EndLine <= moved.Line {
			moved.EndCol -= start
		}
		out[s] = excerptOf(text, moved)
	}
}

func (c *cutter) skipLine() bool {
	for {
		_, err := c.from.ReadSlice('\n')
		switch {
		case err == nil:
			c.line, c.col = c.line+1, 0
			return true
		case !errors.Is(err, bufio.ErrBufferFull):
			return false
		}
	}
}

// skipTo goes on to a column of the line at hand, unless the line ends before it.
func (c *cutter) skipTo(col int) bool {
	for c.col < col {
		text, err := c.from.Peek(min(col-c.col, window))
		if len(text) == 0 || bytes.IndexByte(text, '\n') >= 0 {
			return false
		}
		n, _ := c.from.Discard(len(text)) // which lies in the buffer
		c.col += n
		if err != nil && c.col < col {
			return false
		}
	}
	return true
}
