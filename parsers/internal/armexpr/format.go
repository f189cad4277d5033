package armexpr

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// item is one part of a format that an argument replaces, or a doubled brace (learn.microsoft.com, "Composite formatting").
var item = regexp.MustCompile(`\{\{|\}\}|\{(\d{1,3})(?:,(-?\d{1,3}))?(?::([^{}]*))?\}`)

// format makes a text from a format and its arguments.
func format(r *run, args []*jsontree.Node) *jsontree.Node {
	if args[0].Kind() == jsontree.Unknown {
		return r.unknown(args[0].Text(), args...)
	}
	if args[0].Kind() != jsontree.String {
		return nil
	}
	var parts []*jsontree.Node
	var shown []string
	add := func(n *jsontree.Node, s string) { parts, shown = append(parts, n), append(shown, s) }
	layout, end := args[0].Text(), 0
	for _, m := range item.FindAllStringSubmatchIndex(layout, -1) {
		add(args[0], layout[end:m[0]])
		end = m[1]
		if m[2] < 0 {
			add(args[0], layout[m[0]:m[0]+1])
			continue
		}
		i, _ := strconv.Atoi(layout[m[2]:m[3]])
		if i+1 >= len(args) {
			return nil
		}
		s, ok := formatted(args[i+1], group(layout, m, 4), group(layout, m, 6))
		if !ok {
			return r.unknown("how format() writes "+layout[m[0]:m[1]]+" is not known here", args...)
		}
		add(args[i+1], s)
	}
	add(args[0], layout[end:])
	return r.joined(parts, func(i int) string { return shown[i] })
}

func group(s string, m []int, i int) string {
	if m[i] < 0 {
		return ""
	}
	return s[m[i]:m[i+1]]
}

// formatted is an argument with alignment and one of the formats that number loops use: D, with or without a count of digits.
func formatted(n *jsontree.Node, align, how string) (string, bool) {
	s, ok := plain(n)
	if n.Kind() == jsontree.Unknown {
		return "", true
	}
	if how != "" {
		s, ok = digits(n, how)
	}
	width, _ := strconv.Atoi(align)
	if pad := strings.Repeat(" ", max(0, max(width, -width)-len(units(s)))); width > 0 {
		s = pad + s
	} else {
		s += pad
	}
	return s, ok
}

func digits(n *jsontree.Node, how string) (string, bool) {
	value, ok := integer(n)
	if !ok || value < 0 || lower(how[:1]) != "d" {
		return "", false
	}
	s := strconv.FormatInt(value, 10)
	if how == "d" || how == "D" {
		return s, true
	}
	width, err := strconv.Atoi(how[1:])
	return strings.Repeat("0", max(0, min(width, 99)-len(s))) + s, err == nil && width < 100
}
