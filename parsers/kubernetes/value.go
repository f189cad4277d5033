package kubernetes

import (
	"iter"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// value is a node of a manifest, with the key it stands under in a mapping. The zero value stands for what was not written: every
// method works on it.
type value struct {
	in        *text
	key, node *yaml.Node
}

// resolved is the node that an alias stands for. Aliases are followed where they are used, never expanded.
func resolved(n *yaml.Node) *yaml.Node {
	for range maxAliases {
		if n == nil || n.Kind != yaml.AliasNode {
			return n
		}
		n = n.Alias
	}
	return nil
}

func (v value) isZero() bool { return v.node == nil || v.node.Tag == "!!null" }

// get is a member of a mapping by its path. Of equal keys the last counts, and what is merged in (<<) comes after what is written.
func (v value) get(path ...string) value {
	for _, name := range path {
		v = v.member(name, maxAliases)
	}
	return v
}

func (v value) member(name string, merges int) value {
	if v.node == nil || v.node.Kind != yaml.MappingNode {
		return value{}
	}
	c := v.node.Content
	for i := len(c) - 2; i >= 0; i -= 2 {
		if c[i].Value == name {
			return value{v.in, c[i], resolved(c[i+1])}
		}
	}
	if merges == 0 {
		return value{}
	}
	for i := 0; i+1 < len(c); i += 2 {
		if c[i].Tag == "!!merge" {
			if found := (value{v.in, c[i], resolved(c[i+1])}).member(name, merges-1); found.node != nil {
				return found
			}
		}
	}
	return value{}
}

// items are the elements of a list.
func (v value) items() iter.Seq[value] {
	return func(yield func(value) bool) {
		if v.node == nil || v.node.Kind != yaml.SequenceNode {
			return
		}
		for _, n := range v.node.Content {
			if !yield(value{in: v.in, node: resolved(n)}) {
				return
			}
		}
	}
}

// members are the values of a mapping, as written.
func (v value) members() iter.Seq2[string, value] {
	return func(yield func(string, value) bool) {
		if v.node == nil || v.node.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(v.node.Content); i += 2 {
			k := v.node.Content[i]
			if !yield(k.Value, value{v.in, k, resolved(v.node.Content[i+1])}) {
				return
			}
		}
	}
}

// text is the text of a scalar; empty for anything else.
func (v value) text() string {
	if v.isZero() || v.node.Kind != yaml.ScalarNode {
		return ""
	}
	return v.node.Value
}

// number is a whole number; ok is false for anything else.
func (v value) number() (n int, ok bool) {
	n, err := strconv.Atoi(v.text())
	return n, err == nil
}

// isString reports whether a scalar is a string to Kubernetes: quoted, or of no other type.
func (v value) isString() bool {
	return v.node != nil && v.node.Kind == yaml.ScalarNode && v.node.Tag == "!!str"
}

// span is where the value stands, from its key on; of what goes over several lines, the first.
func (v value) span() routing.Span {
	if v.node == nil {
		return routing.Span{}
	}
	first := v.node
	if v.key != nil {
		first = v.key
	}
	start := v.in.offset(first.Line, first.Column)
	if v.node.Kind == yaml.ScalarNode {
		if end := v.end(); end > start && strings.IndexByte(string(v.in.data[start:end]), '\n') < 0 {
			return v.in.span(start, end)
		}
	}
	return v.in.span(start, start+v.width(first, start))
}

// end is the offset behind a scalar that can be aligned.
func (v value) end() int {
	offsets := v.in.align(v.node)
	if offsets == nil {
		return 0
	}
	end := offsets[len(offsets)-1]
	if v.node.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 && end < len(v.in.data) {
		end++
	}
	return end
}

// width is the length of a key or of the first line of anything else.
func (v value) width(first *yaml.Node, start int) int {
	if first == v.key {
		return min(len(first.Value), len(v.in.data)-start)
	}
	line, _, _ := strings.Cut(string(v.in.data[start:min(len(v.in.data), start+maxLine)]), "\n")
	return len(strings.TrimRight(line, " \r"))
}

// places tells where stretches of a scalar's text stand in the file.
func (v value) places() func(start, end int) routing.Span {
	whole := v.span()
	offsets := v.in.align(v.node)
	return func(start, end int) routing.Span {
		if offsets == nil || start >= len(offsets) {
			return whole
		}
		if end <= start {
			return v.in.span(offsets[start], offsets[start])
		}
		return v.in.span(offsets[start], offsets[min(end, len(offsets))-1]+1)
	}
}
