package nginx

import (
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// cached is the condition that answers to a request may come from the cache of a level, or go into it (ngx_http_upstream_cache); ok is
// false where the level has none.
func (w *lowering) cached(e *env) (when routing.All, d Directive, ok bool) {
	d = w.one(e.scope, "proxy_cache")
	if d.IsZero() || d.Value(1) == "off" {
		return nil, d, false
	}
	methods := routing.Any{equals(method, "GET"), equals(method, "HEAD")}
	for _, m := range w.one(e.scope, "proxy_cache_methods").Args() {
		methods = append(methods, equals(method, m))
	}
	when = routing.All{methods}
	if strings.Contains(d.Value(1), "$") {
		zone := w.value(d, 1, e)
		when = append(when, routing.Not{Cond: equals(zone, "")}, routing.Not{Cond: equals(zone, "off")})
	}
	return when, d, true
}

// conditional are the headers by which clients ask for a part of an answer, or for one only if it is new. What is cached must be whole
// (ngx_http_proxy_cache_headers).
var conditional = []string{"If-Modified-Since", "If-Unmodified-Since", "If-None-Match", "If-Match", "Range", "If-Range"}

// cachedVar is set for requests whose answers are cached: what is sent may have another method than the client's.
const cachedVar = ":cached"

// unconditional takes these headers from requests whose answers are cached.
func (w *lowering) unconditional(e *env) []routing.Step {
	when, d, ok := w.cached(e)
	if !ok {
		return nil
	}
	do := []routing.Step{setVar(cachedVar, "1", d.Span())}
	for _, name := range conditional {
		do = append(do, removeHeader(name, d.Span()))
	}
	return []routing.Step{
		setVar(cachedVar, "", d.Span()),
		&routing.Match{Span: d.Span(), Arms: []routing.Arm{{When: when, Do: do, Label: title(d), Span: d.Span()}}},
	}
}

// wholeAnswer asks with GET for what a client asks with HEAD, so that the answer can be cached.
func (w *lowering) wholeAnswer(e *env) (routing.Arm, bool) {
	when, d, ok := w.cached(e)
	if !ok || !isOn(w.flag(e.scope, "proxy_cache_convert_head", true)) {
		return routing.Arm{}, false
	}
	get := &routing.Set{What: routing.Place{Kind: routing.InMethod}, To: routing.Text("GET"), Span: d.Span()}
	return routing.Arm{When: append(when, equals(method, "HEAD")), Do: []routing.Step{get}, Label: title(d), Span: d.Span()}, true
}

// cache sets whether an answer may be served to another request, and to which. Nothing is stored without buffering, for
// proxy_no_cache, and nothing is served for proxy_cache_bypass.
func (w *lowering) cache(e *env, t *target, s routing.Settings) {
	_, d, ok := w.cached(e)
	if !ok {
		return
	}
	when := routing.All{equals(readVar(cachedVar), "1")}
	for _, name := range []string{"proxy_no_cache", "proxy_cache_bypass"} {
		for _, line := range w.list(e.scope, name) {
			for i := 1; i < line.Len(); i++ {
				when = append(when, routing.Not{Cond: routing.Truthy{Of: w.value(line, i, e)}})
			}
		}
	}
	never := w.flag(e.scope, "proxy_buffering", true)
	if never.State() == routing.Known && !isOn(never) {
		when = routing.All{routing.Not{Cond: routing.Always{}}}
	}
	at := d.Span()
	s[routing.Cache] = routing.Choose{Arms: []routing.ChooseArm{
		{When: when, To: routing.Lit{Value: routing.OfBool(true, at)}}, {When: routing.Always{}, To: routing.Lit{Value: routing.OfBool(false, at)}},
	}}
	s[routing.CacheHeeds] = routing.Lit{Value: w.heeded(e)}
	s[routing.CacheKey] = routing.Concat{Parts: []routing.Expr{t.scheme, routing.Text("://"), t.host, t.uri}}
	if key := w.one(e.scope, "proxy_cache_key"); !key.IsZero() {
		s[routing.CacheKey] = w.value(key, 1, e)
	}
}

// heeded tells whether an answer that says it must not be stored is not: either header does (ngx_http_upstream_process_cache_control,
// ngx_http_upstream_process_expires).
func (w *lowering) heeded(e *env) routing.Value {
	left := map[string]bool{"cache-control": true, "expires": true}
	var at routing.Span
	for _, d := range w.list(e.scope, "proxy_ignore_headers") {
		for _, name := range d.Args() {
			delete(left, lower(name))
			at = d.Span()
		}
	}
	return routing.OfBool(len(left) > 0, at)
}

// mayComeOutEmpty reports whether a text of pieces has none that is fixed.
func mayComeOutEmpty(pieces []piece) bool {
	return !slices.ContainsFunc(pieces, func(p piece) bool { return p.variable == "" && p.text != "" })
}
