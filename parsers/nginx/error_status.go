package nginx

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// pageStatus is the status of an error page where that is no error: of a redirect and of what a location returns it is known, and whether
// a page of another kind is there is not. The status behind = stands in the place of any but that of a redirect and of an error without a text
// (ngx_http_send_response, ngx_http_special_response_handler).
func (w *lowering) pageStatus(e *env, page Directive) string {
	status, given := strings.CutPrefix(page.Value(page.Len()-2), "=")
	code, err := strconv.Atoi(status)
	uri := page.Value(page.Len() - 1)
	if !strings.HasPrefix(uri, "/") && !strings.HasPrefix(uri, "@") {
		switch {
		case strings.HasPrefix(uri, "$"):
			return "?"
		case given && err == nil && isRedirect(code):
			return status
		}
		return "302"
	}
	returned, text, codes := w.returnOf(w.pageLocation(e, uri))
	switch {
	case isRedirect(returned):
		return strconv.Itoa(returned)
	case returned == statusClose, returned == 0 && (codes || given && code < http.StatusBadRequest):
		return "?"
	case returned >= http.StatusBadRequest && !text, !given:
		return "" // it stays an error
	case code == 0: // = alone
		code = returned
	}
	if code >= http.StatusBadRequest {
		return ""
	}
	return strconv.Itoa(code)
}

// statusClose has NGINX close the connection without an answer.
const statusClose = 444

// pageLocation is the location that answers an error page, where that is certain; nil otherwise.
func (w *lowering) pageLocation(e *env, uri string) *location {
	if strings.HasPrefix(uri, "@") {
		return e.server.named[uri]
	}
	uri, _, _ = strings.Cut(uri, "?")
	v := e.server.level
	if strings.Contains(uri, "$") || v == nil || slices.ContainsFunc(e.server.scope.own, func(s setting) bool { return rewriteCodes[s.Name()] && s.Name() != "set" }) {
		return nil
	}
	for _, loc := range v.exact {
		if loc.name == uri {
			return loc
		}
	}
	for _, loc := range longestFirst(v.prefix) {
		if strings.HasPrefix(uri, loc.name) {
			if !loc.level.empty() || len(v.regex) > 0 && loc.kind != byPrefixNoRegex {
				return nil
			}
			return loc
		}
	}
	return nil
}

// returnOf is the status that a location returns to everybody, and whether a text comes with it; 0 where it does something else. codes tells
// that rewrite codes decide what.
func (w *lowering) returnOf(loc *location) (status int, text, codes bool) {
	if loc == nil {
		return 0, false, false
	}
	for _, s := range loc.scope.own {
		switch s.Name() {
		case "return":
			if code, err := strconv.Atoi(s.Value(1)); err == nil {
				return code, s.Len() > 2, true
			}
			return http.StatusFound, false, true // a URL alone
		case "if", "rewrite":
			return 0, false, true
		case "break":
			return 0, false, false
		}
	}
	return 0, false, false
}
