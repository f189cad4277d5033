package nginx

import (
	"fmt"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// reader reads one configuration.
type reader struct {
	from       source
	tree       *Tree
	files      map[string]*File // by name of the source
	stack      []string         // files being read
	statements int
	bytes      int
	faults     int
	lenient    bool   // templates are read as far as they go
	stopped    string // why reading ended early
}

func (r *reader) problem(p routing.Problem) {
	if len(r.tree.Problems) < maxProblems {
		r.tree.Problems = append(r.tree.Problems, p)
	}
}

func (r *reader) refuse(at routing.Span, message string) {
	r.problem(routing.Problem{Span: at, Message: message, Kind: routing.Refused})
}

// fault keeps an error of syntax; it answers false when there were so many that the rest is not worth reading.
func (r *reader) fault(f *File) func(offset int, message, fix string) bool {
	return func(offset int, message, fix string) bool {
		at := f.span(narrow(offset), narrow(offset))
		if r.faults++; r.faults >= maxProblems {
			r.stop(at, "there are too many errors before it")
			return false
		}
		r.problem(routing.Problem{Span: at, Message: message, Fix: fix})
		return true
	}
}

// stop ends the reading of all files.
func (r *reader) stop(at routing.Span, why string) {
	if r.stopped == "" {
		r.stopped = why
		r.tree.Problems = append(r.tree.Problems, routing.Problem{Span: at, Message: "nothing behind this is read: " + why, Kind: routing.NotWhole})
	}
}

// parse reads one file. depth is the nesting at the place of its include.
func (r *reader) parse(name, src string, depth int) *File {
	masked, secrets := maskSecrets(src)
	f := newFile(r.from.show(name), masked)
	f.origin = r.from.origin(name)
	r.files[name] = f
	r.tree.Files = append(r.tree.Files, f)
	for _, s := range secrets {
		r.tree.Secrets = append(r.tree.Secrets, Secret{What: s.What, Span: f.span(narrow(s.Start), narrow(s.End))})
	}
	f.includes, f.notes = map[int32]*Include{}, map[int32]string{}
	begin, err := textBegins(masked)
	if err != nil {
		r.refuse(f.span(0, 0), err.Error())
		f.append(node{kind: isGap}, err.Error())
		return f
	}
	if begin > 0 {
		r.refuse(f.span(0, narrow(begin)), "byte order mark: NGINX takes it for a part of the first word")
	}
	before := len(r.tree.Problems)
	r.stack = append(r.stack, name)
	p := &fileParser{reader: r, file: f, depth: depth, lexer: lexer{file: f, src: masked, pos: begin, report: r.fault(f)}}
	p.run()
	r.stack = r.stack[:len(r.stack)-1]
	if !r.lenient {
		r.leaveTemplate(f, before)
	}
	return f
}

// fileParser builds the nodes of one file.
type fileParser struct {
	*reader
	lexer lexer
	file  *File
	depth int
	open  []int32 // blocks that are not closed yet
}

func (p *fileParser) run() {
	for p.stopped == "" {
		st := p.lexer.statement()
		if len(p.file.words) > st.first || st.end == endOpen {
			p.statement(st)
		}
		switch st.end {
		case endClose:
			p.close()
		case endFile:
			p.endOfFile()
			return
		case endSemicolon, endOpen:
		}
	}
	p.cut("the rest of " + p.file.Name + " was not read: " + p.stopped)
}

func (p *fileParser) statement(st statement) {
	if p.statements++; p.statements > maxStatements {
		p.stop(p.file.span(narrow(st.start), narrow(st.start)), "there are more statements than asrscheck reads")
		return
	}
	p.file.size++
	n := node{start: narrow(st.start), end: narrow(p.lexer.pos), first: narrow(st.first)}
	n.more = narrow(len(p.file.words)) - n.first
	if st.broken {
		n.kind |= isBroken
	}
	if st.end == endOpen {
		n.kind |= isBlock
	}
	d := Directive{p.file, p.file.append(n, "")}
	switch {
	case n.kind&isBlock != 0:
		p.block(d)
	case d.Name() == "include" && n.kind&isBroken == 0 && !p.inSplitClients():
		p.include(d)
	}
}

// inSplitClients reports whether the innermost block is the one in which include is no statement.
func (p *fileParser) inSplitClients() bool {
	return len(p.open) > 0 && Directive{p.file, p.open[len(p.open)-1]}.Name() == "split_clients"
}

func (p *fileParser) block(d Directive) {
	if d.Name() == "include" {
		p.refuseInclude(d, `directive "include" is not terminated by ";"`)
	}
	if strings.HasSuffix(d.Name(), "_by_lua_block") {
		d.node().kind |= isLua
		if !p.lexer.lua(int(d.node().start)) {
			d.node().kind |= isBroken
		}
		d.node().end = narrow(p.lexer.pos)
		return
	}
	p.open = append(p.open, d.at)
	level := p.depth + len(p.open)
	p.file.depth = max(p.file.depth, len(p.open))
	if level > maxNesting {
		p.stop(d.Span(), errTooDeep.Error())
	}
}

func (p *fileParser) close() {
	if len(p.open) == 0 {
		p.lexer.fault(p.lexer.pos-1, `unexpected "}"`, "")
		return
	}
	n := &p.file.nodes[p.open[len(p.open)-1]]
	n.next, n.end = narrow(len(p.file.nodes)), narrow(p.lexer.pos)
	p.open = p.open[:len(p.open)-1]
}

func (p *fileParser) endOfFile() {
	if p.stopped != "" {
		p.cut("the rest of " + p.file.Name + " was not read: " + p.stopped)
		return
	}
	if len(p.open) > 0 {
		head := p.file.nodes[p.open[len(p.open)-1]].start
		p.lexer.fault(p.lexer.pos, `unexpected end of file, expecting "}"`, fmt.Sprintf("close the block of line %d", p.file.span(head, head).Line))
		p.cut(p.file.Name + " ends inside a block")
	}
}

// cut closes what is open, and leaves a gap in each.
func (p *fileParser) cut(why string) {
	for {
		p.file.append(node{start: narrow(p.lexer.pos), end: narrow(p.lexer.pos), kind: isGap}, why)
		if len(p.open) == 0 {
			return
		}
		p.close()
	}
}

func (f *File) append(n node, note string) int32 {
	i := narrow(len(f.nodes))
	n.next = i + 1
	f.nodes = append(f.nodes, n)
	if note != "" {
		f.notes[i] = note
	}
	return i
}

// gap marks a statement as a place where directives may stand that were not read.
func (f *File) gap(at int32, why string) {
	f.nodes[at].kind |= isGap
	if old := f.notes[at]; old != "" {
		why = old + "; " + why
	}
	f.notes[at] = why
}
