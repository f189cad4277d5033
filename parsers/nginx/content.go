package nginx

import (
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// content is how a level answers requests: modules, access, files to try, and the directive that hands the request on. loc is nil for
// what no location takes.
func (w *lowering) content(e *env, loc *location) []routing.Step {
	steps := slices.Concat(w.realAddressHere(e), w.foreign(e), w.access(e))
	if files := w.own(e.scope, "try_files"); len(files) > 0 {
		return append(steps, w.tryFiles(e, files[0])...)
	}
	return append(steps, w.handler(e, loc)...)
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

// fromDisk is the answer of a location that hands nothing on: a file, or an error. No file is taken to have the name of what SignalR
// clients ask for, so that an error page for 404 is followed. Other methods than those that may read one are answered with 405
// (ngx_http_static_handler).
func (w *lowering) fromDisk(e *env) []routing.Step {
	at := e.scope.head.Span()
	var steps []routing.Step
	absent, unread := w.errorPage(e, 404), w.errorPage(e, 405)
	if !absent.IsZero() || !unread.IsZero() {
		reads := routing.Any{equals(method, "GET"), equals(method, "HEAD"), equals(method, "POST")}
		other := routing.Arm{When: routing.Not{Cond: reads}, Do: w.answer(e, 405, at, "files are only read"), Span: at}
		steps = []routing.Step{&routing.Match{Span: at, Arms: []routing.Arm{other}}}
	}
	if !absent.IsZero() {
		return append(steps, w.answer(e, 404, at, "no such file")...)
	}
	status := routing.UnknownOf("what is on the disk", at)
	for _, n := range w.includeNotes(e.server) {
		status = status.With(n.Span, n.Text)
	}
	steps = append(steps, w.ending(e, 200)...)
	return append(steps, &routing.Respond{Status: status, Label: "a file from disk, or 404; 405 for POST", Span: at})
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

// tryFiles goes to the last argument: no file is taken to have the name of what SignalR clients ask for. What the configuration itself
// has redirected to, such as /index.html, may well be one.
func (w *lowering) tryFiles(e *env, d Directive) []routing.Step {
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
	absent := routing.Arm{When: routing.Always{}, Do: steps, Label: title(d) + ", as there is no such file", Span: at}
	return []routing.Step{&routing.Match{Span: at, Arms: []routing.Arm{w.presentFile(e, d), absent}}}
}

// presentFile answers with the file that a redirect inside leads to, if there is one.
func (w *lowering) presentFile(e *env, d Directive) routing.Arm {
	at := d.Span()
	maybe := routing.Given{Value: routing.UnknownOf("is there a file of the name that "+title(d)+" looks for", at)}
	status := routing.UnknownOf("what is on the disk", at)
	return routing.Arm{
		When:  routing.All{routing.Not{Cond: equals(readVar(internalVar), "")}, maybe},
		Do:    append(w.ending(e, 200), &routing.Respond{Status: status, Label: "a file from disk", Span: at}),
		Label: title(d) + ", as there is such a file", Span: at,
	}
}

// parseStatus reads "=404"; 0 for anything else.
func parseStatus(s string) int {
	if len(s) != 4 || s[0] != '=' || !isDigits(s[1:]) {
		return 0
	}
	return int(s[1]-'0')*100 + int(s[2]-'0')*10 + int(s[3]-'0')
}
