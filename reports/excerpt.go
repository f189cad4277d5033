package reports

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/asrscheck/asrscheck/conformance"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Excerpt is a source line made fit for showing: tabs expanded, secrets masked, invisible characters made visible, and cut around the
// stretch that matters.
type Excerpt struct {
	Text string
	// From and To are the columns of the stretch in Text, in characters from 0; To is exclusive.
	From, To int
}

// Parts are the text before the stretch, the stretch, and the text behind it.
func (e Excerpt) Parts() (before, marked, after string) {
	runes := []rune(e.Text)
	from := min(max(e.From, 0), len(runes))
	to := min(max(e.To, from), len(runes))
	return string(runes[:from]), string(runes[from:to]), string(runes[to:])
}

// Bounds of an excerpt, in bytes of the source line: what is shown of the stretch, and around it.
const (
	maxStretch = 100
	around     = 40
	tabWidth   = 4
	// searched is how far on either side secrets are looked for: more than the longest token, less than a file in one line.
	searched = 16 << 10
)

// excerptOf cuts the excerpt of a span out of its line.
func excerptOf(line []byte, s routing.Span) Excerpt {
	line = bytes.TrimRight(line, "\r\n")
	from := min(max(s.Col-1, 0), len(line))
	to := len(line)
	if s.EndLine <= s.Line {
		to = min(max(s.EndCol-1, from), len(line))
	}
	skip := whole(line, max(0, from-searched))
	line = mask(line[skip:min(len(line), from+searched)])
	return excerptAt(line, from-skip, min(to-skip, len(line)))
}

func excerptAt(line []byte, from, to int) Excerpt {
	shown := min(to, from+maxStretch)
	left, right := 0, len(line)
	if len(line) > maxStretch+2*around {
		left, right = whole(line, max(0, from-around)), whole(line, min(len(line), shown+around))
	}
	e := Excerpt{Text: drawn(line[left:right])}
	e.From = utf8.RuneCountInString(drawn(line[left:from]))
	e.To = max(e.From+1, utf8.RuneCountInString(drawn(line[left:shown])))
	if left > 0 {
		e.Text, e.From, e.To = "…"+e.Text, e.From+1, e.To+1
	}
	if right < len(line) {
		e.Text += "…"
	}
	return e
}

// whole moves an offset to the beginning of a character.
func whole(line []byte, at int) int {
	for at > 0 && at < len(line) && !utf8.RuneStart(line[at]) {
		at--
	}
	return at
}

// drawn expands tabs and makes characters visible that would change what a terminal or a reader sees.
func drawn(text []byte) string {
	var b strings.Builder
	col := 0
	for _, r := range string(text) {
		if r == '\t' {
			n := tabWidth - col%tabWidth
			b.WriteString(strings.Repeat(" ", n))
			col += n
			continue
		}
		b.WriteRune(visible(r))
		col++
	}
	return b.String()
}

// visible is the character, or a stand-in for one that controls terminals or reverses the direction of writing
// (Unicode Technical Report 36, section 3).
func visible(r rune) rune {
	switch {
	case ' ' <= r && r <= '~':
		return r
	case r < 0x20:
		return 0x2400 + r // the control pictures
	case r == 0x7f:
		return '␡'
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == '\u2028', r == '\u2029':
		return utf8.RuneError
	}
	return r
}

// collect cuts the excerpts of places. A few lines of one file at a time are in memory.
func collect(spans []routing.Span, sources Sources) map[routing.Span]Excerpt {
	out := map[routing.Span]Excerpt{}
	if sources == nil {
		return out
	}
	spans = slices.DeleteFunc(spans, routing.Span.IsZero)
	slices.SortFunc(spans, compareSpans)
	spans = slices.Compact(spans)
	for len(spans) > 0 {
		n := slices.IndexFunc(spans, func(s routing.Span) bool { return s.File != spans[0].File })
		if n < 0 {
			n = len(spans)
		}
		if file, err := sources(spans[0].File); err == nil {
			newCutter(file).cut(spans[:n], out)
			_ = file.Close() // it was only read
		}
		spans = spans[n:]
	}
	return out
}

// shownSpans are the places that reports show lines of.
func shownSpans(r *conformance.Report) []routing.Span {
	var out []routing.Span
	for _, p := range r.Problems {
		out = append(out, p.Span)
	}
	for _, s := range r.Subjects {
		for _, res := range s.Results {
			for _, f := range res.Findings {
				out = append(out, f.Span)
				for _, n := range f.Related {
					out = append(out, n.Span)
				}
			}
		}
	}
	return out
}

func compareSpans(a, b routing.Span) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col), cmp.Compare(a.EndLine, b.EndLine), cmp.Compare(a.EndCol, b.EndCol))
}
