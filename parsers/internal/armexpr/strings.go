package armexpr

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// maxText bounds strings that functions make; the whole of a template is no longer than 4 MB.
const maxText = 4 << 20

const tooLong = "the text is longer than any that Azure accepts"

// plain is a single value as string functions see it. Booleans read "True" and "False", as .NET writes them.
func plain(n *jsontree.Node) (string, bool) {
	switch n.Kind() {
	case jsontree.String, jsontree.Number:
		return n.Text(), true
	case jsontree.Bool:
		return strings.ToUpper(n.Text()[:1]) + n.Text()[1:], true
	case jsontree.Null:
		return "", true
	default:
		return "", false
	}
}

// texts are the arguments as strings; ok is false when one is none.
func texts(args []*jsontree.Node) (all []string, ok bool) {
	for _, a := range args {
		if a.Kind() != jsontree.String {
			return nil, false
		}
		all = append(all, a.Text())
	}
	return all, true
}

func onText(f func(string) string) func(*run, []*jsontree.Node) *jsontree.Node {
	return func(r *run, args []*jsontree.Node) *jsontree.Node {
		if args[0].Kind() != jsontree.String {
			return nil
		}
		return r.str(f(args[0].Text()), args...)
	}
}

func lower(s string) string { return strings.Map(unicode.ToLower, s) }

func upper(s string) string { return strings.Map(unicode.ToUpper, s) }

func trim(s string) string { return strings.TrimSpace(s) }

// concat joins texts, or lists.
func concat(r *run, args []*jsontree.Node) *jsontree.Node {
	for _, a := range args {
		if a.Kind() == jsontree.List {
			return concatLists(r, args)
		}
	}
	return r.joined(args, func(i int) string { s, _ := plain(args[i]); return s })
}

func concatLists(r *run, args []*jsontree.Node) *jsontree.Node {
	var all []*jsontree.Node
	for _, a := range args {
		switch a.Kind() {
		case jsontree.Unknown:
			return r.unknown(a.Text(), args...)
		case jsontree.List:
			for item := range a.All() {
				all = append(all, item)
			}
		default:
			return nil
		}
	}
	return came(r.list(all...), args)
}

// joined is a text made of parts, of which shown gives the text. Where a part is unknown, so is the text, unless it is a resource id.
func (r *run) joined(parts []*jsontree.Node, shown func(int) string) *jsontree.Node {
	var b strings.Builder
	var missing *jsontree.Node
	for i, part := range parts {
		switch part.Kind() {
		case jsontree.Unknown:
			missing = part
			b.WriteString(hole(part.Text()))
		case jsontree.List, jsontree.Object:
			return nil
		default:
			b.WriteString(shown(i))
		}
		if b.Len() > maxText {
			return r.unknown(tooLong, parts...)
		}
	}
	if missing != nil && !r.scope.shared.naming && !strings.HasPrefix(b.String(), "/subscriptions/") {
		return r.unknown(missing.Text(), parts...)
	}
	return r.str(b.String(), parts...)
}

func replace(r *run, args []*jsontree.Node) *jsontree.Node {
	s, ok := texts(args)
	if !ok || s[1] == "" {
		return nil
	}
	if strings.Count(s[0], s[1])*len(s[2]) > maxText {
		return r.unknown(tooLong, args...)
	}
	return r.str(strings.ReplaceAll(s[0], s[1], s[2]), args...)
}

// split takes one delimiter, or a list of them.
func split(r *run, args []*jsontree.Node) *jsontree.Node {
	var delimiters []string
	switch args[1].Kind() {
	case jsontree.String:
		delimiters = []string{args[1].Text()}
	case jsontree.List:
		for d := range args[1].All() {
			delimiters = append(delimiters, d.Text())
		}
	default:
		return nil
	}
	if args[0].Kind() != jsontree.String {
		return nil
	}
	var parts []*jsontree.Node
	for _, part := range splitAt(args[0].Text(), delimiters) {
		parts = append(parts, r.str(part, args[0]))
	}
	return came(r.list(parts...), args)
}

func splitAt(s string, delimiters []string) (parts []string) {
	start := 0
	for i := 0; i < len(s); {
		length := 0
		for _, d := range delimiters {
			if d != "" && strings.HasPrefix(s[i:], d) {
				length = len(d)
				break
			}
		}
		if length == 0 {
			i++
			continue
		}
		parts = append(parts, s[start:i])
		i += length
		start = i
	}
	return append(parts, s[start:])
}

