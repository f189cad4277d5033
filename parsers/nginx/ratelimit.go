package nginx

import (
	"strconv"
	"strings"
	"time"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// limited notes what bounds the number of requests or connections of a level. Limits come before access control, in each location that
// a request is searched anew for (NGX_HTTP_PREACCESS_PHASE).
func (w *lowering) limited(e *env) []routing.Step {
	var v routing.Value
	var counted routing.Any
	var counts []routing.Step
	for _, name := range []string{"limit_req", "limit_conn"} {
		if isOn(w.flag(e.scope, name+"_dry_run", false)) {
			continue
		}
		for _, d := range w.list(e.scope, name) {
			if zone := w.zoneOf(d); zone.IsZero() { // it is in a file that was not read
				counted = append(counted, routing.Always{})
			} else {
				key := w.value(zone, 1, e)
				counted = append(counted, routing.Not{Cond: equals(key, "")}) // requests whose key is empty are not counted
				counts = append(counts, counting(d, zone, key))
			}
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
	limits := routing.Choose{Arms: []routing.ChooseArm{{When: counted, To: routing.Lit{Value: v}}, {When: routing.Always{}, To: readVar(limitVar)}}}
	return append(counts, &routing.Set{What: routing.Place{Kind: routing.InVar, Name: limitVar}, To: limits, Span: v.Span})
}

// metLimits are the limits that were met on the way.
var metLimits = routing.ChooseArm{When: routing.Not{Cond: equals(readVar(limitVar), "")}, To: readVar(limitVar)}

// zoneOf is the directive that defines the zone which a limit names; the zero Directive where it was not read.
func (w *lowering) zoneOf(d Directive) Directive {
	name := optionOf(d, "zone=", d.Value(1))
	for _, zone := range w.own(w.http, d.Name()+"_zone") {
		if before(optionOf(zone, "zone=", ""), ":") == name {
			return zone
		}
	}
	return Directive{}
}

// optionOf is the value of an option of a directive.
func optionOf(d Directive, option, otherwise string) string {
	for _, word := range d.Args() {
		if value, ok := strings.CutPrefix(word, option); ok {
			return value
		}
	}
	return otherwise
}

// counting is how a limit counts (ngx_http_limit_conn_handler, ngx_http_limit_req_lookup). What cannot be read of it bounds nothing.
func counting(d, zone Directive, key routing.Expr) *routing.Count {
	c := &routing.Count{Name: zone.Name() + " " + before(optionOf(zone, "zone=", ""), ":"), Key: key, Label: title(d), Span: d.Span()}
	if d.Name() == "limit_conn" {
		c.AtOnce, _ = strconv.Atoi(d.Value(2))
		return c
	}
	c.Every = intervalOf(optionOf(zone, "rate=", "1r/s"))
	c.Burst, _ = strconv.Atoi(optionOf(d, "burst=", "0"))
	return c
}

// intervalOf is the time between two requests at a rate such as 10r/s or 30r/m; 0 for one that cannot be read.
func intervalOf(rate string) time.Duration {
	count, unit, _ := strings.Cut(rate, "r/")
	n, err := strconv.Atoi(count)
	per := map[string]time.Duration{"s": time.Second, "m": time.Minute}[unit]
	if err != nil || n <= 0 {
		return 0
	}
	return per / time.Duration(n)
}

// maxConnections is the bound on connections to the only server of an upstream block (max_conns). Each worker counts its own, unless they share a
// zone.
func (w *lowering) maxConnections(t *target) (routing.Count, bool) {
	if t.computed {
		return routing.Count{}, false
	}
	c, ok := w.bounded[lower(t.fixed)]
	return c, ok
}

// countConnections keeps the bound of an upstream block.
func (w *lowering) countConnections(block Directive, p *routing.Pool) {
	if len(p.Members) != 1 {
		return
	}
	shared := false
	var member Directive
	for d := range block.Body() {
		shared = shared || d.Name() == "zone"
		if d.Name() == "server" && d.Span() == p.Members[0].Span {
			member = d
		}
	}
	most, err := strconv.Atoi(optionOf(member, "max_conns=", ""))
	if err != nil || most <= 0 {
		return
	}
	c := routing.Count{Name: "upstream " + p.Name, Key: routing.Text(p.Name), Label: strings.TrimSpace(title(member)), Span: member.Span()}
	if shared || w.oneWorker() {
		c.AtOnce = most
	}
	w.bounded[lower(p.Name)] = c
}

// oneWorker reports whether NGINX runs a single worker, as it does by default.
func (w *lowering) oneWorker() bool {
	if w.partial || w.anywhere() {
		return false
	}
	for d := range w.tree.Main.Body() {
		if d.Name() == "worker_processes" && d.Value(1) != "1" {
			return false
		}
	}
	return true
}

// usualConnections is how many connections a worker has by default (DEFAULT_CONNECTIONS in src/event/ngx_event.c). A client takes two: its own,
// and that to the service.
const usualConnections = 512

// fewConnections is a directive that gives a worker less.
func (w *lowering) fewConnections() Directive {
	for d := range w.tree.Main.Body() {
		if d.Name() == "worker_rlimit_nofile" && number(d.Value(1)) < usualConnections {
			return d
		}
		if d.Name() != "events" {
			continue
		}
		for inner := range d.Body() {
			if inner.Name() == "worker_connections" && w.filled(inner) == "" && number(inner.Value(1)) < usualConnections {
				return inner
			}
		}
	}
	return Directive{}
}

func before(s, separator string) string {
	s, _, _ = strings.Cut(s, separator)
	return s
}
