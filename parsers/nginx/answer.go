package nginx

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// answer is an answer of NGINX's own with an error status: the error page that is set for it, else the status
// (ngx_http_special_response_handler).
func (w *lowering) answer(e *env, status int, at routing.Span, label string) []routing.Step {
	plain := append(w.ending(e, status), &routing.Respond{Status: routing.Of(strconv.Itoa(status), at), Label: label, Span: at})
	page := w.errorPage(e, status)
	if page.IsZero() {
		return plain
	}
	first := routing.Arm{When: equals(readVar(errorPageVar), ""), Do: w.showErrorPage(e, page, status), Label: title(page), Span: page.Span()}
	return append([]routing.Step{&routing.Match{Arms: []routing.Arm{first}, Span: page.Span()}}, plain...)
}

// errorPage is the error_page directive for a status; the zero Directive for none.
func (w *lowering) errorPage(e *env, status int) Directive {
	for s := e.scope; s != nil; s = s.parent {
		if list := w.own(s, "error_page"); len(list) > 0 {
			return s.errorPages(list)[strconv.Itoa(status)]
		}
	}
	return Directive{}
}

// errorPages are the error pages of a level by status; the first counts.
func (s *scope) errorPages(list []Directive) map[string]Directive {
	if s.pages != nil {
		return s.pages
	}
	s.pages = map[string]Directive{}
	for _, d := range list {
		for i := 1; i < d.Len()-1; i++ {
			if _, taken := s.pages[d.Value(i)]; !taken {
				s.pages[d.Value(i)] = d
			}
		}
	}
	return s.pages
}

// errorStatuses are the errors of an upstream that clients get as something else, by error_page where proxy_intercept_errors is on
// (ngx_http_upstream_intercept_errors).
func (w *lowering) errorStatuses(e *env) routing.Value {
	var pairs []string
	var at routing.Span
	for status := http.StatusBadRequest; status <= 599; status++ {
		page := w.errorPage(e, status)
		if page.IsZero() {
			continue
		}
		if to := w.pageStatus(e, page); to != "" {
			pairs, at = append(pairs, strconv.Itoa(status)+"="+to), page.Span()
		}
	}
	if len(pairs) == 0 {
		return routing.Value{}
	}
	return routing.Of(strings.Join(pairs, " "), at)
}

// showErrorPage goes to a named location with the request as it is, to another URI as GET, or answers with a redirect.
func (w *lowering) showErrorPage(e *env, page Directive, status int) []routing.Step {
	at := page.Span()
	var steps []routing.Step
	if !isOn(w.flag(e.scope, "recursive_error_pages", false)) {
		steps = append(steps, setVar(errorPageVar, "1", at))
	}
	overwrite, override := strings.CutPrefix(page.Value(page.Len()-2), "=")
	switch {
	case !override:
		overwrite = strconv.Itoa(status)
	case overwrite == "0":
		overwrite = ""
	}
	steps = append(steps, setVar(statusVar, overwrite, at))
	uri := page.Value(page.Len() - 1)
	switch {
	case strings.HasPrefix(uri, "@"):
		return append(steps, w.toNamed(e, uri, page)...)
	case strings.HasPrefix(uri, "/"):
		steps = append(steps, &routing.Match{Span: at, Arms: []routing.Arm{{
			When: routing.Not{Cond: equals(routing.Read(routing.InMethod, ""), "HEAD")},
			Do:   []routing.Step{&routing.Set{What: routing.Place{Kind: routing.InMethod}, To: routing.Text("GET"), Span: at}},
		}}})
		return append(steps, w.internalRedirect(e, w.value(page, page.Len()-1, e), page)...)
	case strings.HasPrefix(uri, "$"):
		return append(steps, &routing.Opaque{Why: "error_page leads to a place that is computed", Span: at})
	}
	code := "302"
	if n, err := strconv.Atoi(overwrite); err == nil && override && isRedirect(n) {
		code = overwrite
	}
	return append(w.ending(e, 302), &routing.Redirect{Status: routing.Of(code, at), To: w.absolute(e, w.value(page, page.Len()-1, e)), Span: at})
}

// toNamed goes on in a named location (ngx_http_named_location).
func (w *lowering) toNamed(e *env, name string, d Directive) []routing.Step {
	at := d.Span()
	loc := e.server.named[name]
	if loc == nil {
		return w.fails(e, at, "there is no location "+name)
	}
	return []routing.Step{setVar(internalVar, "1", at), w.goOn(e, loc.block(), "goes on in location "+name, at)}
}

// internalRedirect searches again for another URI, the server's rewrite codes included (ngx_http_internal_redirect). What stands
// behind a question mark is the new query; there is none without.
func (w *lowering) internalRedirect(e *env, uri routing.Expr, d Directive) []routing.Step {
	at := d.Span()
	part := func(name string, i int) routing.Expr {
		cut := func(a ...string) string { path, query, _ := strings.Cut(a[0], "?"); return [2]string{path, query}[i] }
		return routing.Call{Name: name, Fn: cut, Args: []routing.Expr{uri}, Span: at}
	}
	return []routing.Step{
		&routing.Set{What: routing.Place{Kind: routing.InVar, Name: ":query"}, To: part("query", 1), Span: at},
		&routing.Set{What: routing.Place{Kind: routing.InPath}, To: part("path", 0), Span: at},
		&routing.Set{What: routing.Place{Kind: routing.InQuery}, To: readVar(":query"), Span: at},
		setVar(changedVar, "1", at), setVar(internalVar, "1", at), setVar(wholeVar, "", at),
		w.goOn(e, e.server.rewriteBlock(), "redirects inside", at),
	}
}
