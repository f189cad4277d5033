package kubernetes

import (
	"cmp"
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// action is what a rule does with a request: its filters in order and those of its only backend, then the backends.
func (l *routeLowering) action(r routeRule) []routing.Step {
	if r.route.kind == "GRPCRoute" {
		return []routing.Step{&routing.Opaque{Why: r.otherThanCalls(), Span: r.at()}}
	}
	var steps []routing.Step
	target := routing.ReadOriginal(routing.InTarget, "")
	for _, f := range r.filters() {
		switch f.get("type").text() {
		case "RequestHeaderModifier":
			steps = append(steps, modified(f.get("requestHeaderModifier"), routing.InHeader)...)
		case "ResponseHeaderModifier":
			steps = append(steps, modified(f.get("responseHeaderModifier"), routing.InResponseHeader)...)
		case "RequestRedirect":
			return append(steps, redirected(r, f.get("requestRedirect")))
		case "URLRewrite":
			rewrite := f.get("urlRewrite")
			if host := rewrite.get("hostname"); !host.isZero() {
				steps = append(steps, &routing.Set{What: routing.Place{Kind: routing.InHeader, Name: "Host"}, To: literal(host), Span: host.span()})
			}
			if path := rewrite.get("path"); !path.isZero() {
				target = rewritten(r, path)
			}
		case "RequestMirror":
			steps = append(steps, l.copied(r, f.get("requestMirror"))...)
		default:
			steps = append(steps, maybe("what the filter "+f.get("type").text()+" does"+depends, f.span()))
		}
	}
	return append(append(steps, l.policies(r)...), l.forward(r, target)...)
}

// filters are those of a rule, and of its backend where it has only one: those of several depend on which is picked.
func (r routeRule) filters() []value {
	out := slices.Collect(r.rule.get("filters").items())
	if refs := r.backends(); len(refs) == 1 {
		out = append(out, slices.Collect(refs[0].get("filters").items())...)
	}
	return out
}

// copied sends copies of requests to a backend too (HTTPRequestMirrorFilter): of all, or of a part of them.
func (l *routeLowering) copied(r routeRule, mirror value) []routing.Step {
	if mirror.get("percent").text() == "0" || mirror.get("fraction", "numerator").text() == "0" {
		return nil
	}
	var out []routing.Step
	ref := mirror.get("backendRef")
	for _, m := range l.backendOf(r.route, ref).asMembers(1) {
		out = append(out, &routing.Copy{To: m.Address, Span: cmp.Or(ref.get("name").span(), mirror.span())})
	}
	return out
}

func literal(v value) routing.Expr { return routing.Lit{Value: routing.Of(v.text(), v.span())} }

// maybe follows both possibilities of what is not known: that it decides the request, and that it does not.
func maybe(why string, at routing.Span) routing.Step {
	return &routing.Match{Span: at, Arms: []routing.Arm{{
		When: routing.Given{Value: routing.UnknownOf(why, at)}, Do: []routing.Step{&routing.Opaque{Why: why, Span: at}}, Label: why, Span: at,
	}}}
}

// modified changes headers: set, add, remove. Whether Host can be changed this way is not said.
func modified(m value, kind routing.PlaceKind) []routing.Step {
	var out []routing.Step
	for h := range m.get("set").items() {
		if isHost(kind, h.get("name")) {
			out = append(out, hostUnsaid(h.span()))
			continue
		}
		out = append(out, &routing.Set{What: routing.Place{Kind: kind, Name: h.get("name").text()}, To: literal(h.get("value")), Span: h.span()})
	}
	for h := range m.get("add").items() {
		if isHost(kind, h.get("name")) {
			out = append(out, hostUnsaid(h.span()))
			continue
		}
		out = append(out, &routing.Add{What: routing.Place{Kind: kind, Name: h.get("name").text()}, To: literal(h.get("value")), Span: h.span()})
	}
	for name := range m.get("remove").items() {
		if isHost(kind, name) {
			out = append(out, hostUnsaid(name.span()))
			continue
		}
		out = append(out, &routing.Remove{What: routing.Place{Kind: kind, Name: name.text()}, Span: name.span()})
	}
	return out
}

func isHost(kind routing.PlaceKind, name value) bool {
	return kind == routing.InHeader && strings.EqualFold(name.text(), "Host")
}

// hostUnsaid leaves open which Host is sent.
func hostUnsaid(at routing.Span) routing.Step {
	why := "whether RequestHeaderModifier changes Host" + depends + ", urlRewrite.hostname is what changes it"
	return &routing.Set{What: routing.Place{Kind: routing.InHeader, Name: "Host"}, To: routing.Lit{Value: routing.UnknownOf(why, at)}, Span: at}
}

// rewritten is the request target with another path; the query stays.
func rewritten(r routeRule, path value) routing.Expr {
	at := path.span()
	change := func(string) string { return path.get("replaceFullPath").text() }
	if path.get("type").text() == "ReplacePrefixMatch" {
		at = path.get("replacePrefixMatch").span()
		change = func(old string) string { return replacedPrefix(old, r.prefix(), path.get("replacePrefixMatch").text()) }
	} else {
		at = cmp.Or(path.get("replaceFullPath").span(), at)
	}
	return routing.Call{Name: "rewrite", Fn: func(a ...string) string {
		if a[1] == "" {
			return change(a[0])
		}
		return change(a[0]) + "?" + a[1]
	}, Args: []routing.Expr{routing.Read(routing.InPath, ""), routing.Read(routing.InQuery, "")}, Span: at}
}

// replacedPrefix puts a replacement in the place of whole segments (HTTPPathModifier, the table of its examples).
func replacedPrefix(path, prefix, replacement string) string {
	rest := strings.TrimPrefix(path, strings.TrimSuffix(prefix, "/"))
	if rest != "" && !strings.HasPrefix(rest, "/") {
		rest = "/" + rest
	}
	return cmp.Or(strings.TrimSuffix(replacement, "/")+rest, "/")
}

// redirected answers with a redirect: what the filter does not name stays.
func redirected(r routeRule, f value) routing.Step {
	scheme, host, path := routing.ReadOriginal(routing.InScheme, ""), routing.ReadOriginal(routing.InHost, ""), routing.ReadOriginal(routing.InTarget, "")
	if v := f.get("scheme"); !v.isZero() {
		scheme = literal(v)
	}
	if v := f.get("hostname"); !v.isZero() {
		host = literal(v)
	}
	if v := f.get("path"); !v.isZero() {
		path = rewritten(r, v)
	}
	to := []routing.Expr{scheme, routing.Text("://"), host, redirectPort(f, scheme), path}
	status := f.get("statusCode")
	return &routing.Redirect{Status: routing.Of(cmp.Or(status.text(), "302"), cmp.Or(status.span(), f.span())), To: routing.Concat{Parts: to, Span: f.span()}, Span: f.span()}
}

// redirectPort is a colon and the port of a redirect, which is left out where it is the scheme's own: the port that the filter names, that of
// the scheme that it names, or that of the listener (HTTPRequestRedirectFilter, "port").
func redirectPort(f value, scheme routing.Expr) routing.Expr {
	port := routing.ReadOriginal(routing.InPort, "")
	switch {
	case !f.get("port").isZero():
		port = literal(f.get("port"))
	case !f.get("scheme").isZero():
		return routing.Text("")
	}
	is := func(s, p string) routing.Cond {
		return routing.All{routing.Equal{Of: scheme, To: routing.Text(s)}, routing.Equal{Of: port, To: routing.Text(p)}}
	}
	return routing.Choose{Arms: []routing.ChooseArm{
		{When: routing.Any{is("http", "80"), is("https", "443")}, To: routing.Text("")},
		{When: routing.Always{}, To: routing.Concat{Parts: []routing.Expr{routing.Text(":"), port}}},
	}}
}
