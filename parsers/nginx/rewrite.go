package nginx

import (
	"slices"
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// rewriteCodes are the directives that run in order in the rewrite phases (NGINX src/http/modules/ngx_http_rewrite_module.c).
var rewriteCodes = map[string]bool{"set": true, "if": true, "rewrite": true, "return": true, "break": true}

// codeTarget is where rewrite codes belong: those of a server end in its search for a location, those of a location in its content.
type codeTarget struct {
	after  string // the block behind the codes
	server bool
	loc    *location
}

// codes lowers the rewrite codes of a level, in order; none when it has none.
func (w *lowering) codes(e *env, own []setting, t *codeTarget) []routing.Step {
	var steps []routing.Step
	moves := false
	for _, x := range own {
		if rewriteCodes[x.Name()] {
			steps = append(steps, w.code(e, x.Directive, t)...)
			moves = moves || w.movesWithoutFlag(x.Directive)
		}
	}
	if len(steps) == 0 {
		return nil
	}
	if t.loc == nil {
		return steps
	}
	at := t.loc.scope.head.Span()
	if len(w.choosable(t.loc)) > 0 {
		steps = slices.Insert(steps, 0, setVar(ifVar, "", at))
	}
	if moves {
		do := []routing.Step{setVar(movedVar, "", at), again(e.server, "searches again for the rewritten path", at)}
		steps = append(steps, &routing.Match{Span: at, Arms: []routing.Arm{{When: routing.Truthy{Of: readVar(movedVar)}, Do: do}}})
	}
	return steps
}

// choosable are the if blocks of a location that decide how requests are handled.
func (w *lowering) choosable(loc *location) []*scope {
	var out []*scope
	for _, s := range loc.ifs {
		if w.decides(loc, s) {
			out = append(out, s)
		}
	}
	return out
}

// movesWithoutFlag reports whether a code, or one inside of it, is a rewrite without last or break.
func (w *lowering) movesWithoutFlag(d Directive) bool {
	if d.Name() == "if" {
		for x := range d.Body() {
			if w.movesWithoutFlag(x) {
				return true
			}
		}
	}
	return d.Name() == "rewrite" && d.Len() == 3
}

func (w *lowering) code(e *env, d Directive, t *codeTarget) []routing.Step {
	if d.Broken() {
		return []routing.Step{&routing.Opaque{Why: "the statement has an error of syntax", Span: d.Span()}}
	}
	switch d.Name() {
	case "set":
		return w.set(e, d)
	case "if":
		return w.ifCode(e, d, t)
	case "rewrite":
		return w.rewrite(e, d, t)
	case "return":
		return w.returns(e, d)
	}
	return w.breaks(d, t)
}

// breaks is the break directive: what was rewritten before it stays, and the codes end.
func (w *lowering) breaks(d Directive, t *codeTarget) []routing.Step {
	at := d.Span()
	stop := &routing.Jump{To: t.after, Label: "break", Span: at}
	if t.server {
		return []routing.Step{stop}
	}
	kept := []routing.Step{setVar(movedVar, "", at), setVar(wholeVar, "1", at)}
	return []routing.Step{&routing.Match{Span: at, Arms: []routing.Arm{{When: routing.Truthy{Of: readVar(movedVar)}, Do: kept}}}, stop}
}

// set gives a variable a value. $args is the query itself.
func (w *lowering) set(e *env, d Directive) []routing.Step {
	name, ok := strings.CutPrefix(d.Value(1), "$")
	if !ok {
		w.refuse(d, `invalid variable name "`+d.Value(1)+`"`)
		return nil
	}
	to := w.value(d, 2, e)
	if name == "args" {
		return []routing.Step{&routing.Set{What: routing.Place{Kind: routing.InQuery}, To: to, Span: d.Span()}, setVar(changedVar, "1", d.Span())}
	}
	if _, fixed := requestVariables[name]; fixed {
		w.refuse(d, `the duplicate "`+name+`" variable`)
		return nil
	}
	return []routing.Step{&routing.Set{What: routing.Place{Kind: routing.InVar, Name: name}, To: to, Span: d.Span()}}
}

// ifCode runs the codes of the block when its condition holds; codes behind it run as well.
func (w *lowering) ifCode(e *env, d Directive, t *codeTarget) []routing.Step {
	when, do := w.condition(d, e)
	inner := e
	if t.loc != nil {
		s, number := t.loc.ifOf(d)
		if s == nil {
			return nil // an if without a block, which NGINX refuses
		}
		inner = &env{server: e.server, scope: s}
		if w.decides(t.loc, s) {
			do = append(do, setVar(ifVar, t.loc.ifBlock(number), d.Span()))
		}
		for _, gap := range s.gaps {
			do = append(do, gapStep(gap))
		}
	}
	for x := range d.Body() {
		if rewriteCodes[x.Name()] && x.Name() != "if" {
			do = append(do, w.code(inner, x, t)...)
		}
	}
	return []routing.Step{&routing.Match{Span: d.Span(), Arms: []routing.Arm{{When: when, Do: do, Label: title(d), Span: d.Span()}}}}
}

// replacement is the second argument of rewrite, cut at its first question mark.
type replacement struct {
	path, args       []piece
	hasArgs, addArgs bool
	redirect         bool
}

// splitReplacement cuts a replacement as ngx_http_rewrite does: a final "?" drops the arguments of the request.
func splitReplacement(text, flag string) (replacement, string) {
	r := replacement{addArgs: true}
	if rest, ok := strings.CutSuffix(text, "?"); ok {
		text, r.addArgs = rest, false
	}
	for _, prefix := range []string{"http://", "https://", "$scheme"} {
		r.redirect = r.redirect || strings.HasPrefix(text, prefix)
	}
	r.redirect = r.redirect || flag == "redirect" || flag == "permanent"
	pieces, refusal := splitVariables(text)
	for _, p := range pieces {
		switch before, after, cut := strings.Cut(p.text, "?"); {
		case r.hasArgs:
			r.args = append(r.args, p)
		case cut:
			r.hasArgs = true
			r.path = append(r.path, piece{text: before})
			r.args = append(r.args, piece{text: after})
		default:
			r.path = append(r.path, p)
		}
	}
	return r, refusal
}

func (w *lowering) rewrite(e *env, d Directive, t *codeTarget) []routing.Step {
	flag := d.Value(3)
	if d.Len() == 4 && !slices.Contains([]string{"last", "break", "redirect", "permanent"}, flag) {
		w.refuse(d, `invalid parameter "`+flag+`"`)
	}
	r, refusal := splitReplacement(d.Value(2), flag)
	if refusal != "" {
		w.refuse(d, refusal)
		return []routing.Step{&routing.Opaque{Why: refusal, Span: d.Span()}}
	}
	x := w.regexes.compile(d.Value(1), false)
	at := d.Span()
	do := x.keep(at)
	if r.redirect {
		do = append(do, w.redirected(e, d, &r, flag)...)
	} else {
		do = append(do, w.moved(e, d, &r)...)
		do = append(do, w.flagged(e, d, flag, t)...)
	}
	return []routing.Step{&routing.Match{Span: at, Arms: []routing.Arm{{When: x.matches(requestPath, true, at), Do: do, Label: title(d), Span: at}}}}
}

// moved sets path and query to the replacement.
func (w *lowering) moved(e *env, d Directive, r *replacement) []routing.Step {
	at := d.Span()
	set := func(kind routing.PlaceKind, to routing.Expr) routing.Step {
		return &routing.Set{What: routing.Place{Kind: kind}, To: to, Span: at}
	}
	path := w.pieces(r.path, d, e, nil)
	var steps []routing.Step
	if query := w.newQuery(r, d, e); query != nil {
		const pathVar = ":path" // the replacement reads the query as it was
		steps = append(steps, &routing.Set{What: routing.Place{Kind: routing.InVar, Name: pathVar}, To: path, Span: at}, set(routing.InQuery, query))
		path = readVar(pathVar)
	}
	return append(steps, set(routing.InPath, path), setVar(changedVar, "1", at), setVar(internalVar, "1", at))
}

// newQuery is the query behind a rewrite; nil where it stays as it is.
func (w *lowering) newQuery(r *replacement, d Directive, e *env) routing.Expr {
	switch {
	case !r.hasArgs && r.addArgs:
		return nil
	case !r.hasArgs:
		return routing.Text("")
	}
	own := w.pieces(r.args, d, e, escapeArgs)
	if !r.addArgs {
		return own
	}
	return routing.Concat{Parts: []routing.Expr{own, oldQuery("&")}, Span: d.Span()}
}

// oldQuery is the query as it was, behind a separator; empty where there is none.
func oldQuery(separator string) routing.Expr {
	query := routing.Read(routing.InQuery, "")
	return ifThen(routing.Not{Cond: equals(query, "")}, routing.Concat{Parts: []routing.Expr{routing.Text(separator), query}})
}

// pieces joins parts of a replacement. Captures are escaped in queries and redirects, if the client's path was escaped anywhere.
func (w *lowering) pieces(list []piece, d Directive, e *env, escape func(string) string) routing.Expr {
	var parts []routing.Expr
	for _, p := range list {
		switch {
		case p.variable == "":
			parts = append(parts, routing.Lit{Value: routing.Of(p.text, d.Span())})
		case escape != nil && isCapture(p.variable):
			parts = append(parts, escapedCapture(w.variable(p.variable, d, e), escape))
		default:
			parts = append(parts, w.variable(p.variable, d, e))
		}
	}
	return routing.Concat{Parts: parts, Span: d.Span()}
}

func escapedCapture(capture routing.Expr, escape func(string) string) routing.Expr {
	fn := func(a ...string) string {
		if strings.ContainsAny(a[1], "%+") {
			return escape(a[0])
		}
		return a[0]
	}
	return routing.Call{Name: "escape", Fn: fn, Args: []routing.Expr{capture, routing.ReadOriginal(routing.InPath, "")}}
}

// flagged is what a rewrite's flag does once the path is changed.
func (w *lowering) flagged(e *env, d Directive, flag string, t *codeTarget) []routing.Step {
	at := d.Span()
	switch {
	case flag == "break":
		return []routing.Step{setVar(wholeVar, "1", at), &routing.Jump{To: t.after, Label: "rewrite … break", Span: at}}
	case flag == "last" && t.server:
		return []routing.Step{&routing.Jump{To: t.after, Label: "rewrite … last", Span: at}}
	case flag == "last":
		return []routing.Step{again(e.server, "rewrite … last", at)}
	case t.server:
		return nil
	}
	return []routing.Step{setVar(movedVar, "1", at)}
}

// redirected answers 302, or 301 for permanent.
func (w *lowering) redirected(e *env, d Directive, r *replacement, flag string) []routing.Step {
	at := d.Span()
	status := "302"
	if flag == "permanent" {
		status = "301"
	}
	parts := []routing.Expr{w.pieces(r.path, d, e, escapeRedirect)}
	if r.hasArgs {
		parts = append(parts, routing.Text("?"), w.pieces(r.args, d, e, escapeArgs))
	}
	if r.addArgs {
		separator := "?"
		if r.hasArgs {
			separator = "&"
		}
		parts = append(parts, oldQuery(separator))
	}
	to := routing.Concat{Parts: parts, Span: at}
	return append(w.logs(e), &routing.Redirect{Status: routing.Of(status, at), To: to, Span: at})
}

// returns is the return directive (ngx_http_script_return_code): a status of 400 and more without a text can have an error page.
func (w *lowering) returns(e *env, d Directive) []routing.Step {
	at := d.Span()
	code, err := strconv.Atoi(d.Value(1))
	switch {
	case err != nil && d.Len() == 2 && isURL(d.Value(1)):
		return append(w.logs(e), &routing.Redirect{Status: routing.Of("302", at), To: w.value(d, 1, e), Span: at})
	case err != nil || code < 0 || code > 999:
		w.refuse(d, `invalid return code "`+d.Value(1)+`"`)
		return []routing.Step{&routing.Opaque{Why: "invalid return code", Span: at}}
	case d.Len() == 2 && code >= 400:
		return w.answer(e, code, at, "")
	case d.Len() == 3 && isRedirect(code):
		return append(w.logs(e), &routing.Redirect{Status: routing.Of(d.Value(1), at), To: w.value(d, 2, e), Span: at})
	}
	respond := &routing.Respond{Status: routing.Of(strconv.Itoa(code), at), Span: at}
	if lit, ok := w.value(d, 2, e).(routing.Lit); ok && d.Len() == 3 {
		respond.Body = lit.Text()
	}
	return append(w.logs(e), respond)
}

func isURL(s string) bool {
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "$scheme")
}

func isRedirect(code int) bool {
	return code == 301 || code == 302 || code == 303 || code == 307 || code == 308
}