func join(r *run, args []*jsontree.Node) *jsontree.Node {
	if args[0].Kind() != jsontree.List || args[1].Kind() != jsontree.String {
		return nil
	}
	var parts []*jsontree.Node
	for item := range args[0].All() {
		if len(parts) > 0 {
			parts = append(parts, args[1])
		}
		parts = append(parts, item)
	}
	return came(r.joined(parts, func(i int) string { s, _ := plain(parts[i]); return s }), args)
}

// units are a text in the units that .NET counts.
func units(s string) []uint16 { return utf16.Encode([]rune(s)) }

func substring(r *run, args []*jsontree.Node) *jsontree.Node {
	if args[0].Kind() != jsontree.String {
		return nil
	}
	all := units(args[0].Text())
	start, ok := integer(args[1])
	count := int64(len(all)) - start
	if ok && len(args) > 2 {
		count, ok = integer(args[2])
	}
	if !ok || start < 0 || count < 0 || start > int64(len(all)) || count > int64(len(all))-start {
		return nil
	}
	return r.str(string(utf16.Decode(all[start:start+count])), args...)
}

func padLeft(r *run, args []*jsontree.Node) *jsontree.Node {
	s, ok := plain(args[0])
	total, isInt := integer(args[1])
	if !ok || !isInt || total > maxText {
		return nil
	}
	with := " "
	if len(args) > 2 {
		with = args[2].Text()
	}
	if len(units(with)) != 1 {
		return nil
	}
	return r.str(strings.Repeat(with, max(0, int(total)-len(units(s))))+s, args...)
}

// The next four ignore letter case ("String functions for ARM templates").

func startsWith(r *run, args []*jsontree.Node) *jsontree.Node {
	s, ok := texts(args)
	if !ok {
		return nil
	}
	return r.boolean(strings.HasPrefix(lower(s[0]), lower(s[1])), args...)
}

func endsWith(r *run, args []*jsontree.Node) *jsontree.Node {
	s, ok := texts(args)
	if !ok {
		return nil
	}
	return r.boolean(strings.HasSuffix(lower(s[0]), lower(s[1])), args...)
}

func indexOf(r *run, args []*jsontree.Node) *jsontree.Node { return found(r, args, strings.Index) }

func lastIndexOf(r *run, args []*jsontree.Node) *jsontree.Node {
	return found(r, args, strings.LastIndex)
}

func found(r *run, args []*jsontree.Node, find func(s, what string) int) *jsontree.Node {
	s, ok := texts(args)
	if !ok {
		return nil
	}
	in := lower(s[0])
	i := find(in, lower(s[1]))
	if i > 0 {
		i = len(units(in[:i]))
	}
	return r.integer(int64(i), args...)
}

func toString(r *run, args []*jsontree.Node) *jsontree.Node {
	if s, ok := plain(args[0]); ok {
		return r.str(s, args...)
	}
	var b strings.Builder
	if unknown := writeJSON(&b, args[0]); unknown != nil {
		return r.unknown(unknown.Text(), args[0], unknown)
	}
	return r.str(b.String(), args...)
}

// writeJSON writes a value in JSON without space, or returns what is unknown in it.
func writeJSON(b *strings.Builder, n *jsontree.Node) (unknown *jsontree.Node) {
	switch n.Kind() {
	case jsontree.Unknown:
		return n
	case jsontree.String:
		b.WriteString(quoted(n.Text()))
		return nil
	case jsontree.List, jsontree.Object:
		opening, closing := "[", "]"
		if n.Kind() == jsontree.Object {
			opening, closing = "{", "}"
		}
		for i := range n.Len() {
			b.WriteString(opening)
			if opening = ","; n.Kind() == jsontree.Object {
				b.WriteString(quoted(n.At(i).Name()) + ":")
			}
			if b.Len() > maxText {
				return jsontree.NewUnknown(n.Place(), tooLong)
			}
			if unknown := writeJSON(b, n.At(i)); unknown != nil {
				return unknown
			}
		}
		if n.Len() == 0 {
			b.WriteString(opening)
		}
		b.WriteString(closing)
		return nil
	default:
		b.WriteString(n.Text())
		return nil
	}
}

// quoted is a string in JSON.
func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			b.WriteString("\\" + string(c))
		case c < ' ':
			fmt.Fprintf(&b, "\\u%04x", c)
		default:
			b.WriteRune(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
