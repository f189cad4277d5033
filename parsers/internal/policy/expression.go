package policy

import "strings"

// encodedQuote is a quote of C# in a document of format "xml".
const encodedQuote = "&quot;"

// IsExpression reports whether a text begins as an expression does.
func IsExpression(s string) bool {
	return len(s) > 1 && s[0] == '@' && (s[1] == '(' || s[1] == '{')
}

// expressionEnd is the offset behind the expression that begins at an offset, or -1 where its brackets are not balanced.
func expressionEnd(s string, at int) int {
	depth := 0
	for i := at + 1; i < len(s); {
		switch c := s[i]; c {
		case '(', '{', '[':
			depth++
		case ')', '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		default:
			if end, quoted := skipped(s, i); quoted {
				if end < 0 {
					return -1
				}
				i = end
				continue
			}
		}
		i++
	}
	return -1
}

// skipped is the offset behind a comment, character or string of C# that begins here.
func skipped(s string, i int) (end int, ok bool) {
	switch rest := s[i:]; {
	case strings.HasPrefix(rest, "//"):
		return offsetBehind(s, i, "\n", len(s)), true
	case strings.HasPrefix(rest, "/*"):
		return offsetBehind(s, i+2, "*/", -1), true
	case rest[0] == '\'':
		return escapedEnd(s, i+1, "'"), true
	case rest[0] == '"':
		return stringEnd(s, i, `"`), true
	case strings.HasPrefix(rest, encodedQuote):
		return stringEnd(s, i, encodedQuote), true
	}
	return 0, false
}

func offsetBehind(s string, from int, mark string, otherwise int) int {
	i := strings.Index(s[from:], mark)
	if i < 0 {
		return otherwise
	}
	return from + i + len(mark)
}

// escapedEnd is the offset behind the quote that ends a text with backslashes.
func escapedEnd(s string, i int, quote string) int {
	for i < len(s) {
		switch {
		case s[i] == '\\':
			i += 2
		case strings.HasPrefix(s[i:], quote):
			return i + len(quote)
		default:
			i++
		}
	}
	return -1
}

// stringEnd is the offset behind a string: "…", @"…" with doubled quotes, $"…" with holes, or both.
func stringEnd(s string, at int, quote string) int {
	marks := s[max(0, at-2):at]
	verbatim := strings.HasSuffix(marks, "@") || marks == "@$"
	holes := strings.HasSuffix(marks, "$") || marks == "$@"
	for i := at + len(quote); i < len(s); {
		rest := s[i:]
		switch {
		case verbatim && strings.HasPrefix(rest, quote+quote):
			i += 2 * len(quote)
		case strings.HasPrefix(rest, quote):
			return i + len(quote)
		case !verbatim && rest[0] == '\\':
			i += 2
		case holes && (strings.HasPrefix(rest, "{{") || strings.HasPrefix(rest, "}}")):
			i += 2
		case holes && rest[0] == '{':
			if i = holeEnd(s, i); i < 0 {
				return -1
			}
		default:
			i++
		}
	}
	return -1
}

// holeEnd is the offset behind a hole of an interpolated string. Strings in it may not be interpolated themselves, as in C# before 11.
func holeEnd(s string, at int) int {
	depth := 0
	for i := at; i < len(s); {
		switch {
		case s[i] == '{':
			depth++
		case s[i] == '}':
			if depth--; depth == 0 {
				return i + 1
			}
		case s[i] == '"':
			if i = escapedEnd(s, i+1, `"`); i < 0 {
				return -1
			}
			continue
		case strings.HasPrefix(s[i:], encodedQuote):
			if i = escapedEnd(s, i+len(encodedQuote), encodedQuote); i < 0 {
				return -1
			}
			continue
		}
		i++
	}
	return -1
}

// Part is a stretch of a text: C# of an expression, with its brackets, or what stands as it is.
type Part struct {
	Text       string
	Expression bool
	Offset     int // in the text
}

// Parts splits a decoded text into expressions and what stands around them.
func Parts(text string) []Part {
	var out []Part
	from, failures := 0, 0
	for i := 0; i < len(text); {
		end := -1
		if IsExpression(text[i:]) && failures < maxFailures {
			if end = expressionEnd(text, i); end < 0 {
				failures++
			}
		}
		if end < 0 {
			next := strings.IndexByte(text[i+1:], '@')
			if next < 0 {
				break
			}
			i += next + 1
			continue
		}
		if i > from {
			out = append(out, Part{Text: text[from:i], Offset: from})
		}
		out = append(out, Part{text[i:end], true, i})
		i, from = end, end
		if len(out) > maxParts {
			break
		}
	}
	if from < len(text) {
		out = append(out, Part{Text: text[from:], Offset: from})
	}
	return out
}

// maxParts bounds how many expressions a text is split into: the rest is taken as it stands.
const maxParts = 200
