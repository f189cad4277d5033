package nginx

import (
	"slices"
	"strconv"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// ending are the steps before an answer: the headers that are added to it, and the lines that are logged.
func (w *lowering) ending(e *env, status int) []routing.Step {
	return append(w.addedHeaders(e, status), w.logs(e)...)
}

// gentleStatuses are those on which add_header works without "always" (NGINX src/http/modules/ngx_http_headers_filter_module.c).
var gentleStatuses = []int{200, 201, 204, 206, 301, 302, 303, 304, 307, 308}

// addedHeaders are the headers of add_header for answers of a status.
func (w *lowering) addedHeaders(e *env, status int) []routing.Step {
	steps := w.moreAnswer(e)
	for _, d := range w.headerLines(e.scope) {
		always := d.Value(3) == "always"
		if !always && !slices.Contains(gentleStatuses, status) {
			continue
		}
		at := d.Span()
		to := w.value(d, 2, e)
		var when routing.All
		if lit, ok := to.(routing.Lit); !ok || lit.Text() == "" {
			when = append(when, routing.Not{Cond: equals(to, "")})
		}
		if e.answered && !always {
			when = append(when, routing.Not{Cond: asksForUpgrade})
		}
		if _, pages := w.numbers["error_page"]; pages && !always {
			when = append(when, statusIsGentle)
		}
		add := &routing.Add{What: routing.Place{Kind: routing.InResponseHeader, Name: d.Value(1)}, To: to, Span: at}
		if len(when) == 0 {
			steps = append(steps, add)
			continue
		}
		steps = append(steps, &routing.Match{Span: at, Arms: []routing.Arm{{When: when, Do: []routing.Step{add}}}})
	}
	return steps
}

// asksForUpgrade holds for requests that an upstream answers with 101, on which add_header does nothing.
var asksForUpgrade = routing.All{
	routing.Truthy{Of: routing.Read(routing.InHeader, "Upgrade")},
	holds("upgrade", func(s string) bool { return strings.Contains(lower(s), "upgrade") }, routing.Read(routing.InHeader, "Connection")),
}

// statusIsGentle holds unless an error page has fixed a status on which add_header does nothing.
var statusIsGentle = holds("gentle", func(s string) bool {
	status, err := strconv.Atoi(s)
	return err != nil || slices.Contains(gentleStatuses, status)
}, readVar(statusVar))

// headerLines are the add_header directives of a level: its own, else those above. With add_header_inherit (NGINX 1.29.3) its own come
// after those above, or none does.
func (w *lowering) headerLines(s *scope) []Directive {
	for ; s != nil; s = s.parent {
		own := w.own(s, "add_header")
		switch w.one(s, "add_header_inherit").Value(1) {
		case "merge":
			return append(slices.Clip(w.headerLines(s.parent)), own...)
		case "off":
			return own
		}
		if len(own) > 0 {
			return own
		}
	}
	return nil
}

// lostAnswer are the add_header lines of the level above that a level hides, where one of them is for that header.
func (w *lowering) lostAnswer(e *env, header string) (first routing.Span, lines []routing.Note) {
	if w.one(e.scope, "add_header_inherit").Value(1) == "merge" {
		return routing.Span{}, nil
	}
	return w.lost(e, "add_header", header)
}

// hiddenHeaders are the headers of the upstream's answer that are not passed on. X-Accel-Buffering is one, unless proxy_pass_header names it.
func (w *lowering) hiddenHeaders(e *env) []routing.Step {
	var steps []routing.Step
	for _, d := range w.list(e.scope, "proxy_pass_header") {
		if isAccelBuffering(d.Value(1)) {
			to := unknown("what the upstream says in X-Accel-Buffering", d.Span())
			steps = append(steps, &routing.Set{What: routing.Place{Kind: routing.InResponseHeader, Name: d.Value(1)}, To: to, Span: d.Span()})
		}
	}
	for _, d := range w.list(e.scope, "proxy_hide_header") {
		remove := &routing.Remove{What: routing.Place{Kind: routing.InResponseHeader, Name: d.Value(1)}, Span: d.Span()}
		if first, lost := w.lostAnswer(e, d.Value(1)); len(lost) > 0 {
			remove.Span, remove.Related = first, append(lost, routing.Note{Span: d.Span(), Text: "the service's own is taken off here"})
		}
		steps = append(steps, remove)
	}
	return steps
}
