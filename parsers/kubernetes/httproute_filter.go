package kubernetes

import (
	"cmp"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/routing"
)

// action is what a rule does with a request: its filters in order, then the backends. Filters of single backends are not followed.
func (l *routeLowering) action(r routeRule) []routing.Step {
	var steps []routing.Step
	target := routing.ReadOriginal(routing.InTarget, "")
	for f := range r.rule.get("filters").items() {
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
		default:
			steps = append(steps, maybe("what the filter "+f.get("type").text()+" does"+depends, f.span()))
		}
	}
	return append(steps, l.forward(r, target)...)
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
		to := literal(h.get("value"))
		if kind == routing.InHeader && strings.EqualFold(h.get("name").text(), "Host") {
			to = routing.Lit{Value: routing.UnknownOf("whether RequestHeaderModifier changes Host"+depends+", urlRewrite.hostname is what changes it", h.span())}
		}
		out = append(out, &routing.Set{What: routing.Place{Kind: kind, Name: h.get("name").text()}, To: to, Span: h.span()})
	}
	for h := range m.get("add").items() {
		out = append(out, &routing.Add{What: routing.Place{Kind: kind, Name: h.get("name").text()}, To: literal(h.get("value")), Span: h.span()})
	}
	for name := range m.get("remove").items() {
		out = append(out, &routing.Remove{What: routing.Place{Kind: kind, Name: name.text()}, Span: name.span()})
	}
	return out
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
	var to []routing.Expr
	if scheme := f.get("scheme"); !scheme.isZero() {
		to = append(to, literal(scheme))
	} else {
		to = append(to, routing.ReadOriginal(routing.InScheme, ""))
	}
	to = append(to, routing.Text("://"))
	if host := f.get("hostname"); !host.isZero() {
		to = append(to, literal(host))
	} else {
		to = append(to, routing.ReadOriginal(routing.InHost, ""))
	}
	if port := f.get("port"); !port.isZero() {
		to = append(to, routing.Text(":"), literal(port))
	}
	if path := f.get("path"); !path.isZero() {
		to = append(to, rewritten(r, path))
	} else {
		to = append(to, routing.ReadOriginal(routing.InTarget, ""))
	}
	status := f.get("statusCode")
	return &routing.Redirect{Status: routing.Of(cmp.Or(status.text(), "302"), cmp.Or(status.span(), f.span())), To: routing.Concat{Parts: to, Span: f.span()}, Span: f.span()}
}
