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
		inLog := &env{server: e.server, scope: e.scope, logging: true}
		line := w.text(combined, Directive{}, inLog)
		w.plainLog = []routing.Step{&routing.Log{
			Line: routing.Remark{Of: line, Default: "NGINX"}, Parts: w.ownParts(Directive{}, inLog), Sink: "logs/access.log (default of NGINX)", Span: w.http.head.Span(),
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
		if whole && !slices.ContainsFunc(w.formats[lower(format)].Args(), dependsOnLevel) {
			w.formatted[d] = line
		}
	}
	step := &routing.Log{Line: line.text, Parts: line.parts, Sink: d.Value(1), Span: at}
	if condition == "" {
		return []routing.Step{step}
	}
	when := routing.Truthy{Of: w.text(condition, d, e)}
	return []routing.Step{&routing.Match{Span: at, Arms: []routing.Arm{{When: when, Do: []routing.Step{step}, Label: title(d), Span: at}}}}
}

// logLine is what an access_log writes, as a whole and by the variables in its format.
type logLine struct {
	text  routing.Expr
	parts []routing.LogPart
}

// format is a log line. The line of log_format stands beside that of access_log, which decides.
func (w *lowering) format(name string, d Directive, e *env) logLine {
	inLog := &env{server: e.server, scope: e.scope, logging: true, lineless: e.lineless, unread: e.unread, nameless: e.nameless, headless: e.headless}
	if name == "combined" {
		return logLine{routing.Remark{Of: w.text(combined, d, inLog), Span: d.Span()}, w.ownParts(d, inLog)}
	}
	f, ok := w.formats[lower(name)]
	switch {
	case !ok && w.mayBeElsewhere():
		w.doubt(d, `unknown log format "`+name+`", unless a file that was not read defines it`, "give the output of nginx -T")
		return logLine{text: unknown(`the log format "`+name+`" was not read`, d.Span())}
	case !ok:
		w.refuse(d, `unknown log format "`+name+`"`)
		return logLine{text: unknown(`unknown log format "`+name+`"`, d.Span())}
	}
	var line routing.Concat
	for _, word := range formatWords(f) {
		line.Parts = append(line.Parts, w.text(word, f, inLog))
	}
	return logLine{routing.Remark{Of: line, Related: []routing.Note{{Span: d.Span(), Text: "writes this format"}}}, w.formatParts(f, inLog)}
}

// ownParts are the variables of NGINX's own format.
func (w *lowering) ownParts(d Directive, e *env) []routing.LogPart {
	pieces, _ := splitVariables(combined)
	var out []routing.LogPart
	for _, p := range pieces {
		if p.variable != "" {
			out = append(out, routing.LogPart{Name: "$" + p.variable, Of: w.variable(p.variable, d, e), Span: d.Span()})
		}
	}
	return out
}

// formatParts are the variables of a log_format, each where it stands.
func (w *lowering) formatParts(f Directive, e *env) []routing.LogPart {
	var out []routing.LogPart
	for i := 2; i < f.Len(); i++ {
		word := f.Word(i)
		pieces, _ := splitVariables(word.Value)
		for _, p := range pieces {
			if p.variable != "" {
				out = append(out, routing.LogPart{Name: "$" + p.variable, Of: w.variable(p.variable, f, e), Span: word.part(p)})
			}
		}
	}
	return out
}

// part is where a variable stands in a word; the word itself where that is not plain from its text.
func (w Word) part(p piece) routing.Span {
	if w.Raw != w.Value || strings.Contains(w.Raw, "\n") || w.Span.IsZero() {
		return w.Span
	}
	at := w.Span
	at.Col += p.at
	if w.Quote != 0 {
		at.Col++
	}
	at.EndLine, at.EndCol = at.Line, at.Col+len(p.variable)+1
	if strings.HasPrefix(w.Raw[p.at:], "${") {
		at.EndCol += 2
	}
	return at
}

// formatWords are the texts of a log_format. Each is read on its own: a name of a variable does not go on in the next word.
func formatWords(f Directive) []string {
	words := f.Args()[min(1, len(f.Args())):]
	if len(words) > 0 && strings.HasPrefix(words[0], "escape=") {
		return words[1:]
	}
	return words
}
