package kubernetes

import (
	"strconv"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// align finds the offset in the text of every byte of a scalar's value, whichever way it is written (YAML 1.2.2, chapters 7.3 and 8.1):
// everywhere white space may be folded or indented, and apart from it the characters follow each other; in double quotes they may be
// escaped. Another text than the value has no alignment.
func (t *text) align(n *yaml.Node) []int {
	at, ok := t.begin(n)
	if !ok {
		return nil
	}
	offsets := make([]int, 0, len(n.Value)+1)
	for i := 0; i < len(n.Value); i++ {
		c := n.Value[i]
		if isBlank(c) {
			offsets = append(offsets, min(at, len(t.data)))
			continue
		}
		for at < len(t.data) && t.skip(at, n.Style) > 0 {
			at += t.skip(at, n.Style)
		}
		decoded, size := t.character(at, n.Style)
		if len(decoded) == 0 || len(n.Value)-i < len(decoded) || n.Value[i:i+len(decoded)] != decoded {
			return nil
		}
		for range len(decoded) {
			offsets = append(offsets, at)
		}
		i += len(decoded) - 1
		at += size
	}
	return append(offsets, at)
}

// begin is where the characters of a scalar begin.
func (t *text) begin(n *yaml.Node) (int, bool) {
	switch {
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		if n.Line >= len(t.lines) {
			return 0, false
		}
		return t.lines[n.Line], true
	case n.Style&yaml.DoubleQuotedStyle != 0:
		return t.behind(n, '"')
	case n.Style&yaml.SingleQuotedStyle != 0:
		return t.behind(n, '\'')
	}
	return t.offset(n.Line, n.Column), true
}

// behind is the offset behind the quote that opens a scalar; an anchor or a tag may stand before it.
func (t *text) behind(n *yaml.Node, quote byte) (int, bool) {
	for at := t.offset(n.Line, n.Column); at < len(t.data) && t.data[at] != '\n'; at++ {
		if t.data[at] == quote {
			return at + 1, true
		}
	}
	return 0, false
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// skip is the length of the white space at an offset, also of what stands for some in double quotes; 0 for none.
func (t *text) skip(at int, style yaml.Style) int {
	if isBlank(t.data[at]) {
		return 1
	}
	if style&yaml.DoubleQuotedStyle == 0 || t.data[at] != '\\' || at+1 >= len(t.data) {
		return 0
	}
	switch t.data[at+1] {
	case 'n', 't', 'r', ' ', '\t', '\n':
		return 2
	case '\r':
		return 3
	}
	return 0
}

// character is the character that is written at an offset, and how many bytes of the text it takes.
func (t *text) character(at int, style yaml.Style) (string, int) {
	switch {
	case at >= len(t.data):
		return "", 0
	case style&yaml.SingleQuotedStyle != 0 && t.data[at] == '\'':
		return "'", 2
	case style&yaml.DoubleQuotedStyle != 0 && t.data[at] == '\\':
		return t.escaped(at)
	}
	_, size := utf8.DecodeRune(t.data[at:])
	return string(t.data[at : at+size]), size
}

// escapeLengths are the escapes that hold the number of a character.
var escapeLengths = map[byte]int{'x': 2, 'u': 4, 'U': 8}

func (t *text) escaped(at int) (string, int) {
	if at+1 >= len(t.data) {
		return "", 0
	}
	digits := escapeLengths[t.data[at+1]]
	if digits == 0 {
		return string(t.data[at+1]), 2
	}
	if at+2+digits > len(t.data) {
		return "", 0
	}
	n, err := strconv.ParseUint(string(t.data[at+2:at+2+digits]), 16, 32)
	if err != nil || n > utf8.MaxRune {
		return "", 0
	}
	return string(rune(n)), 2 + digits
}
