package conformance_test

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/asrscheck/asrscheck/parsers/nginx"
)

// fault is a configuration with one fault, or what might be one.
type fault struct {
	text string
	kind string // what was done
	what string // what was done, and to which directive
}

// mutate puts one fault into a configuration.
func mutate(t *testing.T, text string, random *rand.Rand) fault {
	t.Helper()
	tree, err := nginx.Parse(nginx.Folder{Files: fstest.MapFS{"nginx.conf": {Data: []byte(text)}}, Main: "nginx.conf"})
	if err != nil {
		t.Fatal(err)
	}
	var all []nginx.Directive
	collectDirectives(tree.Main.Statements, &all)
	d := all[random.IntN(len(all))]
	m := mutators[random.IntN(len(mutators))]
	out := m.apply(&patient{text: text, d: d, all: all, random: random})
	return fault{out, m.name, fmt.Sprintf("%s at line %d, %q", m.name, d.Span().Line, strings.Join(append([]string{d.Name()}, d.Args()...), " "))}
}

func collectDirectives(statements func() iter.Seq[nginx.Directive], out *[]nginx.Directive) {
	for d := range statements() {
		*out = append(*out, d)
		collectDirectives(d.Statements, out)
	}
}

// patient is a configuration about to get a fault at one of its directives.
type patient struct {
	text   string
	d      nginx.Directive
	all    []nginx.Directive
	random *rand.Rand
}

// mutators are what can be done to a directive. Few need know what the directive means: NGINX does.
var mutators = []struct {
	name  string
	apply func(p *patient) string
}{
	{"without its end", (*patient).unended},
	{"twice", func(p *patient) string { return p.insert(p.end(p.d), p.whole(p.d)) }},
	{"also elsewhere", func(p *patient) string { return p.insert(p.inside(), p.whole(p.d)) }},
	{"without its last argument", (*patient).shorter},
	{"with one more argument", func(p *patient) string { return p.insert(p.head(p.d), " "+p.odd()) }},
	{"with another argument", (*patient).changed},
	{"with another argument", (*patient).changed},
	{"misspelled", (*patient).misspelled},
	{"removed", func(p *patient) string { return p.text[:p.start(p.d)] + p.text[p.end(p.d):] }},
	{"as a block, or not as one", (*patient).flipped},
	{"behind another line", func(p *patient) string { return p.insert(p.start(p.d), p.line()) }},
	{"behind another line", func(p *patient) string { return p.insert(p.start(p.d), p.line()) }},
	{"behind another line", func(p *patient) string { return p.insert(p.inside(), p.line()) }},
}

func (p *patient) insert(at int, s string) string { return p.text[:at] + s + p.text[at:] }

// offset is where a line and a column are, in bytes.
func (p *patient) offset(line, col int) int {
	at := 0
	for ; line > 1; line-- {
		at += strings.IndexByte(p.text[at:], '\n') + 1
	}
	return at + col - 1
}

func (p *patient) start(d nginx.Directive) int { s := d.Whole(); return p.offset(s.Line, s.Col) }
func (p *patient) end(d nginx.Directive) int   { s := d.Whole(); return p.offset(s.EndLine, s.EndCol) }

func (p *patient) head(d nginx.Directive) int { s := d.Span(); return p.offset(s.EndLine, s.EndCol) }

func (p *patient) whole(d nginx.Directive) string { return " " + p.text[p.start(d):p.end(d)] + " " }

// inside is just behind the opening brace of some block, or the beginning.
func (p *patient) inside() int {
	d := p.all[p.random.IntN(len(p.all))]
	if !d.HasBlock() {
		return 0
	}
	head := p.head(d)
	return head + strings.IndexByte(p.text[head:], '{') + 1
}

func (p *patient) unended() string {
	end := p.end(p.d)
	return p.text[:end-1] + p.text[end:]
}

func (p *patient) flipped() string {
	end := p.end(p.d)
	if p.d.HasBlock() {
		return p.text[:p.head(p.d)] + ";" + p.text[end:]
	}
	return p.text[:end-1] + "{ }" + p.text[end:]
}

// argument is the place of one of the arguments, or of the name where there is none.
func (p *patient) argument() (begin, end int) {
	w := p.d.Word(0).Span
	if n := p.d.Len(); n > 1 {
		w = p.d.Word(1 + p.random.IntN(n-1)).Span
	}
	return p.offset(w.Line, w.Col), p.offset(w.EndLine, w.EndCol)
}

func (p *patient) shorter() string {
	w := p.d.Word(p.d.Len() - 1).Span
	return p.text[:p.offset(w.Line, w.Col)] + p.text[p.offset(w.EndLine, w.EndCol):]
}

func (p *patient) changed() string {
	begin, end := p.argument()
	old := p.text[begin:end]
	return p.text[:begin] + one(p.random, p.odd(), p.odd(), p.odd(), old+"x", old+"/", "$"+old, old+":99999", "-"+old, old[:len(old)/2]) + p.text[end:]
}

func (p *patient) misspelled() string {
	w := p.d.Word(0).Span
	begin, end := p.offset(w.Line, w.Col), p.offset(w.EndLine, w.EndCol)
	at := begin + p.random.IntN(end-begin)
	return p.text[:at] + one(p.random, "", "x", "_", "Q") + p.text[at+1:]
}

func one(random *rand.Rand, from ...string) string { return from[random.IntN(len(from))] }

// odd is an argument that is wrong in many places.
func (p *patient) odd() string {
	return one(p.random, "bogus", "0", "-1", "1x", "10", "5m", "1h30m", "70000", "$nosuch", "$", "${host", `""`, "on", "off", "http://a.example.org", "http://a.example.org/x", "https://$host$nosuch",
		"a.example.org:0", "a.example.org:65536", "127.0.0.1:http", "[::1]:80", "[::1", "~[", "~^/(a", "*.example.*", "=404", "@nowhere", "100%", "weight=0", "weight=x", "1.2", "2", "unix:/x", "unix:",
		"default_server", "10s", "8k", "1g", "4", "all", "10.0.0.0/33", "ssl", "http2", "$uri", "^~", "=", "break", "last", "gzip", "$1", "~*x")
}

// line is one that may be wrong where it comes to stand.
func (p *patient) line() string { return " " + one(p.random, insertions()...) + " " }

// insertions are lines, and the directives that are compared one by one.
var insertions = sync.OnceValue(func() []string {
	out := slices.Clone(lines)
	for _, d := range eachDirective() {
		out = append(out, d.text)
	}
	return out
})
