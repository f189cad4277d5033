package nginx

import (
	"iter"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Directive is one statement of a configuration. It is a handle: copies are equal and can be map keys. The zero Directive is none.
type Directive struct {
	file *File
	at   int32
}

// Word is one word of a statement.
type Word struct {
	// Value is what NGINX hands to the directive: quotes removed, escapes decoded.
	Value string
	// Raw is the text between the quotes, or the bare word, as it was written.
	Raw string
	// Quote is ' or ", or 0 for a bare word.
	Quote byte
	Span  routing.Span
}

func (d Directive) node() *node { return &d.file.nodes[d.at] }

func (d Directive) is(k nodeKind) bool { return d.file != nil && d.node().kind&k != 0 }

// IsZero reports whether there is no directive.
func (d Directive) IsZero() bool { return d.file == nil }

// Len is the number of words, the name included.
func (d Directive) Len() int {
	if d.file == nil {
		return 0
	}
	return int(d.node().more)
}

// Value is the value of a word, 0 being the name; empty where there are fewer words.
func (d Directive) Value(i int) string {
	if i < 0 || i >= d.Len() {
		return ""
	}
	w := d.file.words[int(d.node().first)+i]
	raw := d.file.src[w.start:w.end]
	if w.escaped {
		return unescape(raw)
	}
	return raw
}

// Name is the first word; empty for a gap and for a block without a name.
func (d Directive) Name() string { return d.Value(0) }

// Args are the values behind the name.
func (d Directive) Args() []string {
	args := make([]string, 0, max(0, d.Len()-1))
	for i := 1; i < d.Len(); i++ {
		args = append(args, d.Value(i))
	}
	return args
}

// Word is a word with all that is known of it; the zero Word where there are fewer.
func (d Directive) Word(i int) Word {
	if i < 0 || i >= d.Len() {
		return Word{}
	}
	w := d.file.words[int(d.node().first)+i]
	out := Word{Value: d.Value(i), Raw: d.file.src[w.start:w.end], Quote: w.quote, Span: d.file.span(w.start, w.end)}
	if w.quote != 0 {
		out.Span.Col--
		out.Span.EndCol++
	}
	return out
}

// Span is the statement up to its last word: for a block, its head.
func (d Directive) Span() routing.Span {
	if d.file == nil {
		return routing.Span{}
	}
	n := d.node()
	if n.more == 0 {
		return d.file.span(n.start, n.start)
	}
	last := d.file.words[n.first+n.more-1]
	end := last.end
	if last.quote != 0 {
		end++
	}
	return d.file.span(n.start, end)
}

// Whole is the statement with its terminator, and for a block with all that is in it.
func (d Directive) Whole() routing.Span {
	if d.file == nil {
		return routing.Span{}
	}
	return d.file.span(d.node().start, d.node().end)
}

// File is the file that the statement stands in.
func (d Directive) File() *File { return d.file }

// HasBlock reports whether the statement ends with "{".
func (d Directive) HasBlock() bool { return d.is(isBlock) }

// Broken reports whether the statement has an error of syntax: its words cannot be trusted.
func (d Directive) Broken() bool { return d.is(isBroken) }

// Gap reports whether directives may stand here that were not read, and why they were not.
func (d Directive) Gap() (why string, ok bool) {
	if !d.is(isGap) {
		return "", false
	}
	return d.file.notes[d.at], true
}

// Lua is the text of a block that holds Lua, and whether this is one.
func (d Directive) Lua() (text string, ok bool) {
	if !d.is(isLua) {
		return "", false
	}
	w := d.file.words[d.node().first+d.node().more]
	return d.file.src[w.start:w.end], true
}

// Include is what an include statement led to; nil for any other.
func (d Directive) Include() *Include {
	if d.file == nil {
		return nil
	}
	return d.file.includes[d.at]
}

// Statements are the statements of the block as written: an include stands for itself.
func (d Directive) Statements() iter.Seq[Directive] {
	if !d.is(isBlock) || d.is(isLua) {
		return func(func(Directive) bool) {}
	}
	return d.file.siblings(d.at+1, d.node().next)
}

// Body are the statements of the block with those of included files in their places. A gap is yielded where one is.
func (d Directive) Body() iter.Seq[Directive] { return expand(d.Statements()) }

// expand puts the contents of included files in the places of the includes. maxNesting bounds the recursion, maxStatements the sum.
func expand(statements iter.Seq[Directive]) iter.Seq[Directive] {
	return func(yield func(Directive) bool) {
		for d := range statements {
			if !expandOne(d, yield) {
				return
			}
		}
	}
}

func expandOne(d Directive, yield func(Directive) bool) bool {
	inc := d.Include()
	if inc == nil {
		return yield(d)
	}
	for _, f := range inc.Files {
		for x := range f.Statements() {
			if !expandOne(x, yield) {
				return false
			}
		}
	}
	return !d.is(isGap) || yield(d)
}
