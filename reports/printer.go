package reports

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// style is a set of SGR parameters (ECMA-48 8.3.117).
type style string

const (
	plain  style = ""
	bold   style = "1"
	faint  style = "2"
	red    style = "31;1"
	green  style = "32"
	yellow style = "33"
	cyan   style = "36"
)

// styled is a text with a style, for printer.printf.
type styled struct {
	style style
	text  string
}

// printer writes plain text. Every argument is made fit for a terminal before it is written; the first error is kept.
type printer struct {
	out   *bufio.Writer
	color bool
}

func newPrinter(w io.Writer, color bool) *printer {
	return &printer{bufio.NewWriter(w), color}
}

func (p *printer) flush() error {
	if err := p.out.Flush(); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// printf is fmt.Fprintf for texts that come from elsewhere.
func (p *printer) printf(format string, args ...any) {
	for i, a := range args {
		switch a := a.(type) {
		case string:
			args[i] = Printable(a)
		case styled:
			args[i] = p.paint(a)
		}
	}
	_, _ = fmt.Fprintf(p.out, format, args...) // bufio keeps the error for flush
}

func (p *printer) paint(s styled) string {
	if !p.color || s.style == plain {
		return Printable(s.text)
	}
	return "\x1b[" + string(s.style) + "m" + Printable(s.text) + "\x1b[0m"
}

// Printable shows a text on one line of a terminal, whatever it holds.
func Printable(s string) string { return strings.Map(visible, s) }

// pad fills a text up to a width, in characters.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(s)))
}

// wrapAt is the width of running text.
const wrapAt = 110

// longLabel is the width of the longest label that running text hangs behind; behind a longer one it hangs below.
const longLabel = 14

// wrap writes running text behind a label, broken at spaces and never within backticks: commands stay in one piece.
func (p *printer) wrap(indent, label, text string) {
	width := utf8.RuneCountInString(label)
	hang := indent + strings.Repeat(" ", width)
	if width > longLabel {
		hang = indent + "   "
	}
	col := len(indent) + width
	p.printf("%s%s", indent, styled{cyan, label})
	for i, word := range unbroken(text) {
		n := utf8.RuneCountInString(word)
		if i > 0 && col+1+n > wrapAt {
			p.printf("\n%s", hang)
			col = len(hang)
		}
		p.printf(" %s", word)
		col += 1 + n
	}
	p.printf("\n")
}

// unbroken splits at spaces outside of backticks.
func unbroken(text string) []string {
	var out []string
	open := false
	for word := range strings.FieldsSeq(text) {
		if open {
			out[len(out)-1] += " " + word
		} else {
			out = append(out, word)
		}
		open = open != (strings.Count(word, "`")%2 == 1)
	}
	return out
}
