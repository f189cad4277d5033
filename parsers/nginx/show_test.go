package nginx

import (
	"fmt"
	"iter"
	"strings"
	"testing"
)

// parseText parses one text that needs no other file.
func parseText(t testing.TB, text string) *Tree {
	t.Helper()
	tree, err := ParseText("nginx.conf", text)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// outline writes statements as words in angle brackets, blocks in braces.
func outline(statements iter.Seq[Directive]) string {
	var parts []string
	for d := range statements {
		parts = append(parts, outlineOf(d))
	}
	return strings.Join(parts, " ")
}

func outlineOf(d Directive) string {
	var b strings.Builder
	for i := range d.Len() {
		fmt.Fprintf(&b, "<%s>", d.Value(i))
	}
	if d.Broken() {
		b.WriteString("!")
	}
	if _, ok := d.Gap(); ok {
		b.WriteString("?")
	}
	if text, ok := d.Lua(); ok {
		return b.String() + "lua{" + text + "}"
	}
	if d.HasBlock() {
		return b.String() + "{" + outline(d.Body()) + "}"
	}
	return b.String()
}

// complaints are the problems, one a line.
func complaints(tree *Tree) string {
	var lines []string
	for _, p := range tree.Problems {
		lines = append(lines, p.Span.String()+": "+p.Message)
	}
	return strings.Join(lines, "\n")
}
