package nginx

import (
	"slices"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// conditional are the headers of a client that ask for a part of an answer, or for one only if it has changed. They are not sent on
// with requests whose answers may be stored, unless proxy_set_header names them (ngx_http_proxy_cache_headers).
var conditional = []string{"If-Modified-Since", "If-Unmodified-Since", "If-None-Match", "If-Match", "Range", "If-Range"}

// caches is the proxy_cache that counts in a level; the zero Directive for none.
func (w *lowering) caches(e *env) Directive {
	if d := w.one(e.scope, "proxy_cache"); d.Value(1) != "off" {
		return d
	}
	return Directive{}
}

// cacheable is the condition that the answer to a request may be stored: GET and HEAD always are (ngx_http_upstream_cache_method_mask).
func (w *lowering) cacheable(e *env) routing.Cond {
	methods := routing.Any{equals(method, "GET"), equals(method, "HEAD")}
	for _, m := range w.one(e.scope, "proxy_cache_methods").Args() {
		methods = append(methods, equals(method, m))
	}
	return methods
}

// cacheHeaders take conditional headers off requests whose answers may be stored.
func (w *lowering) cacheHeaders(e *env, list []Directive) []routing.Step {
	d := w.caches(e)
	if d.IsZero() {
		return nil
	}
	at := d.Span()
	var off []routing.Step
	for _, name := range conditional {
		if !sets(list, lower(name)) {
			off = append(off, removeHeader(name, at))
		}
	}
	return []routing.Step{&routing.Match{Span: at, Arms: []routing.Arm{{When: w.cacheable(e), Do: off}}}}
}

// cacheMethod asks the upstream with GET for what a client asks with HEAD, so that the answer can be stored.
func (w *lowering) cacheMethod(e *env) []routing.Step {
	d := w.caches(e)
	if d.IsZero() || !isOn(w.flag(e.scope, "proxy_cache_convert_head", true)) {
		return nil
	}
	at := d.Span()
	get := &routing.Set{What: routing.Place{Kind: routing.InMethod}, To: routing.Text("GET"), Span: at}
	return []routing.Step{&routing.Match{Span: at, Arms: []routing.Arm{{When: equals(method, "HEAD"), Do: []routing.Step{get}}}}}
}

// mayComeOutEmpty reports whether a text of pieces has none that is fixed.
func mayComeOutEmpty(pieces []piece) bool {
	return !slices.ContainsFunc(pieces, func(p piece) bool { return p.variable == "" && p.text != "" })
}
