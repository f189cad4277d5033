package nginx

import (
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// content is how a level answers requests: modules, access, files to try, and the directive that hands the request on. loc is nil for
// what no location takes.
func (w *lowering) content(e *env, loc *location) []routing.Step {
	steps := slices.Concat(w.realAddressHere(e), w.limited(e), w.foreign(e), w.moreRequest(e), w.access(e))
	if files := w.own(e.scope, "try_files"); len(files) > 0 {
		return append(steps, w.tryFiles(e, loc, files[0])...)
	}
	return append(append(steps, w.copies(e)...), w.handler(e, loc)...)
}

// handlers are the directives that answer a request; of several in a level the last counts (clcf->handler).
var handlers = append([]string{"empty_gif", "stub_status", "flv", "mp4", "tunnel_pass"}, passing...)

// handler lowers the directive that answers. Blocks without a name have that of their location, other locations do not.
func (w *lowering) handler(e *env, loc *location) []routing.Step {
	if d := w.scripted(e.scope); !d.IsZero() {
		return append(w.logs(e), &routing.Opaque{Why: d.Name() + " answers the request", Span: d.Span()})
	}
	own := w.own(e.scope, handlers...)
	if len(own) == 0 && loc != nil && e.scope != loc.scope {
		if d := w.scripted(loc.scope); !d.IsZero() {
			return append(w.logs(e), &routing.Opaque{Why: d.Name() + " answers the request", Span: d.Span()})
		}
		own = w.own(loc.scope, handlers...)
	}
	if len(own) == 0 {
		return w.fromDisk(e)
	}
	d := own[len(own)-1]
	switch name := d.Name(); name {
	case "proxy_pass":
		return w.proxyPass(e, loc, d)
	case "empty_gif", "stub_status":
		return append(w.ending(e, 200), &routing.Respond{Status: routing.Of("200", d.Span()), Label: name, Span: d.Span()})
	case "flv", "mp4":
		return w.fromDisk(e)
	default:
		return append(w.ending(e, 200), &routing.Respond{
			Status: routing.UnknownOf("what the server of "+name+" answers", d.Span()), Label: "handed on by " + title(d), Span: d.Span(),
		})
	}
}

// scripted is a directive of a module that answers requests by a program of its own.
func (w *lowering) scripted(s *scope) Directive {
	for _, x := range s.own {
		if _, own := knownDirectives()[x.Name()]; own && x.Name() != "perl" {
			continue
		}
		if what, _ := foreignEffect(x.Name()); what == isContent {
			return x.Directive
		}
	}
	return Directive{}
}

// fromDisk is the answer of a location that hands nothing on: a file, or an error. Other methods than those that may read one are
// answered with 405 (ngx_http_static_handler).
func (w *lowering) fromDisk(e *env) []routing.Step {
	at := e.scope.head.Span()
	steps := w.indexes(e)
	absent, forbidden, unread := w.errorPage(e, 404), w.errorPage(e, 403), w.errorPage(e, 405)
	if !absent.IsZero() || !forbidden.IsZero() || !unread.IsZero() {
		return append(steps, w.withPages(e, at)...)
	}
	status := routing.UnknownOf("what is on the disk", at)
	for _, n := range w.includeNotes(e.server) {
		status = status.With(n.Span, n.Text)
	}
	steps = append(steps, w.ending(e, 200)...)
	return append(steps, &routing.Respond{Status: status, Label: "a file from disk, or 404; 405 for POST", Span: at})
}

// withPages is the answer from disk where errors have pages of their own.
func (w *lowering) withPages(e *env, at routing.Span) []routing.Step {
	isThere := func(what string) routing.Given {
		return routing.Given{Value: routing.UnknownOf("is there "+what+" of that name on the disk", at)}
	}
	reads, mayBeFile := routing.Any{equals(method, "GET"), equals(method, "HEAD"), equals(method, "POST")}, w.mayBeFile(e)
	folder := w.answer(e, 403, at, "a folder, which is not listed")
	if isOn(w.flag(e.scope, "autoindex", false)) {
		folder = append(w.ending(e, 200), &routing.Respond{Status: routing.UnknownOf("what is on the disk", at), Label: "a folder's list", Span: at})
	}
	file := append([]routing.Step{&routing.Match{Span: at, Arms: []routing.Arm{
		{When: routing.All{equals(method, "POST"), isThere("a file, not a folder,")}, Do: w.answer(e, 405, at, "files are only read"), Span: at},
	}}}, w.ending(e, 200)...)
	file = append(file, &routing.Respond{Status: routing.UnknownOf("what is on the disk", at), Label: "a file from disk", Span: at})
	steps := []routing.Step{&routing.Match{Span: at, Arms: []routing.Arm{
		{When: routing.Not{Cond: reads}, Do: w.answer(e, 405, at, "files are only read"), Span: at},
		{When: routing.All{mayBeFile, endsInSlash, isThere("a folder")}, Do: folder, Span: at},
		{When: routing.All{mayBeFile, routing.Not{Cond: endsInSlash}, isThere("a file or a folder")}, Do: file, Span: at},
	}}}
	return append(steps, w.answer(e, 404, at, "no such file")...)
}

// indexes goes to the file that stands for a folder, if there is one (ngx_http_index_handler).
func (w *lowering) indexes(e *env) []routing.Step {
	names, at := w.indexNames(e)
	m := &routing.Match{Span: at}
	reads := routing.Any{equals(method, "GET"), equals(method, "HEAD"), equals(method, "POST")}
	for i, name := range names {
		uri := routing.Expr(routing.Concat{Parts: []routing.Expr{requestPath, routing.Text(name)}})
		if strings.HasPrefix(name, "/") {
			uri = routing.Text(name)
		}
		do := w.internalRedirect(e, routing.Concat{Parts: []routing.Expr{uri, requestVariables["is_args"], requestVariables["args"]}}, e.scope.head)
		if strings.Contains(name, "$") {
			do = []routing.Step{&routing.Opaque{Why: "index names a file that is computed", Span: at}}
		}
		isThere := routing.Given{Value: routing.UnknownOf("is there a file "+name+" in the folder", at)}
		when := routing.All{endsInSlash, reads, w.mayBeFile(e), isThere}
		if i == 0 && strings.HasPrefix(name, "/") {
			when = when[:2] // nothing is looked for
		}
		m.Arms = append(m.Arms, routing.Arm{When: when, Do: do, Label: "index " + name, Span: at})
	}
	return []routing.Step{m}
}

// indexNames are the names of the files that stand for a folder, and where they are given.
func (w *lowering) indexNames(e *env) ([]string, routing.Span) {
	d := w.list(e.scope, "index")
	if len(d) == 0 {
		return []string{"index.html"}, e.scope.head.Span()
	}
	var names []string
	for _, one := range d {
		names = append(names, one.Args()...)
	}
	return names, d[0].Span()
}

// mayBeFolder holds for paths that may be folders. None is taken to have the name of a file that stands for folders: what asks for that
// would be led from each folder of the name into another one.
func (w *lowering) mayBeFolder(e *env, path routing.Expr) routing.Cond {
	names, _ := w.indexNames(e)
	isIndex := func(name string) bool {
		name = strings.TrimSuffix(name, "/")
		return slices.Contains(names, name[strings.LastIndexByte(name, '/')+1:])
	}
	return routing.Not{Cond: holds("an index", isIndex, path)}
}

// mayBeFile holds for paths that may be files: what the configuration itself has led to, and what no client of SignalR asks for. No file
// is taken to have the name of what such clients ask for, or must not ask for.
func (w *lowering) mayBeFile(e *env) routing.Cond {
	below := w.aliased(e.scope)
	return routing.Any{
		routing.Not{Cond: equals(readVar(internalVar), "")},
		routing.Not{Cond: holds("of SignalR", func(path string) bool { return isOfSignalR(below(path)) }, requestPath)},
	}
}

// aliased tells what of a path is looked for in the folder that a level names: with alias what stands behind the prefix of its location,
// and nothing where the name is all that an alias computes (ngx_http_map_uri_to_path).
func (w *lowering) aliased(s *scope) func(path string) string {
	whole := func(path string) string { return path }
	for ; s != nil; s = s.parent {
		named := w.own(s, "root", "alias")
		if len(named) == 0 {
			continue
		}
		for s.head.Name() != "location" && s.parent != nil { // blocks inside of a location have its name
			s = s.parent
		}
		kind, prefix := locationName(s.head)
		switch {
		case named[len(named)-1].Name() == "root":
			return whole
		case kind == byRegex || kind == byRegexFold:
			return func(string) string { return "" }
		}
		return func(path string) string { return strings.TrimPrefix(path, prefix) }
	}
	return whole
}

var endsInSlash = routing.Suffix{Of: requestPath, Want: "/"}

// isOfSignalR reports whether a path is one of those that the service knows, below whatever prefix.
func isOfSignalR(path string) bool {
	for part := range strings.SplitSeq(lower(path), "/") {
		if slices.Contains([]string{"client", "server", "api", "negotiate"}, part) {
			return true
		}
	}
	return false
}

// method is the method that content handlers look at.
var method = routing.Read(routing.InMethod, "")

// includeNotes are the includes of a server, and of http{}, that brought less than one may think.
func (w *lowering) includeNotes(s *server) []routing.Note {
	if w.notes == nil {
		w.notes = map[Directive][]routing.Note{}
	}
	return append(slices.Clip(w.notesOf(s.scope.head)), w.notesOf(w.http.head)...)
}

func (w *lowering) notesOf(block Directive) []routing.Note {
	if known, ok := w.notes[block]; ok {
		return known
	}
	var notes []routing.Note
	for d := range block.Statements() {
		if inc := d.Include(); inc != nil {
			notes = append(notes, inc.notes()...)
		}
	}
	w.notes[block] = notes
	return notes
}

// notes say what an include left out.
func (inc *Include) notes() []routing.Note {
	at := inc.At.Span()
	var notes []routing.Note
	if len(inc.Skipped) > 0 {
		notes = append(notes, routing.Note{Span: at, Text: "does not include " + strings.Join(inc.Skipped, ", ") + ": * matches no name that begins with a dot"})
	}
	if inc.Glob && len(inc.Files) == 0 && len(inc.Unread) == 0 {
		notes = append(notes, routing.Note{Span: at, Text: "matches no file"})
	}
	return notes
}

// tryFiles goes to the last argument where none of the others is a file; see mayBeFile.
func (w *lowering) tryFiles(e *env, loc *location, d Directive) []routing.Step {
	at := d.Span()
	last := d.Value(d.Len() - 1)
	var steps []routing.Step
	switch code := parseStatus(last); {
	case code > 0:
		steps = w.answer(e, code, at, "no such file")
	case strings.HasPrefix(last, "@"):
		steps = w.toNamed(e, last, d)
	default:
		steps = w.internalRedirect(e, w.value(d, d.Len()-1, e), d)
	}
	m := &routing.Match{Span: at}
	for i := 1; i < d.Len()-1; i++ {
		m.Arms = append(m.Arms, w.presentFile(e, loc, d, i))
	}
	m.Arms = append(m.Arms, routing.Arm{When: routing.Always{}, Do: steps, Label: title(d) + ", as there is no such file", Span: at})
	return []routing.Step{m}
}

// presentFile handles the request under the name that was found (ngx_http_try_files_handler): as a rule it is answered with the file.
func (w *lowering) presentFile(e *env, loc *location, d Directive, i int) routing.Arm {
	at := d.Span()
	maybe := routing.Given{Value: routing.UnknownOf("is there a file of the name that "+title(d)+" looks for as "+d.Value(i), at)}
	name := routing.Expr(routing.Concat{Parts: []routing.Expr{w.value(d, i, e)}, Span: at})
	do := append([]routing.Step{&routing.Set{What: routing.Place{Kind: routing.InPath}, To: name, Span: at}}, append(w.copies(e), w.handler(e, loc)...)...)
	if len(w.own(e.scope, handlers...)) > 0 {
		do = []routing.Step{&routing.Opaque{Why: "what becomes of a request for a file that try_files finds and another server answers", Span: at}}
	}
	when := routing.All{w.mayBeFile(e), maybe}
	if strings.HasSuffix(d.Value(i), "/") {
		when = routing.All{w.mayBeFile(e), w.mayBeFolder(e, name), maybe}
	}
	return routing.Arm{When: when, Do: do, Label: title(d) + ", as there is such a file", Span: at}
}

// parseStatus reads "=404"; 0 for anything else.
func parseStatus(s string) int {
	if len(s) != 4 || s[0] != '=' || !isDigits(s[1:]) {
		return 0
	}
	return int(s[1]-'0')*100 + int(s[2]-'0')*10 + int(s[3]-'0')
}
