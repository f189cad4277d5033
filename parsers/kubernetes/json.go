package kubernetes

import (
	"bytes"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// isJSON reports whether a text begins as JSON does. Reading that as YAML fails for tabs and for some escapes.
func isJSON(data []byte) bool {
	text := bytes.TrimLeft(bytes.TrimPrefix(data, byteOrderMark), " \t\r\n")
	return len(text) > 0 && text[0] == '{'
}

// maxValues bounds the tree of a JSON text.
const maxValues = 4_000_000

// json reads a text of JSON into nodes of YAML.
func (t *text) json() (*yaml.Node, error) {
	doc, err := jsontree.Parse(t.name, t.data, jsontree.Options{MaxValues: maxValues})
	if err != nil {
		return nil, err
	}
	return t.fromJSON(doc.Root), nil
}

// jsonTags are the types of scalars.
var jsonTags = map[jsontree.Kind]string{jsontree.String: "!!str", jsontree.Number: "!!int", jsontree.Bool: "!!bool", jsontree.Null: "!!null"}

func (t *text) fromJSON(n *jsontree.Node) *yaml.Node {
	out := &yaml.Node{Kind: yaml.ScalarNode, Tag: jsonTags[n.Kind()], Value: n.Text()}
	out.Line, out.Column = t.column(n.Span().Line, n.Span().Col)
	switch n.Kind() {
	case jsontree.String:
		out.Style = yaml.DoubleQuotedStyle
	case jsontree.List:
		out.Kind, out.Tag, out.Value = yaml.SequenceNode, "!!seq", ""
		for item := range n.All() {
			out.Content = append(out.Content, t.fromJSON(item))
		}
	case jsontree.Object:
		out.Kind, out.Tag, out.Value = yaml.MappingNode, "!!map", ""
		for m := range n.All() {
			key := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: m.Name(), Style: yaml.DoubleQuotedStyle}
			key.Line, key.Column = t.column(m.NameSpan().Line, m.NameSpan().Col)
			out.Content = append(out.Content, key, t.fromJSON(m))
		}
	default:
	}
	return out
}

// column counts a column of bytes in characters, as the YAML reader does.
func (t *text) column(line, col int) (int, int) {
	if line < 1 || line > len(t.lines) {
		return line, col
	}
	start := t.lines[line-1]
	if mark := len(byteOrderMark); line == 1 && bytes.HasPrefix(t.data, byteOrderMark) {
		start, col = start+mark, max(1, col-mark)
	}
	return line, utf8.RuneCount(t.data[start:min(start+col-1, len(t.data))]) + 1
}
