package nginx

import (
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// returns is the return directive (ngx_http_script_return_code): a status of 400 and more without a text can have an error page.
func (w *lowering) returns(e *env, d Directive) []routing.Step {
	at := d.Span()
	code, err := strconv.Atoi(d.Value(1))
	switch {
	case err != nil && d.Len() == 2 && isURL(d.Value(1)):
		return append(w.ending(e, 302), &routing.Redirect{Status: routing.Of("302", at), To: w.value(d, 1, e), Span: at})
	case err != nil || code < 0 || code > 999:
		w.refuse(d, `invalid return code "`+d.Value(1)+`"`)
		return []routing.Step{&routing.Opaque{Why: "invalid return code", Span: at}}
	case d.Len() == 2 && code >= 400:
		return w.answer(e, code, at, "")
	case d.Len() == 3 && isRedirect(code):
		return append(w.ending(e, 302), &routing.Redirect{Status: routing.Of(d.Value(1), at), To: w.absolute(e, w.value(d, 2, e)), Span: at})
	}
	status := routing.Of(strconv.Itoa(code), at)
	_, status.Related = w.lostAnswer(e, "Access-Control-Allow-Origin")
	respond := &routing.Respond{Status: status, Override: readVar(statusVar), Span: at}
	if lit, ok := w.value(d, 2, e).(routing.Lit); ok && d.Len() == 3 {
		respond.Body = lit.Text()
	}
	return append(w.ending(e, code), respond)
}

func isURL(s string) bool {
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "$scheme")
}

func isRedirect(code int) bool {
	return code == 301 || code == 302 || code == 303 || code == 307 || code == 308
}
