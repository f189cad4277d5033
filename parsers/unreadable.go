package parsers

import (
	"bytes"
	"errors"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// unreadable turns an error about a text into a problem, with its place where the error knows one.
func unreadable(s source, err error) routing.Problem {
	p := routing.Problem{
		Span: routing.Span{File: s.name}, Message: err.Error(), Kind: routing.Unread,
		Fix: "Export it again, whole, and give that file.",
	}
	if syntax, ok := errors.AsType[*jsontree.SyntaxError](err); ok {
		p.Span, p.Message = syntax.Span, syntax.Message
	}
	return p
}

// brokenJSON is what is wrong with a text that begins as JSON does but cannot be read as such; ok is false for any other text.
func brokenJSON(s source) (p routing.Problem, ok bool) {
	text := bytes.TrimLeft(bytes.TrimPrefix(s.data, []byte("\xef\xbb\xbf")), " \t\r\n")
	if len(text) == 0 || text[0] != '{' && text[0] != '[' {
		return p, false
	}
	if _, err := jsontree.Parse(s.name, s.data, jsontree.Options{}); err != nil {
		return unreadable(s, err), true
	}
	return p, false
}
