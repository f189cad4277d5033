package nginx

import (
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// hopByHop are the headers of a client that are not passed on unless proxy_set_header names them (ngx_http_proxy_headers).
var hopByHop = []string{"Connection", "Upgrade", "Keep-Alive", "TE", "Expect", "Transfer-Encoding"}

// header is one line of the headers that are sent.
type header struct {
	name string
	to   routing.Expr
	at   routing.Span
}

// headers are the steps that make the headers of the request that is sent: NGINX's own and those of proxy_set_header, and then what
// the client sent under other names.
func (w *lowering) headers(e *env, t *target) []routing.Step {
	var steps []routing.Step
	at := t.d.Span()
	if pass := w.flag(e.scope, "proxy_pass_request_headers", true); !isOn(pass) {
		length := header{"Content-Length", routing.ReadOriginal(routing.InHeader, "Content-Length"), pass.Span}
		steps = append(steps, &routing.Remove{What: routing.Place{Kind: routing.InHeader, Name: routing.AllHeaders}, Span: pass.Span}, setHeader(length))
	}
	for _, name := range hopByHop {
		remove := &routing.Remove{What: routing.Place{Kind: routing.InHeader, Name: name}, Span: at}
		if first, lost := w.lost(e, "proxy_set_header", name); len(lost) > 0 {
			remove.Span, remove.Related = first, lost
		}
		steps = append(steps, remove)
	}
	if !w.release.before(dropsProxyConn) {
		steps = append(steps, removeHeader("Proxy-Connection", at))
	}
	steps = append(append(steps, w.unconditional(e)...), w.framing(e)...)
	list := w.list(e.scope, "proxy_set_header")
	if around := w.headersAround(e, t); len(list) == 0 && len(around) > 0 {
		return append(steps, sending(around)...)
	}
	steps = append(steps, sending(w.defaults(e, t, list))...)
	return append(steps, w.named(e, list)...)
}

// named are the steps for the lines of proxy_set_header other than Host. Levels that inherit the same lines share the steps, unless
// something in them depends on the level.
func (w *lowering) named(e *env, list []Directive) []routing.Step {
	if len(list) == 0 {
		return nil
	}
	if known, ok := w.sent[list[0]]; ok {
		return known
	}
	var all []header
	shared := true
	for _, d := range list {
		if lower(d.Value(1)) == "host" {
			continue
		}
		all = append(all, header{d.Value(1), w.value(d, 2, e), d.Span()})
		shared = shared && !dependsOnLevel(d.Value(2))
	}
	steps := sending(all)
	if shared {
		w.sent[list[0]] = steps
	}
	return steps
}

// dependsOnLevel reports whether a value may read variables that differ from server to server, or from location to location.
func dependsOnLevel(value string) bool {
	pieces, _ := splitVariables(value)
	return slices.ContainsFunc(pieces, func(p piece) bool {
		return slices.Contains([]string{"host", "server_name", "proxy_host", "proxy_port"}, p.variable)
	})
}

// sending sets the first line of each name and adds the others.
func sending(list []header) []routing.Step {
	var steps []routing.Step
	seen := map[string]bool{}
	for _, h := range list {
		if name := lower(h.name); seen[name] {
			steps = append(steps, addHeader(h))
		} else {
			steps = append(steps, setHeader(h))
			seen[name] = true
		}
	}
	return steps
}

func removeHeader(name string, at routing.Span) routing.Step {
	return &routing.Remove{What: routing.Place{Kind: routing.InHeader, Name: name}, Span: at}
}

func setHeader(h header) routing.Step {
	return &routing.Set{What: routing.Place{Kind: routing.InHeader, Name: h.name}, To: h.to, Span: h.at}
}

// addHeader adds a second line of a name; a header without a value is not sent.
func addHeader(h header) routing.Step {
	add := &routing.Add{What: routing.Place{Kind: routing.InHeader, Name: h.name}, To: h.to, Span: h.at}
	return &routing.Match{Span: h.at, Arms: []routing.Arm{{When: routing.Not{Cond: equals(h.to, "")}, Do: []routing.Step{add}}}}
}

// defaults are the Host header, whoever sets it, and the Connection header that NGINX sends unless proxy_set_header names it.
func (w *lowering) defaults(e *env, t *target, list []Directive) []header {
	out := w.hosts(e, t, list)
	if sets(list, "connection") {
		return out
	}
	if !w.since(speaksHTTP11) {
		whose := w.release.side(speaksHTTP11)
		to := w.cut(e, "connection", routing.Lit{Value: routing.DefaultOf("close", whose)}, whose)
		out = append(out, header{"Connection", to, t.d.Span()})
	}
	return out
}

// sets reports whether a list of proxy_set_header names a header.
func sets(list []Directive, name string) bool {
	for _, d := range list {
		if lower(d.Value(1)) == name {
			return true
		}
	}
	return false
}

// hosts are the Host headers. Until NGINX 1.31.4 each line of proxy_set_header sends one, and an empty one sends none; since then the
// last counts, and an empty one is $proxy_host in HTTP/1.1.
func (w *lowering) hosts(e *env, t *target, list []Directive) []header {
	var lines []header
	for _, d := range list {
		if lower(d.Value(1)) == "host" {
			lines = append(lines, header{"Host", w.value(d, 2, e), d.Span()})
		}
	}
	if len(lines) == 0 {
		return []header{{"Host", w.cut(e, "host", t.host, "NGINX"), t.d.Span()}}
	}
	one := !w.release.before(sendsOneHost)
	if len(lines) > 1 || w.mayBeEmpty(lines[0].to) {
		one = w.since(sendsOneHost)
	}
	last := lines[len(lines)-1]
	if text, ok := last.to.(routing.Lit); !one || len(lines) == 1 && ok && text.Text() != "" {
		return lines
	}
	if version := w.protocol(e); version.Text() == "HTTP/1.1" {
		last.to = routing.Choose{Arms: []routing.ChooseArm{
			{When: routing.Not{Cond: equals(last.to, "")}, To: last.to},
			{When: routing.Always{}, To: routing.Remark{Of: t.host, Default: w.release.side(sendsOneHost)}},
		}}
	}
	return []header{last}
}

// mayBeEmpty reports whether a Host header can come out empty: where it is an empty text, or nothing but a variable of the
// configuration's own.
func (w *lowering) mayBeEmpty(x routing.Expr) bool {
	switch x := x.(type) {
	case routing.Lit:
		return x.Text() == "" && !x.IsUnknown()
	case routing.Concat:
		for _, part := range x.Parts {
			if !w.mayBeEmpty(part) {
				return false
			}
		}
		return true
	case routing.Once:
		return w.mayBeEmpty(x.Of)
	case routing.Lookup:
		for _, to := range x.Exact {
			if w.mayBeEmpty(to) {
				return true
			}
		}
		return w.mayBeEmpty(x.Default)
	}
	return false
}

// cut is a default that holds only because lines of this level hide those of the levels above; it names both.
func (w *lowering) cut(e *env, name string, to routing.Expr, whose string) routing.Expr {
	remark := routing.Remark{Of: to, Default: whose}
	remark.Span, remark.Related = w.lost(e, "proxy_set_header", name)
	return remark
}

// lost are the lines of the level above that a level does not inherit because it has lines of its own, where one of them is for a
// header that no line of its own is for; first is the first of its own.
func (w *lowering) lost(e *env, directive, header string) (first routing.Span, lines []routing.Note) {
	own, concerned := w.list(e.scope, directive), false
	for _, d := range w.hidden(e.scope, directive) {
		if sets(own, lower(d.Value(1))) {
			continue
		}
		concerned = concerned || lower(d.Value(1)) == lower(header)
		lines = append(lines, routing.Note{Span: d.Span(), Text: strings.TrimSpace(title(d)), Hidden: true})
	}
	if !concerned {
		return routing.Span{}, nil
	}
	return own[0].Span(), lines
}
