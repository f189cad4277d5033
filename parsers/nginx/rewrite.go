package nginx

import (
	"slices"
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
	at := own[0].Span()
	if moves {
		steps = slices.Insert(steps, 0, setVar(plainVar, "", at))
	}
	if t.loc == nil {
		return steps
	}
	at = t.loc.scope.head.Span()
	if len(w.choosable(t.loc)) > 0 {
		steps = slices.Insert(steps, 0, setVar(ifVar, "", at))
	}
	if moves {
		do := append([]routing.Step{setVar(movedVar, "", at)}, w.perIf(e, t, func(e *env) []routing.Step {
			return []routing.Step{w.again(e, "searches again for the rewritten path", at)}
		})...)
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
		return w.perIf(e, t, func(e *env) []routing.Step { return w.returns(e, d) })
	}
	return w.breaks(d, t)
}

// perIf lowers an answer that codes of a location give. Behind an if that held it is given as at the level of that if: with its headers,
// error pages and logs (ngx_http_script_if_code).
func (w *lowering) perIf(e *env, t *codeTarget, answer func(*env) []routing.Step) []routing.Step {
	if t.loc == nil || e.scope != t.loc.scope {
		return answer(e)
	}
	var arms []routing.Arm
	for i, s := range t.loc.ifs {
		if w.decides(t.loc, s) {
			when := equals(readVar(ifVar), t.loc.ifBlock(i+1))
			arms = append(arms, routing.Arm{When: when, Do: answer(&env{server: e.server, scope: s}), Span: s.head.Span()})
		}
	}
	if len(arms) == 0 {
		return answer(e)
	}
	return append([]routing.Step{&routing.Match{Arms: arms, Span: t.loc.scope.head.Span()}}, answer(e)...)
}

// breaks is the break directive: what was rewritten before it stays, and the codes end.
func (w *lowering) breaks(d Directive, t *codeTarget) []routing.Step {
	at := d.Span()
	stop := &routing.Jump{To: t.after, Label: "break", Span: at}
	if t.server {
		whole := routing.Arm{When: routing.Truthy{Of: readVar(plainVar)}, Do: []routing.Step{setVar(wholeVar, "1", at)}}
		return []routing.Step{&routing.Match{Span: at, Arms: []routing.Arm{whole}}, stop}
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
	name = lower(name)
	to := w.assigned(d, e)
	if name == "args" {
		return []routing.Step{&routing.Set{What: routing.Place{Kind: routing.InQuery}, To: to, Span: d.Span()}, setVar(changedVar, "1", d.Span())}
	}
	if slices.Contains(fixedNames, name) {
		return nil // NGINX refuses it
	}
	steps := []routing.Step{&routing.Set{What: routing.Place{Kind: routing.InVar, Name: name}, To: to, Span: d.Span()}}
	if name == "limit_rate" {
		steps = append(steps, slowed(d, readVar(name)))
	}
	return steps
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
		switch {
		case w.decides(t.loc, s):
			do = append(do, setVar(ifVar, t.loc.ifBlock(number), d.Span()))
		case len(w.choosable(t.loc)) > 0:
			do = append(do, setVar(ifVar, "", d.Span())) // it takes the place of one before
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
		do = append(do, w.perIf(e, t, func(e *env) []routing.Step { return w.redirected(e, d, &r, flag) })...)
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
	steps = append(steps, set(routing.InPath, path), setVar(changedVar, "1", at), setVar(internalVar, "1", at))
	if mayComeOutEmpty(r.path) {
		empty := routing.Arm{When: equals(requestPath, ""), Do: w.answer(e, 500, at, "the rewritten path is empty"), Label: title(d), Span: at}
		steps = append(steps, &routing.Match{Span: at, Arms: []routing.Arm{empty}})
	}
	return steps
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
		return w.perIf(e, t, func(e *env) []routing.Step { return []routing.Step{w.again(e, "rewrite … last", at)} })
	case t.server:
		return []routing.Step{setVar(plainVar, "1", at)}
	}
	return []routing.Step{setVar(plainVar, "1", at), setVar(movedVar, "1", at)}
}

// redirected answers 302, or 301 for permanent.
func (w *lowering) redirected(e *env, d Directive, r *replacement, flag string) []routing.Step {
	at := d.Span()
	status := "302"
	if flag == "permanent" {
		status = "301"
	}
	own := []routing.Expr{w.pieces(r.path, d, e, escapeArgs)}
	if r.hasArgs {
		own = append(own, routing.Text("?"), w.pieces(r.args, d, e, escapeArgs))
	}
	unescaped := func(a ...string) string { return unescapeRedirect(a[0]) }
	parts := []routing.Expr{routing.Call{Name: "unescape", Fn: unescaped, Args: []routing.Expr{routing.Concat{Parts: own}}, Span: at}}
	if r.addArgs {
		separator := "?"
		if r.hasArgs {
			separator = "&"
		}
		parts = append(parts, oldQuery(separator))
	}
	to := routing.Concat{Parts: parts, Span: at}
	return append(w.ending(e, 302), &routing.Redirect{Status: routing.Of(status, at), To: w.absolute(e, to), Span: at})
}
