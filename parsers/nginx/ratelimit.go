package nginx

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// rateLimits names what bounds the number of requests or connections; nil for nothing. Requests whose key is empty are not counted.
func (w *lowering) rateLimits(e *env) routing.Expr {
	var v routing.Value
	var counted routing.Any
	for _, name := range []string{"limit_req", "limit_conn"} {
		if isOn(w.flag(e.scope, name+"_dry_run", false)) {
			continue
		}
		for _, d := range w.list(e.scope, name) {
			counted = append(counted, w.counts(d, e))
			if v.IsSet() {
				v = v.With(d.Span(), title(d))
				continue
			}
			v = routing.Of(title(d), d.Span())
		}
	}
	if !v.IsSet() {
		return nil
	}
	return routing.Choose{Arms: []routing.ChooseArm{{When: counted, To: routing.Lit{Value: v}}}}
}

// counts holds where the key of the zone that a limit names is not empty.
func (w *lowering) counts(d Directive, e *env) routing.Cond {
	name := d.Value(1)
	for _, word := range d.Args() {
		if zone, ok := strings.CutPrefix(word, "zone="); ok && d.Name() == "limit_req" {
			name = zone
		}
	}
	for _, zone := range w.own(w.http, d.Name()+"_zone") {
		for _, word := range zone.Args() {
			if rest, ok := strings.CutPrefix(word, "zone="); ok && before(rest, ":") == name {
				return routing.Not{Cond: equals(w.value(zone, 1, e), "")}
			}
		}
	}
	return routing.Always{} // the zone is in a file that was not read
}

func before(s, separator string) string {
	s, _, _ = strings.Cut(s, separator)
	return s
}
