package akamai

import (
	"slices"
	"strings"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
	"github.com/asrscheck/asrscheck/parsers/routing"
)

// Variables with what is forwarded in the place of what the client asked for.
const (
	rewrote = ":rewriteUrl"
	query   = ":query"
	base    = ":baseDirectory"
	dropped = ":removeQueryParameter"
	between = "\x00" // between names of query parameters
)

// rewriteURL makes another path of the client's ("rewriteUrl", in the portal "Modify Outgoing Request Path"). Query parameters are kept unless it
// says otherwise.
func (b *builder) rewriteURL(o behavior) []routing.Step {
	keep := flag(o.option("keepQueryString")).Or(defaultOf(o.name, "keepQueryString", latest))
	to := routing.Step(&routing.Set{What: variable(query), To: routing.ReadOriginal(routing.InQuery, ""), Span: o.at()})
	switch {
	case keep.IsUnknown():
		to = set(query, keep)
	case isOff(keep):
		to = set(query, keep.Became(""))
	}
	return []routing.Step{apply(rewrote, o.at()), &routing.Set{What: variable(rewrote), To: b.rewritten(o), Span: o.at()}, to}
}

// rewritten is the path that it makes.
func (b *builder) rewritten(o behavior) routing.Expr {
	action := text(o.option("behavior"))
	own := func(option string) routing.Expr {
		return b.expand(text(o.option(option)).Or(routing.UnknownOf("rewriteUrl has no "+option, o.at())))
	}
	call := func(fn func(args ...string) string, args ...routing.Expr) routing.Expr {
		return routing.Call{Name: "rewriteUrl", Fn: fn, Args: append([]routing.Expr{routing.ReadOriginal(routing.InPath, "")}, args...), Span: action.Span}
	}
	multiple, times := flag(o.option("matchMultiple")), 1
	if isOn(multiple) {
		times = -1
	}
	if multiple.IsUnknown() {
		return routing.Lit{Value: multiple}
	}
	switch action.Text() {
	case "REPLACE":
		return call(func(a ...string) string { return strings.Replace(a[0], a[1], a[2], times) }, own("match"), own("targetPath"))
	case "REMOVE":
		return call(func(a ...string) string { return strings.Replace(a[0], a[1], "/", times) }, own("match"))
	case "PREPEND":
		return call(func(a ...string) string { return joined(a[1], a[0]) }, own("targetPathPrepend"))
	case "REWRITE":
		return own("targetUrl")
	case "REGEX_REPLACE":
		return b.replaced(o, routing.ReadOriginal(routing.InPath, ""), "matchRegex", "targetRegex", multiple)
	}
	return notKnown(action.Or(routing.UnknownOf("rewriteUrl has no behavior", o.at())), "rewriteUrl")
}

// joined puts a directory before a path.
func joined(directory, path string) string {
	return strings.TrimSuffix(directory, "/") + "/" + strings.TrimPrefix(path, "/")
}

// replaced puts a text in the place of what a regular expression matches: once, or everywhere.
func (b *builder) replaced(o behavior, of routing.Expr, pattern, by string, all routing.Value) routing.Expr {
	expr, to := text(o.option(pattern)), text(o.option(by))
	for _, v := range []routing.Value{expr, to, all} {
		if v.IsUnknown() {
			return routing.Lit{Value: v}
		}
	}
	if hasVariables(expr.Text() + to.Text()) {
		return routing.Lit{Value: routing.UnknownOf("a regular expression with variables in it cannot be evaluated", expr.Span)}
	}
	substitute, err := substitution(expr.Text(), to.Text(), isOn(all))
	if err != nil {
		return routing.Lit{Value: routing.UnknownOf(err.Error(), expr.Span)}
	}
	return routing.Call{Name: o.name, Fn: func(a ...string) string { return substitute(a[0]) }, Args: []routing.Expr{of}, Span: expr.Span}
}

// baseDirectory stands before every path that goes to the origin; rewriteUrl cannot change it ("baseDirectory").
func (b *builder) baseDirectory(o behavior) []routing.Step {
	v := text(o.option("value")).Or(routing.UnknownOf("baseDirectory has no value", o.at()))
	return []routing.Step{apply(base, o.at()), &routing.Set{What: variable(base), To: b.expand(v), Span: v.Span}}
}

// removeQueryParameter leaves parameters out of what goes to the origin.
func (b *builder) removeQueryParameter(o behavior) []routing.Step {
	list := o.option("parameters")
	steps := []routing.Step{apply(dropped, o.at())}
	if list.Kind() == jsontree.Unknown {
		return append(steps, set(dropped, text(list)))
	}
	var names []string
	for n := range list.All() {
		v := text(n)
		if v.IsUnknown() {
			return append(steps, set(dropped, v))
		}
		names = append(names, v.Text())
	}
	return append(steps, set(dropped, routing.Of(strings.Join(names, between), o.place("parameters"))))
}

func without(args ...string) string {
	names := strings.Split(args[0], between)
	var kept []string
	for pair := range strings.SplitSeq(args[1], "&") {
		if name, _, _ := strings.Cut(pair, "="); !slices.Contains(names, name) {
			kept = append(kept, pair)
		}
	}
	return strings.Join(kept, "&")
}

// forwarded puts the changes to path and query into force.
func (b *builder) forwarded() []routing.Step {
	when := func(name string, do ...routing.Step) routing.Step {
		return &routing.Match{Arms: []routing.Arm{{When: applies(name), Do: do}}}
	}
	inPath, inQuery := routing.Place{Kind: routing.InPath}, routing.Place{Kind: routing.InQuery}
	prefixed := routing.Call{Name: "baseDirectory", Fn: func(a ...string) string { return joined(a[0], a[1]) }, Args: []routing.Expr{read(base), routing.Read(routing.InPath, "")}}
	left := routing.Call{Name: "removeQueryParameter", Fn: without, Args: []routing.Expr{read(dropped), routing.Read(routing.InQuery, "")}}
	return []routing.Step{
		when(rewrote, &routing.Set{What: inPath, To: read(rewrote)}, &routing.Set{What: inQuery, To: read(query)}),
		when(base, &routing.Set{What: inPath, To: prefixed}),
		when(dropped, &routing.Set{What: inQuery, To: left}),
	}
}

// apply notes that some behavior gave a variable a value, known or not, which a condition can ask then.
func apply(name string, at routing.Span) routing.Step {
	return set(name+" applies", routing.Of("1", at))
}

func applies(name string) routing.Cond {
	return routing.Equal{Of: read(name + " applies"), To: routing.Text("1")}
}
