package nginx

import (
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// combined is NGINX's own log format (src/http/modules/ngx_http_log_module.c).
const combined = `$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"`

// logs are the lines that are written about a request that ends in a level.
func (w *lowering) logs(e *env) []routing.Step {
	list := w.list(e.scope, "access_log")
	if len(list) == 0 {
		if v, ok := w.around(e.scope, "access_log"); ok {
			return []routing.Step{&routing.Log{Line: routing.Lit{Value: v}, Sink: "a log that is set around this", Span: e.scope.head.Span()}}
		}
		return w.defaultLog(e)
	}
	var steps []routing.Step
	for _, d := range list {
		if d.Value(1) == "off" && d.Len() == 2 {
			return nil
		}
		steps = append(steps, w.log(d, e)...)
	}
	return steps
}

// defaultLog is what NGINX does when nothing is said about it: logs/access.log in the format combined.
func (w *lowering) defaultLog(e *env) []routing.Step {
	if w.plainLog == nil {
		line := w.text(combined, Directive{}, &env{server: e.server, scope: e.scope, logging: true})
		w.plainLog = []routing.Step{&routing.Log{
			Line: routing.Remark{Of: line, Default: "NGINX"}, Sink: "logs/access.log (default of NGINX)", Span: w.http.head.Span(),
		}}
	}
	return w.plainLog
}

func (w *lowering) log(d Directive, e *env) []routing.Step {
	at := d.Span()
	format, condition := "combined", ""
	if d.Len() > 2 {
		format = d.Value(2)
	}
	for i := 3; i < d.Len(); i++ {
		if when, ok := strings.CutPrefix(d.Value(i), "if="); ok {
			condition = when
		}
	}
	line, ok := w.formatted[d]
	if whole := !e.unread && !e.headless; !ok || !whole {
		line = w.format(format, d, e)
		if whole && !slices.ContainsFunc(w.formats[format].Args(), dependsOnLevel) {
			w.formatted[d] = line
		}
	}
	step := &routing.Log{Line: line, Sink: d.Value(1), Span: at}
	if condition == "" {
		return []routing.Step{step}
	}
	when := routing.Truthy{Of: w.text(condition, d, e)}
	return []routing.Step{&routing.Match{Span: at, Arms: []routing.Arm{{When: when, Do: []routing.Step{step}, Label: title(d), Span: at}}}}
}

// format is a log line. The line of log_format stands beside that of access_log, which decides.
func (w *lowering) format(name string, d Directive, e *env) routing.Expr {
	inLog := &env{server: e.server, scope: e.scope, logging: true, lineless: e.lineless, unread: e.unread, nameless: e.nameless, headless: e.headless}
	if name == "combined" {
		return routing.Remark{Of: w.text(combined, d, inLog), Span: d.Span()}
	}
	f, ok := w.formats[name]
	switch {
	case !ok && w.mayBeElsewhere():
		w.doubt(d, `unknown log format "`+name+`", unless a file that was not read defines it`, "give the output of nginx -T")
		return unknown(`the log format "`+name+`" was not read`, d.Span())
	case !ok:
		w.refuse(d, `unknown log format "`+name+`"`)
		return unknown(`unknown log format "`+name+`"`, d.Span())
	}
	var line routing.Concat
	for _, word := range formatWords(f) {
		line.Parts = append(line.Parts, w.text(word, f, inLog))
	}
	return routing.Remark{Of: line, Related: []routing.Note{{Span: d.Span(), Text: "writes this format"}}}
}

// formatWords are the texts of a log_format. Each is read on its own: a name of a variable does not go on in the next word.
func formatWords(f Directive) []string {
	words := f.Args()[min(1, len(f.Args())):]
	if len(words) > 0 && strings.HasPrefix(words[0], "escape=") {
		return words[1:]
	}
	return words
}
