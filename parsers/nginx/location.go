package nginx

import (
	"strconv"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Variables of the lowering's own. Names of NGINX's variables hold no colon.
const (
	// changedVar is set when the request URI is no longer what the client sent (r->valid_unparsed_uri is 0).
	changedVar = ":changed"
	// wholeVar is set when the prefix of the location no longer stands in the URI (r->valid_location is 0).
	wholeVar = ":whole"
	// internalVar is set for requests that NGINX has redirected inside (r->internal).
	internalVar = ":internal"
	// movedVar is set by a rewrite without a flag, until the rewrite codes end (r->uri_changed).
	movedVar = ":moved"
	// plainVar is set once a rewrite without a flag has taken place, until the rewrite codes end (the script engine's quote is 0).
	plainVar = ":plain"
	// discardedVar is set once a body was found too large and thrown away (r->discard_body).
	discardedVar = ":discarded"
	// errorPageVar is set once an error page is on its way (r->error_page).
	errorPageVar = ":error_page"
	// statusVar is the status that the answer gets whatever the upstream says (r->err_status).
	statusVar = ":status"
	// limitVar holds the limits on the number of requests or connections that were met last.
	limitVar = ":limit"
	// ifVar is the last if block of a location whose condition held.
	ifVar = ":if"
)

// maxRedirects is NGX_HTTP_MAX_URI_CHANGES: how often a request may be searched a location for again.
const maxRedirects = 10

func readVar(name string) routing.Expr { return routing.Read(routing.InVar, name) }

func setVar(name, text string, at routing.Span) routing.Step {
	return &routing.Set{What: routing.Place{Kind: routing.InVar, Name: name}, To: routing.Text(text), Span: at}
}

// again searches the server's locations for the changed URI.
func (w *lowering) again(e *env, label string, at routing.Span) routing.Step {
	return w.goOn(e, e.server.searchBlock(), label, at)
}

// goOn goes on in another block, as often as NGINX allows; then it answers 500.
func (w *lowering) goOn(e *env, block, label string, at routing.Span) routing.Step {
	over := w.fails(e, at, "redirected inside more than "+strconv.Itoa(maxRedirects)+" times")
	return &routing.Jump{To: block, Max: maxRedirects, Over: over, Label: label, Span: at}
}

// fails answers 500 to what a redirect inside cannot do.
func (w *lowering) fails(e *env, at routing.Span, label string) []routing.Step {
	if page := w.errorPage(e, 500); !page.IsZero() {
		return []routing.Step{&routing.Opaque{Why: "what the error page for 500 answers where a redirect inside fails", Span: page.Span()}}
	}
	return append(w.ending(e, 500), &routing.Respond{Status: routing.Of("500", at), Label: label, Span: at})
}

func (loc *location) ifBlock(number int) string { return loc.block() + " if " + strconv.Itoa(number) }
func (loc *location) contentBlock() string      { return loc.block() + " content" }
func (loc *location) limitBlock() string        { return loc.block() + " limit_except" }

// locationBlocks lowers a location: what is checked on entering it, its rewrite codes, its content.
func (w *lowering) locationBlocks(loc *location) {
	e := &env{server: loc.server, scope: loc.scope}
	if w.spent() {
		w.blocks[loc.block()] = w.tooLarge(loc.scope.head)[0].Do
		return
	}
	w.merged(loc.scope)
	var steps []routing.Step
	if loc.kind != byName {
		steps = w.entry(e)
	}
	if loc.limit != nil {
		steps = append(steps, w.limitExcept(loc))
	}
	for _, gap := range loc.scope.gaps {
		steps = append(steps, gapStep(gap))
	}
	content := append(w.choosesIf(loc), w.content(e, loc)...)
	w.spend(len(steps) + len(content))
	codes := w.codes(e, loc.scope.own, &codeTarget{after: loc.contentBlock(), loc: loc})
	if len(codes) == 0 {
		w.blocks[loc.block()] = append(steps, content...)
		return
	}
	steps = append(steps, codes...)
	w.blocks[loc.block()] = append(steps, &routing.Jump{To: loc.contentBlock(), Span: loc.scope.head.Span()})
	w.blocks[loc.contentBlock()] = content
}

// entry is what ngx_http_core_find_config_phase checks.
func (w *lowering) entry(e *env) []routing.Step {
	var steps []routing.Step
	if d := w.one(e.scope, "internal"); !d.IsZero() {
		at := d.Span()
		steps = append(steps, &routing.Match{Span: at, Arms: []routing.Arm{{
			When: equals(readVar(internalVar), ""), Do: w.answer(e, 404, at, "the location is internal"), Label: "internal", Span: at,
		}}})
	}
	return append(steps, w.bodyLimit(e)...)
}

// choosesIf goes to the if block that decides how the request is handled: the last one whose condition held.
func (w *lowering) choosesIf(loc *location) []routing.Step {
	to := map[string]routing.TableEntry{}
	for i, s := range loc.ifs {
		if !w.decides(loc, s) {
			continue
		}
		block := loc.ifBlock(i + 1)
		to[block] = routing.TableEntry{Block: block, Label: title(s.head), Span: s.head.Span()}
		w.blocks[block] = w.content(&env{server: loc.server, scope: s}, loc)
	}
	if len(to) == 0 {
		return nil
	}
	return []routing.Step{&routing.Table{Key: readVar(ifVar), To: to, Span: loc.scope.head.Span()}}
}

// decides reports whether an if block has directives of its own beside rewrite codes, or takes try_files away.
func (w *lowering) decides(loc *location, s *scope) bool {
	for _, x := range s.own {
		if !rewriteCodes[x.Name()] {
			return true
		}
	}
	return len(w.own(loc.scope, "try_files")) > 0
}

// limitExcept sends requests of other methods to the block's own handling, without the location's rewrite codes.
func (w *lowering) limitExcept(loc *location) routing.Step {
	d := loc.limit.head
	var allowed routing.Any
	for _, m := range d.Args() {
		allowed = append(allowed, equals(routing.Read(routing.InMethod, ""), m))
		if m == "GET" {
			allowed = append(allowed, equals(routing.Read(routing.InMethod, ""), "HEAD"))
		}
	}
	w.blocks[loc.limitBlock()] = w.content(&env{server: loc.server, scope: loc.limit}, loc)
	return &routing.Match{Span: d.Span(), Arms: []routing.Arm{{
		When: routing.Not{Cond: allowed}, Do: []routing.Step{&routing.Jump{To: loc.limitBlock(), Span: d.Span()}}, Label: title(d), Span: d.Span(),
	}}}
}
