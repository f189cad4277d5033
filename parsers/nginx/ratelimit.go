package nginx

import (
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// limited notes what bounds the number of requests or connections of a level. Limits come before access control, in each location that
// a request is searched anew for (NGX_HTTP_PREACCESS_PHASE).
func (w *lowering) limited(e *env) []routing.Step {
	limits, at := w.rateLimits(e)
	if len(limits.Arms) == 0 {
		return nil
	}
	limits.Arms = append(limits.Arms, routing.ChooseArm{When: routing.Always{}, To: readVar(limitVar)})
	return []routing.Step{&routing.Set{What: routing.Place{Kind: routing.InVar, Name: limitVar}, To: limits, Span: at}}
}

// metLimits are the limits that were met on the way.
var metLimits = routing.Choose{Arms: []routing.ChooseArm{{When: routing.Not{Cond: equals(readVar(limitVar), "")}, To: readVar(limitVar)}}}

// rateLimits names what bounds the number of requests or connections at a level. Requests whose key is empty are not counted.
func (w *lowering) rateLimits(e *env) (routing.Choose, routing.Span) {
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
		return routing.Choose{}, routing.Span{}
	}
	return routing.Choose{Arms: []routing.ChooseArm{{When: counted, To: routing.Lit{Value: v}}}}, v.Span
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
